"""Reads the tables of a pack and compares numbers."""

from __future__ import annotations

import csv
import math
from pathlib import Path


def table(folder: Path, name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file; the quote before what a spreadsheet would take for a formula is taken off."""
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return [{key: _plain(text) for key, text in row.items()} for row in csv.DictReader(file)]


def number(text: str) -> float:
    """Return a number of a CSV file, NaN for an empty field."""
    return float(text) if text else math.nan


def alike(one: float | None, other: float | None) -> bool:
    """Return whether two numbers are the same but for rounding; none is like none alone."""
    if one is None or other is None:
        return one is None and other is None
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


def _plain(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "\t") else text
