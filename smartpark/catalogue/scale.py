"""Which unit is meant: a span, or what a logger really sends, is held against what is typical; nothing is changed by it.

HJ 212 says no units, its own table of them is odd, and devices follow it or not: a wrong one is a factor of a thousand.
"""

import csv
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from smartpark import units
from smartpark.places import Catalogue, Sensor
from smartpark.quantities import Quantity, registry
from smartpark.units import Conversion

_FAR = 3.0  # times beyond the typical range that a median may lie before it is doubted
_SPANS = 30.0  # times the typical range that the upper end of a measuring span may be
_FULL_SCALES = (0.01, 1e6)  # numbers that instruments have at full scale
_COMMON_SCALE = 300.0
_MOST_UNITS = 2


@dataclass(frozen=True, slots=True)
class Typical:
    """Where the median of an ordinary day lies, in the registry's unit."""

    low: float
    high: float
    source: str

    @property
    def middle(self) -> float:
        """The value that wrong ones are brought nearest to."""
        return math.sqrt(self.low * self.high) if self.low > 0 else (self.low + self.high) / 2

    def holds(self, value: float, times: float = 1.0) -> bool:
        """Tell whether a value lies in the range, or no more than so many times beyond its ends."""
        low = self.low / times if self.low > 0 else self.low * times
        return low <= value <= self.high * times

    def takes_span(self, top: float) -> bool:
        """Tell whether an instrument with this upper end of its span measures what is typical."""
        least = self.middle / _FAR if self.low > 0 else self.high / _SPANS
        return least <= top <= self.high * _SPANS


@dataclass(frozen=True, slots=True)
class Sent:
    """What a sensor of a logger has sent: the median of a day, in the registry's unit as ``unit`` was understood."""

    station: str
    kind: str
    quantity: str
    form: str
    unit: str
    factor: float
    shift: float
    median: float


@cache
def typical() -> Mapping[tuple[str, str], Typical]:
    """Return the typical ranges by (quantity, kind of station)."""
    text = files("smartpark.catalogue").joinpath("typical.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return MappingProxyType(
        {
            (row["quantity"], kind): Typical(float(row["low"]), float(row["high"]), row["source"])
            for row in rows
            for kind in row["kinds"].split()
        }
    )


def span_doubts(catalogue: Catalogue) -> list[str]:
    """Return a sentence for every kind of sensor whose span or unit is hardly meant as it is written."""
    kinds = {station.code: station.kind for station in catalogue.stations}
    found: dict[tuple[object, ...], list[str]] = {}
    for sensor in catalogue.sensors:
        kind = kinds[sensor.station]
        found.setdefault((kind, sensor.quantity, sensor.span_high, sensor.unit), []).append(sensor.station)
    doubts = []
    for sensor in catalogue.sensors:
        kind = kinds[sensor.station]
        stations = found.pop((kind, sensor.quantity, sensor.span_high, sensor.unit), None)
        sentence = _span_doubt(sensor, kind) if stations else None
        if stations and sentence:
            more = f" and {len(stations) - 1} more" if len(stations) > 1 else ""
            doubts.append(f"{stations[0]}{more}, {sensor.quantity}: {sentence}")
    return doubts


def sent_doubts(found: Iterable[Sent]) -> list[str]:
    """Return a sentence for everything that loggers send and that is far from typical."""
    return [sentence for sentence in map(_sent_doubt, found) if sentence is not None]


def _sent_doubt(sent: Sent) -> str | None:
    usual, quantity = typical().get((sent.quantity, sent.kind)), registry().get(sent.quantity)
    if usual is None or quantity is None or sent.unit == units.CURRENT_LOOP:
        return None
    if sent.median == 0 or usual.holds(sent.median, _FAR):  # zero has no scale
        return None
    unit = sent.unit or quantity.unit
    number = (sent.median - sent.shift) / sent.factor
    meant = [
        (symbol, value)
        for symbol, conversion in _siblings(unit, quantity)
        if symbol != units.unit_of(unit.partition("@")[0]).symbol
        and usual.holds(value := conversion.apply(number))
    ]
    where = f"{sent.station}, {sent.quantity}{f' {sent.form}' if sent.form else ''}"
    fact = (
        f"{where}: the median of the last day is {_said(sent.median)} {quantity.unit}, "
        f"typical at a station of kind {sent.kind} is {_range(usual)} {quantity.unit}"
    )
    if not meant:
        return f"{fact}; no other unit explains it: look at the code, the instrument and the plant"
    meant.sort(key=lambda one: _distance(one[1], usual.middle))
    names = " or ".join(symbol for symbol, _ in meant[:_MOST_UNITS])
    return (
        f"{fact}; {_times(sent.median, meant[0][1])}the sender probably means {names}, not {unit}; "
        f"write unit={meant[0][0]} in sensors.csv"
    )


def _span_doubt(sensor: Sensor, kind: str) -> str | None:
    quantity, top = registry()[sensor.quantity], sensor.span_high
    if top is None or top <= 0 or sensor.unit == units.CURRENT_LOOP or sensor.form:
        return None
    usual = typical().get((sensor.quantity, kind))
    if usual is not None and not usual.takes_span(top):
        return _span_in_another_unit(top, sensor, quantity, usual) + _typical_at(kind, quantity, usual)
    return _odd_full_scale(top, sensor, quantity)


def _span_in_another_unit(top: float, sensor: Sensor, quantity: Quantity, usual: Typical) -> str:
    """Say in which unit the span was probably written: that of the sender, or the one that fits best."""
    fitting = [
        (symbol, value)
        for symbol, conversion in _siblings(sensor.unit, quantity)
        if usual.takes_span(value := conversion.apply(top))
    ]
    fitting.sort(key=lambda one: (one[0] != sensor.unit, _distance(one[1], math.sqrt(_SPANS) * usual.middle)))
    fact = f"span_high {_said(top)} is {_said(top)} {quantity.unit} in the registry's unit"
    if not fitting:
        return f"{fact}; look at the data sheet of the instrument"
    symbol, value = fitting[0]
    return f"{fact}; probably {symbol} is meant: write span_high {_said(value)}"


def _typical_at(kind: str, quantity: Quantity, usual: Typical) -> str:
    return f" (typical at a station of kind {kind} is {_range(usual)} {quantity.unit})"


def _odd_full_scale(top: float, sensor: Sensor, quantity: Quantity) -> str | None:
    """Doubt a sender's unit in which the instrument would show millions, or hundredths, at full scale."""
    full = (top - sensor.shift) / sensor.factor
    low, high = _FULL_SCALES
    if sensor.unit == quantity.unit or low <= full < high:
        return None
    shown = [
        (symbol, number)
        for symbol, conversion in _siblings(sensor.unit, quantity)
        if low <= (number := (top - conversion.shift) / conversion.factor) < high
    ]
    fact = f"span_high {_said(top)} {quantity.unit} would be {_said(full)} {sensor.unit} at the sender"
    if not shown:
        return f"{fact}; look at the data sheet of the instrument"
    symbol, number = min(shown, key=lambda one: _distance(one[1], _COMMON_SCALE))
    return f"{fact}; probably it sends {symbol}, up to {_said(number)}: write unit={symbol} in sensors.csv"


def _siblings(unit: str, quantity: Quantity) -> Iterator[tuple[str, Conversion]]:
    """Yield the units of the same dimension, with how each becomes the registry's; of mg/m³ and µg/L one."""
    base, at_sign, temperature = unit.partition("@")
    dimension = units.unit_of(base).dimension
    per = quantity.unit.partition("/")[2]
    symbols = {one.symbol for one in units.units().values() if one.dimension == dimension}
    seen: set[tuple[float, float]] = set()
    for symbol in sorted(symbols, key=lambda one: (one != base, one.partition("/")[2] != per, one)):
        name = f"{symbol}{at_sign}{temperature}"
        conversion = units.conversion(name, quantity.unit, quantity.molar_mass)
        if (conversion.factor, conversion.shift) not in seen:
            seen.add((conversion.factor, conversion.shift))
            yield name, conversion


def _distance(value: float, wanted: float) -> float:
    """Return how many powers of ten lie between two values; for signs that differ, how far they are apart."""
    if value > 0 and wanted > 0:
        return abs(math.log10(value / wanted))
    return abs(value - wanted)


def _times(median: float, meant: float) -> str:
    ratio = meant / median
    if ratio <= 0 or 1 / _FAR < ratio < _FAR:
        return ""
    return f"looks {_said(max(ratio, 1 / ratio))} times too {'small' if ratio > 1 else 'large'}: "


def _range(usual: Typical) -> str:
    return f"{_said(usual.low)}..{_said(usual.high)}"


def _said(value: float) -> str:
    """Return a number with four digits that count, and never a power of ten."""
    rounded = float(f"{value:.4g}")
    return f"{rounded:.12f}".rstrip("0").rstrip(".") if abs(rounded) < 1e15 else f"{rounded:.0f}"
