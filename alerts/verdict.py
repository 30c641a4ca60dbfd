"""What judging a batch comes to: intended events, and the state to adopt once they are committed."""

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from alerts.changes import Change
from alerts.findings import Held
from alerts.points import instant
from alerts.region import Region
from alerts.sieve import Marks
from alerts.silence import Hush
from alerts.track import Key


@dataclass(frozen=True, slots=True)
class Progress:
    """Last value, peak and count of an active alert, as table ``alert_progress`` holds them."""

    key: Key
    last_value: float
    last_at: datetime
    peak_value: float
    peak_at: datetime
    count: int

    @classmethod
    def of(cls, key: Key, region: Region) -> "Progress":
        """Return where an active region stands."""
        return cls(
            key,
            region.last,
            instant(region.last_us),
            region.peak,
            instant(region.peak_us),
            region.count,
        )


@dataclass(slots=True)
class Verdict:
    """Pure outcome of one call of ``judge``; ``rows`` is filled while it is written."""

    now: datetime
    changes: list[Change] = field(default_factory=list)
    progress: list[Progress] = field(default_factory=list)
    late: list[tuple[int, int, int]] = field(
        default_factory=list
    )  # sensor id, from, to [us]: to be re-judged
    regions: dict[int, Region] = field(default_factory=dict)  # by number of track
    watermark: Marks | None = None
    heard: Marks | None = None
    stale_at: NDArray[np.int64] | None = None  # position of every reading that was not live
    hush: Hush | None = None
    offline: NDArray[np.int64] | None = None  # since when [n] stations say that they are off line
    held: dict[Key, Held] | None = None
    dirty: set[int] = field(default_factory=set)  # tracks whose progress is not written yet
    ticked: bool = False
    flushed: bool = False
    rows: dict[Key, int] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.changes or self.progress or self.late)
