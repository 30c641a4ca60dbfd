"""Many loggers in one loop: they measure the same play, in real time or faster."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from simulators.chance import Floats
from simulators.fleet import Pace
from simulators.loggers.line import Address, Line, Outage
from simulators.loggers.logger import Logger
from simulators.loggers.roster import Member, build
from simulators.loggers.truth import LoggerTruth
from simulators.play import Play
from smartpark import clock, log

SAMPLE_S = 10
_LONGEST_STEP_S = 60
_MEMORY_STEP_S = 3600
_DAY_S = 86_400
_LOOK_S = 0.05
_PATIENCE_S = 60.0
_FULL = 100

Measured = tuple[NDArray[np.int64], Floats, NDArray[np.uint8]]


class LoggerFleet:
    """The loggers of a park, and the time of their play.

    Args:
        play: what they measure.
        members: who they are; each stands at a station of the play's park.
        pace: how time runs.
        address: of the platform; None until it is known.
        truth: keeps what was said.
        outages: when which logger, by its MN, has no connection [s since 1970, of the play].

    """

    def __init__(
        self,
        play: Play,
        members: Sequence[Member],
        pace: Pace,
        address: Address | None,
        *,
        truth: LoggerTruth | None = None,
        outages: Mapping[str, Sequence[Outage]] | None = None,
    ) -> None:
        self.play = play
        self.pace = pace
        self.truth = truth
        self.loggers: dict[str, Logger] = {}
        self._columns: list[tuple[Logger, list[int]]] = []
        for member in members:
            logger = build(member, play, self.now_s)
            if truth is not None:
                logger.telling = truth.of(logger.mn)
            self.loggers[logger.mn] = logger
            self._columns.append((logger, play.park.of_station(member.station)))
        outages = outages or {}
        self.lines = [Line(one, address, outages.get(mn, ())) for mn, one in self.loggers.items()]
        self._done_s = pace.starts_s
        self._zero_s = 0.0
        self._log = log.get("simulators.loggers")

    def now_s(self) -> float:
        """Return the time of the play [s since 1970]."""
        if not self.pace.speed:
            return float(self._done_s)
        return self.pace.starts_s + (clock.epoch_s() - self._zero_s) * self.pace.speed

    def moved(self, address: Address) -> None:
        """Tell every logger where the platform is now."""
        for line in self.lines:
            line.address = address

    def remember(self, lasts_s: int) -> None:
        """Fill the memories with so long a past [s], from the begin of its first day on."""
        self._zero_s = clock.epoch_s()
        offset_s = self.play.park.utc_offset_s
        from_s = self.pace.starts_s - lasts_s
        from_s -= (from_s + offset_s) % _DAY_S
        for start_s in range(from_s, self.pace.starts_s, _MEMORY_STEP_S):
            times, sent, flags = self._measured(start_s, min(start_s + _MEMORY_STEP_S, self.pace.starts_s))
            for logger, columns in self._columns:
                logger.remember(times, sent[:, columns], flags[:, columns])

    def run(self, stopping: Callable[[], bool] = lambda: False) -> bool:
        """Play until the end or until ``stopping``; return whether everything is confirmed."""
        return asyncio.run(self._run(stopping))

    async def _run(self, stopping: Callable[[], bool]) -> bool:
        self._zero_s = clock.epoch_s()
        for logger in self.loggers.values():
            logger.started()
        keeping = [asyncio.create_task(line.keep()) for line in self.lines]
        end_s = None if self.pace.lasts_s is None else self.pace.starts_s + self.pace.lasts_s
        while not stopping() and (end_s is None or self._done_s < end_s):
            reached_s = int(self.now_s()) + 1 if self.pace.speed else self._done_s + 2 * _LONGEST_STEP_S
            until_s = min(x for x in (reached_s, end_s, self._done_s + _LONGEST_STEP_S) if x is not None)
            steps = until_s > self._done_s and self._room()
            if steps:
                self._step(until_s)
            self._pump()
            await asyncio.sleep(0.0 if steps and until_s <= reached_s - _LONGEST_STEP_S else _LOOK_S)
        deadline_s = clock.monotonic_s() + _PATIENCE_S
        while not stopping() and self._unconfirmed() and clock.monotonic_s() < deadline_s:
            self._pump()
            await asyncio.sleep(_LOOK_S)
        for task in keeping:
            task.cancel()
        await asyncio.gather(*keeping, return_exceptions=True)
        for line in self.lines:
            line.close()
        await asyncio.sleep(_LOOK_S)
        return not self._unconfirmed()

    def _step(self, until_s: int) -> None:
        times, sent, flags = self._measured(self._done_s, until_s)
        self._done_s = until_s
        for logger, columns in self._columns:
            logger.measure(times, sent[:, columns], flags[:, columns], until_s)

    def _measured(self, from_s: int, to_s: int) -> Measured:
        times = np.arange(from_s + -from_s % SAMPLE_S, to_s, SAMPLE_S, dtype=np.int64)
        points = len(self.play.park.points)
        shown = self.play.shown(np.tile(np.arange(points), len(times)), np.repeat(times, points))
        shape = (len(times), points)
        return times, shown.sent.reshape(shape), shown.flag.reshape(shape)

    def _pump(self) -> None:
        now_s = clock.monotonic_s()
        for line in self.lines:
            line.pump(now_s)

    def _room(self) -> bool:
        """Whether a play that knows no time may go on: everybody is connected, and nobody has much to say."""
        if self.pace.speed:
            return True
        return all(
            line.out or (line.logger.connected and line.logger.outbox.unconfirmed < _FULL)
            for line in self.lines
        )

    def _unconfirmed(self) -> int:
        return sum(logger.outbox.unconfirmed for logger in self.loggers.values())
