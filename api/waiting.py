"""What waits in quarantine for a data logger is let in when somebody admits it: a bounded part at once."""

from datetime import datetime

from api.house import House
from api.login import note
from ingest.check import Bounds
from ingest.release import ReleaseError, Releasing
from smartpark import clock, queries

_Q = queries.load("api", "admission.sql")
_AT_ONCE = 2_000  # messages
_FOR_S = 5.0  # a person waits for the answer, and is told how far it is


def release_of(house: House, mn: str, actor: str, now: datetime) -> dict[str, int]:
    """Decode what waits for a logger again, oldest first; return what became of it and how many are left to try."""
    settings = house.settings.ingest
    bounds = Bounds(settings.future_tolerance_s * 1_000_000, settings.readings_days)
    done = {"messages": 0, "stored": 0, "duplicate": 0, "quarantined": 0}
    until_s = clock.monotonic_s() + _FOR_S
    with house.apart() as conn:
        rows = conn.execute(_Q.waiting_messages, {"mn": mn, "limit": _AT_ONCE}).fetchall()
        conn.commit()
        releasing = Releasing(conn, bounds)
        left = rows[0]["n"] if rows else 0
        for row in rows:
            left -= 1
            try:
                released = releasing.release(row["id"], actor, now)
            except ReleaseError:
                conn.rollback()  # another row of the same message, or somebody was quicker
                continue
            done["messages"] += 1
            done["stored"] += released.stored
            done["duplicate"] += released.duplicate
            done["quarantined"] += released.quarantined
            if clock.monotonic_s() > until_s:
                break
        if done["messages"]:
            note(conn, now, actor, "quarantine.release", f"logger/{mn}", detail=done)
    return {**done, "left": left}
