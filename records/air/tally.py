"""How many days were good, and what the particles were: with sand and without it; pure.

The good-day ratio (优良天数比率) is days with an AQI up to 100 over days with an AQI; a day whose AQI is NA is in neither.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from records.air.indices import Item, shown
from smartpark.science import aqi

GOOD = 2  # the second level, AQI up to 100


@dataclass(frozen=True, slots=True)
class Tally:
    """What stands in one column: counts of days, and means of the daily values [µg/m³, CO mg/m³] with their days."""

    days: int
    excluded: int
    valid: int
    na: int
    good: int
    good_ratio: float | None
    levels: tuple[int, ...]
    primary: dict[str, int]
    means: dict[str, dict[str, float | int]]


@dataclass(frozen=True, slots=True)
class Columns:
    """The same days, 含沙尘 and 剔除沙尘."""

    with_sand: Tally
    without_sand: Tally


def columns(days: Sequence[Item]) -> Columns:
    """Return both columns over some days."""
    kept = [day for day in days if not day.sand]
    return Columns(tally(days), tally(kept, excluded=len(days) - len(kept)))


def by_month(days: Sequence[Item]) -> list[tuple[str, Columns]]:
    """Return both columns of each month, ``2026-03`` and so on; days are in order of time."""
    return [(month, columns(list(some))) for month, some in groupby(days, key=lambda day: f"{day.day:%Y-%m}")]


def tally(days: Sequence[Item], excluded: int = 0) -> Tally:
    """Return the counts and means of some days; ``excluded`` ones were left out before."""
    levels = [day.result.level.number for day in days if day.result.level is not None]
    good = sum(level <= GOOD for level in levels)
    by_level = Counter(levels)
    primary = Counter(name for day in days for name in day.result.primary)
    return Tally(
        days=len(days),
        excluded=excluded,
        valid=len(levels),
        na=len(days) - len(levels),
        good=good,
        good_ratio=good / len(levels) if levels else None,
        levels=tuple(by_level[level.number] for level in aqi.levels()),
        primary={name: primary[name] for name in aqi.POLLUTANTS if primary[name]},
        means=_means(days),
    )


def _means(days: Sequence[Item]) -> dict[str, dict[str, float | int]]:
    found: dict[str, dict[str, float | int]] = {}
    for name in aqi.POLLUTANTS:
        values = [day.values[name] for day in days if name in day.values]
        if values:
            mean = sum(values, Decimal()) / len(values)
            found[name] = {"value": shown(mean, name), "days": len(values)}
    return found
