"""Who may come in, and how much of what is nobody's data is taken from there; loggers that we trust it never holds up."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Protocol

_ROOM, _ROOM_S = 400.0, 20.0  # so much at once, and so much a second in the long run
_DEBT_S = 60.0  # for so long at most nothing is taken of an address
_TRUSTED_DEBT_S = 5.0  # ... and of a logger that we trust
DEFECT, STRANGE = 4.0, 1.0  # what a defect costs of it, and a frame of a logger that is not admitted
_ADDRESSES = 10_000  # whose ration is remembered
_QUIET_S = 60.0  # within that a logger that has come says who it is
_SHORT_S = 180.0  # ... and its connection ends after that when slots run short
_SHORT = 0.8  # of all slots
_OF_ONE_ADDRESS = 0.1  # of all slots, for connections that are nobody's, when slots run short


class Guest(Protocol):
    """A connection as the door sees it."""

    address: str
    came_s: float

    def end(self, closed_by: str) -> None:
        """End it at once."""


class Ration:
    """What may still be taken; it grows with time [s of the loop], and no debt is longer than ``debt_s``."""

    __slots__ = ("_counted_s", "_floor", "_room")

    def __init__(self, now_s: float, debt_s: float = _DEBT_S) -> None:
        self._room = _ROOM
        self._floor = -debt_s * _ROOM_S
        self._counted_s = now_s

    @classmethod
    def of_trusted(cls, now_s: float) -> "Ration":
        """Return the ration of a connection over which a logger speaks that we trust."""
        return cls(now_s, _TRUSTED_DEBT_S)

    def spend(self, cost: float) -> None:
        """Take from it: more than there is where it has come already."""
        self._room = max(self._room - cost, self._floor)

    def owes_s(self, now_s: float) -> float:
        """Return how long nothing should be taken [s]; 0 while there is room."""
        self._room = min(self._room + (now_s - self._counted_s) * _ROOM_S, _ROOM)
        self._counted_s = now_s
        return max(-self._room / _ROOM_S, 0.0)

    def is_whole(self, now_s: float) -> bool:
        """Return whether nothing of it is spent."""
        self.owes_s(now_s)
        return self._room >= _ROOM


class Door:
    """Knows the connections over which no logger that we trust has spoken yet, and the rations of their addresses.

    Hundreds of loggers may call from one address, and all at once after an outage: only what has had a minute to say who
    it is has to go, and only where slots are wanted.
    """

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._strangers: dict[Guest, None] = {}  # the oldest first
        self._of: dict[str, dict[Guest, None]] = {}
        self._rations: dict[str, Ration] = {}

    def came(self, guest: Guest, taken: int, now_s: float) -> bool:
        """Let a further connection in; return false when there is no room and nobody has to go for it."""
        here = self._of.get(guest.address, {})
        many = max(_OF_ONE_ADDRESS * self._slots, 1)
        if taken >= self._slots:
            crowd = max(self._of.values(), key=len, default=here)
            patience_s = 0.0 if crowd is not here and len(crowd) > many else _QUIET_S
            if not self._end_oldest(crowd if patience_s == 0 else self._strangers, now_s - patience_s):
                return False
        elif len(here) >= many and taken > _SHORT * self._slots:
            self._end_oldest(here, now_s - _QUIET_S)
        self._strangers[guest] = None
        self._of.setdefault(guest.address, {})[guest] = None
        return True

    def forget(self, guest: Guest) -> None:
        """Note that a connection is of a logger we trust, or gone."""
        if guest in self._strangers:
            del self._strangers[guest]
            here = self._of[guest.address]
            del here[guest]
            if not here:
                del self._of[guest.address]

    def look(self, taken: int, now_s: float) -> None:
        """End what is nobody's when slots run short."""
        if taken > _SHORT * self._slots:
            for one in [one for one in self._strangers if now_s - one.came_s > _SHORT_S]:
                self._end(one)

    def ration(self, address: str, now_s: float) -> Ration:
        """Return the ration that the connections of an address share while they are nobody's; it outlives them."""
        ration = self._rations.get(address)
        if ration is None:
            if len(self._rations) >= _ADDRESSES:
                spent = [(a, r) for a, r in self._rations.items() if not r.is_whole(now_s)]
                self._rations = dict(spent[-_ADDRESSES // 2 :])
            ration = self._rations[address] = Ration(now_s)
        return ration

    def _end_oldest(self, guests: Mapping[Guest, None], before_s: float) -> bool:
        oldest = next(iter(guests), None)
        if oldest is None or oldest.came_s > before_s:
            return False
        self._end(oldest)
        return True

    def _end(self, guest: Guest) -> None:
        self.forget(guest)  # that it is gone is heard later, and the next one to come needs another's place
        guest.end("us")


def address_of(host: str) -> str:
    """Return what stands for one place: an IPv4 address, the first half of an IPv6 one."""
    return ip_address(host).exploded[:19] if ":" in host else host
