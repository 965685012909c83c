"""Every goal of docs/performance.md, each beside its limit in the same run: bench.py HAWKER [--long] [--only PART…].

Prints a table; with BENCH_OUT=FILE writes FILE.json and FILE.md. Ends with 1 when a figure misses what it must reach and
BENCH_STRICT is set: machines are shared, and a figure is no test.
"""
import argparse
import importlib
import json
import os
import pathlib
import platform
import shutil
import sys
import tempfile

import rows
from setting import Setting, progress

# In the order of the goals' numbers.
PARTS = ["plans", "edit", "creates", "journal", "rest", "state", "burst", "starting", "stages"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hawker")
    parser.add_argument("--long", action="store_true", help="100,000 listings too")
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS)
    options = parser.parse_args()
    work = tempfile.mkdtemp(prefix="hawker-bench-")
    setting = Setting(pathlib.Path(options.hawker).resolve(), work, options.long)
    found = []
    try:
        for part in options.only:
            progress(f"{part} (load {os.getloadavg()[0]:.1f})")
            found += importlib.import_module(part).measure(setting)
    finally:
        setting.close()
        shutil.rmtree(work, ignore_errors=True)
    found.sort(key=lambda row: int(row.goal) if row.goal.isdigit() else 99)
    show(found)
    if os.environ.get("BENCH_STRICT") and any(row.verdict == "missed" for row in found):
        sys.exit(1)


def show(found):
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Linux {platform.release()}"
    print(f"{machine}\n\n{rows.table(found)}")
    if out := os.environ.get("BENCH_OUT"):
        pathlib.Path(out + ".json").write_text(json.dumps({"machine": machine, "rows": rows.as_json(found)}, indent=1) + "\n")
        pathlib.Path(out + ".md").write_text(f"{machine}\n\n{rows.markdown(found)}")


main()
