"""The connection of one logger: it connects, again and again, unless it has an outage, and carries what there is."""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

from simulators.loggers.defects import Segment, segments
from simulators.loggers.logger import Logger
from smartpark.hj212.frame import FrameError, decode
from smartpark.hj212.framing import Splitter

_BACKOFF_S = (1.0, 30.0)
_LOOK_S = 0.1

Address = tuple[str, int]
Outage = tuple[int, int]  # from, to [s since 1970], of the play


class Line(asyncio.Protocol):
    """One logger's connection to a platform.

    Args:
        logger: whose it is.
        address: host and port of the platform; None while that is not known.
        outages: when it has no connection, in the time of the play.
        backoff_s: how long it waits before it tries again, at first and at most [s].

    """

    def __init__(
        self,
        logger: Logger,
        address: Address | None,
        outages: Sequence[Outage] = (),
        backoff_s: tuple[float, float] = _BACKOFF_S,
    ) -> None:
        self.logger = logger
        self.address = address
        self._outages = outages
        self._backoff_s = backoff_s
        self._transport: asyncio.Transport | None = None
        self._splitter = Splitter()
        self._leaving: deque[Segment] = deque()
        self._rests = False
        self._wait_s = backoff_s[0]

    @property
    def out(self) -> bool:
        """Whether it has an outage now."""
        return any(from_s <= self.logger.now_s() < to_s for from_s, to_s in self._outages)

    async def keep(self) -> None:
        """Connect and connect again, for ever."""
        loop = asyncio.get_running_loop()
        next_s = loop.time()
        while True:
            if self._transport is None and not self.out and self.address and loop.time() >= next_s:
                with suppress(OSError):
                    await loop.create_connection(lambda: self, *self.address)
                next_s = loop.time() + self._wait_s
                self._wait_s = min(2 * self._wait_s, self._backoff_s[1])
            await asyncio.sleep(_LOOK_S)

    def pump(self, now_s: float) -> None:
        """Send what is due; a steady clock [s]."""
        if self._transport is None:
            return
        if self.out:
            self._transport.abort()
            return
        if not self._leaving and not self._rests:
            self._leaving.extend(segments(self.logger.due(now_s)))
            self._write()

    def close(self) -> None:
        """End the connection; what was written still leaves."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin anew; what nobody has answered comes first."""
        self._transport = transport  # type: ignore[assignment] # of create_connection: a full transport
        self._splitter = Splitter()
        self._leaving.clear()
        self.logger.connected = True
        self.logger.outbox.connected()

    def data_received(self, data: bytes) -> None:
        """Answer requests, and forget what is confirmed."""
        self._wait_s = self._backoff_s[0]
        for piece in self._splitter.feed(data):
            try:
                frame = decode(piece, self._key_of)
            except FrameError:
                continue  # a logger passes over what it does not understand
            for reply in self.logger.heard(frame):
                self._leaving.append(Segment(reply, 0.0))
        self._write()

    def connection_lost(self, _: Exception | None) -> None:
        """Keep what is not confirmed."""
        self._transport = None
        self.logger.connected = False
        self.logger.outbox.disconnected()

    def _key_of(self, _: str) -> bytes | None:
        return self.logger.dialect.sender.key

    def _write(self) -> None:
        while self._transport is not None and self._leaving and not self._rests:
            segment = self._leaving.popleft()
            self._transport.write(segment.data)
            if segment.rest_s:
                self._rests = True
                asyncio.get_running_loop().call_later(segment.rest_s, self._go_on)

    def _go_on(self) -> None:
        self._rests = False
        self._write()
