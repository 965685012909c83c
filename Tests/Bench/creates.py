"""Goal 6: `apply` of 10,000 creates on one account, 16 in flight, each between a durable intent and a durable outcome.

The rate is that of the applying itself: from the first intent's time in the journal to the last outcome's. The limit is
libcurl multi with 16 in flight, which writes nothing. They take turns; the server is the same nginx.
"""
import datetime
import re
import shutil
import subprocess

import shops
from rows import paired
from setting import progress

COUNT = 10_000


def measure(setting):
    progress("creates")
    shop = shops.make(setting, setting.work / "creates", COUNT, setting.stub())
    pairs, processor = [], []
    for turn in range((setting.rounds() if setting.is_long else 3) + 1):
        limit = multi(setting)
        shutil.rmtree(shop / "state", ignore_errors=True)
        (shop / "listings" / ".hawker").unlink(missing_ok=True)
        _, usage = setting.timed(["apply", "--yes"], shop)
        if turn > 0:
            pairs.append((rate(shop / "state"), limit))
            processor.append(1000 * (usage.ru_utime + usage.ru_stime))
    note = f"the whole apply: {sorted(processor)[len(processor) // 2]:.0f} ms of processor time"
    return [
        paired("6", "creates, 16 in flight, journal on", "requests/s", pairs, limit_name="multi", must=0.4, aim=0.65,
               at_least=True, note=note)]


def multi(setting):
    line = subprocess.run(
        [setting.limit("multi"), f"http://127.0.0.1:{setting.stub()}/listings", str(COUNT), "16", "1"],
        capture_output=True, text=True, check=True).stdout
    return float(re.search(r"median ([0-9.]+) req/s", line)[1])


def rate(state):
    intents, outcomes = [], []
    for segment in sorted(state.glob("journal-*.jsonl")):
        for line in segment.read_bytes().split(b"\n"):
            if b'"kind":"intent"' in line:
                intents.append(line)
            elif b'"kind":"outcome"' in line:
                outcomes.append(line)
    if len(intents) != COUNT or len(outcomes) != COUNT:
        raise RuntimeError(f"{len(intents)} intents and {len(outcomes)} outcomes instead of {COUNT}")
    took = moment(outcomes[-1]) - moment(intents[0])
    return COUNT / took.total_seconds()


def moment(line):
    text = re.search(rb'"at":"([^"]+)"', line)[1].decode()
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
