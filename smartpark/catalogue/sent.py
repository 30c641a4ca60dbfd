"""What loggers have sent in the last day, out of the database, to be held against what is typical."""

from datetime import datetime, timedelta

from psycopg.rows import class_row

from smartpark import db, queries
from smartpark.catalogue.scale import Sent

_Q = queries.load("smartpark.catalogue")
_DAY = timedelta(days=1)


def last_day(conn: db.Connection, park: str, now: datetime) -> list[Sent]:
    """Return the median of each sensor that a logger speaks for, over [now - 1 day, now), under its newest unit."""
    with conn.cursor(row_factory=class_row(Sent)) as cursor:
        return cursor.execute(_Q.sent, {"code": park, "since": now - _DAY, "now": now}).fetchall()
