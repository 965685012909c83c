"""A marketplace that takes the clock when the first bytes of a request arrive (CLOCK_MONOTONIC, as its clients' edits)."""
import selectors
import socket
import threading
import time


class Arrivals(threading.Thread):
    """Keeps connections open and answers every request {"id": "N"}. `idle`: closes a connection that was quiet so long."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.listener.setblocking(False)
        self.port = self.listener.getsockname()[1]
        self.seen, self.lock, self.count = [], threading.Condition(), 0
        self.poll = selectors.DefaultSelector()
        self.poll.register(self.listener, selectors.EVENT_READ, None)
        self.start()

    def run(self):
        while True:
            for key, _ in self.poll.select():
                if key.data is None:
                    client, _ = self.listener.accept()
                    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self.poll.register(client, selectors.EVENT_READ, {"bytes": b"", "at": 0.0})
                    continue
                try:
                    data = key.fileobj.recv(1 << 16)
                except OSError:
                    data = b""
                at = time.monotonic()
                if not data:
                    self.poll.unregister(key.fileobj)
                    key.fileobj.close()
                    continue
                self.take(key, data, at)

    def take(self, key, data, at):
        if not key.data["bytes"]:
            key.data["at"] = at
        key.data["bytes"] += data
        while True:
            head, blank, body = key.data["bytes"].partition(b"\r\n\r\n")
            if not blank:
                return
            length = 0
            for line in head.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    length = int(line[15:])
            if len(body) < length:
                return
            key.data["bytes"] = body[length:]
            self.count += 1
            answer = b'{"id":"%d"}' % self.count
            key.fileobj.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))
            with self.lock:
                self.seen.append((key.data["at"], head.split(b" ", 2)[1].decode()))
                self.lock.notify_all()

    def clear(self):
        with self.lock:
            self.seen.clear()

    def first(self, path, timeout):
        """When the first request to `path` or below came; None: none did."""
        end = time.monotonic() + timeout
        with self.lock:
            while True:
                for at, where in self.seen:
                    if where.startswith(path):
                        return at
                left = end - time.monotonic()
                if left <= 0:
                    return None
                self.lock.wait(left)
