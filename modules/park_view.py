"""One park at one instant, through the eyes of one reader: what the connection may see is all there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, LiteralString
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

from modules.frame import Card
from smartpark import queries

_Q = queries.load("modules")

Row = dict[str, Any]


class UnknownParkError(LookupError):
    """No such park."""


@dataclass(frozen=True, slots=True)
class ParkView:
    """A connection of any row shape, the park it asks about, and the present."""

    conn: psycopg.Connection[Any]
    park_id: int
    park: str
    zone: ZoneInfo
    now: datetime

    @classmethod
    def of(cls, conn: psycopg.Connection[Any], park: str | None, now: datetime) -> "ParkView":
        """Open the view of a park by code; None: the first park.

        Raises:
            UnknownParkError: there is no park, or none of that code.

        """
        with conn.cursor(row_factory=dict_row) as cursor:
            row = cursor.execute(_Q.park, {"park": park}).fetchone()
        if row is None:
            raise UnknownParkError(park or "")
        return cls(conn, row["id"], row["code"], ZoneInfo(row["timezone"]), now)

    @property
    def day_start(self) -> datetime:
        """The beginning of the present day in the park's zone."""
        return self.now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)

    def rows(self, query: LiteralString, **values: Any) -> list[Row]:
        """Return the rows of a named query; it may use ``park_id``, ``now`` and ``day_start`` as well."""
        given = {"park_id": self.park_id, "now": self.now, "day_start": self.day_start, **values}
        with self.conn.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query, given).fetchall()

    def row(self, query: LiteralString, **values: Any) -> Row:
        """Return the one row of an aggregate."""
        (row,) = self.rows(query, **values)
        return row

    def counted(self, card: Card) -> Card:
        """Return a card of something counted just now."""
        return _dated(card, self.now, self.now)

    def measured(self, card: Card, at: datetime | None) -> Card:
        """Return a card of something measured at an instant."""
        return _dated(card, at, self.now)


def _dated(card: Card, at: datetime | None, now: datetime) -> Card:
    return replace(card, at=at, age_s=None if at is None else max(0.0, (now - at).total_seconds()))


def newest(rows: Sequence[Mapping[str, Any]], key: str = "time") -> datetime | None:
    """Return the newest instant of a column; None without any."""
    return max((row[key] for row in rows if row[key] is not None), default=None)


def oldest(rows: Sequence[Mapping[str, Any]], key: str = "time") -> datetime | None:
    """Return the oldest instant of a column: how old a sum of these is; None without any."""
    return min((row[key] for row in rows if row[key] is not None), default=None)
