"""One connection of a logger: bytes to frames, frames to the desk, answers back; a flood on it harms no other."""

import asyncio
import select
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from ingest.batch import Heard
from ingest.gateway.door import Ration, address_of
from smartpark.hj212.frame import Frame, FrameError, KeyOf, decode
from smartpark.hj212.framing import Splitter

_LONGEST_GARBAGE = 1024  # bytes kept of a stretch that is no frame
_WRITE_BYTES = 64 * 1024
_HALF_S = 60.0  # the rest of a frame comes within; a mobile line that was lost takes tens of seconds
_GOING_S = 1.0  # what is still to be sent is gone within, or never
_TOO_MUCH = 1600.0  # whoever is nobody and has spent so much, while its address owes, has to go
_CHANCES = 4  # defects before the first frame: modems register themselves with a line of their own


class Arrival(NamedTuple):
    """One frame, or bytes that are none, on the way to the worker; ``reply`` is sent once it is safe.

    ``believed``: its logger was admitted and knew its password when it came.
    """

    topic: str
    payload: bytes
    received_us: int
    heard: Heard
    link: "Link"
    reply: bytes | None
    believed: bool = False


class House(Protocol):
    """What a connection needs of the server that it belongs to."""

    def key_of(self, mn: str) -> bytes | None:
        """Return the SM4 key of a logger."""

    def joined(self, link: "Link") -> bool:
        """Return whether there is room for a further connection."""

    def left(self, link: "Link", closed_by: str) -> None:
        """Note that a connection ended."""

    def ration(self, address: str) -> Ration:
        """Return what is taken of an address before a logger that we trust speaks."""

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
        self._closed_s: float | None = None
        self._held: dict[str, float] = {}  # why nothing is read, and since when
        self.mns: set[str] = set()  # of the loggers that we trust
        self.came_s = self.heard_s = loop.time()
        self._spent = 0.0
        self._chances = _CHANCES
        self.ration = Ration(loop.time())
        self.peer = self.address = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, or leave at once when the house is full."""
        self._transport = transport  # type: ignore[assignment] # of create_server: a full transport
        name = transport.get_extra_info("peername") or ("", 0)
        self.peer = f"[{name[0]}]:{name[1]}" if ":" in name[0] else f"{name[0]}:{name[1]}"
        self.address = address_of(name[0])
        self.ration = self._house.ration(self.address)
        if self._transport is not None:
            self._transport.set_write_buffer_limits(high=_WRITE_BYTES)
        if not self._house.joined(self):
            self.end("us")

    def data_received(self, data: bytes) -> None:
        """Open what is whole now and hand it on."""
        self.heard_s = self._loop.time()
        self._hand_on(self._splitter.feed(data))

    def look(self, now_s: float, idle_s: float) -> None:
        """Give up the rest of a frame that does not come, and a connection that says or reads nothing [s of the loop].

        While we read nothing ourselves, nobody is called silent.
        """
        if self._closed_s is not None:
            if now_s - self._closed_s > _GOING_S:
                self.end(self._closed_by)
            return
        if now_s - self._held.get("writing", now_s) > idle_s:
            self.end("network")
        elif "defects" in self._held and not self.mns and self._hung_up():
            self.end("logger")  # what it has sent beyond its ration is not answered, and not read
        if self._held:
            return
        silent_s = now_s - self.heard_s
        if self._splitter.held and silent_s > _HALF_S:
            self._hand_on(self._splitter.finish())
        if silent_s > idle_s:
            self.end("network")

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

    def trust(self, mn: str) -> None:
        """Note that a logger speaks over it that we trust: what it does wrong is its own affair from now on."""
        if not self.mns:
            self.ration = Ration.of_trusted(self._loop.time())
        self.mns.add(mn)

    @property
    def is_new(self) -> bool:
        """Whether it may still say its first frame; a few defects come before it."""
        return self._chances > 0

    def met(self, frame: Frame | FrameError) -> None:
        """Note what it has said."""
        self._chances = self._chances - 1 if isinstance(frame, FrameError) else 0

    def charge(self, cost: float) -> None:
        """Take what it has said of its ration, unless it has ended."""
        if self._closed_s is None:
            self._spent += cost
            self.ration.spend(cost)

    def write(self, data: bytes) -> bool:
        """Send bytes; return false when the connection is gone."""
        if self._transport is None or self._transport.is_closing():
            return False
        self._transport.write(data)
        return True

    def close(self, closed_by: str) -> None:
        """End the connection; answers on their way have a moment to be sent."""
        self._closed_by = closed_by
        self._closed_s = self._loop.time()
        if self._transport is not None:
            self._transport.close()

    def end(self, closed_by: str) -> None:
        """End the connection at once: whoever does not read must not keep it."""
        self._closed_by = closed_by
        self._closed_s = self._loop.time()
        if self._transport is not None:
            self._transport.abort()

    def hold(self, why: str) -> None:
        """Read nothing from this connection until every reason is gone."""
        if not self._held and self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()
        self._held.setdefault(why, self._loop.time())

    def release(self, why: str) -> None:
        """Take back one reason."""
        if why in self._held:
            del self._held[why]
            self.heard_s = self._loop.time()  # what it said meanwhile is only read now
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
        if not self._house.took(self, frames):
            self.hold("house")
        self._go_easy()

    def _go_easy(self) -> None:
        """Of what is no use so much is taken at once and a little each second; whoever sends more is read more slowly."""
        if self._transport is None or self._closed_s is not None:
            return
        owes_s = self.ration.owes_s(self._loop.time())
        if owes_s > 0 and self._spent > _TOO_MUCH and not self.mns:
            self.end("us")
        elif owes_s > 0 and not self.is_new:
            self.hold("defects")
            self._loop.call_later(owes_s, self._go_easy)
        else:
            self.release("defects")

    def _hung_up(self) -> bool:
        """Return whether the other end will say nothing more, though what it said is not read yet."""
        line = self._transport.get_extra_info("socket") if self._transport is not None else None
        if line is None or line.fileno() < 0:
            return False
        poll = select.poll()
        poll.register(line.fileno(), select.POLLRDHUP)
        return bool(poll.poll(0))
