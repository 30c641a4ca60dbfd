"""A mark without a voucher falls back when its deadline has passed: its data count again as they came."""

from datetime import datetime

from records.marks.filing import follow
from smartpark import db, queries

_Q = queries.load("records.marks", "marks.sql")


def turn(conn: db.Connection, now: datetime) -> int:
    """Let fall back what nobody has proved in time; return how many marks did; commits."""
    lapsing = [mark_id for (mark_id,) in conn.execute(_Q.lapsing, {"now": now}).fetchall()]
    fallen = conn.execute(_Q.fall_back, {"now": now, "ids": lapsing}).fetchall()
    for mark_id, voucher_due in fallen:
        follow(
            conn,
            mark_id,
            now=now,
            actor="system",
            action="mark.fall_back",
            content={"state": "fallen_back", "voucher_due": voucher_due},
        )
    conn.commit()
    return len(fallen)
