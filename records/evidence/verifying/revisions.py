"""The revisions of the hour: none is missing, and each stood until the next was made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from .tables import table


def revisions(folder: Path, hour: dict[str, Any]) -> Iterator[str]:
    """Revisions are 1 to n without a gap, each replaced when the next was made; the last is the one of hour.json."""
    rows = table(folder, "record.csv")
    for due, row in enumerate(rows, 1):
        if row["revision"] != str(due):
            yield f"record.csv: revision {row['revision']} stands where revision {due} belongs"
            return
    for row, after in zip(rows, rows[1:]):  # noqa: B905, RUF007 - strict and pairwise came with Python 3.10
        if not row["replaced_at"] or _instant(row["replaced_at"]) != _instant(after["made_at"]):
            yield f"revision {row['revision']} was replaced at {row['replaced_at'] or '-'}, the next was made at {after['made_at']}"
    kept = hour["record"]
    if kept is None or not rows:
        if rows or kept is not None:
            yield "record.csv and hour.json do not speak of the same record"
        return
    for name, value in kept.items():
        if rows[-1][name] != _cell(value):
            yield f"record.csv: {name} {rows[-1][name] or '-'}, hour.json says {_cell(value) or '-'}"


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return "" if value is None else str(value)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
