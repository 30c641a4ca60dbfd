"""The step of a chart: round, as fine as the points allow; from a minute on, minute values answer."""

from datetime import datetime, timedelta
from functools import cache

from smartpark.flag_use import AVERAGE, FLAGS, MARKS, use_of

# [s]; each divides the day, so that points of a chart stand on round times
STEPS_S = (
    1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 14400, 21600, 28800, 43200, 86400,
)  # fmt: skip
MINUTE_S = 60
DAY_S = 86400


def step_s(start: datetime, end: datetime, points: int, period_s: int) -> int:
    """Return the step [s] for at most ``points`` points over [start, end), no finer than the sensor's period [s]."""
    for step in STEPS_S:
        if step >= min(period_s, DAY_S) and _count(start, end, step) <= points:
            return step
    days = 1
    while _count(start, end, days * DAY_S) > points:
        days += 1
    return days * DAY_S


def aligned(start: datetime, step: int) -> datetime:
    """Return the last multiple of a step [s] since local midnight that is not after an instant."""
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    passed = (start - midnight) // timedelta(seconds=step)
    return midnight + passed * timedelta(seconds=step)


def _count(start: datetime, end: datetime, step: int) -> int:
    return -((aligned(start, step) - end) // timedelta(seconds=step))


@cache
def averaged(stream_class: str) -> tuple[str, ...]:
    """Return the pairs flag + mark whose values may be averaged on a stream of this class."""
    return tuple(
        flag + mark for flag in FLAGS for mark in MARKS if use_of(stream_class, flag, mark).bits & AVERAGE
    )
