"""The revisions of records that were made in a day, by their digest; and whether a day is still as the chain says."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from records.corrections.links import Entry
from smartpark import queries

_Q = queries.load("records.corrections", "day_digest.sql")

AnyConnection = psycopg.Connection[Any]
ACTION = "records"


def digest_of(conn: AnyConnection, start: datetime, end: datetime) -> tuple[int, str]:
    """Return how many revisions were made in [start, end), and their SHA-256 in hexadecimal."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        number, digest = cursor.execute(_Q.made, {"from": start, "until": end}).fetchone() or (0, "")
    return int(number), str(digest)


def defects(conn: AnyConnection, entries: Iterable[Entry]) -> Iterator[str]:
    """Say of each day that the chain speaks of when its records are other ones now."""
    for entry in entries:
        if entry.action != ACTION:
            continue
        try:
            said = json.loads(entry.content)
            start, end = (datetime.fromisoformat(said[name]) for name in ("from", "until"))
            before = (int(said["rows"]), str(said["sha256"]))
        except (ValueError, KeyError, TypeError):
            continue  # its digest says so already
        now = digest_of(conn, start, end)
        if now != before:
            told = (
                f"{before[0]} revisions then, {now[0]} now" if now[0] != before[0] else f"{now[0]} revisions"
            )
            yield f"{entry.object}: revisions made that day were changed behind the chain ({told}); entry {entry.id} differs"
