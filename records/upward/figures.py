"""From minutes to one figure of a period, with the roll-up of flags of HJ 212-2017 (notes to C.16 to C.18); pure.

Water: one abnormal value makes the period abnormal. Flue gas and air: normal where three quarters are normal, otherwise
fault. Hours need 45 valid minutes and days 20 valid hours (appendix D). Means are arithmetic; the standard gives the
flow-weighted one beside it. Values are sent under every flag.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WATER_KINDS = frozenset({"wastewater", "rain", "surface", "ground"})
VALID_MINUTES = 45
VALID_HOURS = 20
_WORST_FIRST = "DBFTCMS"  # which abnormal letter speaks for several; the standard leaves it open


@dataclass(frozen=True, slots=True)
class Slice:
    """What the minutes of one sensor add up to over a minute, an hour, or one hour of a day.

    ``minutes`` counts its minutes, ``sound`` the normal ones; ``mean``, ``low`` and ``high`` are of valid values, the other three of whatever
    came, for when nothing is valid.
    """

    minutes: int
    sound: int
    n: int
    n_valid: int
    mean: float | None
    low: float | None
    high: float | None
    any_mean: float | None
    any_low: float
    any_high: float
    flags: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Statistics of one sensor over one period, registry unit; ``amount`` as its logger said it."""

    mean: float | None
    low: float | None
    high: float | None
    flag: str
    amount: float | None = None


def figures(period_name: str, slices: Sequence[Slice], *, water: bool) -> Figures:
    """Return the figures of a period.

    Args:
        period_name: ``minute``, ``hour`` or ``day``.
        slices: one; of a day those of its hours that have minutes; never none.
        water: whether the roll-up of wastewater holds.

    """
    flags = {letter for one in slices for letter in one.flags}
    flag = _flag(flags, _is_enough(period_name, slices), water=water)
    valid = [one for one in slices if one.mean is not None and one.low is not None and one.high is not None]
    if valid:
        return Figures(
            sum(one.mean or 0.0 for one in valid) / len(valid),
            min(one.low or 0.0 for one in valid),
            max(one.high or 0.0 for one in valid),
            flag,
        )
    means = [one.any_mean for one in slices if one.any_mean is not None]
    return Figures(
        sum(means) / len(means) if means else None,
        min(one.any_low for one in slices),
        max(one.any_high for one in slices),
        flag,
    )


def _is_enough(period_name: str, slices: Sequence[Slice]) -> bool:
    if period_name == "day":
        return sum(one.sound >= VALID_MINUTES for one in slices) >= VALID_HOURS
    if period_name == "hour":
        return slices[0].sound >= VALID_MINUTES
    return 4 * slices[0].n_valid >= 3 * slices[0].n


def _flag(flags: set[str], enough: bool, *, water: bool) -> str:  # noqa: FBT001 - a finding, not a switch
    abnormal = flags - {"N"}
    if water and abnormal:
        return min(abnormal, key=_WORST_FIRST.index)
    if enough and "N" in flags:
        return "N"
    if len(flags) == 1 and abnormal:
        return abnormal.pop()
    return "D"
