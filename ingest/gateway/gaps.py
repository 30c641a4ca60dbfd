"""Fetching back: finds what loggers should have delivered and did not, and asks them for it unasked.

What is covered counts, not which messages are missing: an outage of ours and one of theirs look alike, and a logger that
sends again by itself fills its gap before it is asked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from ingest.gateway.dialogue import NO_DATA
from ingest.gateway.first_seen import FirstSeen
from ingest.gateway.spans import Changes, Known, Span, joined, reconciled
from ingest.gateway.talk import GAPS_AT_ONCE
from ingest.reported import Period
from smartpark import db, queries
from smartpark.hj212 import times
from smartpark.settings import Gateway

_Q = queries.load("ingest.gateway", "gaps.sql")
_LOCK = "smartpark fetching back"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_RECENT = timedelta(hours=3)  # how far back most runs look
_WHOLE = timedelta(hours=1)  # how often all the time is looked at
_WAITS = (_MINUTE, 10 * _MINUTE, _HOUR, 6 * _HOUR)  # after the first asking, the second ...
_TRIES = len(_WAITS) + 1
_NO_DATA_TWICE = 2
_VAIN = _HOUR  # a logger that had nothing has nothing a minute later either
_STORED = timedelta(seconds=15)  # after its 9012 what a logger sent is stored
_KEPT = timedelta(days=365)  # gaps that are closed, and the requests for them
_DROPPED = 10_000  # of them at once


@dataclass(frozen=True, slots=True)
class _Manner:
    """How a period is fetched: by which command, which spans are one, how long one request is, how late data may be."""

    cn: str
    within: timedelta
    longest: timedelta
    grace: timedelta


_MANNERS: Mapping[Period, _Manner] = {
    "minute": _Manner("2051", 10 * _MINUTE, 6 * _HOUR, 2 * _MINUTE),
    "hour": _Manner("2061", timedelta(0), 7 * _DAY, 10 * _MINUTE),
    "day": _Manner("2031", timedelta(0), 31 * _DAY, _HOUR),
}


class Watched(NamedTuple):
    """A logger whose data are due [since, until); ``computes`` hours and days itself."""

    mn: str
    timezone: str
    minute_interval_min: int
    sensors: Sequence[int]
    minutely: Sequence[int]
    since: datetime
    until: datetime | None
    computes: bool

    @property
    def slot(self) -> timedelta:
        """The length of its minute periods."""
        return self.minute_interval_min * _MINUTE


class Tally(NamedTuple):
    """What a run has done, in gaps; ``ours`` is false where another process is at it."""

    ours: bool
    new: int = 0
    filled: int = 0
    given_up: int = 0
    asked: int = 0


class Gaps:
    """Looks for gaps and asks for them; remembers only when it has looked at all the time."""

    def __init__(self, settings: Gateway) -> None:
        self._back = timedelta(hours=settings.fetch_back_hours)
        self._whole_at: datetime | None = None
        self._first = FirstSeen()

    def run(self, conn: db.Connection, now: datetime, online: frozenset[str]) -> Tally:
        """Find, then ask the loggers that are there; commits. Does nothing where fetching back is off.

        Most runs look at the last hours and at the gaps that are open; one an hour looks at all the time.
        """
        if not self._back:
            return Tally(ours=True)
        with db.advisory_lock(conn, _LOCK) as ours:
            conn.commit()
            if not ours:
                return Tally(ours=False)
            whole = self._whole_at is None or now - self._whole_at >= _WHOLE
            found = self.find(conn, now, whole=whole)
            asked = self.ask(conn, now, online)
            conn.commit()
            if whole:
                _forget(conn, now)
        if whole:
            self._whole_at = now
        return found._replace(asked=asked)

    def find(self, conn: db.Connection, now: datetime, *, whole: bool) -> Tally:
        """Write down what is missing and what has come, in the caller's transaction."""
        conn.execute(_Q.settle, {"now": now, "waits": list(_WAITS), "no_data": NO_DATA, "stored": _STORED})
        oldest = now - self._back
        look_from = oldest if whole else max(oldest, now - _RECENT)
        loggers = self._watched(conn, now, oldest, whole=whole)
        known: dict[tuple[str, str], list[Known]] = {}
        for mn, period, number, start, end, *flags in conn.execute(_Q.known, {"since": oldest}).fetchall():
            known.setdefault((mn, period), []).append(Known(number, Span(start, end), *flags))
        changes: dict[tuple[str, Period], Changes] = {}
        for period, manner in _MANNERS.items():
            looks = [
                (one, _looks(one, period, look_from, now, known.get((one.mn, period), ())))
                for one in loggers
                if (one.minutely if period == "minute" else one.computes)
            ]
            missing = _minutes(conn, looks) if period == "minute" else _computed(conn, looks, period)
            for mn, spans in missing.items():
                changes[mn, period] = reconciled(
                    spans, known.get((mn, period), ()), manner.within, manner.longest
                )
        new, filled = _write(conn, changes, now)
        limits = {"now": now, "since": oldest, "tries": _TRIES, "no_data": _NO_DATA_TWICE}
        given_up = conn.execute(_Q.give_up, limits).rowcount
        return Tally(ours=True, new=new, filled=filled, given_up=given_up)

    @staticmethod
    def ask(conn: db.Connection, now: datetime, online: frozenset[str]) -> int:
        """Queue a request for the next due gap of each logger that is there and not fetching; return how many."""
        limits = {"now": now, "online": sorted(online), "at_once": GAPS_AT_ONCE}
        due = conn.execute(_Q.due, limits).fetchall()
        parameters = []
        for _, _, period, start, end, minutes, timezone in due:
            zone = ZoneInfo(timezone)
            last = max(start, _before(end, period, minutes * _MINUTE, zone))
            parameters.append(Jsonb({"BeginTime": _digits(start, zone), "EndTime": _digits(last, zone)}))
        if due:
            about = {
                "ids": [gap[0] for gap in due],
                "mns": [gap[1] for gap in due],
                "cns": [_MANNERS[gap[2]].cn for gap in due],
                "parameters": parameters,
            }
            conn.execute(_Q.ask, {**about, "now": now})
        return len(due)

    def _watched(self, conn: db.Connection, now: datetime, oldest: datetime, *, whole: bool) -> list[Watched]:
        """Return the loggers that have ever delivered."""
        rows = conn.execute(_Q.watched, {"now": now}).fetchall()
        self._first.learn(conn, {sensor for row in rows for sensor in row[3]}, oldest, again=whole)
        found = []
        for mn, timezone, minutes, sensors, minutely, since, until in rows:
            first = self._first.of(sensors)
            if first is not None:
                due = max(since, first)
                computes = self._first.computes(sensors)
                found.append(Watched(mn, timezone, minutes, sensors, minutely, due, until, computes))
        return found


def _forget(conn: db.Connection, now: datetime) -> None:
    """Drop what is long over; commits."""
    limits = {"before": now - _KEPT, "limit": _DROPPED}
    conn.execute(_Q.drop_old_gaps, limits)
    conn.execute(_Q.drop_old_requests, limits)
    conn.commit()


def _looks(
    logger: Watched, kind: Period, look_from: datetime, now: datetime, known: Iterable[Known]
) -> list[Span]:
    """Return the spans of whole periods to look at: what is due and over since ``look_from``, and the open gaps."""
    over = now - _MANNERS[kind].grace - (logger.slot if kind == "minute" else timedelta(0))
    due = Span(
        _ceiling(max(look_from, logger.since), kind, logger),
        _floor(min(over, logger.until or over), kind, logger),
    )
    gaps = [
        Span(_floor(gap.span.start, kind, logger), _ceiling(gap.span.end, kind, logger))
        for gap in known
        if gap.fetchable and not gap.busy
    ]
    return joined(sorted([due, *gaps] if due.start < due.end else gaps), timedelta(0))


def _minutes(conn: db.Connection, looks: Sequence[tuple[Watched, list[Span]]]) -> dict[str, list[Span]]:
    """Return for each logger the slots within its spans in which no sensor has a minute.

    Sensor after sensor looks at what the ones before have left: usually the first one leaves next to nothing.
    """
    missing = {one.mn: spans for one, spans in looks}
    for rank in range(max((len(one.minutely) for one, _ in looks), default=0)):
        asked = [(one, span) for one, _ in looks if rank < len(one.minutely) for span in missing[one.mn]]
        if not asked:
            break
        about = {
            "places": list(range(len(asked))),
            "sensors": [one.minutely[rank] for one, _ in asked],
            "starts": [span.start for _, span in asked],
            "ends": [span.end for _, span in asked],
            "slots": [one.slot for one, _ in asked],
            "first": min(span.start for _, span in asked),
            "last": max(span.end for _, span in asked),
        }
        left: dict[str, list[Span]] = {one.mn: [] for one, _ in asked}
        # Planned anew each time: a plan for any span would look into every chunk there is.
        for place, start, end in conn.execute(_Q.islands, about, prepare=False).fetchall():
            left[asked[place][0].mn].append(Span(start, end))
        missing |= left
    return missing


def _computed(
    conn: db.Connection, looks: Sequence[tuple[Watched, list[Span]]], kind: Period
) -> dict[str, list[Span]]:
    """Return for each logger the hours or days within its spans that it has not reported."""
    asked = [(place, one, spans) for place, (one, spans) in enumerate(looks) if spans]
    present: set[tuple[int, datetime]] = set()
    if asked:
        sensors = [(place, sensor, spans[0].start) for place, one, spans in asked for sensor in one.sensors]
        about = {
            "places": [place for place, _, _ in sensors],
            "sensors": [sensor for _, sensor, _ in sensors],
            "starts": [start for _, _, start in sensors],
            "first": min(start for _, _, start in sensors),
            "last": max(spans[-1].end for _, _, spans in asked),
            "period": kind,
        }
        present = set(conn.execute(_Q.computed, about, prepare=False).fetchall())
    return {
        one.mn: [
            each for span in spans for each in _each(span, kind, one) if (place, each.start) not in present
        ]
        for place, (one, spans) in enumerate(looks)
    }


def _write(
    conn: db.Connection, changes: Mapping[tuple[str, Period], Changes], now: datetime
) -> tuple[int, int]:
    """Write changes down; return how many gaps are new and how many are filled."""
    filled = [number for one in changes.values() for number in one.filled]
    if filled:
        conn.execute(_Q.fill, {"ids": filled, "now": now})
    for query, ends in (
        (_Q.shorten, {k: v for one in changes.values() for k, v in one.shortened.items()}),
        (_Q.grow, {k: v for one in changes.values() for k, v in one.grown.items()}),
    ):
        if ends:
            conn.execute(query, {"ids": list(ends), "ends": list(ends.values()), "now": now})
    new = [(mn, period, gap) for (mn, period), one in changes.items() for gap in one.new]
    if new:
        about = {
            "mns": [mn for mn, _, _ in new],
            "periods": [period for _, period, _ in new],
            "starts": [gap.span.start for _, _, gap in new],
            "ends": [gap.span.end for _, _, gap in new],
            "next": [now + _VAIN if gap.vain else now for _, _, gap in new],
        }
        conn.execute(_Q.add, {**about, "now": now})
    return len(new), len(filled)


def _each(span: Span, kind: Period, logger: Watched) -> Iterator[Span]:
    start = span.start
    while start < span.end:
        end = _after(start, kind, logger)
        yield Span(start, end)
        start = end


def _floor(at: datetime, kind: Period, logger: Watched) -> datetime:
    """Return the start of the period that an instant lies in; days are those of the park."""
    if kind == "day":
        local = at.astimezone(ZoneInfo(logger.timezone))
        return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    return at - (at - _EPOCH) % (logger.slot if kind == "minute" else _HOUR)


def _ceiling(at: datetime, kind: Period, logger: Watched) -> datetime:
    """Return the first start of a period that is not before an instant."""
    start = _floor(at, kind, logger)
    return start if start == at else _after(start, kind, logger)


def _after(start: datetime, kind: Period, logger: Watched) -> datetime:
    """Return where a period ends."""
    if kind == "day":
        return (start.astimezone(ZoneInfo(logger.timezone)) + _DAY).astimezone(UTC)
    return start + (logger.slot if kind == "minute" else _HOUR)


def _before(end: datetime, kind: Period, slot: timedelta, zone: ZoneInfo) -> datetime:
    """Return the start of the last period before ``end``: BeginTime and EndTime both name starts of periods."""
    if kind == "day":
        return (end.astimezone(zone) - _DAY).astimezone(UTC)
    return end - (slot if kind == "minute" else _HOUR)


def _digits(at: datetime, zone: ZoneInfo) -> str:
    return times.digits((at - _EPOCH) // timedelta(microseconds=1), zone)
