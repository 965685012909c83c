"""The daemon, started and ended by a measurement; what it logs can be waited for."""
import os
import pathlib
import signal
import subprocess
import threading
import time

from setting import environment


class Daemon:
    def __init__(self, setting, folder, *options):
        self.lines, self.lock = [], threading.Condition()
        self.process = subprocess.Popen(
            [setting.hawker, "run", *options], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, env=environment())
        self.pid = self.process.pid
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stderr:
            at = time.monotonic()
            with self.lock:
                self.lines.append((at, line.decode(errors="replace").rstrip()))
                self.lock.notify_all()
        with self.lock:
            self.lock.notify_all()

    def wait(self, words, since=0, timeout=120):
        """The first line from number `since` on that holds `words`: its time and its text."""
        end = time.monotonic() + timeout
        with self.lock:
            while True:
                for at, line in self.lines[since:]:
                    if words in line:
                        return at, line
                left = end - time.monotonic()
                if left <= 0 or self.process.poll() is not None:
                    raise RuntimeError(f"the daemon did not say “{words}”; it said:\n" + self.tail())
                self.lock.wait(min(left, 1))

    def tail(self):
        return "\n".join(line for _, line in self.lines[-20:])

    def status(self, name):
        """A figure of /proc/PID/status, in its own unit."""
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1])
        raise KeyError(name)

    def wakes(self):
        """How often each of its threads has run, by thread."""
        counts = {}
        for task in os.listdir(f"/proc/{self.pid}/task"):
            try:
                text = pathlib.Path(f"/proc/{self.pid}/task/{task}/status").read_text()
            except OSError:
                continue
            counts[task] = sum(int(line.split()[1]) for line in text.splitlines() if "ctxt_switches" in line)
        return counts

    def processor(self):
        """Milliseconds of processor time so far."""
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
