"""The day, month or year of a report in the park's zone, its parts, and how all of them are written; pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from records.reports.facts import Kind

TITLES: dict[Kind, str] = {"daily": "环保日报", "monthly": "环保月报", "annual": "环保年报"}
PARTS: dict[Kind, str] = {"daily": "hour", "monthly": "day", "annual": "month"}  # records in its tables
WHOLES: dict[Kind, str] = {"daily": "day", "monthly": "month", "annual": "year"}
PART_WORDS: dict[Kind, str] = {"daily": "监测时段", "monthly": "日期", "annual": "月份"}


@dataclass(frozen=True, slots=True)
class Span:
    """The period of a report: ``first`` is its first day, [start, end) its instants."""

    kind: Kind
    first: date
    start: datetime
    end: datetime

    @property
    def label(self) -> str:
        """Return the period in words: 2026年10月."""
        return label(self.kind, self.first)

    @property
    def stamp(self) -> str:
        """Return the period for a file name: 2026-10."""
        return self.first.isoformat()[: {"daily": 10, "monthly": 7, "annual": 4}[self.kind]]

    def parts(self) -> Iterator[tuple[datetime, datetime]]:
        """Yield the hours of a day, days of a month or months of a year, each [start, end)."""
        at = self.start
        while at < self.end:
            after = following(at, PARTS[self.kind])
            yield at, after
            at = after


def span(kind: Kind, first: date, timezone: str) -> Span:
    """Return the period that begins on a day, in an IANA zone.

    Raises:
        ValueError: a month begins on its first day, a year on the first of January.

    """
    if kind == "monthly" and first.day != 1:
        raise ValueError(f"{first} is not the first day of a month; write {first.replace(day=1)}")
    if kind == "annual" and (first.month, first.day) != (1, 1):
        raise ValueError(f"{first} is not the first day of a year; write {first.replace(month=1, day=1)}")
    zone = ZoneInfo(timezone)
    start = datetime(first.year, first.month, first.day, tzinfo=zone)
    return Span(kind, first, start, following(start, WHOLES[kind]))


def last_over(kind: Kind, now: datetime, timezone: str, patience: timedelta) -> Span:
    """Return the newest period of a kind that ended at least so long ago."""
    local = (now - patience).astimezone(ZoneInfo(timezone))
    today = local.date()
    if kind == "daily":
        return span(kind, today - timedelta(days=1), timezone)
    if kind == "monthly":
        return span(kind, (today.replace(day=1) - timedelta(days=1)).replace(day=1), timezone)
    return span(kind, date(today.year - 1, 1, 1), timezone)


def label(kind: Kind, first: date) -> str:
    """Return a period in words."""
    if kind == "daily":
        return f"{first.year}年{first.month}月{first.day}日"
    return f"{first.year}年{first.month}月" if kind == "monthly" else f"{first.year}年"


def part_label(start: datetime, end: datetime) -> str:
    """Return an hour as 08:00-09:00, a day as 10月03日, a month as 2026年10月, always by its start and end."""
    length = end.astimezone(UTC) - start.astimezone(UTC)  # two clocks may be set differently
    if length <= timedelta(hours=1):
        return f"{start:%H:%M}-{_closing(start, end)}"
    if length <= timedelta(hours=26):
        return f"{start:%m月%d日}"
    return f"{start:%Y年%m月}" if length <= timedelta(days=32) else f"{start:%Y年}"


def moment(at: datetime) -> str:
    """Return an instant to the minute."""
    return f"{at:%Y-%m-%d %H:%M}"


def stretch(start: datetime, end: datetime) -> str:
    """Return a stretch of time with its date: 2026-10-03 08:00-09:00, over days both dates."""
    if (end - timedelta(microseconds=1)).date() == start.date():
        return f"{start:%Y-%m-%d %H:%M}-{_closing(start, end)}"
    return f"{moment(start)} 至 {moment(end)}"


def _closing(start: datetime, end: datetime) -> str:
    return "24:00" if end.date() > start.date() and (end.hour, end.minute) == (0, 0) else f"{end:%H:%M}"


def following(at: datetime, step: str) -> datetime:
    """Return the end of the hour, day, month or year that begins at a local instant."""
    if step == "hour":
        return (at.astimezone(UTC) + timedelta(hours=1)).astimezone(at.tzinfo)
    first = at.date()
    after = {
        "day": lambda: first + timedelta(days=1),
        "month": lambda: (first.replace(day=1) + timedelta(days=32)).replace(day=1),
        "year": lambda: date(first.year + 1, 1, 1),
    }[step]()
    return datetime(after.year, after.month, after.day, tzinfo=at.tzinfo)
