"""The ordinary level of each quantity at each kind of station, from ``levels.csv``."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

_AMBIENT = frozenset({"voc", "air", "dust", "weather", "mobile"})
_TRACE_MG_M3 = 0.004


@dataclass(frozen=True, slots=True)
class Level:
    """How a quantity behaves where nothing happens; in the registry's unit.

    ``spread`` between stations, ``swing`` of the day and ``noise`` are shares of ``base``.
    """

    base: float
    spread: float
    swing: float
    peak_hour: float
    noise: float
    memory_s: float
    floor: float | None


@cache
def table() -> MappingProxyType[tuple[str, str], Level]:
    """Return the level of every (station kind, quantity) of the file; kind ``*`` is any."""
    text = files("simulators.signals").joinpath("levels.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType({(row["kind"], row["quantity"]): _level(row) for row in rows})


def level(kind: str, quantity: str, span: tuple[float, float] | None) -> Level:
    """Return the level of a quantity.

    One that the file does not know is a trace in the open air, and a third of the span elsewhere.
    """
    known = table().get((kind, quantity)) or table().get(("*", quantity))
    if known is not None:
        return known
    if kind in _AMBIENT and quantity.startswith(("a", "x_")):
        return Level(_TRACE_MG_M3, 0.2, 0.1, 6, 0.08, 2700, 0.0)
    low, high = span or (0.0, 3.0)
    middle = low + 0.35 * (high - low)
    share = 0.02 * (high - low) / abs(middle) if middle else 0.02
    return Level(middle, 2 * share, share, 14, share, 3600, low)


def _level(row: dict[str, str]) -> Level:
    numbers = {
        name: float(row[name]) for name in ("base", "spread", "swing", "peak_hour", "noise", "memory_s")
    }
    return Level(**numbers, floor=float(row["floor"]) if row["floor"] else None)
