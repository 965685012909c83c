"""Each stage of a plan by itself, and a request: for who looks where the time goes. No goals."""
import pathlib
import subprocess

from rows import Row


def measure(setting):
    shop = setting.shop(10_000, "cold")
    bench = pathlib.Path(setting.hawker).with_name("stage-bench")
    lines = subprocess.run(
        [bench, str(shop), "5", f"http://127.0.0.1:{setting.stub()}/"], capture_output=True, text=True, check=True).stdout
    parse = 1000 * setting.fsbench("parse", shop / "listings", 5) / 10_000
    rows = [Row("–", "read and libyaml in C, a listing", parse, "µs")]
    for line in lines.splitlines():
        name, _, value = line.rpartition(": ")
        rows.append(Row("–", name, float(value), "µs"))
    return rows
