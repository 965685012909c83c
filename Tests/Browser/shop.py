"""A shop in a temporary folder with `hawker run` over it, and the built-in sandbox or one of its own."""
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import threading
import time
import zlib

HAWKER = os.environ.get("HAWKER", str(pathlib.Path(__file__).parents[2] / ".build/debug/hawker"))
PATIENCE = 30


def png(red, green, blue, size=64):
    """A square of one colour."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    rows = (b"\0" + bytes((red, green, blue)) * size) * size
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Program:
    """A hawker that runs until it is stopped; its lines are kept."""

    def __init__(self, folder, *arguments, environment=None):
        self.lines, self.told = [], threading.Condition()
        clean = {name: value for name, value in os.environ.items() if not name.startswith("HAWKER")}
        self.process = subprocess.Popen(
            [HAWKER, *arguments], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", env={**clean, "SWIFT_BACKTRACE": "enable=no", **(environment or {})})
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            with self.told:
                self.lines.append(line.rstrip("\n"))
                self.told.notify_all()

    def find(self, pattern):
        """The match in the first line that has one, when it comes."""
        until = time.monotonic() + PATIENCE
        with self.told:
            while True:
                for line in self.lines:
                    if match := re.search(pattern, line):
                        return match
                if not self.told.wait(max(0, until - time.monotonic())):
                    raise AssertionError(f"never said {pattern!r}; it said:\n" + "\n".join(self.lines[-40:]))

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.reader.join(PATIENCE)
        self.process.stdout.close()


class Shop:
    CONFIG = """version: 1
defaults:
  currency: USD
  condition: good
  category: lighting
  marketplaces: [facebook, offerup]
  location: {{ latitude: 45.5231, longitude: -122.6765, postal_code: "97209" }}
accounts:
  facebook: {{ marketplace: facebook, page_id: "10001"{facebook} }}
  offerup: {{ marketplace: offerup{offerup} }}
categories:
  lighting: {{ facebook: HOME_GOODS, offerup: home-garden.lighting }}
guards: {{ grace: {grace} }}
web: {{ listen: "127.0.0.1:0" }}
"""

    def __init__(self, name="nordlicht", grace="2s", facebook="", offerup=""):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hawker-shop-"))
        self.root = self.folder / name
        (self.root / "listings/photos").mkdir(parents=True)
        (self.root / "hawker.yaml").write_text(self.CONFIG.format(grace=grace, facebook=facebook, offerup=offerup))
        self.program = self.sandbox = None

    def add(self, id, title, price="35.00", photo=None, **keys):
        """`photo`: PNG bytes; None: a square of some colour; False: none."""
        lines = [f"title: {title}", f"price: {price}"]
        if photo is not False:
            photo = photo or png(*((zlib.crc32(id.encode()) >> shift) % 160 + 60 for shift in (0, 8, 16)))
            (self.root / f"listings/photos/{id}.png").write_bytes(photo)
            lines.append(f"photos: [photos/{id}.png]")
        lines += [f"{key}: {value}" for key, value in {"description": "Works as it should.", **keys}.items()]
        self.write(id, "\n".join(lines) + "\n")

    def write(self, id, text):
        """As an editor saves: a file beside it, put in its place."""
        path = self.root / f"listings/{id}.yaml"
        fresh = path.with_suffix(".new")
        fresh.write_text(text)
        fresh.rename(path)

    def edit(self, id, old, new):
        text = (self.root / f"listings/{id}.yaml").read_text()
        assert old in text, f"{id} has no {old!r}"
        self.write(id, text.replace(old, new))

    def set_page(self, id):
        path = self.root / "hawker.yaml"
        path.write_text(path.read_text().replace('page_id: "10001"', f'page_id: "{id}"'))

    def run(self, *arguments, environment=None):
        self.program = Program(self.root, "run", *(arguments or ("--sandbox",)), environment=environment)
        self.address = self.program.find(r"The dashboard: *(http://\S+)").group(1)
        return self

    def close(self):
        for program in (self.program, self.sandbox):
            if program:
                program.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
