"""What is not confirmed yet: in flight, waiting for its turn, or kept to be sent again later."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from simulators.loggers.wording import Told

ANSWER_S, TRIES = 10.0, 3  # HJ 212-2017 table 1, mobile networks
_WINDOW = 4  # frames unanswered at a time
_AGAIN_S = 60.0  # until what nobody answered is sent again
_MOST = 30_000


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message: a command with its CP, what it tells, and (PNUM, PNO) where it is a part of one.

    One that is ``passing``, a heartbeat, is not worth keeping.
    """

    cn: str
    cp: str
    told: tuple[Told, ...] = ()
    part: tuple[int, int] | None = None
    passing: bool = False


@dataclass(slots=True)
class Flight:
    """A parcel on its way: under which QN, since when, for the how-many-eth time; ``resent`` if it is late."""

    parcel: Parcel
    qn: str
    resent: bool
    sent_s: float = 0.0
    tries: int = 0


@dataclass(slots=True)
class Outbox:
    """Sends each parcel up to three times, then keeps it for later; bounded, the oldest goes first.

    Args:
        new_qn: makes the next QN.
        answer_s: how long an answer may take [s].
        again_s: how long what nobody answered rests [s].

    """

    new_qn: Callable[[], str]
    answer_s: float = ANSWER_S
    tries: int = TRIES
    again_s: float = _AGAIN_S
    _waiting: deque[Parcel] = field(default_factory=deque)
    _flying: dict[str, Flight] = field(default_factory=dict)
    _kept: deque[tuple[float, Flight]] = field(default_factory=deque)

    @property
    def unconfirmed(self) -> int:
        """How many parcels there are."""
        return len(self._waiting) + len(self._flying) + len(self._kept)

    def put(self, parcel: Parcel, *, late: bool = False) -> None:
        """Take a parcel; one that cannot be sent when it is due is ``late``, and lets newer ones pass."""
        if late:
            self._keep(0.0, Flight(parcel, "", resent=True))
        else:
            self._waiting.append(parcel)

    def due(self, now_s: float) -> list[Flight]:
        """Return what is to be sent now, repeats first; a steady clock [s]."""
        found: list[Flight] = []
        for flight in list(self._flying.values()):
            if now_s - flight.sent_s < self.answer_s:
                continue
            if flight.tries < self.tries:
                found.append(flight)
            else:
                del self._flying[flight.qn]
                self._keep(now_s + self.again_s, flight)
        while len(self._flying) < _WINDOW and (following := self._next(now_s)) is not None:
            self._flying[following.qn] = following
            found.append(following)
        for flight in found:
            flight.sent_s, flight.tries = now_s, flight.tries + 1
        return found

    def confirmed(self, qn: str) -> Parcel | None:
        """Note an answer; return what it confirms. An answer without QN is to the oldest that flies."""
        if not qn:
            qn = next(iter(self._flying), "")
        flight = self._flying.pop(qn, None)
        if flight is None:
            for kept in self._kept:
                if kept[1].qn == qn:
                    self._kept.remove(kept)
                    return kept[1].parcel
        return flight.parcel if flight is not None else None

    def unanswerable(self, flight: Flight) -> None:
        """Forget what went out without asking for an answer."""
        self._flying.pop(flight.qn, None)

    def connected(self) -> None:
        """Send at once what rests: there is a new connection."""
        self._kept = deque((0.0, flight) for _, flight in self._kept)

    def disconnected(self) -> None:
        """Keep what flew or waited: its answers can no longer come."""
        for flight in (*self._flying.values(), *(Flight(p, "", resent=True) for p in self._waiting)):
            self._keep(0.0, flight)
        self._flying.clear()
        self._waiting.clear()

    def _keep(self, from_s: float, flight: Flight) -> None:
        if flight.parcel.passing:
            return
        self._kept.append((from_s, flight))
        while len(self._kept) > _MOST:
            self._kept.popleft()

    def _next(self, now_s: float) -> Flight | None:
        if self._waiting:
            return Flight(self._waiting.popleft(), self.new_qn(), resent=False)
        if self._kept and self._kept[0][0] <= now_s:
            return Flight(self._kept.popleft()[1].parcel, self.new_qn(), resent=True)
        return None
