"""What stands for the missing hours of one outlet: the rules of ``smartpark.science.substitution`` on its hour records.

No calibration and no verification is on record yet. So no hour counts as out of control (the rows of the table for it differ
only in their anchor), and of water a calendar month stands for the period between two verifications: HJ 355-2019 asks for
a comparison with real samples every month. A missing hour of water takes 1/24 of the day that would stand for a whole one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from smartpark.science.substitution import (
    NONE,
    WATER_CODE,
    WATER_SOURCE,
    WATER_VERIFIED,
    Reason,
    methods,
    substitute,
    water_substitute,
)

HISTORY_HOURS = max(method.values for method in methods())
RUNNING, STOPPED, SERVICED = (
    0,
    1,
    2,
)  # of an hour: the plant ran, stood still, ran while the analyser was serviced
_HOUR_S = 3600
_DAY_HOURS = 24
# A change reaches back so far: whether a missing period is longer than a day decides for all of its hours.
_REACH = timedelta(hours=2 * _DAY_HOURS)


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands for one missing hour; ``mass`` [kg] is None where the rules have nothing for it."""

    hour_s: int  # its start, seconds since 1970
    mass: float | None = None
    method: str | None = None
    standard: str | None = None
    verified: bool = False
    of_values: int | None = None
    capture_percent: float | None = None


def affected_since(medium: str, changed: datetime, zone: ZoneInfo) -> datetime:
    """Return from which hour on substitutes may differ where an hour record changed: the quarter, of water the month."""
    local = (changed if medium == "water" else changed - _REACH).astimezone(zone)
    month = local.month if medium == "water" else local.month - (local.month - 1) % 3
    return datetime(local.year, month, 1, tzinfo=zone)


def of_flue_gas(
    starts_s: Sequence[int], masses: Sequence[float], states: Sequence[int], zone: ZoneInfo
) -> list[Standing]:
    """Return what stands for the missing hours of a stack; HJ 75-2017, not verified.

    ``starts_s`` [n, s since 1970], ascending; an hour that is not among them was not due. ``masses`` [n, kg], NaN where
    there is none; ``states`` [n], one of ``RUNNING STOPPED SERVICED``. Bring whole quarters, and 2160 valid hours before
    those that matter.
    """
    if not starts_s:
        return []
    at = (np.asarray(starts_s) - starts_s[0]) // _HOUR_S
    size = int(at[-1]) + 1
    kg_h, state = np.full(size, np.nan), np.full(size, STOPPED)
    kg_h[at], state[at] = masses, states
    stopped = state == STOPPED
    quarter = _quarters(starts_s[0], size, zone)
    reason = np.where(state == SERVICED, Reason.MAINTENANCE, Reason.OTHER)
    found = substitute(kg_h, stopped, reason, quarter, np.zeros(size, bool))
    known = np.cumsum(np.isfinite(kg_h) & ~stopped)  # valid hours before one that is not
    standings = []
    for number in np.flatnonzero(~np.isfinite(kg_h) & ~stopped).tolist():
        hour_s, capture = starts_s[0] + number * _HOUR_S, found.capture_pct[int(quarter[number])]
        row = int(found.method[number])
        if row == NONE:
            standings.append(Standing(hour_s, capture_percent=capture))
            continue
        method = methods()[row]
        of_values = min(method.values, int(known[number]))
        mass = float(found.kg_h[number])
        standings.append(
            Standing(hour_s, mass, method.code, method.source, method.verified, of_values, capture)
        )
    return standings


def of_water(
    missing_s: Sequence[int],
    months: Sequence[int],
    greatest: Sequence[float],
    counts: Sequence[int],
    zone: ZoneInfo,
) -> list[Standing]:
    """Return what stands for the missing hours of a water outlet; HJ 356-2019, not verified.

    ``missing_s`` [n, s since 1970]; ``months`` [m], year * 12 + month, ascending, with at least one valid day: their
    ``greatest`` load [m, kg/d] and ``counts`` [m] of valid days.
    """
    asking = [_month(hour_s, zone) for hour_s in missing_s]
    periods = np.asarray([*months, *asking], np.int64)
    loads = np.asarray([*greatest, *[np.nan] * len(asking)], np.float64)
    order = np.argsort(periods, kind="stable")
    back = np.empty_like(order)
    back[order] = np.arange(order.size)
    found = water_substitute(loads[order], periods[order])[back][len(months) :]
    days = dict(zip(months, counts, strict=True))
    standings = []
    for hour_s, month, load in zip(missing_s, asking, found.tolist(), strict=True):
        if np.isnan(load):
            standings.append(Standing(hour_s))
            continue
        of_values = days[max(one for one in months if one < month)]
        mass = load / _DAY_HOURS
        standings.append(Standing(hour_s, mass, WATER_CODE, WATER_SOURCE, WATER_VERIFIED, of_values, None))
    return standings


def _month(hour_s: int, zone: ZoneInfo) -> int:
    local = datetime.fromtimestamp(hour_s, zone)
    return local.year * 12 + local.month


def _quarters(first_s: int, size: int, zone: ZoneInfo) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the number of the quarter of each of ``size`` hours."""
    local = datetime.fromtimestamp(first_s, zone)
    year, quarter = local.year, (local.month - 1) // 3
    ends: list[int] = []
    while not ends or ends[-1] < size:
        year, quarter = (year, quarter + 1) if quarter < 3 else (year + 1, 0)
        ends.append((int(datetime(year, 3 * quarter + 1, 1, tzinfo=zone).timestamp()) - first_s) // _HOUR_S)
    return np.searchsorted(ends, np.arange(size), side="right").astype(np.int64)
