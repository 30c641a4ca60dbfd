"""What may be said of data: the codes of device marks and condition marks; a pure table."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

Kind = Literal["device", "condition"]
Effect = Literal["invalid", "exempt", "stopped"]


@dataclass(frozen=True, slots=True)
class MarkCode:
    """One code; ``sector`` is blank where any enterprise may use it."""

    code: str
    kind: Kind
    sector: str
    name_zh: str
    name_en: str
    effect: Effect
    source: str
    verified: bool


@cache
def codes() -> Mapping[str, MarkCode]:
    """Return every code by its name.

    Raises:
        ValueError: a row has no source, or stands twice.

    """
    text = files("records.marks").joinpath("codes.csv").read_text(encoding="utf-8")
    found: dict[str, MarkCode] = {}
    for row in csv.DictReader(line for line in text.splitlines() if not line.startswith("#")):
        if row["code"] in found or not row["source"].strip():
            raise ValueError(f"codes.csv: {row['code']} stands twice or has no source")
        found[row["code"]] = MarkCode(**{**row, "verified": row["verified"] == "true"})  # type: ignore[arg-type] # a test holds the words
    return MappingProxyType(found)
