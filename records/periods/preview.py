"""What a correction would change: done in a transaction that is taken back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from records.periods.remaking import Remaking
from records.periods.store import Change, Q, load_plan
from smartpark import db

_HOUR = timedelta(hours=1)


def preview(
    conn: db.Connection, correction_id: int, *, oxygen_not_running: float, now: datetime
) -> Sequence[Change]:
    """Return the records that change when a stored correction is confirmed; nothing of it stays.

    Args:
        conn: with rows as tuples, in or outside of a transaction.
        correction_id: of a correction that waits.
        oxygen_not_running: as the engine has it [%].
        now: when.

    Raises:
        LookupError: there is no such correction.

    """
    plan = load_plan(conn)
    with conn.transaction(force_rollback=True):
        conn.execute(Q.alone)
        found = conn.execute(Q.suppose, {"id": correction_id, "now": now}).fetchone()
        if found is None:
            raise LookupError(f"no correction {correction_id}")
        sensor_id, starts_at, ends_at = found
        until = (conn.execute(Q.began).fetchone() or (None, None))[1] or now
        hour = starts_at.replace(minute=0, second=0, microsecond=0)
        pairs = []
        while hour < ends_at and hour + _HOUR <= until:
            pairs.append((plan.sensors[sensor_id].station_id, hour))
            hour += _HOUR
        remaking = Remaking(conn, plan, now, until, oxygen_not_running)
        cause = f"correction {correction_id}"
        return remaking.hours(pairs, cause=cause, first_cause=cause)
