"""What stands for the mass of hours and days that were not measured: HJ 75-2017 for flue gas, HJ 356-2019 for water.

The table was written from memory of the standards and is not verified: a total with substitutes is shown as reference until
somebody has confirmed it against the text. Substitutes serve totals and tax, never the judging of compliance; the
concentration itself is never substituted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from smartpark.science.tables import rows

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]

WATER_CODE = "verified-period-maximum"
WATER_SOURCE = "HJ 356-2019 clause 8"
WATER_VERIFIED = False
NONE = -1  # no substitute: the hour is valid or stopped, or the table has none for it


class Reason(IntEnum):
    """Why an hour has no valid rate."""

    OUT_OF_CONTROL = 0
    MAINTENANCE = 1
    OTHER = 2


@dataclass(frozen=True, slots=True)
class Method:
    """One row of the table: the greatest of the last ``values`` valid hours before the calibration or the failure."""

    code: str
    reason: Reason
    capture_from_pct: float
    capture_below_pct: float
    hours_from: int
    hours_to: float
    from_calibration: bool
    values: int
    source: str
    verified: bool

    def fits(self, reason: int, capture_pct: float, hours: int) -> bool:
        """Return whether the row speaks of an invalid period of so many hours in a quarter of that capture rate [%]."""
        return (
            self.reason == reason
            and self.capture_from_pct <= capture_pct < self.capture_below_pct
            and self.hours_from <= hours <= self.hours_to
        )


@dataclass(frozen=True, slots=True)
class Substitution:
    """What stands for the invalid hours of a series, and why.

    Substituted rates [n, kg/h], NaN where there is none; the row of ``methods()`` for each hour [n], -1 for none; the
    capture rate of each quarter [%], NaN for one that stood still.
    """

    kg_h: Floats
    method: Numbers
    capture_pct: Mapping[int, float]


@cache
def methods() -> tuple[Method, ...]:
    """Return the rows of the table for flue gas in their order."""
    return tuple(_method(row) for row in rows("substitution.csv"))


def capture_rates(valid: Flags, stopped: Flags, quarter: Numbers) -> dict[int, float]:
    """Return the capture rate [%] by quarter of hours [n]: valid running hours over running hours; HJ 75-2017 clause 12.

    A quarter that stood still all the time has NaN.
    """
    labels, where = np.unique(quarter, return_inverse=True)
    running = np.bincount(where, weights=~stopped, minlength=labels.size)
    measured = np.bincount(where, weights=valid & ~stopped, minlength=labels.size)
    rates = np.where(running > 0, 100.0 * measured / np.maximum(running, 1), np.nan)
    return {int(label): float(rate) for label, rate in zip(labels, rates, strict=True)}


def substitute(
    kg_h: Floats, stopped: Flags, reason: Numbers, quarter: Numbers, calibrated: Flags
) -> Substitution:
    """Return what stands for the invalid hours of a gapless hourly series; HJ 75-2017 clause 12, not verified.

    ``kg_h`` [n, kg/h], NaN where invalid; ``stopped`` [n], the plant stood still: neither valid nor invalid, nothing is
    substituted; ``reason`` [n], a ``Reason``, read where invalid; ``quarter`` [n], any number that tells the quarters apart;
    ``calibrated`` [n], hours in which a calibration passed. Bring 2160 valid hours of history and whole quarters.

    An invalid period is a run of invalid hours of one reason; a valid or stopped hour ends it, the end of a quarter does
    not. "Before" is before its first hour, or before the last calibrated hour that lies before it; without such a
    calibration, without any valid hour before, or below 75 % there is no substitute. Fewer valid hours than the table
    names are used as they are.

    Raises:
        ValueError: the series are not equally long.

    """
    if not kg_h.shape == stopped.shape == reason.shape == quarter.shape == calibrated.shape:
        raise ValueError("rates, stops, reasons, quarters and calibrations must be equally long")
    valid = np.isfinite(kg_h) & ~stopped
    capture = capture_rates(valid, stopped, quarter)
    found, method = np.full(kg_h.shape, np.nan), np.full(kg_h.shape, NONE, np.int64)
    rates = kg_h[valid]
    before = np.concatenate([[0], np.cumsum(valid)])  # valid hours before each hour
    calibrations = np.flatnonzero(calibrated)
    for start, end in _runs(~valid & ~stopped, reason):
        passed = np.searchsorted(calibrations, start)  # calibrations before the run
        anchors = (start, int(calibrations[passed - 1]) if passed else 0)
        for first, last in _by_quarter(start, end, quarter):
            row = _row(int(reason[start]), capture[int(quarter[first])], end - start)
            if row == NONE:
                continue
            known = int(before[anchors[methods()[row].from_calibration]])
            if known:
                found[first:last] = rates[max(0, known - methods()[row].values) : known].max()
                method[first:last] = row
    return Substitution(found, method, capture)


def water_substitute(kg_d: Floats, verified_period: Numbers) -> Floats:
    """Return what stands for invalid days of load [n, kg/d] in a normal sampling period; HJ 356-2019, not verified.

    ``kg_d`` [n] is NaN where invalid; ``verified_period`` [n] numbers, ascending, the periods between two passed
    verifications. The substitute is the greatest valid day of the last earlier period that has one; NaN elsewhere.

    Raises:
        ValueError: the series are not equally long, or the periods do not ascend.

    """
    if kg_d.shape != verified_period.shape or np.any(np.diff(verified_period) < 0):
        raise ValueError("every day needs the number of its period, in ascending order")
    found = np.full(kg_d.shape, np.nan)
    known = np.nan
    for label in np.unique(verified_period):
        inside = verified_period == label
        valid = inside & np.isfinite(kg_d)
        found[inside & ~valid] = known
        known = kg_d[valid].max() if valid.any() else known
    return found


def _runs(invalid: Flags, reason: Numbers) -> list[tuple[int, int]]:
    """Return where runs of invalid hours of one reason begin and end (half-open)."""
    kind = np.where(invalid, reason, NONE)
    edges = [0, *(np.flatnonzero(np.diff(kind)) + 1).tolist(), kind.size]
    return [(first, last) for first, last in pairwise(edges) if first < last and invalid[first]]


def _by_quarter(start: int, end: int, quarter: Numbers) -> list[tuple[int, int]]:
    """Return a run cut where the quarter changes."""
    cuts = (np.flatnonzero(np.diff(quarter[start:end])) + start + 1).tolist()
    return list(pairwise([start, *cuts, end]))


def _row(reason: int, capture_pct: float, hours: int) -> int:
    fitting = (number for number, method in enumerate(methods()) if method.fits(reason, capture_pct, hours))
    return next(fitting, NONE)


def _method(row: dict[str, str]) -> Method:
    return Method(
        code=row["code"],
        reason=Reason[row["reason"].upper()],
        capture_from_pct=float(row["capture_from_pct"]),
        capture_below_pct=float(row["capture_below_pct"] or "inf"),
        hours_from=int(row["hours_from"]),
        hours_to=float(row["hours_to"] or "inf"),
        from_calibration=row["before"] == "last calibration",
        values=int(row["values"]),
        source=row["source"],
        verified=row["verified"] == "true",
    )
