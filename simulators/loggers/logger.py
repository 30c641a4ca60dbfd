"""One logger, apart from its connection: it measures, keeps, tells when it is time, and answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulators.chance import Floats
from simulators.loggers import dialogue
from simulators.loggers.defects import Defects, Struck
from simulators.loggers.dialect import Dialect
from simulators.loggers.memory import DAY, HOUR, MINUTE, Closed, Flags, Memory
from simulators.loggers.outbox import Outbox, Parcel
from simulators.loggers.wording import Item, Wording
from smartpark.hj212.commands import DATA_REPLY, HEARTBEAT, NOTICE_REPLY, commands
from smartpark.hj212.frame import Frame

_COMMANDS = {MINUTE: "2051", HOUR: "2061", DAY: "2031"}
_CALIBRATION, _STARTED, _STATES = "1013", "2081", "2021"
_REPLIES = frozenset({DATA_REPLY, NOTICE_REPLY})
_HEARTBEAT_S, _STATES_S, _CALIBRATION_S = 300, 3600, 86_400

Telling = Callable[[str, Parcel], None]


def _tell_nobody(_: str, __: Parcel) -> None:
    pass


@dataclass(slots=True)
class Logger:
    """A logger at a station.

    Args:
        station: where it stands.
        dialect: how it speaks; its sender has the MN.
        wording: what it says of its points.
        memory: what it keeps.
        now_s: the true time of the play [s since 1970].
        defects: what goes wrong with its frames.
        telling: is told (event, parcel) of what is ``sent`` and ``confirmed``.

    """

    station: str
    dialect: Dialect
    wording: Wording
    memory: Memory
    now_s: Callable[[], float]
    defects: Defects = field(default_factory=Defects)
    telling: Telling = _tell_nobody
    rtd_interval_s: int = 60
    clock_offset_s: float = 0.0
    deaf: bool = False
    refuses: bool = False
    connected: bool = False
    outbox: Outbox = field(init=False)
    _last_qn_ms: int = field(init=False, default=0)
    _last_own_s: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.outbox = Outbox(self.qn)

    @property
    def mn(self) -> str:
        """Its device number."""
        return self.dialect.sender.mn

    def own_s(self) -> float:
        """Return what its clock says [s since 1970]."""
        return self.now_s() + self.clock_offset_s

    def qn(self) -> str:
        """Return a QN of now that it has not used yet."""
        self._last_qn_ms = max(self._last_qn_ms + 1, int(self.own_s() * 1000))
        return self.dialect.qn(self._last_qn_ms)

    def states(self) -> str:
        """Return the states of its equipment: the treatment runs, the spare does not."""
        return "SB1-RS=1;SB2-RS=0"

    def started(self) -> None:
        """Tell that it has just started."""
        moment = self.dialect.instant(self.own_s())
        self.outbox.put(Parcel(_STARTED, f"DataTime={moment};RestartTime={moment}"))

    def remember(self, time_s: NDArray[np.int64], sent: Floats, flags: Flags) -> None:
        """Keep what was measured before the play; true instants [k], values [k x n] in the sender's units."""
        own_s = time_s + int(self.clock_offset_s)
        self.memory.take(own_s, sent, flags)
        self._last_own_s = float(own_s[-1]) if len(own_s) else self._last_own_s

    def measure(self, time_s: NDArray[np.int64], sent: Floats, flags: Flags, until_s: int) -> None:
        """Take the instants [k] of a step that ends at ``until_s`` and put what is due into the outbox."""
        offset_s = int(self.clock_offset_s)
        for at in range(len(time_s)):
            own_s = int(time_s[at]) + offset_s
            self._records(self.memory.turn(own_s))
            self._records(
                self.memory.take(time_s[at : at + 1] + offset_s, sent[at : at + 1], flags[at : at + 1])
            )
            if self._struck(own_s, self.rtd_interval_s) and self.connected:
                self._message("2011", own_s, self.wording.instant(own_s, sent[at], flags[at]))
            self._occasions(own_s)
            self._last_own_s = own_s
        self._records(self.memory.turn(until_s - 1 + offset_s))

    def due(self, now_s: float) -> list[tuple[bytes, Struck]]:
        """Return the frames that go out now, with what is wrong with each; a steady clock [s]."""
        found = []
        for flight in self.outbox.due(now_s):
            struck = self.defects.strike()
            asks = self.dialect.asks(struck)
            frame = self.dialect.write(flight.parcel, flight.qn, struck, resent=flight.resent)
            found.append((frame, struck))
            self._tell("sent", flight.parcel)
            if not asks:
                self.outbox.unanswerable(flight)
        return found

    def heard(self, frame: Frame) -> list[bytes]:
        """Take a frame from the platform; return what it answers."""
        if self.deaf or frame.head.mn != self.mn:
            return []
        if frame.head.cn in _REPLIES:
            parcel = self.outbox.confirmed(frame.qn)
            if parcel is not None:
                self._tell("confirmed", parcel)
            return []
        if frame.head.cn == HEARTBEAT or frame.head.cn not in commands():
            return []
        replies = dialogue.answer(self, frame)
        for parcel, _ in replies:
            if parcel.told:
                self.telling("sent", parcel)
        return [reply for _, reply in replies]

    def _tell(self, event: str, parcel: Parcel) -> None:
        if not parcel.passing:
            self.telling(event, parcel)

    def _records(self, closed: Sequence[Closed]) -> None:
        for period, record in closed:
            self._message(_COMMANDS[period], record.start_s, self.wording.period(period, record))
            if period == DAY:
                self._put(dialogue.running_times(self.dialect, record.start_s))

    def _message(self, cn: str, own_s: int, items: list[Item]) -> None:
        for parcel in self.dialect.parcels(cn, own_s, items, self.defects.strike()):
            self._put(parcel)

    def _put(self, parcel: Parcel) -> None:
        self.outbox.put(parcel, late=not self.connected)

    def _struck(self, own_s: int, every_s: int) -> bool:
        """Return whether a multiple of a period has passed since the last instant."""
        last_s = own_s - 1 if self._last_own_s is None else self._last_own_s
        return own_s // every_s > last_s // every_s

    def _occasions(self, own_s: int) -> None:
        if not self.connected:
            return
        if self._struck(own_s, _STATES_S):
            self._put(Parcel(_STATES, f"DataTime={self.dialect.instant(own_s)};{self.states()}"))
            self._put(dialogue.information(self.dialect, own_s, self.wording.codes[0]))
        if self._struck(own_s, _CALIBRATION_S):
            self._put(Parcel(_CALIBRATION, "", passing=True))
        if self.dialect.edition >= 2025 and self._struck(own_s, _HEARTBEAT_S):
            self._put(Parcel(HEARTBEAT, "", passing=True))
