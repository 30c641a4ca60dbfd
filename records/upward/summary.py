"""The rates of what goes upward, each with the counts that it is made of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from smartpark import queries

_Q = queries.load("records.upward", "summary.sql")


@dataclass(frozen=True, slots=True)
class Summary:
    """One receiver: items that begin in a span of time by state, and everything that is still on its way to it.

    ``no_data`` is what we have not got ourselves: it cannot be sent and stands beside the rates. ``timely`` arrived as
    live data.
    """

    receiver_id: int
    code: str
    no_data: int
    due: int
    sent: int
    confirmed: int
    timely: int
    backlog: int
    oldest_backlog: datetime | None
    connected: bool | None
    last_success: datetime | None

    @property
    def upload_rate(self) -> float | None:
        """Confirmed of what could be sent; None where nothing could."""
        return self._of_sendable(self.confirmed)

    @property
    def timely_rate(self) -> float | None:
        """Confirmed as live data of what could be sent."""
        return self._of_sendable(self.timely)

    def _of_sendable(self, count: int) -> float | None:
        sendable = self.due + self.sent + self.confirmed
        return count / sendable if sendable else None


def of(
    conn: psycopg.Connection[Any], start: datetime, end: datetime, period_name: str | None = None
) -> list[Summary]:
    """Return the summary of each receiver in use over the items, all or of one period, that begin in [start, end)."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(_Q.summary, {"from": start, "to": end, "period": period_name}).fetchall()
    return [Summary(*row) for row in rows]
