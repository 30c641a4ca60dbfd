"""A batch: messages as they came, and what the decoder made of them, as growing columns."""

import hashlib
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.directory import Directory
from ingest.events import ParkEvent, Status
from ingest.refusal import Refusal, Suspect
from ingest.reported import Report, Reported
from smartpark.hj212.frame import Frame, FrameError

NORMAL = ord("N")
MINUTE_US = 60_000_000


def minute_of(us: int) -> int:
    """Return the start of the minute that an instant [us since 1970] lies in."""
    return us - us % MINUTE_US


class Heard(NamedTuple):
    """What the gateway has made of a frame already, and whom it came from."""

    frame: Frame | FrameError
    peer: str


class Receipt(NamedTuple):
    """When a message came first [us since 1970], and over which connection, if it was one over TCP."""

    at_us: int
    peer: str | None


class Origin(NamedTuple):
    """A message as it came, and when [us since 1970]; ``heard`` where it is one frame that came over TCP.

    ``first`` where it leaves quarantine: what is booked is booked as received now, but evidence says when it came.
    """

    topic: str
    payload: bytes
    received_us: int
    heard: Heard | None = None
    first: Receipt | None = None

    @property
    def first_us(self) -> int:
        """When it came in first [us since 1970]."""
        return self.received_us if self.first is None else self.first.at_us

    @property
    def peer(self) -> str | None:
        """The other end of the TCP connection that it came over."""
        if self.heard is not None:
            return self.heard.peer
        return None if self.first is None else self.first.peer

    @property
    def digest(self) -> bytes:
        """SHA-256 of topic, 0x00 and payload: the same message again is the same row of quarantine."""
        return hashlib.sha256(self.topic.encode() + b"\0" + self.payload).digest()


@dataclass(frozen=True, slots=True)
class Position:
    """Where a mobile station was."""

    station_id: int
    time_us: int
    lat: float
    lon: float
    received_us: int


class KeptFrame(NamedTuple):
    """A frame of an admitted logger; ``time_us`` is None where it names none."""

    message: int
    frame: Frame
    time_us: int | None


@dataclass(frozen=True, slots=True)
class Items:
    """Columns of n accepted items in order of arrival; ``message`` is the position of the message in the batch."""

    row: NDArray[np.intp]
    time_us: NDArray[np.int64]
    sent: NDArray[np.float64]
    flag: NDArray[np.uint8]
    message: NDArray[np.intp]
    received_us: NDArray[np.int64]


@dataclass(slots=True)
class Batch:
    """Grows message by message; ``directory`` is the one that its rows point into.

    ``counted`` holds (message, station, items) as the decoder opens them: the ledger's ``received``, counted
    apart from what becomes of the items. A batch lies within one minute of receipt, so that its counts have one row
    of the ledger each. ``source`` is mqtt, hj212, release or import.
    """

    directory: Directory
    source: str = "mqtt"
    origins: list[Origin] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)
    flags: list[tuple[int, int]] = field(default_factory=list)  # (item, flag) where it is not N
    spans: list[tuple[int, int, int]] = field(default_factory=list)  # (message, time, items) of each object
    counted: list[tuple[int, int, int]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    suspects: list[Suspect] = field(default_factory=list)
    sequence: list[tuple[int, int, int]] = field(default_factory=list)  # (message, station, seq)
    positions: list[Position] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    events: list[ParkEvent] = field(default_factory=list)
    frames: list[KeptFrame] = field(default_factory=list)
    reported: list[Reported] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    strangers: set[str] = field(default_factory=set)  # MNs that nobody has admitted
    unregistered: set[tuple[int, str, str]] = field(default_factory=set)  # (station, code, form) of no sensor

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def minute_us(self) -> int:
        """The minute of receipt [us since 1970]; 0 of an empty batch."""
        return minute_of(self.origins[0].received_us) if self.origins else 0

    def forget(self, message: int, suspects: int) -> None:
        """Take back what the newest message has left so far, but for its origin; before it were so many suspects."""
        del self.suspects[suspects:]
        self.spans = [span for span in self.spans if span[0] != message]
        kept = sum(items for _, _, items in self.spans)
        del self.rows[kept:], self.sent[kept:]
        self.flags = [(item, flag) for item, flag in self.flags if item < kept]
        self.counted = [counted for counted in self.counted if counted[0] != message]
        self.sequence = [one for one in self.sequence if one[0] != message]
        self.refusals = [one for one in self.refusals if one.message != message]
        self.frames = [one for one in self.frames if one.message != message]
        self.reported = [one for one in self.reported if one.message != message]
        self.reports = [one for one in self.reports if one.message != message]

    def items(self) -> Items:
        """Return the accepted items as columns."""
        counts = np.array([items for _, _, items in self.spans], np.intp)
        message = np.array([m for m, _, _ in self.spans], np.intp)
        received = np.array([origin.received_us for origin in self.origins], np.int64)
        of = np.repeat(message, counts)
        flag = np.full(len(self.rows), NORMAL, np.uint8)
        if self.flags:
            at, code = zip(*self.flags, strict=True)
            flag[np.array(at)] = np.array(code)
        return Items(
            np.array(self.rows, np.intp),
            np.repeat(np.array([time_us for _, time_us, _ in self.spans], np.int64), counts),
            np.array(self.sent, np.float64),
            flag,
            of,
            received[of] if len(received) else np.empty(0, np.int64),
        )
