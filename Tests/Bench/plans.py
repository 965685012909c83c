"""Goals 1 to 4, 8 and 13: planning, cold and with nothing to do."""
import os
import pathlib
import statistics
import subprocess
import sys
import time

from rows import Row, paired
from setting import LIMITS, progress

MIB = 1024


def measure(setting):
    rows = []
    for size in setting.sizes:
        progress(f"plans of {size:,} listings")
        rows += cold(setting, size)
        rows += unchanged(setting, size)
    return rows + growth(setting)


def cold(setting, size):
    """Without state and without cache, beside libyaml on one thread over the same files."""
    shop = setting.shop(size, "cold")
    listings = shop / "listings"
    run = lambda: setting.timed(["plan", "--no-cache"], shop)
    setting.fsbench("parse", listings), run()
    pairs, peaks = [], []
    for _ in range(setting.rounds(size)):
        limit = setting.fsbench("parse", listings)
        wall, usage = run()
        pairs.append((wall, limit))
        peaks.append(usage.ru_maxrss / MIB)
    return [
        paired("1", f"cold plan of {size:,}", "ms", pairs, limit_name="libyaml, 1 thread", must=1.5, aim=1.0),
        Row("8", f"peak memory of a cold plan of {size:,}", statistics.median(peaks), "MiB",
            must=25 + 2 * size / 1024, aim=15 + 1.2 * size / 1024),
    ]


def unchanged(setting, size):
    """A shop in sync: with every stamp new (contents are verified), with every stamp as it was, and with 10 edits."""
    shop = setting.synced(size)
    listings = shop / "listings"
    files = sorted(listings.rglob("*.yaml"))
    plan = lambda codes=(0,): setting.timed(["plan", "--detailed-exitcode"], shop, codes=codes)[0]
    settle(plan)
    verified, trusted, edited = [], [], []
    for round in range(setting.rounds(size)):
        touch(files)
        limit = setting.fsbench("sha", listings)
        verified.append((plan(), limit))
    settle(plan)
    for round in range(setting.rounds(size)):
        limit = setting.fsbench("scan", listings)
        trusted.append((plan(), limit))
    for round in range(setting.rounds(size)):
        before = plan()
        setting.generate(shop, "--touch", 10, "--seed", round + 7)
        after = plan(codes=(2,))
        edited.append(after - before)
        setting.timed(["apply", "--yes"], shop)
        settle(plan)
    most = 8 if size < 100_000 else 4
    return [
        paired("2", f"no-op plan of {size:,}, contents verified", "ms", verified, limit_name="SHA-256, 1 thread",
               must=3, aim=1.5),
        paired("3", f"no-op plan of {size:,}, stamps trusted", "ms", trusted, limit_name="scan", must=most,
               aim=4 if size < 100_000 else 2.5),
        Row("4", f"10 edits of {size:,}: the plan takes longer by", statistics.median(edited), "ms", must=5, aim=2,
            spread=edited),
    ]


def touch(files):
    """New times, the same bytes."""
    stamp = time.time() - 3600
    for file in files:
        os.utime(file, (stamp, stamp))


def settle(plan):
    """What was changed within the last two seconds is not trusted by its stamp: let it grow older, and be seen so."""
    time.sleep(2.1)
    plan()


def growth(setting):
    """Goal 13: the time for a listing, at the largest size against the smallest. Starting a process is taken off."""
    sizes = [1000, 10_000, 100_000] if setting.is_long else [1000, 10_000]
    start = statistics.median(setting.timed(["--version"], setting.work)[0] for _ in range(9))
    each = {}
    for size in sizes:
        shop = setting.shop(size, "cold")
        run = lambda: setting.timed(["plan", "--no-cache"], shop)[1]
        run()
        # Processor time: on a shared machine wall time at one size meets other neighbours than at the next.
        times = [usage.ru_utime + usage.ru_stime for usage in (run() for _ in range(5))]
        each[size] = (1000 * statistics.median(times) - start) / size
    ratio = each[sizes[-1]] / each[sizes[0]]
    return [Row("13", f"cold plan: CPU time a listing at {sizes[-1]:,} against {sizes[0]:,}", ratio, "×", must=1.15)]
