"""Old items go: by whole chunks where nothing in them is open, else one by one."""

from datetime import datetime, timedelta

from smartpark import db, queries

_Q = queries.load("records.upward", "retention.sql")


class Retention:
    """The job: what is settled is kept so many days [d], what is still due for as long as it is; safe to repeat."""

    def __init__(self, days: int) -> None:
        self._kept = timedelta(days=days)

    def turn(self, conn: db.Connection, now: datetime) -> int:
        """Drop what is past its retention; return how many chunks and items went."""
        until = {"until": now - self._kept}
        row = conn.execute(_Q.oldest_open, until).fetchone()
        conn.commit()
        conn.execute(_Q.do_not_wait)
        dropped = conn.execute(_Q.drop_chunks, {"until": row[0] if row else None}).fetchone()
        conn.commit()
        return (int(dropped[0]) if dropped else 0) + conn.execute(_Q.drop_settled, until).rowcount
