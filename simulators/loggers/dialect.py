"""How one logger speaks: its edition, its sender's words, its local time, and what its maker does otherwise."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from simulators.loggers import defects
from simulators.loggers.defects import CLEAN, Struck
from simulators.loggers.outbox import Parcel
from simulators.loggers.wording import Item
from smartpark.hj212 import encode, times
from smartpark.hj212.encode import ANSWER, SPLIT, VERSION_BITS, Sender

EDITIONS = tuple(VERSION_BITS)
_SYSTEMS = {"stack": "31", "wastewater": "32", "air": "22", "noise": "23", "surface": "21"}
_ENCRYPTED = frozenset({*map(str, range(2000, 3000)), "1014", "3020"})  # HJ 212-2025; secondary source
_LARGEST_CP = 900  # bytes; with the longest header the segment stays below the 1024 of HJ 212-2017 table 2
_SMALL_CP = 200  # bytes of a packet of a logger that splits without need


@dataclass(frozen=True, slots=True)
class Dialect:
    """Writes the frames of one logger."""

    edition: int
    sender: Sender
    zone: ZoneInfo
    habits: Struck = CLEAN  # defects of every frame, as its maker has built it

    def instant(self, own_s: float) -> str:
        """Return an instant of the logger's clock [s since 1970] as 14 local digits."""
        return times.digits(int(own_s) * 1_000_000, self.zone)

    def seconds(self, digits: str) -> int:
        """Return local digits as an instant [s since 1970].

        Raises:
            TimeFormError: they are no instant.

        """
        return times.parse(digits, self.zone) // 1_000_000

    def qn(self, own_ms: int) -> str:
        """Return an instant of the logger's clock [ms since 1970] as a QN."""
        return times.qn(own_ms * 1000, self.zone)

    def parcels(self, cn: str, own_s: int, items: Sequence[Item], struck: Struck = CLEAN) -> list[Parcel]:
        """Return the message of an instant or period, cut into parts that hold whole items where it is too long."""
        largest = _SMALL_CP if "split" in struck | self.habits else _LARGEST_CP
        first = f"DataTime={self.instant(own_s)}"
        texts = encode.parts((item.text for item in items), first, largest)
        made, at = [], 0
        for number, cp in enumerate(texts, 1):
            count = _count(items[at:], cp, first)
            told = tuple(told for item in items[at : at + count] for told in item.told)
            made.append(Parcel(cn, cp, told, (len(texts), number) if len(texts) > 1 else None))
            at += count
        return made

    def write(
        self, parcel: Parcel, qn: str, struck: Struck = CLEAN, *, resent: bool = False, asks: bool = True
    ) -> bytes:
        """Return the frame of a parcel; ``asks`` for an answer, ``resent`` counts in the edition of 2025 alone."""
        struck = struck | self.habits
        sender = self.sender if parcel.cn in _ENCRYPTED else replace(self.sender, key=None)
        flag = VERSION_BITS[self.edition] | (ANSWER if asks else 0) | (SPLIT if parcel.part else 0)
        frame = encode.encode(
            sender,
            parcel.cn,
            defects.worded(parcel.cp, struck),
            flag=None if "no_flag" in struck else flag,
            qn=None if "no_qn" in struck else qn,
            part=parcel.part,
            resent=resent and self.edition >= 2025,
        )
        return defects.spoilt(frame, struck, encrypted=sender.key is not None)

    def asks(self, struck: Struck) -> bool:
        """Whether a frame under these defects can ask for an answer."""
        return "no_flag" not in struck | self.habits


def system_of(kind: str) -> str:
    """Return the ST of a kind of station."""
    return _SYSTEMS.get(kind, "31")


def _count(items: Iterable[Item], cp: str, first: str) -> int:
    """Return how many items, from the first on, a CP holds."""
    left = len(cp) - len(first)
    count = 0
    for item in items:
        left -= len(item.text) + 1
        if left < 0:
            break
        count += 1
    return count
