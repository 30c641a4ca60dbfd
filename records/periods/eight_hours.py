"""The eight-hour mean of ozone that ends with each hour; GB 3095-2026: a sliding mean, six of the eight hours valid; pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import fsum

HOURS = 8
_NEEDED = 6  # GB 3095-2026 table 4
_HOUR = timedelta(hours=1)


def mean_8h(means: Mapping[datetime, float], hour: datetime) -> float | None:
    """Return the mean of the valid hours among the eight that end with the hour beginning at ``hour``."""
    values = [means[at] for back in range(HOURS) if (at := hour - back * _HOUR) in means]
    return fsum(values) / len(values) if len(values) >= _NEEDED else None
