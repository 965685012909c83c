"""Goal 9: the daemon at rest, everything in sync: its memory, and how often it wakes."""
import time

from daemon import Daemon
import shops
from rows import Row
from setting import progress


def measure(setting):
    rows = []
    # With the web server there is more to wake it, and more to keep.
    for web in ('"off"', "127.0.0.1:0") if setting.is_long else ("127.0.0.1:0",):
        rows += rest(setting, web)
    return rows


def rest(setting, listen):
    size = 10_000
    seconds = 60 if setting.is_long else 10
    served = "" if listen == '"off"' else ", with the web server"
    progress(f"the daemon at rest{served}")
    shop = shops.make(setting, setting.work / f"rest{len(served)}", size, setting.stub())
    # Nothing is due within the time: the next full look comes in an hour.
    text = (shop / "hawker.yaml").read_text()
    text = text.replace("sync: {", "sync: { rescan: 1h,").replace('listen: "off"', f"listen: {listen}")
    (shop / "hawker.yaml").write_text(text)
    setting.timed(["apply", "--yes"], shop)
    with Daemon(setting, shop) as daemon:
        daemon.wait("in sync")
        quiet(daemon)
        memory = daemon.status("VmRSS") / 1024
        wakes, used = daemon.wakes(), daemon.processor()
        time.sleep(seconds)
        after = daemon.wakes()
        # A thread that is there no more woke to end.
        woken = sum(count - wakes.get(task, 0) for task, count in after.items()) + len(wakes.keys() - after.keys())
        used = daemon.processor() - used
    return [
        Row("9", f"memory at rest, {size:,} listings{served}", memory, "MiB", must=25 + size * 0.5 / 1024,
            aim=15 + size * 0.3 / 1024),
        Row("9", f"wake-ups at rest in {seconds} s{served}", woken, "", must=0, aim=0, note=f"{used:.0f} ms of processor")]


def quiet(daemon):
    """Waits until it has stopped working: what follows a pass, and threads that end after some seconds of idleness."""
    before, since = None, time.monotonic()
    end = since + 60
    while time.monotonic() < end:
        now = (daemon.processor(), tuple(sorted(daemon.wakes())))
        if now != before:
            before, since = now, time.monotonic()
        if time.monotonic() - since > 8:
            return
        time.sleep(0.5)
