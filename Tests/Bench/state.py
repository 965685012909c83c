"""Goal 10, reading the ledger beside simdjson; and how long a journal takes to open after the worst crash.

The crash: two segments of 16 MiB behind the last checkpoint that can be read, the newest one unreadable, a torn tail,
outcomes in the emergency file. simdjson puts two fields of the same lines into a map: no checksums, no other field.
"""
import pathlib
import re
import shutil
import statistics
import subprocess

from rows import Row, paired
from setting import progress


def measure(setting):
    bench = pathlib.Path(setting.hawker).with_name("journal-bench")
    rows = []
    for size in setting.sizes:
        progress(f"a journal of {size:,} posts")
        wreck, opened = setting.work / f"wreck-{size}", setting.work / f"opened-{size}"
        run([bench, "make", wreck, size])
        walls = [opening(bench, wreck, opened) for _ in range(3)]
        rows.append(
            Row("open", f"opening the journal of {size:,} posts after the worst crash", statistics.median(walls), "ms",
                must=1000 if size <= 10_000 else 3000))
        rows.append(reading(setting, bench, opened, size))
        shutil.rmtree(wreck)
        shutil.rmtree(opened)
    return rows


def opening(bench, wreck, opened):
    shutil.rmtree(opened, ignore_errors=True)
    shutil.copytree(wreck, opened)
    return first(r": ([0-9.]+) ms; processor", run([bench, "open", opened]))


def reading(setting, bench, opened, size):
    newest = max(opened.glob("checkpoint-*"), key=lambda path: int(re.search(r"(\d+)", path.name)[1]))
    lines = setting.work / "state.jsonl"
    # The limit's program reads `id` and `hash`.
    with newest.open() as source, lines.open("w") as target:
        next(source)
        target.writelines(line.replace('"listing":', '"id":').replace('"since":', '"hash":') for line in source)
    pairs = []
    for _ in range(setting.rounds(size)):
        limit = first(r"into unordered_map=([0-9.]+) ms", run([setting.limit("jsonl"), lines, 1]))
        pairs.append((first(r": ([0-9.]+) ms; processor", run([bench, "read", opened, 1])), limit))
    lines.unlink()
    return paired("10", f"state load, {size:,} posts", "ms", pairs, limit_name="simdjson into a map", must=4, aim=2)


def run(command):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout


def first(pattern, text):
    return float(re.search(pattern, text)[1])
