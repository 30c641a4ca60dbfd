"""Linear conversion from the sender's unit to the registry's, pure and with a source.

Mass concentrations from volume fractions need a temperature, and three are in use: write ``ppm@0C`` (flue gas, standard
state), ``ppm@20C`` (workplace) or ``ppm@25C`` (ambient air), never a bare ``ppm``.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from functools import cache
from importlib.resources import files
from types import MappingProxyType

# Molar volume of an ideal gas at 101.325 kPa [L/mol].
MOLAR_VOLUME: Mapping[str, tuple[float, str]] = MappingProxyType(
    {
        "0C": (22.414, "273.15 K: HJ 212-2017 app. D, flue gas"),
        "20C": (24.055, "293.15 K: GBZ 2.1-2019, workplace"),
        "25C": (24.465, "298.15 K: GB 3095-2026 3.7, ambient air"),
    }
)
CURRENT_LOOP = "4-20mA"


class UnitError(ValueError):
    """Two units do not convert; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: value * factor + shift is the value in the coherent unit of its dimension."""

    symbol: str
    dimension: str
    factor: Fraction
    shift: Fraction
    source: str


@dataclass(frozen=True, slots=True)
class Conversion:
    """Stored value = sent value * ``factor`` + ``shift``."""

    factor: float
    shift: float
    source: str

    def apply(self, sent: float) -> float:
        """Return a sent value in the stored unit."""
        return sent * self.factor + self.shift


@cache
def units() -> Mapping[str, Unit]:
    """Return the units by symbol and by every other spelling."""
    text = files("smartpark").joinpath("units.csv").read_text(encoding="utf-8")
    found: dict[str, Unit] = {}
    for row in csv.DictReader(line for line in text.splitlines() if not line.startswith("#")):
        unit = Unit(
            row["unit"], row["dimension"], _fraction(row["factor"]), _fraction(row["shift"]), row["source"]
        )
        for spelling in (unit.symbol, *row["spellings"].split()):
            if spelling in found:
                raise ValueError(f"units.csv: {spelling!r} stands twice")
            found[spelling] = unit
    return MappingProxyType(found)


def unit_of(symbol: str) -> Unit:
    """Return a unit by its symbol or another spelling.

    Raises:
        UnitError: it is not known.

    """
    known = units()
    found = known.get(_spelt(symbol))
    if found is None:
        near = get_close_matches(symbol, [*known], n=3, cutoff=0.5)
        advice = f"did you mean {' or '.join(near)}?" if near else "see smartpark/units.csv for the units"
        raise UnitError(f"{symbol!r} is not a known unit; {advice}")
    return found


def conversion(sent: str, stored: str, molar_mass: float | None = None) -> Conversion:
    """Return how values in the unit ``sent`` become values in the unit ``stored``.

    ``molar_mass`` [g/mol] is needed between a volume fraction and a mass concentration.

    Raises:
        UnitError: a unit is not known, or the two do not measure the same thing.

    """
    sent = _spelt(sent)
    base, _, at = sent.partition("@")
    source_unit, target = unit_of(base), unit_of(stored)
    if source_unit.dimension == target.dimension:
        factor = source_unit.factor / target.factor
        shift = (source_unit.shift - target.shift) / target.factor
        return Conversion(float(factor), float(shift), source_unit.source)
    if (source_unit.dimension, target.dimension) == ("fraction", "mass concentration"):
        return _from_volume_fraction(source_unit, target, at, molar_mass)
    raise UnitError(
        f"{sent!r} ({source_unit.dimension}) does not convert to {stored!r} ({target.dimension}); "
        f"write one of: {', '.join(_siblings(target))}"
    )


def current_loop(span_low: float | None, span_high: float | None) -> Conversion:
    """Return how 4-20 mA becomes a value over the measuring span, both ends in the stored unit.

    Raises:
        UnitError: the span is absent, empty or reversed.

    """
    if span_low is None or span_high is None or not span_low < span_high:
        raise UnitError("4-20mA needs a span; write span_low and, above it, span_high")
    factor = (span_high - span_low) / 16
    return Conversion(factor, span_low - 4 * factor, "IEC 60381-1:1982: 4 mA is the low end, 20 mA the high")


def _from_volume_fraction(sent: Unit, stored: Unit, at: str, molar_mass: float | None) -> Conversion:
    if molar_mass is None:
        raise UnitError(
            f"{sent.symbol!r} needs a molar mass, and this quantity has none; write {stored.symbol!r}"
        )
    if at not in MOLAR_VOLUME:
        choices = ", ".join(f"{sent.symbol}@{name}" for name in MOLAR_VOLUME)
        raise UnitError(f"{sent.symbol!r} must name its temperature; write one of: {choices}")
    litres, source = MOLAR_VOLUME[at]
    # g/mol over L/mol is g/L, the coherent unit of mass concentration here.
    factor = float(sent.factor) * molar_mass / litres / float(stored.factor)
    return Conversion(factor, 0.0, source)


def _spelt(text: str) -> str:
    # The Greek letter mu (U+03BC) and the micro sign (U+00B5) look the same.
    return text.strip().replace("\u03bc", "\u00b5").replace("° C", "°C")


def _siblings(target: Unit) -> list[str]:
    names = dict.fromkeys(unit.symbol for unit in units().values() if unit.dimension == target.dimension)
    more = [f"ppm@{name}" for name in MOLAR_VOLUME] if target.dimension == "mass concentration" else []
    return [name or '""' for name in names] + more


def _fraction(text: str) -> Fraction:
    above, _, below = text.partition("/")
    return Fraction(above) / Fraction(below or "1")
