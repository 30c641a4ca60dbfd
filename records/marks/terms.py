"""Until when a mark may be filed and has to be proved; pure."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


def month_of(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return the start of the local month that holds an instant."""
    return datetime.combine(instant.astimezone(zone).date().replace(day=1), time(), zone)


def next_month(month: datetime) -> datetime:
    """Return the start of the month after one that starts at ``month``, in its own zone."""
    return (month + timedelta(days=32)).replace(day=1)


def voucher_due(starts_at: datetime, filed_at: datetime, zone: ZoneInfo, voucher_day: int) -> datetime:
    """Return the end of the day by which a mark needs its voucher.

    That is ``voucher_day`` of the month after the one in which the marked data begin, in the park's zone; never before the
    end of the day on which it was filed.
    """
    regular = next_month(month_of(starts_at, zone)).replace(day=voucher_day)
    filed = datetime.combine(filed_at.astimezone(zone).date(), time(), zone)
    return (max(regular, filed) + _DAY).astimezone(UTC)


def days_left(due: datetime, now: datetime, zone: ZoneInfo) -> int:
    """Return how many whole local days are left until the last day of a deadline; 0: it is today, below: it has passed."""
    last_day = (due - timedelta(microseconds=1)).astimezone(zone).date()
    return (last_day - now.astimezone(zone).date()).days
