"""Sand-dust episodes over the days and hours of a place: what one touches is told apart, never taken away; pure.

A day or hour counts as touched when any part of it lies in an episode of the place; of the mean of several stations, when
the episode is of any of them. Touched days are left out of the second column, numerator and denominator alike.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

RULE_ZH = "剔除沙尘：沙尘过程（按站点、起止时间、文件认定）触及的自然日不计入分子与分母，也不计为缺测；依据 HJ 663-2026，条文待核"
RULE_EN = (
    "Sand excluded: calendar days touched by a declared episode (stations, start, end, document) stand neither in the"
    " numerator nor in the denominator, and are not missing; source HJ 663-2026, to be verified"
)


@dataclass(frozen=True, slots=True)
class Episode:
    """A declared episode over [starts_at, ends_at); ``stations`` None: the whole park."""

    id: int
    starts_at: datetime
    ends_at: datetime
    stations: frozenset[int] | None = None

    def touches(self, start: datetime, end: datetime, stations: Collection[int]) -> bool:
        """Return whether any part of [start, end) at any of the stations lies in it."""
        here = self.stations is None or any(one in self.stations for one in stations)
        return here and self.starts_at < end and start < self.ends_at


def touching(
    episodes: Sequence[Episode], start: datetime, end: datetime, stations: Collection[int]
) -> tuple[int, ...]:
    """Return the numbers of the episodes that touch [start, end) at any of the stations."""
    return tuple(one.id for one in episodes if one.touches(start, end, stations))
