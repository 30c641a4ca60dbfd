"""Records as they stood on a day (历史版本): the current row where it was made by then, else the revision of then."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from smartpark import queries

_Q = queries.load("records.corrections", "standing.sql")


def records_at(
    conn: psycopg.Connection[Any],
    sensors: Sequence[int],
    level: str,
    start: datetime,
    to: datetime,
    *,
    at: datetime,
) -> list[dict[str, Any]]:
    """Return records of a level (hour day month year) that start in [start, to) as they stood at an instant, by start and sensor.

    A row has the columns of ``record``, and ``replaced_at``: null where it still stands.
    """
    about = {"sensors": list(sensors), "period": level, "from": start, "to": to, "at": at}
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_Q.records_at, about).fetchall()
