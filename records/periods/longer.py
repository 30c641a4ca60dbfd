"""Hours to days, days to months and years, by the rule of each medium; pure.

The parts of a day are its hours, those of a month and a year its days. Mass and amount are plain sums of what the parts
have (a day of HJ 212-2017 app. D eq. 34 without its second 1e-6). A flow-weighted mean is that of the valid parts, each weighed
with its volume; where volumes are lacking it is arithmetic, and the record says so.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from math import fsum, nan
from typing import NamedTuple

from records.periods.plan import Sensor
from records.periods.row import Row, number
from records.periods.rules import Method, Period, Rule, every_month, rule_of
from smartpark.science import averages, water

_WINDOWS = 14  # of eight hours within a day: GB 3095-2012 from memory; no such count in GB 3095-2026 table 4
_FIRST_WINDOW = 7  # number of the hour whose eight-hour mean is the first within the day
_SHARE = 0.75


class Part(NamedTuple):
    """An hour of a day or a day of a month: what its record says, and the volume or speed that weighs it."""

    number: int  # hour of the day, or month of the day
    status: str
    judgeable: bool
    mean: float | None
    min: float | None
    max: float | None
    received: int
    samples: int
    flag: str
    converted: float | None
    mean_8h: float | None
    amount: float | None
    mass: float | None
    weight: float | None


class Whole(NamedTuple):
    """A period of one sensor that is to be made: parts due, and parts that it has in all."""

    sensor: Sensor
    period: Period
    start: datetime
    expected: int
    parts_in_all: int


def record_of(whole: Whole, parts: Sequence[Part], method: Method) -> Row:
    """Return the record of a day, month or year from its parts in order of time, as many as there are."""
    rule = rule_of(whole.sensor.medium, whole.period)
    valid = [part for part in parts if part.status == "valid"]
    status = _status(whole, rule, parts, valid)
    usable = valid if status == "valid" else []
    need = rule.needed(whole.parts_in_all, whole.parts_in_all)
    if method == "flow_weighted" and not _weighable(parts, need):
        method = "arithmetic"
    mean = _mean(method, usable)
    masses = [part.mass for part in parts if part.mass is not None]
    amounts = [part.amount for part in parts if part.amount is not None]
    converted = [part.converted for part in usable if part.converted is not None]
    return Row(
        whole.sensor.id,
        whole.period,
        whole.start,
        status,
        status == "valid" and all(part.judgeable for part in valid),
        mean,
        min((part.min for part in valid if part.min is not None), default=None),
        max((part.max for part in valid if part.max is not None), default=None),
        whole.expected,
        sum(part.received > 0 for part in parts),
        len(valid),
        _flag(rule, parts, valid, status),
        fsum(converted) / len(converted) if converted and len(converted) >= min(need, len(usable)) else None,
        whole.sensor.reference_o2(whole.start),
        _eight_hours(whole, parts),
        fsum(amounts) if amounts else None,
        fsum(masses) if masses else None,
        method,
        rule.words,
    )


def _status(whole: Whole, rule: Rule, parts: Sequence[Part], valid: Sequence[Part]) -> str:
    counts = Counter(part.status for part in parts)
    marked, stopped, still = counts["marked"], counts["stopped"], counts["no_flow"]
    received = sum(part.received > 0 for part in parts)
    need = rule.needed(whole.parts_in_all, whole.parts_in_all)
    if not received and not marked:
        return "none"
    if rule.spoils and counts["abnormal"]:
        return "abnormal"
    if len(valid) + still >= need and _every_month(whole, valid):
        return "valid" if valid else "no_flow"
    missing = need - len(valid) - still
    if stopped and stopped >= marked and stopped >= missing:
        return "stopped"
    return "marked" if marked and marked >= missing else "short"


def _every_month(whole: Whole, valid: Sequence[Part]) -> bool:
    """Return whether every month of a year of ambient air has its days; GB 3095-2026 table 4."""
    if whole.period != "year" or whole.sensor.medium != "air":
        return True
    return every_month(Counter(part.number for part in valid))


def _weighable(parts: Sequence[Part], need: int) -> bool:
    """Return whether there is a volume beside enough of the parts, and any water in it."""
    volumes = [part.weight for part in parts if part.status == "valid" and part.weight is not None]
    still = sum(part.status == "no_flow" for part in parts)
    return len(volumes) + still >= need and fsum(volumes) > 0


def _mean(method: Method, valid: Sequence[Part]) -> float | None:
    if not valid:
        return None
    if method == "flow_weighted":
        weighed = [
            (part.mean, part.weight) for part in valid if part.mean is not None and part.weight is not None
        ]
        return float(water.flow_weighted_mean_mg_l(*zip(*weighed, strict=True)))
    means = [part.mean for part in valid if part.mean is not None]
    if not means:
        return None
    if method == "vector":
        return _direction((part.mean, part.weight) for part in valid if part.mean is not None)
    if method == "energy":
        return float(averages.energy_mean_db(means))
    if method == "counted":
        return means[-1]
    return fsum(means) / len(means)


def _direction(vectors: Iterable[tuple[float, float | None]]) -> float | None:
    """Return the direction [°] of vectors (direction [°], speed); where no speed is known each weighs the same."""
    directions, speeds = zip(*vectors, strict=True)
    known = [nan if speed is None else speed for speed in speeds]
    return number(float(averages.vector_wind(known if any(speeds) else [1.0] * len(speeds), directions)[1]))


def _eight_hours(whole: Whole, parts: Sequence[Part]) -> float | None:
    """Return the greatest eight-hour mean of ozone whose hours all lie within the day."""
    if not whole.sensor.slides or whole.period != "day":
        return None
    within = [part.mean_8h for part in parts if part.number >= _FIRST_WINDOW and part.mean_8h is not None]
    return max(within) if len(within) >= _WINDOWS else None


def _flag(rule: Rule, parts: Sequence[Part], valid: Sequence[Part], status: str) -> str:
    flags = Counter(part.flag for part in parts if part.received > 0)
    if not flags:
        return "-"
    abnormal = [(count, letter) for letter, count in flags.items() if letter not in "N-"]
    if rule.spoils:
        return max(abnormal)[1] if abnormal else "N"
    if len(valid) >= _SHARE * flags.total() or not abnormal:
        return "N"
    return "F" if status == "stopped" else "D"
