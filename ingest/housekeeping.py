"""Old chunks go, the next days' chunks are made before they are needed; once at a time, whoever asks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from smartpark import db, queries
from smartpark.settings import Ingest

_Q = queries.load("ingest")
_LOCK = "smartpark housekeeping"
_DAYS_AHEAD = 3


@dataclass(frozen=True, slots=True)
class Kept:
    """How many chunks were dropped; ``ours`` is false where another process is at it."""

    ours: bool
    readings: int = 0
    minutes: int = 0
    frames: int = 0


def keep_house(conn: db.Connection, now: datetime, settings: Ingest) -> Kept:
    """Drop what is past its retention and make the chunks of the next days; commits."""
    with db.advisory_lock(conn, _LOCK) as ours:
        conn.commit()
        if not ours:
            return Kept(ours=False)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        days = [midnight + timedelta(days=ahead) for ahead in range(1, _DAYS_AHEAD + 1)]
        for there, back in ((_Q.reach_ahead, _Q.reach_back), (_Q.reach_ahead_minutes, _Q.reach_back_minutes)):
            conn.execute(_Q.do_not_wait)
            conn.execute(there, [days])
            conn.execute(back, [days])
            conn.commit()
        _make_room(conn, now)
        dropped = []
        for query, kept_days in (
            (_Q.drop_old_readings, settings.readings_days),
            (_Q.drop_old_minutes, settings.minutes_days),
            (_Q.drop_old_frames, settings.frames_days),
            (_Q.drop_old_reports, settings.frames_days),
        ):
            conn.execute(_Q.do_not_wait)
            row = conn.execute(query, [now - timedelta(days=kept_days)]).fetchone()
            dropped.append(int(row[0]) if row else 0)
            conn.commit()
    return Kept(ours=True, readings=dropped[0], minutes=dropped[1], frames=dropped[2])


def _make_room(conn: db.Connection, now: datetime) -> None:
    conn.execute(_Q.do_not_wait)
    for (statement,) in conn.execute(_Q.make_room, [now]).fetchall():
        conn.execute(statement.encode())
    conn.commit()
