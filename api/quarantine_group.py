"""What waits in quarantine of one sender for one reason is let in together: a bounded part at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from api.house import House
from api.login import note
from ingest.check import Bounds
from ingest.release import ReleaseError, Releasing
from smartpark import clock, queries

_Q = queries.load("api", "ingest.sql")
_AT_ONCE = 2_000  # messages
_FOR_S = 5.0  # a person waits for the answer, and is told how far it is


def release(house: House, which: Mapping[str, Any], actor: str, now: datetime) -> dict[str, Any]:
    """Decode what waits again, oldest first; return what became of it and how many are left to try.

    ``which`` says reason and sender, and ``before``: what was seen after it is not tried, as it may be what was refused again
    just now.
    """
    settings = house.settings.ingest
    bounds = Bounds(settings.future_tolerance_s * 1_000_000, settings.readings_days)
    done = {"messages": 0, "received": 0, "stored": 0, "duplicate": 0, "quarantined": 0}
    until_s = clock.monotonic_s() + _FOR_S
    with house.apart() as conn:
        rows = conn.execute(_Q.group_messages, {**which, "limit": _AT_ONCE}).fetchall()
        conn.commit()
        left = rows[0]["n"] if rows else 0
        releasing = Releasing(conn, bounds) if rows else None
        for row in rows:
            left -= 1
            try:
                one = releasing.release(row["id"], actor, clock.now()) if releasing else None
            except ReleaseError:
                conn.rollback()  # another row of the same message, or somebody was quicker
                continue
            if one is not None:
                done["messages"] += 1
                for name in ("received", "stored", "duplicate", "quarantined"):
                    done[name] += getattr(one, name)
            if clock.monotonic_s() > until_s:
                break
        if done["messages"]:
            told = {"reason": which["reason"], **done}
            note(conn, now, actor, "quarantine.release", f"quarantine/{which['sender']}", detail=told)
    return {**done, "left": left}
