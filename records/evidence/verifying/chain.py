"""The chain of marks, corrections and finalised months, and the rows that it speaks of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from .tables import table

_COLUMNS = {"from": "starts_at", "to": "ends_at"}


def chain(folder: Path) -> Iterator[str]:
    """The chain is whole by its digests up to the one of the manifest; the entries in the pack are in it, and the rows in them."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    before = "0" * 64
    digests: dict[int, str] = {}
    for row in table(folder, "chain_digests.csv"):
        if int(row["id"]) != len(digests) + 1 or row["previous"] != before:
            yield f"chain entry {row['id']} is not bound to the one before it"
        before = digests[int(row["id"])] = row["digest"]
    if (len(digests), before) != (manifest["chain"]["entries"], manifest["chain"]["last"]):
        yield "the chain does not end with the digest of the manifest"
    newest: dict[str, dict[str, Any]] = {}
    for entry in json.loads((folder / "chain.json").read_text(encoding="utf-8")):
        taken = hashlib.sha256(bytes.fromhex(entry["previous"]))
        for field in ("id", "at", "actor", "action", "object", "content"):
            raw = str(entry[field]).encode()
            taken.update(len(raw).to_bytes(8, "big") + raw)
        if taken.hexdigest() != entry["digest"] or digests.get(entry["id"]) != entry["digest"]:
            yield f"chain entry {entry['id']} ({entry['action']} {entry['object']}) does not hold"
        elif entry["object"] not in newest or entry["id"] > newest[entry["object"]]["id"]:
            newest[entry["object"]] = entry
    yield from _rows(folder, newest)


def _rows(folder: Path, newest: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Marks and corrections stand as the newest entry about each says; none of them is missing."""
    for kind, name in (("mark", "marks.csv"), ("correction", "corrections.csv")):
        rows = {f"{kind} {row['id']}": row for row in table(folder, name)}
        for what, row in rows.items():
            if what not in newest:
                yield f"{name}: {what} stands in no entry of the chain"
                continue
            entry = newest[what]
            said = json.loads(entry["content"])["row"]
            for column, text in row.items():
                if not _same(said.get(_COLUMNS.get(column, column)), text):
                    yield f"{name}: {column} of {what} is {text or '-'}, chain entry {entry['id']} says otherwise"
        for what in sorted(newest):
            if what.startswith(f"{kind} ") and what not in rows:
                yield f"{name}: {what} is missing, though chain entry {newest[what]['id']} speaks of it"


def _same(said: Any, text: str) -> bool:
    """Return whether a cell is what the chain says: an instant by its instant, a number by its value."""
    if said is None or not text:
        return (said is None and not text) or said == text
    if isinstance(said, (int, float)):
        return float(text) == float(said)
    if said == text:
        return True
    try:
        # Python before 3.11 reads no Z.
        return datetime.fromisoformat(text) == datetime.fromisoformat(str(said).replace("Z", "+00:00"))  # noqa: FURB162
    except (ValueError, TypeError):
        return False
