"""Goal 11: 10,000 files edited at once, the daemon awake, and asleep until the kernel's queue has overflowed.

From the last write to the end of the planning that knows of all of them; nothing may be missed: afterwards every edit has
had its update, and a fresh plan finds nothing to do.
"""
import datetime
import os
import re
import signal
import subprocess
import time

from daemon import Daemon
import shops
from rows import Row
from setting import environment, progress

COUNT = 10_000


def measure(setting):
    shop = shops.make(setting, setting.work / "burst", COUNT, setting.stub())
    setting.timed(["apply", "--yes"], shop)
    rows = []
    for sleeps in (False, True) if setting.is_long else (False,):
        progress(f"a burst of {COUNT:,}" + (", the queue overflowing" if sleeps else ""))
        rows.append(burst(setting, shop, sleeps))
    return rows


def burst(setting, shop, sleeps):
    files = shops.listings(shop)
    texts = [shops.edited(file.read_text()) for file in files]
    before = outcomes(shop)
    with Daemon(setting, shop, "--log-level", "debug") as daemon:
        daemon.wait("in sync")
        since = len(daemon.lines)
        if sleeps:
            daemon.process.send_signal(signal.SIGSTOP)
        for file, text in zip(files, texts):
            beside = file.with_name("." + file.name)
            beside.write_text(text)
            os.rename(beside, file)
        written, moment = time.monotonic(), datetime.datetime.now(datetime.timezone.utc)
        if sleeps:
            daemon.process.send_signal(signal.SIGCONT)
        # It may have been in sync in the middle of it.
        after = len(daemon.lines)
        while True:
            done, line = daemon.wait("in sync", after, timeout=120)
            after = next(index for index in range(after, len(daemon.lines)) if daemon.lines[index] == (done, line)) + 1
            updates = outcomes(shop) - before
            if updates >= COUNT:
                break
        # The first plan of a look that began after the last write: it knows of all of them.
        planned = min(at for at, line in daemon.lines[since:] if seen(line) >= moment)
        overflowed = any("overflow" in line for _, line in daemon.lines[since:])
    if sleeps and not overflowed:
        raise RuntimeError("the queue did not overflow")
    plan = subprocess.run([setting.hawker, "plan"], cwd=shop, env=environment(), capture_output=True, text=True)
    if plan.returncode != 0:
        raise RuntimeError(f"a fresh plan still finds something to do:\n{plan.stdout[-2000:]}")
    what = "edits at once, queue overflowing" if sleeps else "edits at once"
    return Row(
        "11", f"{COUNT:,} {what}: last write → planned", max(0, planned - written), "s", must=1.5, aim=0.8,
        note=f"all sent after {done - written:.2f} s, none missed"
        + (f", {updates - COUNT} sent twice" if updates > COUNT else ""))


def seen(line):
    """When the files were looked at for the plan that the line tells of."""
    match = re.search(r"planned: \d+ to do, as seen at (\S+)", line)
    text = match[1].replace("Z", "+00:00") if match else "0001-01-01T00:00:00+00:00"
    return datetime.datetime.fromisoformat(text)


def outcomes(shop):
    """Updates that are done, in the segments that are kept."""
    return sum(
        b'"kind":"outcome"' in line and b'"result":"done"' in line for segment in (shop / "state").glob("journal-*.jsonl")
        for line in segment.read_bytes().split(b"\n"))
