"""One connection of a logger: bytes to frames, frames to the desk, answers back; a flood on it harms no other."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from ingest.batch import Heard
from smartpark.hj212.frame import Frame, FrameError, KeyOf, decode
from smartpark.hj212.framing import Splitter

_LONGEST_GARBAGE = 1024  # bytes kept of a stretch that is no frame
_DEFECTS, _DEFECTS_S = 100.0, 5.0  # so many at once, and so many a second in the long run
_WRITE_BYTES = 64 * 1024
_HALF_S = 5.0  # the rest of a frame comes within


class Arrival(NamedTuple):
    """One frame, or bytes that are none, on the way to the worker; ``reply`` is sent once it is safe."""

    topic: str
    payload: bytes
    received_us: int
    heard: Heard
    link: "Link"
    reply: bytes | None


class House(Protocol):
    """What a connection needs of the server that it belongs to."""

    def key_of(self, mn: str) -> bytes | None:
        """Return the SM4 key of a logger."""

    def joined(self, link: "Link") -> bool:
        """Return whether there is room for a further connection."""

    def left(self, link: "Link", closed_by: str) -> None:
        """Note that a connection ended."""

    def took(self, link: "Link", frames: Sequence[Frame | FrameError]) -> bool:
        """Take what came, in order; return false when the connection should be read no further for now."""


class Link(asyncio.Protocol):
    """A connection; several loggers may speak over it."""

    def __init__(self, house: House, loop: asyncio.AbstractEventLoop) -> None:
        self._house = house
        self._loop = loop
        self._splitter = Splitter()
        self._key_of: KeyOf = house.key_of
        self._transport: asyncio.Transport | None = None
        self._closed_by = "logger"
        self._room = _DEFECTS
        self._counted_s = loop.time()
        self._held: set[str] = set()  # why nothing is read
        self.mns: set[str] = set()
        self.heard_s = loop.time()
        self.peer = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, or leave at once when the house is full."""
        self._transport = transport  # type: ignore[assignment] # of create_server: a full transport
        name = transport.get_extra_info("peername") or ("", 0)
        self.peer = f"[{name[0]}]:{name[1]}" if ":" in name[0] else f"{name[0]}:{name[1]}"
        if self._transport is not None:
            self._transport.set_write_buffer_limits(high=_WRITE_BYTES)
        if not self._house.joined(self):
            self.close("us")

    def data_received(self, data: bytes) -> None:
        """Open what is whole now and hand it on."""
        self.heard_s = self._loop.time()
        self._hand_on(self._splitter.feed(data))

    def look(self, now_s: float, idle_s: float) -> None:
        """Give up the rest of a frame that does not come, and a connection that says nothing [s of the loop]."""
        silent_s = now_s - self.heard_s
        if self._splitter.held and silent_s > _HALF_S:
            self._hand_on(self._splitter.finish())
        if silent_s > idle_s:
            self.close("network")

    def connection_lost(self, exc: Exception | None) -> None:
        """Hand on what was left of the last frame, and leave."""
        if self._closed_by == "logger" and exc is not None:
            self._closed_by = "network"
        self._hand_on(self._splitter.finish())
        self._house.left(self, self._closed_by)
        self._transport = None

    def pause_writing(self) -> None:
        """Read no further while the other end does not read our answers."""
        self.hold("writing")

    def resume_writing(self) -> None:
        """Go on: the other end reads again."""
        self.release("writing")

    def write(self, data: bytes) -> bool:
        """Send bytes; return false when the connection is gone."""
        if self._transport is None or self._transport.is_closing():
            return False
        self._transport.write(data)
        return True

    def close(self, closed_by: str) -> None:
        """End the connection; answers on their way are still sent."""
        self._closed_by = closed_by
        if self._transport is not None:
            self._transport.close()

    def hold(self, why: str) -> None:
        """Read nothing from this connection until every reason is gone."""
        if not self._held and self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()
        self._held.add(why)

    def release(self, why: str) -> None:
        """Take back one reason."""
        if why in self._held:
            self._held.remove(why)
            if not self._held and self._transport is not None and not self._transport.is_closing():
                self._transport.resume_reading()

    def _hand_on(self, pieces: Sequence[bytes]) -> None:
        if not pieces:
            return
        frames: list[Frame | FrameError] = []
        for piece in pieces:
            try:
                frames.append(decode(piece, self._key_of))
            except FrameError as error:
                error.raw = piece if piece.startswith(b"##") else piece[:_LONGEST_GARBAGE]
                frames.append(error)
                self._room -= 1
        if not self._house.took(self, frames):
            self.hold("house")
        if self._room < _DEFECTS:
            self._ration()

    def _ration(self) -> None:
        """Of defects so many are taken at once and a few each second; whoever sends more is read more slowly."""
        now_s = self._loop.time()
        self._room = min(self._room + (now_s - self._counted_s) * _DEFECTS_S, _DEFECTS)
        self._counted_s = now_s
        if self._room < 0:
            self.hold("defects")
            self._loop.call_later(-self._room / _DEFECTS_S, self.release, "defects")
