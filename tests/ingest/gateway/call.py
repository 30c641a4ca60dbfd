"""A logger's end of a real TCP connection, for tests."""

import socket
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from smartpark.hj212.encode import Sender, encode
from smartpark.hj212.frame import Frame, decode
from smartpark.hj212.framing import Splitter

ZONE = ZoneInfo("Asia/Shanghai")


def digits(at: datetime) -> str:
    """Return an instant as a logger of the park writes it."""
    return at.astimezone(ZONE).strftime("%Y%m%d%H%M%S")


class Call:
    """One connection."""

    def __init__(self, port: int, mn: str, pw: str = "123456", key: bytes | None = None) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._splitter = Splitter()
        self._sender = Sender(mn, "31", pw, key)
        self._qn = 0
        self._answers: list[Frame] = []

    def frame(self, cn: str, cp: str, flag: int | None = 5, **more: bool) -> bytes:
        """Return a frame with a QN of its own."""
        self._qn += 1
        return encode(self._sender, cn, cp, flag=flag, qn=f"20261126080000{self._qn:03d}", **more)

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._socket.sendall(data)

    def say(self, cn: str, cp: str, flag: int | None = 5, **more: bool) -> Frame | None:
        """Send a frame; return its answer, None when none comes."""
        self.send(self.frame(cn, cp, flag, **more))
        return self.answer()

    def instants(self, at: datetime, values: str) -> Frame | None:
        """Send instant values; return the answer."""
        return self.say("2011", f"DataTime={digits(at)};{values}")

    def minute(self, start: datetime, values: str) -> Frame | None:
        """Send a minute; return the answer."""
        return self.say("2051", f"DataTime={digits(start)};{values}")

    def answer(self, within_s: float = 10.0) -> Frame | None:
        """Return the next frame from the platform."""
        self._socket.settimeout(within_s)
        while not self._answers:
            try:
                data = self._socket.recv(65536)
            except TimeoutError:
                return None
            if not data:
                return None
            self._answers += [decode(piece) for piece in self._splitter.feed(data)]
        return self._answers.pop(0)

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def minutes(now: datetime, ago: int) -> datetime:
    """Return the start of the minute that many minutes ago."""
    return now.replace(second=0, microsecond=0) - timedelta(minutes=ago)
