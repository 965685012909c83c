"""Goal 7: each of 16 callers appends one entry at a time, and goes on when it is durable. The limit is a C loop that writes
16 lines of the same length and syncs."""
import pathlib
import re
import shutil
import subprocess

from rows import paired
from setting import progress

APPENDERS = 16


def measure(setting):
    progress("the journal's appends")
    bench = pathlib.Path(setting.hawker).with_name("journal-bench")
    lines = 48_000 if setting.is_long else 16_000
    pairs = []
    for turn in range(setting.rounds() + 1):
        limit = run(r"([0-9.]+) us/line", setting.limit("append"), setting.work / "append.log", lines, APPENDERS, "fdatasync")
        folder = setting.work / "appended"
        shutil.rmtree(folder, ignore_errors=True)
        own = run(r": ([0-9.]+) us/line", bench, "append", folder, lines, APPENDERS)
        if turn > 0:
            pairs.append((own, limit))
    return [
        paired("7", f"journal, {APPENDERS} appenders, each line durable", "µs a line", pairs,
               limit_name=f"append, groups of {APPENDERS}", must=1.5, aim=1.2)]


def run(pattern, *command):
    text = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout
    return float(re.search(pattern, text)[1])
