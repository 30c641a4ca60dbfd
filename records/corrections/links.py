"""The links of a chain of entries: each bound to the one before by its digest, so that no past can be written anew; pure.

A digest is SHA-256 (FIPS 180-4) over the digest before (32 bytes) and seven fields, each led by its length in bytes as
eight bytes, big-endian: no two entries are the same bytes. Content is JSON with sorted keys, without spaces, in UTF-8.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

FIRST = bytes(32)  # what the first entry is bound to


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it stands in the chain."""

    id: int
    at: datetime
    actor: str
    action: str
    object: str
    content: str
    previous: bytes
    digest: bytes


def canonical(content: Any) -> str:
    """Return JSON in the one form that is digested: keys sorted, no spaces, instants in UTC, bytes as hexadecimal.

    Raises:
        TypeError: holds what JSON has no word for.
        ValueError: holds a number that is not finite, or an instant without offset.

    """
    return json.dumps(
        content, default=_word, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def instant(at: datetime) -> str:
    """Return an instant as it is digested: UTC, microseconds, Z.

    Raises:
        ValueError: without offset.

    """
    if at.tzinfo is None:
        raise ValueError(f"the instant {at} has no offset; write one such as +08:00")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def digest_of(entry: Entry) -> bytes:
    """Return the digest that an entry must have, from its fields and the digest before."""
    taken = hashlib.sha256(entry.previous)
    fields = (str(entry.id), instant(entry.at), entry.actor, entry.action, entry.object, entry.content)
    for field in fields:
        raw = field.encode()
        taken.update(len(raw).to_bytes(8, "big") + raw)
    return taken.digest()


def defects(entries: Iterable[Entry]) -> Iterator[str]:
    """Say in one sentence each what does not hold in a chain that is read from its first entry on.

    Entries that were cut off at the end leave no trace here: hold the last digest against one that is known.
    """
    due, before = 1, FIRST
    for entry in entries:
        if entry.id != due:
            yield f"chain entry {entry.id} stands where entry {due} belongs: entries were taken out or moved"
        if entry.previous != before:
            yield f"chain entry {entry.id} is not bound to the entry before it"
        if digest_of(entry) != entry.digest:
            yield f"chain entry {entry.id} ({entry.action} {entry.object}) was changed after it was written"
        due, before = entry.id + 1, entry.digest


def row_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table row as the chain keeps it: large JSON by its digest alone, everything else as it is."""
    return {name: _short(value) for name, value in row.items()}


def sha256(content: Any) -> str:
    """Return the SHA-256 of content in its canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def _short(value: Any) -> Any:
    if isinstance(value, dict | list):
        return f"sha256 {sha256(value)}"
    return _word(value) if isinstance(value, datetime | date | bytes | memoryview) else value


def _word(value: Any) -> str:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    raise TypeError(f"{type(value).__name__} has no canonical JSON; write a text or a number")
