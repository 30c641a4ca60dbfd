"""What a logger says of what it has measured: the items of CP and, beside each, what the platform must make of it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulators.chance import Floats
from simulators.loggers.memory import Record
from simulators.park import Point
from smartpark.quantities import registry

_FLOWS = {"a00000": 1 / 3600.0, "w00000": 1e-3}  # from the registry's unit to m3/s
_KILOGRAMS = {"mg/m³": 1e-6, "mg/L": 1e-3, "µg/L": 1e-6}  # in a cubic metre of one such unit
_NORMAL = "N"


class Told(NamedTuple):
    """One value that was said: ``period`` is empty for an instant, values are as the platform must store them.

    ``time_s`` is the instant, or the start of the period, by the logger's own clock [s since 1970].
    """

    point: int
    period: str
    time_s: int
    mean: float
    low: float
    high: float
    flag: str


class Item(NamedTuple):
    """One factor in CP, and what it tells."""

    text: str
    told: tuple[Told, ...]


class _Factor(NamedTuple):
    code: str
    quantity: str
    columns: tuple[tuple[int, str], ...]  # of the logger's points, each with its form


class Wording:
    """The factors of one logger under the codes of its edition; columns [n] are its points in order.

    Args:
        points: what it measures.
        numbers: where each stands among the points of the park.
        edition: 2005 says the old codes where there are any.

    """

    def __init__(self, points: Sequence[Point], numbers: Sequence[int], edition: int) -> None:
        self._points = points
        self._numbers = numbers
        self._factors = list(_factors(points, edition))
        self._flow = next((n for n, p in enumerate(points) if p.quantity in _FLOWS), None)

    @property
    def codes(self) -> list[str]:
        """The codes it says, in order."""
        return [factor.code for factor in self._factors]

    def instant(self, own_s: int, sent: Floats, flags: NDArray[np.uint8]) -> list[Item]:
        """Return the items of CN 2011; values [n] are in the sender's unit."""
        items = []
        for factor in self._factors:
            flag = _worst(chr(flags[column]) for column, _ in factor.columns)
            words, told = [], []
            for column, form in factor.columns:
                text = self._text(column, float(sent[column]))
                words.append(f"{factor.code}-{form}Rtd={text}")
                value = self._stored(column, text)
                told.append(Told(self._numbers[column], "", own_s, value, value, value, flag))
            items.append(Item(",".join([*words, f"{factor.code}-Flag={flag}"]), tuple(told)))
        return items

    def period(self, cycle: str, record: Record) -> list[Item]:
        """Return the items of CN 2051, 2061 or 2031."""
        items = []
        for factor in self._factors:
            flag = _worst(record.flags[column] for column, _ in factor.columns)
            words = [f"{factor.code}-Cou={amount:.3f}" for amount in self._amount(factor, record)]
            told = []
            for column, form in factor.columns:
                mean, low, high = (self._text(column, float(record.sent[row, column])) for row in range(3))
                words += [
                    f"{factor.code}-{form}Min={low}",
                    f"{factor.code}-{form}Avg={mean}",
                    f"{factor.code}-{form}Max={high}",
                ]
                told.append(
                    Told(
                        self._numbers[column],
                        cycle,
                        record.start_s,
                        self._stored(column, mean),
                        self._stored(column, low),
                        self._stored(column, high),
                        flag,
                    )
                )
            items.append(Item(",".join([*words, f"{factor.code}-Flag={flag}"]), tuple(told)))
        return items

    def _amount(self, factor: _Factor, record: Record) -> Iterator[float]:
        """Yield what flowed in a period: cubic metres of a flow, kilograms of what it carried."""
        if self._flow is None:
            return
        column = factor.columns[0][0]
        flow = self._points[self._flow]
        cubic_m = self._mean(self._flow, record) * _FLOWS[flow.quantity] * record.length_s
        if column == self._flow:
            yield cubic_m
        elif (known := registry().get(factor.quantity)) is not None and known.unit in _KILOGRAMS:
            yield self._mean(column, record) * _KILOGRAMS[known.unit] * cubic_m

    def _mean(self, column: int, record: Record) -> float:
        point = self._points[column]
        return float(record.sent[0, column]) * point.factor + point.shift

    def _text(self, column: int, sent: float) -> str:
        return f"{sent:.{self._points[column].decimals}f}"

    def _stored(self, column: int, text: str) -> float:
        point = self._points[column]
        return float(text) * point.factor + point.shift


def _factors(points: Sequence[Point], edition: int) -> Iterator[_Factor]:
    columns: dict[str, list[tuple[int, str]]] = {}
    for column, point in enumerate(points):
        columns.setdefault(point.quantity, []).append((column, point.form))
    for quantity, places in columns.items():
        known = registry().get(quantity)
        old = known.old_codes[0] if known is not None and known.old_codes and edition == 2005 else quantity
        yield _Factor(old, quantity, tuple(sorted(places, key=lambda place: place[1])))


def _worst(flags: Iterator[str]) -> str:
    return next((flag for flag in flags if flag != _NORMAL), _NORMAL)
