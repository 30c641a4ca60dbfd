"""What of a logger's own records and reports may be kept, in the registry's units: pure, on columns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ingest.batch import Batch, Items
from ingest.check import REPORTED, Bounds, Checked, marked
from ingest.refusal import Reason, Refusal
from ingest.reported import Report, Reported
from smartpark.readings import NO_MARK


@dataclass(frozen=True, slots=True)
class CheckedReported:
    """What may be kept, with mean, low and high [n x 3] in the registry's unit, and what may not."""

    kept: Sequence[Reported]
    values: NDArray[np.float64]  # NaN where it says nothing
    reports: Sequence[Report]
    refusals: Sequence[Refusal]


def check_reported(batch: Batch, bounds: Bounds) -> CheckedReported:
    """Refuse periods too far ahead or behind and values that are no number; the start of a period is its instant."""
    kept: list[int] = []
    refusals: list[Refusal] = []
    directory = batch.directory
    values = _stored(batch)
    for at, one in enumerate(batch.reported):
        refusal = _refusal(one, values[at], batch.origins[one.message].received_us, bounds)
        if refusal is None:
            kept.append(at)
        else:
            station_id = int(directory.station_id[one.row])
            refusals.append(Refusal(one.message, *refusal, 1, station_id))
    reports: list[Report] = []
    for report in batch.reports:
        unfit = _unfit(report.time_us, batch.origins[report.message].received_us, bounds)
        if unfit is None:
            reports.append(report)
        else:
            refusals.append(Refusal(report.message, *unfit, 1, report.station_id))
    return CheckedReported([batch.reported[at] for at in kept], values[kept], reports, refusals)


def _stored(batch: Batch) -> NDArray[np.float64]:
    """Return mean, low and high [n x 3] of all reported values in the registry's unit, NaN where nothing is said."""
    said = batch.reported
    values = np.empty((len(said), 3))
    if said:
        row = np.array([one.row for one in said], np.intp)
        start_us = np.array([one.start_us for one in said], np.int64)
        sent = np.array([[_or_nan(v) for v in (one.mean, one.low, one.high)] for one in said], np.float64)
        for column in range(3):
            values[:, column] = batch.directory.stored(row, start_us, sent[:, column])
    return values


def as_readings(which: Sequence[int], checked: CheckedReported, batch: Batch) -> Checked:
    """Return the means of some minutes as readings at their starts, marked as means where nothing else is found."""
    chosen = [checked.kept[at] for at in which]
    items = _items(chosen, batch)
    readings = marked(items, checked.values[np.array(which, np.intp), 0], batch.directory)
    mark = np.where(readings.mark == NO_MARK, np.uint8(REPORTED), readings.mark)
    readings = replace(readings, mark=mark)
    return Checked(items.row, items.message, readings, [], [], [])


def _items(chosen: Sequence[Reported], batch: Batch) -> Items:
    return Items(
        np.array([one.row for one in chosen], np.intp),
        np.array([one.start_us for one in chosen], np.int64),
        np.array([_or_nan(one.mean) for one in chosen], np.float64),
        np.array([one.flag for one in chosen], np.uint8),
        np.array([one.message for one in chosen], np.intp),
        np.array([batch.origins[one.message].received_us for one in chosen], np.int64),
    )


def _refusal(
    one: Reported, values: NDArray[np.float64], received_us: int, bounds: Bounds
) -> tuple[Reason, str] | None:
    said = [v for v in (one.mean, one.low, one.high, one.amount) if v is not None]
    if not np.isfinite(said).all() or np.isinf(values).any():
        return "not_finite", "a value of the period is not a finite number; leave it out, or send the flag D"
    return _unfit(one.start_us, received_us, bounds)


def _unfit(time_us: int, received_us: int, bounds: Bounds) -> tuple[Reason, str] | None:
    age_us = received_us - time_us
    if bounds.hold(age_us):
        return None
    if age_us < 0:
        return "future", "its DataTime is ahead of its receipt; set the logger's clock"
    return (
        "too_old",
        f"its DataTime is more than {bounds.kept_days} days before its receipt; import it as history",
    )


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value
