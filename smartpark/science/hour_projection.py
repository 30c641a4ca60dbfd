"""What the rest of the hour must stay below so that the hour keeps its limit: the mean so far, projected."""

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite


class Outlook(StrEnum):
    """What can still become of the hour."""

    OPEN = "open"  # it depends on the rest of the hour
    LOST = "cannot be met"  # over the limit even if the rest were zero
    SAFE = "cannot be exceeded"  # within the limit even if the rest stood at full span
    KEPT = "met"  # nothing left, within the limit
    EXCEEDED = "exceeded"  # nothing left, over the limit


@dataclass(frozen=True, slots=True)
class Projection:
    """The outlook of an hour; ``rest_below`` is what the mean of the rest must not exceed, in the unit of the limit.

    ``rest_below`` is None when nothing is left, when the limit cannot be met and when it cannot be exceeded.
    """

    outlook: Outlook
    rest_below: float | None
    minutes_left: float


def project(
    mean_so_far: float,
    minutes_so_far: float,
    minutes_left: float,
    limit: float,
    *,
    span_high: float | None = None,
) -> Projection:
    """Return what the rest of an hour must stay below: (limit * (x + r) - mean * x) / r.

    ``mean_so_far`` is the mean of ``minutes_so_far`` = x valid minutes [min], ``minutes_left`` = r the minutes still to
    come [min]; minutes already lost count for neither. ``span_high`` is the top of the measuring span. All concentrations
    in one unit, none below zero; a limit is kept by a mean equal to it. With x = 0 the mean so far does not matter.

    Raises:
        ValueError: minutes are negative or longer than an hour, or a number that matters is not finite.

    """
    whole = minutes_so_far + minutes_left
    if minutes_so_far < 0 or minutes_left < 0 or not 0 < whole <= 60:
        raise ValueError(
            f"{minutes_so_far} minutes so far and {minutes_left} left are not within an hour; write minutes from 0 to 60"
        )
    if not isfinite(limit) or (minutes_so_far > 0 and not isfinite(mean_so_far)):
        raise ValueError(f"a mean of {mean_so_far} and a limit of {limit} must be finite numbers")
    spare = limit * whole - (mean_so_far * minutes_so_far if minutes_so_far else 0.0)
    if minutes_left == 0:
        outlook = Outlook.KEPT if mean_so_far <= limit else Outlook.EXCEEDED
        return Projection(outlook, None, minutes_left)
    rest = spare / minutes_left
    if rest < 0:
        return Projection(Outlook.LOST, None, minutes_left)
    if span_high is not None and span_high <= rest:
        return Projection(Outlook.SAFE, None, minutes_left)
    return Projection(Outlook.OPEN, rest, minutes_left)
