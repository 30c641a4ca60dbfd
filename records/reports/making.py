"""The round that makes reports by themselves: yesterday's, last month's, last year's, and those of finalised months."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import DictRow, dict_row

from records.reports import printing
from records.reports.contents import Subject
from records.reports.facts import Kind
from records.reports.keeping import FORMATS, Format, make
from records.reports.periods import PARTS, Span, last_over, span
from smartpark import db, log, queries

_Q = queries.load("records.reports", "making.sql")
_log = log.get("records.reports")

# How long after its end a period is reported by itself: hours close five minutes after their end.
_PATIENCE: Mapping[Kind, timedelta] = {
    "daily": timedelta(minutes=30),
    "monthly": timedelta(hours=2),
    "annual": timedelta(hours=3),
}
# A day as PDF is as large as all its other files together, and asked for seldom: it is made when somebody asks.
_BY_ITSELF: Mapping[Kind, tuple[Format, ...]] = {
    "daily": ("xlsx", "docx"),
    "monthly": FORMATS,
    "annual": FORMATS,
}
_A_TURN = 12  # reports, so that a round ends in good time
_DAYS_BACK = 7  # that are still reported when this machine was away
_FIRST_REST, _LONGEST_REST = timedelta(minutes=15), timedelta(hours=6)
_One = tuple[Subject, Span]


class Making:
    """The round; one that fails rests ever longer and keeps no other from being made."""

    def __init__(self, pass_rate: float) -> None:
        self._pass_rate = pass_rate
        self._failed: dict[_One, tuple[int, datetime]] = {}  # how often, and until when it rests

    def turn(self, conn: db.Connection, now: datetime) -> int:
        """Make what is due; return how many reports were made. Each file is committed by itself."""
        waiting = due(conn, now)
        self._failed = {one: self._failed[one] for one in waiting if one in self._failed}
        awake = [one for one in waiting if one not in self._failed or self._failed[one][1] <= now]
        conn.commit()
        return sum(self._made(conn, one, now) for one in awake[:_A_TURN])

    def _made(self, conn: db.Connection, one: _One, now: datetime) -> bool:
        subject, period = one
        try:
            formats = _formats(period.kind)
            made = make(conn, subject, period, formats, now=now, by="system", pass_rate=self._pass_rate)
        except Exception:
            if conn.closed:
                raise
            conn.rollback()
            _log.exception("report_failed", kind=period.kind, enterprise=subject.enterprise_id)
            self._rest(one, now)
            return False
        for name, error in made.lacking:
            _log.warning("format_not_made", format=name, reason=str(error))
        if made.lacking:
            self._rest(one, now)
        return True

    def _rest(self, one: _One, now: datetime) -> None:
        times = self._failed.get(one, (0, now))[0] + 1
        self._failed[one] = times, now + min(_FIRST_REST * 2 ** min(times - 1, 10), _LONGEST_REST)


def due(conn: db.Connection, now: datetime) -> list[_One]:
    """Return what is to be made now; days before yesterday and months that were finalised come last.

    A period is due once all its hours have records, no hour of the subject waits to be made anew, and its missing hours have
    what stands for them.
    """
    found: list[_One] = []
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_Q.written_until).fetchone()
        if row is None:
            return []
        for park in cursor.execute(_Q.parks).fetchall():
            for period in _periods(now, park["timezone"]):
                if period.end <= row["until"]:
                    found += _due_of(cursor, park["id"], period)
        wanted = {"formats": list(_formats("monthly"))}
        for one in cursor.execute(_Q.finalised, wanted).fetchall():
            month = span("monthly", one["month"], one["timezone"])
            subject = Subject(one["park_id"], one["enterprise_id"])
            if month.end <= row["until"]:
                found += _settled(cursor, [subject], month)
    return list(dict.fromkeys(found))


def _periods(now: datetime, timezone: str) -> Iterator[Span]:
    newest = [last_over(kind, now, timezone, patience) for kind, patience in _PATIENCE.items()]
    yield from newest
    yesterday: date = newest[0].first
    for back in range(1, _DAYS_BACK):
        yield span("daily", yesterday - timedelta(days=back), timezone)


def _due_of(cursor: psycopg.Cursor[DictRow], park: int, period: Span) -> list[_One]:
    about: dict[str, Any] = {"park": park, "kind": period.kind, "start": period.first}
    about |= {
        "from": period.start,
        "to": period.end,
        "period": PARTS[period.kind],
        "since": period.end + _PATIENCE[period.kind],
    }
    there = {one["enterprise_id"]: set(one["formats"]) for one in cursor.execute(_Q.there, about).fetchall()}
    owners = [one["enterprise_id"] for one in cursor.execute(_Q.subjects, about, prepare=False).fetchall()]
    wanted = set(_formats(period.kind))
    return _settled(
        cursor, [Subject(park, one) for one in owners if not wanted <= there.get(one, set())], period
    )


def _settled(cursor: psycopg.Cursor[DictRow], subjects: list[Subject], period: Span) -> list[_One]:
    """Return those of some subjects of one park whose records of a period will not change by themselves any more."""
    if not subjects:
        return []
    about = {"park": subjects[0].park_id, "from": period.start, "to": period.end}
    rows = cursor.execute(_Q.unsettled, about, prepare=False).fetchall()
    busy = {row["enterprise_id"] for row in rows}
    if busy:
        busy.add(None)  # the park is all of them
    return [(one, period) for one in subjects if one.enterprise_id not in busy]


def _formats(kind: Kind) -> tuple[Format, ...]:
    """Return what is made of a kind by itself, as far as this machine can."""
    can_print = printing.printer() is not None
    return tuple(name for name in _BY_ITSELF[kind] if name != "pdf" or can_print)
