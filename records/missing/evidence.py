"""What was seen around missing minutes, out of the database, for many stations at once."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from records.missing.cause import Around, Presence, Restart, Session, Span
from smartpark import db, queries
from smartpark.hj212.times import TimeFormError, parse

_Q = queries.load("records.missing", "hours.sql")
_SLACK = timedelta(hours=1)  # around the gaps, for what is told a little before or behind them


def around(
    conn: db.Connection,
    stations: Sequence[int],
    start: datetime,
    end: datetime,
    silent: Sequence[tuple[int, datetime]],
) -> Mapping[int, Around]:
    """Return what was seen around each station over [start, end), and around hours in which it was silent."""
    about: dict[str, Any] = {"stations": list(stations), "first": start - _SLACK, "last": end + _SLACK}
    owners = conn.execute(_Q.owners, about).fetchall()
    about["mns"] = sorted({mn for *_, mns, _ in owners for mn in mns})
    outages: dict[str, list[Span]] = {}
    for feed, began_at, ended_at in conn.execute(_Q.outages, about).fetchall():
        outages.setdefault(feed, []).append(Span("outage", feed, began_at, ended_at))
    windows: dict[int, list[Span]] = {}
    for station_id, name, starts_at, ends_at in conn.execute(_Q.windows, about).fetchall():
        windows.setdefault(station_id, []).append(Span("window", name, starts_at, ends_at))
    hours = {"silent": [station_id for station_id, _ in silent], "hours": [hour for _, hour in silent]}
    spoke: dict[int, set[datetime]] = {}
    for station_id, minute in conn.execute(_Q.spoke, hours).fetchall():
        spoke.setdefault(station_id, set()).add(minute)
    presences: dict[int, list[Presence]] = {}
    for station_id, at, online in conn.execute(_Q.presences, about).fetchall():
        presences.setdefault(station_id, []).append(Presence(at, online))
    sessions = [
        Session(*(*row, tuple(others))) for *row, others in conn.execute(_Q.sessions, about).fetchall()
    ]
    reports = conn.execute(_Q.restarts, about).fetchall()
    return {
        station_id: Around(
            has_logger=bool(mns),
            outages=tuple(outages.get(feed, ())),
            windows=tuple(windows.get(station_id, ())),
            sessions=tuple(session for session in sessions if session.mn in mns),
            restarts=tuple(
                restart for mn, *told in reports if mn in mns for restart in _restarts(mn, zone, *told)
            ),
            presences=tuple(presences.get(station_id, ())),
            spoke=frozenset(spoke.get(station_id, ())),
            interval_min=interval_min,
        )
        for station_id, feed, zone, mns, interval_min in owners
    }


def _restarts(mn: str, zone: str, time: datetime, said: str | None) -> list[Restart]:
    """Return when a report of a start was made, and what it says of the start itself."""
    found = [Restart(mn, time)]
    if said:
        try:
            at = datetime.fromtimestamp(parse(said, ZoneInfo(zone)) / 1e6, UTC)
        except TimeFormError:
            return found
        if at != time:
            found.append(Restart(mn, at))
    return found
