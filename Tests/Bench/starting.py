"""Goal 12: how long a start takes."""
import statistics
import subprocess
import time

from rows import Row


def measure(setting):
    def wall(command):
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        return 1000 * (time.perf_counter() - start)

    pairs = [(wall([setting.hawker, "--version"]), wall(["/bin/true"])) for _ in range(41)][1:]
    own = statistics.median(own for own, _ in pairs)
    nothing = statistics.median(limit for _, limit in pairs)
    return [Row("12", "hawker --version", own, "ms", must=10, aim=4, note=f"/bin/true: {nothing:.2g} ms")]
