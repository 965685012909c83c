"""Where a run of the benchmark finds its programs and makes its shops; how it starts what it measures."""
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time

LIMITS = pathlib.Path(__file__).resolve().parents[3] / "shared" / "bench"


class Setting:
    """`hawker`: a release build. `work`: a folder of the run's own. `sizes`: how many listings; `rounds` each."""

    def __init__(self, hawker, work, is_long):
        self.hawker, self.work, self.is_long = str(hawker), pathlib.Path(work), is_long
        self.sizes = [10_000, 100_000] if is_long else [10_000]
        self.shops = {}
        self.stub_port = None

    def rounds(self, size=10_000):
        return (9 if size < 100_000 else 5) if self.is_long else 5

    def limit(self, name):
        """A program of shared/bench/limits, built once for this machine."""
        folder = self.work / "limits"
        if not folder.exists():
            shutil.copytree(LIMITS / "limits", folder)
        if not (folder / name).exists():
            subprocess.run(["make", "-s", "-C", str(folder), name], check=True)
        return str(folder / name)

    def fsbench(self, mode, folder, rounds=1, threads=1):
        """Milliseconds in the program itself: names known, no start of a process."""
        line = subprocess.run(
            [self.limit("fsbench"), mode, str(folder), str(threads), str(rounds)],
            capture_output=True, text=True, check=True).stdout
        return float(re.search(r"median=([0-9.]+)", line)[1])

    def timed(self, arguments, cwd, codes=(0,), out=subprocess.DEVNULL):
        """One whole process: its wall milliseconds and its rusage."""
        start = time.perf_counter()
        process = subprocess.Popen([self.hawker, *arguments], cwd=cwd, stdout=out, stderr=subprocess.PIPE, env=environment())
        with process.stderr:
            told = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = 1000 * (time.perf_counter() - start)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in codes:
            sys.exit(f"hawker {' '.join(arguments)} ended with {process.returncode}: {told.decode(errors='replace')[-2000:]}")
        return wall, usage

    def generate(self, folder, *options):
        """make_listings.py into `folder`/listings."""
        subprocess.run(
            [sys.executable, str(LIMITS / "make_listings.py"), *map(str, options), "--out", str(folder / "listings")],
            check=True, stdout=subprocess.DEVNULL)

    def shop(self, size, name):
        """A shop of `size` listings whose two accounts the stub answers, not applied yet."""
        folder = self.work / f"{name}-{size}"
        if not folder.exists():
            folder.mkdir()
            self.generate(folder, "--count", size)
            write_config(folder, self.stub())
        return folder

    def synced(self, size):
        """The same, applied: every post is there."""
        folder = self.shop(size, "synced")
        if not (folder / "state").exists():
            self.timed(["apply", "--yes"], folder)
        return folder

    def stub(self):
        """nginx as peers/stub has it, on a free port; answers every request {"id": "…"}, a new id each time."""
        if self.stub_port is None:
            self.stub_port = free_port()
            folder = self.work / "stub"
            folder.mkdir()
            text = (LIMITS / "peers" / "stub" / "nginx.conf").read_text()
            (folder / "nginx.conf").write_text(text.replace("18080", str(self.stub_port)))
            subprocess.run(["nginx", "-p", str(folder), "-c", "nginx.conf", "-e", "error.log"], check=True)
        return self.stub_port

    def close(self):
        pid = self.work / "stub" / "stub.pid"
        if pid.exists():
            os.kill(int(pid.read_text()), 15)


def write_config(folder, port, accounts=("facebook", "offerup"), more=""):
    """Accounts named as the generator's listings name them, all of OfferUp's kind: the stub can play its API."""
    lines = ["version: 1", "accounts:"]
    for name in ("facebook", "offerup"):
        off = "" if name in accounts else ", enabled: false"
        lines.append(
            f"  {name}: {{ marketplace: offerup, api_url: 'http://127.0.0.1:{port}/v1', requests_per_second: 0{off} }}")
    lines += ["sync: { concurrency: 16, requests_per_second: 0 }", "guards: { withdrawals: 100%, updates: 100% }",
              'web: { listen: "off" }', more]
    (folder / "hawker.yaml").write_text("\n".join(lines) + "\n")


def environment():
    tokens = {"HAWKER_TOKEN_FACEBOOK": "bench", "HAWKER_TOKEN_OFFERUP": "bench"}
    return os.environ | tokens


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def progress(text):
    print(f"  {text}", file=sys.stderr, flush=True)
