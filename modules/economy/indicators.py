"""Indicators and their units, and the statuses a monthly figure goes through."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

# Only a figure that park and statistics have confirmed goes upward.
STATUSES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "draft": ("待核", "draft"),
        "park_confirmed": ("园区已核", "confirmed by the park"),
        "statistics_confirmed": ("统计已核", "confirmed by statistics"),
    }
)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One monthly figure; ``monthly`` is the size of a demo month, in ``unit``."""

    code: str
    name_zh: str
    name_en: str
    unit: str
    decimals: int
    monthly: float
    source: str


@cache
def indicators() -> Mapping[str, Indicator]:
    """Return the indicators by code, in the order of the file."""
    text = files("modules.economy").joinpath("indicators.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    found = [
        Indicator(
            code=row["code"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            unit=row["unit"],
            decimals=int(row["decimals"]),
            monthly=float(row["monthly"]),
            source=row["source"],
        )
        for row in rows
    ]
    return MappingProxyType({one.code: one for one in found})
