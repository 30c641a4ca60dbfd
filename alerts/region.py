"""Where one condition stands, the transitions it makes, and the readings that move it."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from alerts.limits import Bound


class Crossing(NamedTuple):
    """The reading that took an occurrence to its stage."""

    bound: Bound
    value: float
    time_us: int
    flag: str
    mark: str
    over_range: bool


@dataclass(slots=True)
class Region:
    """Where the condition stands; ``since_us`` [4] tells since when LL, L, H, HH are violated without a break."""

    active: bool = False
    crossing: Crossing | None = None  # of the gravest stage of the present occurrence
    sounded: bool = True  # the present stage has been announced
    unknown: bool = False
    expected: bool = False  # under a filed window
    since_us: list[int | None] = field(default_factory=lambda: [None, None, None, None])
    recovering_us: int | None = None
    began_us: int = 0
    raised_us: int = 0
    count: int = 0
    peak: float = 0.0
    peak_us: int = 0
    last: float = 0.0
    last_us: int = 0

    def copied(self) -> "Region":
        """Return an independent copy."""
        return Region(
            self.active,
            self.crossing,
            self.sounded,
            self.unknown,
            self.expected,
            self.since_us.copy(),
            self.recovering_us,
            self.began_us,
            self.raised_us,
            self.count,
            self.peak,
            self.peak_us,
            self.last,
            self.last_us,
        )

    @property
    def settled(self) -> bool:
        """Whether the condition is normal and nothing is pending."""
        return not self.active and self.since_us == [None, None, None, None]


class Step(NamedTuple):
    """One transition: ``begin rise clear sound known release``, with the region as it was right then."""

    type: str
    time_us: int
    region: Region
    fresh: bool


class Stretch(NamedTuple):
    """Readings of one point in time order, usable for judging; ``fresh`` = live on receipt."""

    time_us: NDArray[np.int64]
    value: NDArray[np.float64]
    bits: NDArray[np.uint8]
    flag: NDArray[np.uint8]
    mark: NDArray[np.uint8]
    fresh: NDArray[np.bool_]
