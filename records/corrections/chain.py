"""Keeps the chain in the database, and holds what stands in the tables against what the chain says last, records day by day.

Write the row first, then its entry, in one transaction: the entry takes the row and the digests of its files with it, so
that a row changed behind the chain's back is found.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row, dict_row, tuple_row

from records.corrections import day_rows, links
from records.corrections.links import FIRST, Entry
from smartpark import queries

_Q = queries.load("records.corrections", "chain.sql")
_TABLES = {"correction": _Q.corrections, "mark": _Q.marks, "month": _Q.months, "sand": _Q.episodes}

AnyConnection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look through the whole chain found."""

    entries: int
    last: bytes  # digest of the newest entry
    defects: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Return whether nothing was found."""
        return not self.defects


def append(
    conn: AnyConnection,
    *,
    at: datetime,
    actor: str,
    action: str,
    object: str,  # noqa: A002 - the word of the table
    content: Mapping[str, Any],
) -> int:
    """Add an entry about an object that was just written (``correction 12``, ``mark 3``, ``month 7``); return its number.

    The row of the object and the digests of its attachments go into the entry as ``row`` and ``files``: call it last in
    the transaction, and again whenever that row or a file of it changes.

    Raises:
        ValueError: the content has a key of the chain's own, a number that is not finite or an instant without offset.

    """
    if content.keys() & {"row", "files"}:
        raise ValueError("row and files are added to the content by the chain itself; leave them out")
    conn.execute(_Q.alone)
    with conn.cursor(row_factory=tuple_row) as cursor:
        before, previous = cursor.execute(_Q.last).fetchone() or (0, FIRST)
    whole = {**content, "row": _row(conn, object), "files": _files(conn, object).get(object, {})}
    entry = Entry(before + 1, at, actor, action, object, links.canonical(whole), bytes(previous), b"")
    values = {
        name: getattr(entry, name)
        for name in ("id", "at", "actor", "action", "object", "content", "previous")
    }
    conn.execute(_Q.add, {**values, "digest": links.digest_of(entry)})
    return entry.id


def entries_of(conn: AnyConnection, objects: list[str]) -> list[Entry]:
    """Return what the chain says about some objects, oldest first."""
    with conn.cursor(row_factory=class_row(Entry)) as cursor:
        return cursor.execute(_Q.entries_of, {"objects": objects}).fetchall()


def last_digest(conn: AnyConnection) -> bytes:
    """Return the digest of the newest entry, 32 zero bytes where there is none."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        _, digest = cursor.execute(_Q.last).fetchone() or (0, FIRST)
    return bytes(digest)


def verify(conn: AnyConnection, known: bytes | None = None) -> Verdict:
    """Walk the whole chain and hold the tables against it; ``known`` is a digest that was printed earlier.

    Nothing is added to the chain until the transaction ends.
    """
    conn.execute(_Q.still)
    with conn.cursor(row_factory=class_row(Entry)) as cursor:
        entries = cursor.execute(_Q.entries).fetchall()
    found = list(links.defects(entries))
    if known is not None and known != FIRST and known not in {entry.digest for entry in entries}:
        found.append(f"no entry has the digest {known.hex()}: the chain was cut off or written anew")
    found += _against_tables(conn, {entry.object: entry for entry in entries})
    found += day_rows.defects(conn, entries)
    return Verdict(len(entries), entries[-1].digest if entries else FIRST, tuple(found))


def verify_command(conn: AnyConnection, known: str | None = None) -> tuple[int, list[str]]:
    """Return exit code and lines of ``python -m records verify [digest]``: one line a defect, or that the chain holds."""
    try:
        digest = bytes.fromhex(known) if known else None
    except ValueError:
        return 2, [
            f"{known} is no digest; write the 64 hexadecimal digits that were printed as the last digest"
        ]
    verdict = verify(conn, digest)
    told = f"last digest {verdict.last.hex()}"
    if verdict.holds:
        return 0, [f"chain of {verdict.entries} entries holds, {told}"]
    return 1, [*verdict.defects, f"chain of {verdict.entries} entries does NOT hold, {told}"]


def _against_tables(conn: AnyConnection, newest: Mapping[str, Entry]) -> list[str]:
    found = []
    present = {f"{kind} {row['id']}": row for kind in _TABLES for row in _rows(conn, kind, None)}
    files = _files(conn, None)
    for name, row in present.items():
        if name not in newest:
            found.append(f"{name} stands in no entry of the chain")
            continue
        said = _said(newest[name], "row")
        changed = sorted(column for column in said if links.row_of(row).get(column) != said[column])
        if changed:
            entry = newest[name]
            found.append(
                f"{name} was changed behind the chain: {', '.join(changed)} differ from entry {entry.id}"
            )
    for name, entry in newest.items():
        if name.split(" ")[0] in _TABLES and name not in present:
            found.append(f"{name} is missing, though entry {entry.id} speaks of it")
        if files.get(name, {}) != _said(entry, "files"):
            found.append(f"the files of {name} are not those of entry {entry.id}")
    return found


def _said(entry: Entry, key: str) -> dict[str, Any]:
    try:
        said = json.loads(entry.content)[key]
    except (ValueError, KeyError, TypeError):
        return {}  # its digest says so already
    return said if isinstance(said, dict) else {}


def _row(conn: AnyConnection, name: str) -> dict[str, Any]:
    kind, _, number = name.partition(" ")
    if kind not in _TABLES or not number.isdigit():
        return {}
    found = _rows(conn, kind, int(number))
    return links.row_of(found[0]) if found else {}


def _rows(conn: AnyConnection, kind: str, number: int | None) -> list[dict[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_TABLES[kind], {"id": number}).fetchall()


def _files(conn: AnyConnection, name: str | None) -> dict[str, dict[str, str]]:
    """Return the digests of the files of an object or of all, by object and number."""
    found: dict[str, dict[str, str]] = {}
    with conn.cursor(row_factory=tuple_row) as cursor:
        for number, owner, digest, present in cursor.execute(_Q.attachments, {"object": name}):
            changed = "" if digest == present else "changed, uploaded as "
            found.setdefault(owner, {})[str(number)] = changed + bytes(digest).hex()
    return found
