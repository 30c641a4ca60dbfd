"""Which decoded items may be stored, and what the platform finds about them: pure, on columns.

An instant too far ahead or behind and a value that is no number are refused; a value outside the instrument's
span or outside what is physically plausible is stored as sent and marked.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ingest.batch import Batch, Items, Position
from ingest.directory import Directory
from ingest.refusal import Reason, Refusal, Suspect
from smartpark.readings import NO_MARK, Readings

OVER, UNDER, IMPLAUSIBLE, REPORTED = ord("O"), ord("U"), ord("I"), ord("R")
_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far from our clock an instant may lie: ``future_us`` ahead of its receipt, ``kept_days`` behind it."""

    future_us: int
    kept_days: int

    def hold(self, age_us: int) -> bool:
        """Return whether an instant so long before its receipt [us] may be kept."""
        return -self.future_us <= age_us <= self.kept_days * _DAY_US


@dataclass(frozen=True, slots=True)
class Checked:
    """Items that may be stored, in order of arrival, with their rows and messages, and all refusals of the batch."""

    row: NDArray[np.intp]
    message: NDArray[np.intp]
    readings: Readings
    refusals: list[Refusal]
    suspects: list[Suspect]
    positions: list[Position]


def check(batch: Batch, bounds: Bounds) -> Checked:
    """Return what of a batch may be stored; refusals keep one row per message and reason."""
    items = batch.items()
    directory = batch.directory
    value = directory.stored(items.row, items.time_us, items.sent)
    refusing = _Refusing(batch, items, value)
    kept = np.ones(len(items.row), np.bool_)
    for reason, wrong, sentence in _tests(items, value, bounds, directory):
        found = wrong & kept
        if found.any():
            kept &= ~found
            refusing.refuse(reason, np.flatnonzero(found), sentence)
    if not kept.all():
        items = _only(items, kept)
        value = value[kept]
    readings = marked(items, value, directory)
    positions = [p for p in batch.positions if bounds.hold(p.received_us - p.time_us)]
    return Checked(items.row, items.message, readings, refusing.refusals, refusing.suspects, positions)


def marks(value: NDArray[np.float64], row: NDArray[np.intp], directory: Directory) -> NDArray[np.uint8]:
    """Return the platform's own finding about each value [n]; ends of spans belong to the span.

    Implausible goes before over and under span, except on safety streams, where a saturated detector must sound.
    """
    low = value < directory.span_low[row]
    high = value > directory.span_high[row]
    implausible = (value < directory.plausible_low[row]) | (value > directory.plausible_high[row])
    mark = np.full(len(value), NO_MARK, np.uint8)
    mark[low] = UNDER
    mark[high] = OVER
    mark[implausible & ~(directory.safety[row] & (low | high))] = IMPLAUSIBLE
    return mark


_Sentence = Callable[[int], str]


def _tests(
    items: Items, value: NDArray[np.float64], bounds: Bounds, directory: Directory
) -> list[tuple[Reason, NDArray[np.bool_], _Sentence]]:
    ahead_us = items.time_us - items.received_us

    def not_finite(at: int) -> str:
        key = directory.quantity[items.row[at]]
        return f'"{key}" is not a finite number; leave it out, or send the last value with the flag D'

    def future(at: int) -> str:
        return (
            f"the time is {_duration(int(ahead_us[at]))} ahead of its receipt,"
            f" {_duration(bounds.future_us)} are allowed; set the sender's clock"
        )

    def too_old(at: int) -> str:
        seconds = items.time_us[at] < 365 * _DAY_US
        advice = "send epoch times in milliseconds" if seconds else "import it as minute values"
        return (
            f"the time is {_duration(-int(ahead_us[at]))} before its receipt,"
            f" readings are kept {bounds.kept_days} days; {advice}"
        )

    return [
        ("not_finite", ~(np.isfinite(items.sent) & np.isfinite(value)), not_finite),
        ("future", ahead_us > bounds.future_us, future),
        ("too_old", -ahead_us > bounds.kept_days * _DAY_US, too_old),
    ]


class _Refusing:
    """Collects refusals and suspects of the columns of one batch."""

    def __init__(self, batch: Batch, items: Items, value: NDArray[np.float64]) -> None:
        self.refusals, self.suspects = list(batch.refusals), list(batch.suspects)
        self._directory, self._items, self._value = batch.directory, items, value

    def refuse(self, reason: Reason, found: NDArray[np.intp], sentence: _Sentence) -> None:
        directory, items = self._directory, self._items
        message = items.message[found]
        for of in np.split(found, np.flatnonzero(message[1:] != message[:-1]) + 1):
            detail = sentence(int(of[0]))
            station_id = int(directory.station_id[items.row[of[0]]])
            self.refusals.append(Refusal(int(items.message[of[0]]), reason, detail, len(of), station_id))
            for at in of[directory.safety[items.row[of]] & np.isfinite(self._value[of])]:
                sensor_id = int(directory.sensor_id[items.row[at]])
                value, time_us = float(self._value[at]), int(items.time_us[at])
                self.suspects.append(Suspect(sensor_id, station_id, value, time_us, reason, detail))


def _only(items: Items, kept: NDArray[np.bool_]) -> Items:
    return replace(
        items,
        row=items.row[kept],
        time_us=items.time_us[kept],
        sent=items.sent[kept],
        flag=items.flag[kept],
        message=items.message[kept],
        received_us=items.received_us[kept],
    )


def marked(items: Items, value: NDArray[np.float64], directory: Directory) -> Readings:
    """Return items with their values in the registry's unit [n] and the platform's marks."""
    return Readings(
        directory.sensor_id[items.row],
        items.time_us,
        value,
        items.flag,
        marks(value, items.row, directory),
        items.received_us,
    )


def _duration(us: int) -> str:
    seconds = us // 1_000_000
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
