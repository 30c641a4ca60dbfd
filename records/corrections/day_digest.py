"""Once a day the chain learns the digest of every record that was made or made anew: no old revision changes unseen."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from records.corrections import chain
from records.corrections.day_rows import ACTION, digest_of
from smartpark import db, queries

_Q = queries.load("records.corrections", "day_digest.sql")
_SETTLED = timedelta(hours=1)  # after the end of a day whatever was made in it is committed
_DAYS = 31  # of one turn


def turn(conn: db.Connection, now: datetime) -> int:
    """Enter the digest of each day of the park that is over and has none; return of how many; commits."""
    timezone, done = conn.execute(_Q.began).fetchone() or (None, None)
    first = done or (conn.execute(_Q.first).fetchone() or (None,))[0]
    if timezone is None or first is None:
        conn.commit()
        return 0
    zone = ZoneInfo(timezone)
    day = first.astimezone(zone).date()
    entered = 0
    while entered < _DAYS and _start(day + timedelta(days=1), zone) + _SETTLED <= now:
        _enter(conn, day, zone, now)
        day += timedelta(days=1)
        entered += 1
    conn.commit()
    return entered


def _enter(conn: db.Connection, day: date, zone: ZoneInfo, now: datetime) -> None:
    start, end = _start(day, zone), _start(day + timedelta(days=1), zone)
    rows, digest = digest_of(conn, start, end)
    said = {"from": start, "until": end, "rows": rows, "sha256": digest}
    chain.append(conn, at=now, actor="system", action=ACTION, object=f"records {day}", content=said)
    conn.execute(_Q.note_progress, {"until": end})
    conn.commit()


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
