"""Days, months and years of a park's zone; pure. Hours begin on the full hour everywhere."""

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from records.periods.plan import Sensor
from records.periods.rules import Period

_DAY = timedelta(days=1)


@lru_cache(maxsize=4096)
def start_of(period: Period, instant: datetime, zone: ZoneInfo) -> datetime:
    """Return the start of the day, month or year that an instant lies in."""
    local = instant.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    if period == "month":
        local = local.replace(day=1)
    elif period == "year":
        local = local.replace(month=1, day=1)
    return local.astimezone(instant.tzinfo)


@lru_cache(maxsize=4096)
def end_of(period: Period, start: datetime, zone: ZoneInfo) -> datetime:
    """Return the end of the period that begins at ``start``."""
    days = {"day": 1, "month": 31, "year": 366}[period]
    local = start.astimezone(zone)
    # A few hours over, so that a day of 23 hours is left behind as well.
    later = (local + days * _DAY + timedelta(hours=6)).astimezone(start.tzinfo)
    return start_of(period, later, zone)


def parts_in(period: Period, start: datetime, end: datetime) -> int:
    """Return how many parts a period has: hours of a day, days of a month or year."""
    return round((end - start) / (timedelta(hours=1) if period == "day" else _DAY))


def due_in(sensor: Sensor, period: Period, start: datetime, end: datetime) -> int:
    """Return in how many parts of a period a sensor is due."""
    if sensor.due_since is None:
        return 0
    begin = max(start, sensor.due_since)
    until = end if sensor.due_until is None else min(end, sensor.due_until)
    part = timedelta(hours=1) if period == "day" else _DAY
    return max(0, -((begin - until) // part)) if until > begin else 0
