"""What looks odd in the data of one sensor over one day; each detector a function on its samples; pure.

Samples that are missing or not valid are NaN. The bounds are working assumptions of this product, not of a standard: a
clue is a reason to look, never an accusation.
"""

import numpy as np

from records.validity.clue import Clue, Flags, Values, runs, spread

SENTINELS = (-9999.0, -999.0, -200.0, -99.0, -1.0)  # what devices send for "no value"
_TINY = 1e-9


def flat_line(mean: Values, hold_min: int) -> list[Clue]:
    """Find values that do not move.

    Args:
        mean: minute means of the day [registry unit].
        hold_min: so long the same value is nothing special [min]: an analyser of water holds each result for hours.

    """
    same = np.zeros(len(mean), np.bool_)
    same[1:] = np.abs(np.diff(mean)) <= _TINY * np.maximum(1.0, np.abs(mean[1:]))  # NaN compares false
    found = [(max(first - 1, 0), end) for first, end in runs(same, hold_min - 1)]
    return [
        Clue("flat_line", first, end, {"value": float(mean[first]), "minutes": end - first})
        for first, end in found
    ]


def repeated_block(today: Values, past: Values, *, block: int = 60, distinct: int = 10) -> list[Clue]:
    """Find blocks of values that stood in the data before, digit by digit.

    Args:
        today: minute means of the day.
        past: minute means of the days before it, in a row up to it.
        block: samples that are compared at once.
        distinct: a block with fewer different values proves nothing.

    """
    whole = np.concatenate((past, today))
    begin = len(past)
    found: list[tuple[int, int, int]] = []  # first, end, samples back
    for first in range(0, len(today) - block + 1, block):
        values = today[first : first + block]
        if np.isnan(values).any() or len(np.unique(values)) < distinct:
            continue
        back = _back(whole, values, begin + first)
        if back is None:
            continue
        if found and found[-1][1] == first and found[-1][2] == back:
            found[-1] = (found[-1][0], first + block, back)
        else:
            found.append((first, first + block, back))
    return [
        Clue("repeated_block", first, end, {"minutes": end - first, "hours_back": round(back / 60, 2)})
        for first, end, back in found
    ]


def _back(whole: Values, values: Values, at: int) -> int | None:
    """Return how many samples before ``at`` the same values stood last; None: never."""
    size = len(values)
    for start in np.flatnonzero(whole[: at - size + 1] == values[0])[::-1]:
        if np.array_equal(whole[start : start + size], values):
            return at - int(start)
    return None


def sentinels(last: Values, *, least: int = 3) -> list[Clue]:
    """Find the numbers that devices send for "no value", valid or not.

    Args:
        last: newest value of each minute, as stored.
        least: so many minutes at least.

    """
    found = []
    for code in SENTINELS:
        where = np.flatnonzero(np.abs(last - code) < 1e-6)
        if len(where) >= least:
            evidence = {"value": code, "minutes": len(where)}
            found.append(Clue("sentinel", int(where[0]), int(where[-1]) + 1, evidence))
    return found


def negative(low: Values, *, least: int = 10) -> list[Clue]:
    """Find negative concentrations; those that are sentinels are told apart.

    Args:
        low: least value of each minute, valid or not.
        least: so many minutes at least.

    """
    codes = np.zeros(len(low), np.bool_)
    for code in SENTINELS:
        codes |= np.abs(low - code) < 1e-6
    where = np.flatnonzero((low < 0) & ~codes)
    if len(where) < least:
        return []
    evidence = {"minutes": len(where), "least": float(low[where].min())}
    return [Clue("negative", int(where[0]), int(where[-1]) + 1, evidence)]


def near_limit(hours: Values, limit: float, *, share: float = 0.5, need: int = 18) -> list[Clue]:
    """Find a day whose hours cling just under the limit.

    Args:
        hours: valid hourly means of the day.
        limit: their limit, in the same unit, above 0.
        share: of the valid hours in 95-100 % of the limit.
        need: so many valid hours.

    """
    valid = hours[~np.isnan(hours)]
    close = (valid >= 0.95 * limit) & (valid <= limit)
    if len(valid) < need or limit <= 0 or close.mean() < share or (valid > limit).any():
        return []
    evidence = {
        "hours": int(close.sum()),
        "of": len(valid),
        "limit": limit,
        "share": round(100 * close.mean(), 1),
    }
    return [Clue("near_limit", 0, len(hours), evidence)]


def unit_slip(today: Values, past: Values, *, least: int = 10) -> list[Clue]:
    """Find values that jump by about a thousand against the sensor's own median: mg taken for µg, or the other way.

    Args:
        today: minute means of the day.
        past: minute means of the days before; fewer than 600 of them say nothing.
        least: so many minutes in a row.

    """
    known = past[np.isfinite(past) & (past > 0)]
    if len(known) < 600:
        return []
    own = float(np.median(known))
    ratio = np.where(today > 0, today, np.nan) / own
    up, down = (ratio >= 300) & (ratio <= 3000), (ratio >= 1 / 3000) & (ratio <= 1 / 300)
    return [
        Clue("unit_slip", first, end, {"minutes": end - first, "times": float(f"{np.median(ratio[first:end]):.3g}"), "median": own})
        for where in (up, down)
        for first, end in runs(where, least)
    ]  # fmt: skip


def after_calibration(mean: Values, calibrating: Flags, *, window: int = 60) -> list[Clue]:
    """Find values that step or swing as soon as a calibration is over.

    Args:
        mean: minute means of the day.
        calibrating: minutes with flag C.
        window: samples that are looked at before and behind; half of them must be there.

    """
    found = []
    for first, end in runs(calibrating, 1):
        before = mean[max(first - window, 0) : first]
        after = mean[end : end + window]
        before, after = before[np.isfinite(before)], after[np.isfinite(after)]
        if min(len(before), len(after)) < window // 2:
            continue
        level = max(abs(float(np.median(before))), _TINY)
        step = float(np.median(after) - np.median(before))
        swing, swung = float(np.std(np.diff(after))), float(np.std(np.diff(before)))
        stepped = abs(step) >= 0.3 * level and abs(step) > 5 * spread(before)
        swings = swing > 5 * swung and swing > 0.1 * level
        if stepped or swings:
            evidence = {
                "step": round(100 * step / level, 1),
                "swing": round(swing / max(swung, _TINY * level), 1),
            }
            found.append(Clue("after_calibration", end, min(end + window, len(mean)), evidence))
    return found
