"""What does not agree between sensors of a station, or between what a logger computed and what we did; pure.

Hours of 72 values begin with the day before the one that is looked at and end with the one behind it; NaN: not valid.
"""

from collections.abc import Sequence

import numpy as np

from records.validity.clue import Clue, Flags, Values, runs, spread

DAY_H = 24


def ratio_out_of_family(upper: Values, lower: Values, past_upper: Values, past_lower: Values) -> list[Clue]:
    """Find a day whose ratio of two pollutants (COD : NH3-N) lies outside the outlet's own family.

    Args:
        upper: hourly means of the day, of the first pollutant.
        lower: of the second.
        past_upper: hourly means of some weeks before; 72 pairs at least.
        past_lower: of the second.

    """
    now, before = _logs(upper, lower), _logs(past_upper, past_lower)
    if len(now) < 12 or len(before) < 72:
        return []
    usual = float(np.median(before))
    away = abs(float(np.median(now)) - usual) / max(spread(before), 0.1)
    if away < 4:
        return []
    evidence = {"ratio": round(float(np.exp(np.median(now))), 2), "usual": round(float(np.exp(usual)), 2), "away": round(away, 1)}  # fmt: skip
    return [Clue("ratio_out_of_family", 0, len(upper), evidence)]


def _logs(upper: Values, lower: Values) -> Values:
    both = (upper > 0) & (lower > 0)  # NaN compares false
    return np.log(upper[both] / lower[both])


def oxygen_near_air(oxygen: Values, running: Flags, *, bound: float = 20.5, least: int = 60) -> list[Clue]:
    """Find oxygen like that of air while the unit runs: the probe sucks air, and the conversion explodes.

    Args:
        oxygen: minute means of the day [%].
        running: minutes in which the unit runs.
        bound: from so much oxygen on [%].
        least: so many minutes in a row.

    """
    return [
        Clue("oxygen_near_air", first, end, {"minutes": end - first, "oxygen": round(float(np.median(oxygen[first:end])), 2)})
        for first, end in runs((oxygen >= bound) & running, least)
    ]  # fmt: skip


def sum_over_total(
    parts: Sequence[Values], total: Values, *, tolerance: float = 1.05, least: int = 3
) -> list[Clue]:
    """Find hours in which the volatile compounds together are more than the non-methane hydrocarbons.

    Args:
        parts: hourly means of single compounds [mg/m³].
        total: of NMHC [mg/m³]; it is counted as carbon, so that even equal is much.
        tolerance: the sum may be so many times the total.
        least: so many hours of the day.

    """
    if not parts:
        return []
    whole = np.nansum(np.vstack(parts), axis=0)
    where = np.flatnonzero(whole > tolerance * total)
    if len(where) < least:
        return []
    times = float(np.median(whole[where] / np.maximum(total[where], 1e-9)))
    evidence = {"hours": len(where), "times": round(min(times, 1e6), 2)}
    return [Clue("sum_over_total", int(where[0]), int(where[-1]) + 1, evidence)]


def label_end(reported: Values, ours: Values) -> list[Clue]:
    """Find a logger that labels the END of the hour: what it says of 09:00 is what we have of 08:00-09:00 [72 hours each]."""
    return _shifted("label_end", reported, ours, 1)


def clock_day(reported: Values, ours: Values) -> list[Clue]:
    """Find a logger whose hours lie a day beside ours [72 hours each]."""
    return _shifted("clock_day", reported, ours, DAY_H) or _shifted("clock_day", reported, ours, -DAY_H)


def conflicting_day(conflicts: int, readings: int) -> list[Clue]:
    """Find a day that was sent twice with different values: a clock may have been a day off.

    Args:
        conflicts: second, different values of readings that were stored.
        readings: stored readings of the day.

    """
    if conflicts < 60 or conflicts < 0.2 * readings:
        return []
    return [Clue("sent_twice", 0, DAY_H, {"conflicts": conflicts, "readings": readings})]


def _shifted(kind: str, reported: Values, ours: Values, shift_h: int) -> list[Clue]:
    place = np.arange(DAY_H, 2 * DAY_H)
    said = reported[place]
    apart, here = _error(said, ours[place - shift_h]), _error(said, ours[place])
    if apart is None or here is None or apart > 0.005 or here < 0.02:
        return []
    evidence = {"shift_h": shift_h, "error": round(100 * apart, 3), "unshifted_error": round(100 * here, 1)}
    return [Clue(kind, 0, DAY_H, evidence)]


def _error(said: Values, ours: Values) -> float | None:
    """Return the median relative difference; None where fewer than twelve hours can be compared."""
    both = np.isfinite(said) & np.isfinite(ours) & (np.abs(ours) > 1e-9)
    if both.sum() < 12:
        return None
    return float(np.median(np.abs(said[both] - ours[both]) / np.abs(ours[both])))
