"""What waits in quarantine is let in together: a bounded part at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from api.house import House
from api.login import note
from ingest.check import Bounds
from ingest.release import ReleaseError, Releasing
from smartpark import clock, queries

_AT_ONCE = 2_000  # messages
_FOR_S = 5.0  # a person waits for the answer, and is told how far it is
_COUNTS = ("received", "stored", "duplicate", "quarantined")
_LOGGERS, _GROUPS = queries.load("api", "admission.sql"), queries.load("api", "ingest.sql")


def release_of(house: House, mn: str, actor: str, now: datetime) -> dict[str, int]:
    """Decode what waits for a logger again, oldest first; return what became of it and how many are left to try."""
    done = _release(house, _LOGGERS.waiting_messages, {"mn": mn}, actor, now, target=f"logger/{mn}")
    del done["received"]  # the sum of the others
    return done


def release_group(house: House, which: Mapping[str, Any], actor: str, now: datetime) -> dict[str, int]:
    """Decode what waits of one sender for one reason again, oldest first; return as ``release_of``.

    ``which`` says reason and sender, and ``before``: what was seen after it is not tried, as it may be what was refused again
    just now.
    """
    target, told = f"quarantine/{which['sender']}", {"reason": which["reason"]}
    return _release(house, _GROUPS.group_messages, which, actor, now, target=target, told=told)


def _release(
    house: House,
    query: Any,
    which: Mapping[str, Any],
    actor: str,
    now: datetime,
    *,
    target: str,
    told: Mapping[str, str] | None = None,
) -> dict[str, int]:
    settings = house.settings.ingest
    bounds = Bounds(settings.future_tolerance_s * 1_000_000, settings.readings_days)
    done = {"messages": 0, **dict.fromkeys(_COUNTS, 0)}
    until_s = clock.monotonic_s() + _FOR_S
    with house.apart() as conn:
        rows = conn.execute(query, {**which, "limit": _AT_ONCE}).fetchall()
        conn.commit()
        if not rows:
            return {**done, "left": 0}
        left = rows[0]["n"]
        releasing = Releasing(conn, bounds)
        for row in rows:
            left -= 1
            try:
                released = releasing.release(row["id"], actor, clock.now())
            except ReleaseError:
                conn.rollback()  # another row of the same message, or somebody was quicker
                continue
            done["messages"] += 1
            for name in _COUNTS:
                done[name] += getattr(released, name)
            if clock.monotonic_s() > until_s:
                break
        if done["messages"]:
            note(conn, now, actor, "quarantine.release", target, detail={**(told or {}), **done})
    return {**done, "left": left}
