"""A simulated platform of an authority: it takes HJ 212, answers what it has stored, and is down when it is told to be."""

import asyncio
import json
import socket
import threading
from collections import Counter
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, TextIO

from simulators.chance import generator
from smartpark.hj212 import encode
from smartpark.hj212.commands import DATA_REPLY, HEARTBEAT, NOTICE_REPLY, commands
from smartpark.hj212.frame import Frame, FrameError, KeyOf, decode
from smartpark.hj212.framing import Splitter

Down = Literal["refusing", "silent"]

_LOOK_S = 0.05
_BACKLOG = 1024
_MOST = 100_000  # messages that are remembered
_PATIENCE_S = 10.0


class Received(NamedTuple):
    """One message, however often it came."""

    mn: str
    cn: str
    data_time: str


@dataclass(frozen=True, slots=True)
class Outage:
    """From and to when it is down [s since its start]: it refuses connections, or takes them and says nothing."""

    from_s: float
    to_s: float
    how: Down = "refusing"


class Upper:
    """A server in a thread of its own; ``received`` may be read at any time.

    Args:
        port: where it listens; 0 for a free one, which ``port`` then names.
        host: address.
        key_of: returns the SM4 key of an MN.
        outages: when it is down.
        drops: share of messages, 0-1, that it stores and does not answer.
        seed: of that chance.
        file: keeps every message as one JSON object a line.

    """

    def __init__(
        self,
        port: int = 0,
        host: str = "127.0.0.1",
        *,
        key_of: KeyOf | None = None,
        outages: Sequence[Outage] = (),
        drops: float = 0.0,
        seed: int = 0,
        file: Path | None = None,
    ) -> None:
        self.port = port
        self.host = host
        self.key_of = key_of
        self.drops = drops
        self.counts: Counter[Received] = Counter()
        self.resent: set[Received] = set()  # those that came with RF=1
        self.frames: list[Frame] = []  # the newest of each message, in order
        self.refused: Counter[str] = Counter()  # by reason
        self.heartbeats = 0
        self._outages = outages
        self._chance = generator(seed, "upper")
        self._file: TextIO | None = (
            file.open("a", encoding="utf-8", buffering=1) if file is not None else None
        )
        self._down: Down | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="upper", daemon=True)
        self._door: socket.socket | None = None
        self._entering: set[asyncio.Task[Any]] = set()
        self._watching: asyncio.Task[None] | None = None
        self.callers: set[_Caller] = set()

    @property
    def received(self) -> set[Received]:
        """Every message that is stored."""
        return set(self.counts)

    def start(self) -> None:
        """Listen, in the background.

        Raises:
            OSError: the port is taken.

        """
        self._thread.start()
        self._do(self._begin())

    def stop(self) -> None:
        """Close everything."""
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE_S)
        if self._file is not None:
            self._file.close()

    def go_down(self, how: Down = "refusing") -> None:
        """Refuse connections and end those there are, or stay silent on them."""
        self._do(self._go_down(how))

    def come_up(self) -> None:
        """Work again."""
        self._do(self._come_up())

    def take(self, caller: "_Caller", frame: Frame) -> None:
        """Store a frame and answer it."""
        if self._down is not None:
            return
        command = commands().get(frame.head.cn)
        if frame.edition < 2017:
            self.refused["edition"] += 1
            return
        if command is None or command.carries == "talk":
            self.heartbeats += frame.head.cn == HEARTBEAT
            if frame.wants_answer and frame.head.cn not in {DATA_REPLY, NOTICE_REPLY}:
                caller.write(encode.answer(frame, NOTICE_REPLY))
            return
        self._store(frame)
        if frame.wants_answer and not (self.drops and self._chance.random() < self.drops):
            caller.write(encode.answer(frame, DATA_REPLY))

    def _store(self, frame: Frame) -> None:
        message = Received(frame.head.mn, frame.head.cn, frame.field("DataTime") or "")
        self.counts[message] += 1
        if frame.head.resent:
            self.resent.add(message)
        self.frames.append(frame)
        if len(self.frames) > _MOST:
            del self.frames[: _MOST // 2]
        while len(self.counts) > _MOST:
            del self.counts[next(iter(self.counts))]
        if self._file is not None:
            words = {**message._asdict(), "qn": frame.qn, "resent": frame.head.resent}
            self._file.write(json.dumps(words | {"frame": frame.raw.decode("latin-1")}) + "\n")

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()

    def _do(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_S)

    async def _watch(self) -> None:
        """Go down and come up as scripted."""
        begun_s = self._loop.time()
        was: Outage | None = None
        while True:
            at_s = self._loop.time() - begun_s
            now = next((one for one in self._outages if one.from_s <= at_s < one.to_s), None)
            if now is not was:
                await (self._come_up() if now is None else self._go_down(now.how))
                was = now
            await asyncio.sleep(_LOOK_S)

    async def _begin(self) -> None:
        await self._listen()
        self._watching = self._loop.create_task(self._watch()) if self._outages else None

    async def _listen(self) -> None:
        if self._door is None:
            self._door = socket.create_server((self.host, self.port), backlog=_BACKLOG)
            self._door.settimeout(0)
            self.port = self._door.getsockname()[1]
            self._loop.add_reader(self._door, self._accept, self._door)

    def _accept(self, door: socket.socket) -> None:
        # An asyncio.Server that is closed while it accepts forgets the connection that it has just accepted.
        with suppress(BlockingIOError, ConnectionAbortedError):
            accepted, _ = door.accept()
            accepted.settimeout(0)
            accepted.setsockopt(
                socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
            )  # asyncio does it for sockets of its own
            task = self._loop.create_task(self._loop.connect_accepted_socket(lambda: _Caller(self), accepted))
            self._entering.add(task)
            task.add_done_callback(self._entering.discard)

    async def _go_down(self, how: Down) -> None:
        self._down = how
        if how == "silent":
            await self._listen()
            return
        if self._door is not None:
            self._loop.remove_reader(self._door)
            self._door.close()
            self._door = None
        await asyncio.gather(*self._entering)
        for caller in list(self.callers):
            caller.end()

    async def _come_up(self) -> None:
        self._down = None
        await self._listen()

    async def _end(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
        await self._go_down("refusing")
        await asyncio.sleep(_LOOK_S)  # what was closed says so


class _Caller(asyncio.Protocol):
    """One connection to the platform."""

    def __init__(self, upper: Upper) -> None:
        self._upper = upper
        self._splitter = Splitter()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment] # of create_server: a full transport
        self._upper.callers.add(self)

    def data_received(self, data: bytes) -> None:
        for piece in self._splitter.feed(data):
            try:
                self._upper.take(self, decode(piece, self._upper.key_of))
            except FrameError as error:
                self._upper.refused[error.reason] += 1

    def connection_lost(self, _: Exception | None) -> None:
        self._upper.callers.discard(self)

    def write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def end(self) -> None:
        if self._transport is not None:
            self._transport.abort()
