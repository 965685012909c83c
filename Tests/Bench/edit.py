"""Goal 5: from one edit to the first bytes of its request at the server, the intent synced before.

The limit (inocurl: inotify, read, libyaml, libcurl kept open) and hawker watch a folder each, and are given an edit in
turns. Both wait for the same server, whose own share is in either figure.
"""
import os
import random
import statistics
import subprocess
import time

from arrivals import Arrivals
from daemon import Daemon
import shops
from rows import Row
from setting import progress


def measure(setting):
    count = 150 if setting.is_long else 20
    rows = []
    for size in (20, 10_000):
        progress(f"edits in a shop of {size:,}")
        rows += edits(setting, size, count if size < 100 else count // 2)
    return rows


def edits(setting, size, count):
    server = Arrivals()
    shop, floor = setting.work / f"edit-{size}", setting.work / f"floor-{size}"
    floor.mkdir()
    shops.make(setting, shop, size, server.port)
    files = shops.listings(shop)[:20]
    limit = subprocess.Popen([setting.limit("inocurl"), str(floor), f"http://127.0.0.1:{server.port}/limit"])
    found = {}
    try:
        setting.timed(["apply", "--yes"], shop)
        with Daemon(setting, shop) as daemon:
            daemon.wait("in sync")
            for how in (rename, write):
                pairs, chance = [], random.Random(1)
                for turn in range(count + 2):
                    file = files[turn % len(files)]
                    text = shops.edited(file.read_text())
                    place = floor / file.name
                    own = timed(server, "/v1/", how, file, text, daemon)
                    pause(chance)
                    pairs.append((own, timed(server, "/limit", how, place, text, None)))
                    pause(chance)
                found[how] = pairs[2:]
    finally:
        limit.kill()
        limit.wait()
    return [row for how, pairs in found.items() for row in told(how, size, pairs)]


def told(how, size, pairs):
    own, limit = sorted(own for own, _ in pairs), [limit for _, limit in pairs]
    what = f"{how.__doc__} → request, {size:,} listings"
    worst = own[min(len(own) - 1, int(len(own) * 0.99))]
    ratio = statistics.median(own) / statistics.median(limit)
    # An edit and the limit's beside it are no pair: what disturbs one of them is over when the other comes.
    return [
        Row("5", what, statistics.median(own), "ms", limit=statistics.median(limit), limit_name="inocurl", must=4, aim=2.5,
            note=f"n={len(own)}, {ratio:.2f} ×"),
        Row("5", what + ", p99", worst, "ms", must=5, aim=3, note=f"inocurl: {max(limit):.2g} ms")]


def rename(file, text):
    """atomic rename"""
    beside = file.with_name("." + file.name)
    beside.write_text(text)
    start = time.monotonic()
    os.rename(beside, file)
    return start


def write(file, text):
    """write and close"""
    start = time.monotonic()
    file.write_text(text)
    return start


def timed(server, path, how, file, text, daemon):
    server.clear()
    start = how(file, text)
    at = server.first(path, 20)
    if at is None:
        raise RuntimeError(f"the edit of {file} was never seen\n" + (daemon.tail() if daemon else ""))
    return 1000 * (at - start)



def pause(chance):
    # More than the quiet time after which an edit is a lone one.
    time.sleep(0.3 * (1 + 0.5 * chance.random()))
