"""The only place that reads the clock; everything else is handed ``now``."""

import time as _time
from datetime import UTC, datetime


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def epoch_s() -> float:
    """Return the present instant as seconds since 1970-01-01T00:00Z [s]."""
    return _time.time()


def monotonic_s() -> float:
    """Return a steadily growing time for durations inside one process [s]."""
    return _time.monotonic()


def wait(seconds_s: float) -> None:
    """Stand still for a while [s]; retry loops and simulators use it, judging never does."""
    _time.sleep(seconds_s)
