"""A year of ambient air against GB 3095: by item and average, each value against the limit of its own day; pure.

Values are rounded first (GB/T 8170, as the limit is written) and comply up to the limit, which is included. The mean of a year
is held against the limit in force on its last day that has come. ``next`` is the next step of the standard, an edition that
repeats a limit is none: the same values against the limits of, say, 2031-01-01.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from records.air.indices import Item
from records.periods.rules import every_month, rule_of
from smartpark.science.ambient import AmbientLimit, ambient_limits
from smartpark.science.rounding import half_even

DAILY = (("SO2", "day"), ("NO2", "day"), ("CO", "day"), ("O3", "8h"), ("PM10", "day"), ("PM2.5", "day"))
HOURLY = ("SO2", "NO2", "CO", "O3")
YEARLY = ("SO2", "NO2", "PM10", "PM2.5")
PARTICLES = ("PM10", "PM2.5")  # told in two columns; sand makes no gas


@dataclass(frozen=True, slots=True)
class Worst:
    """The value furthest over its limit, or nearest to it."""

    start: datetime
    value: float
    limit: float


@dataclass(frozen=True, slots=True)
class Counted:
    """Values over a year against the limits of their days."""

    valid: int
    compliant: int
    rate: float | None
    excluded: int
    over_next: int | None
    worst: Worst | None


@dataclass(frozen=True, slots=True)
class Yearly:
    """The mean of a year; ``enough``: at least 324 days, 27 in each month (25 in February)."""

    mean: float | None
    days: int
    excluded: int
    by_month: tuple[int, ...]
    enough: bool
    limit: float | None
    compliant: bool | None
    next_compliant: bool | None


@dataclass(frozen=True, slots=True)
class Steps:
    """The limits of one item and average that touch a year, and the first after it that is another value."""

    limits: tuple[AmbientLimit, ...]
    next: AmbientLimit | None

    def on(self, day: date) -> AmbientLimit | None:
        """Return the limit of a day."""
        return next((limit for limit in self.limits if limit.holds_on(day)), None)


Value = tuple[date, datetime, Decimal]


def steps(pollutant: str, average: str, klass: int, first: date, last: date) -> Steps:
    """Return the limits in force on any day of [first, last], and the next that changes something."""
    own = sorted(
        (
            limit
            for limit in ambient_limits()
            if (limit.pollutant, limit.average, limit.klass) == (pollutant, average, klass) and limit.verified
        ),
        key=lambda limit: limit.valid_from,
    )
    during = tuple(
        limit
        for limit in own
        if limit.valid_from <= last and (limit.valid_to is None or first <= limit.valid_to)
    )
    stands = during[-1].value if during else None
    later = (limit for limit in own if limit.valid_from > last and limit.value != stands)
    return Steps(during, next(later, None))


def counted(values: Iterable[Value], known: Steps, *, valid: int | None = None, excluded: int = 0) -> Counted:
    """Return how many values comply; ``valid`` says how many there are where only those near a limit are given."""
    listed, over, over_next, worst = 0, 0, 0, None
    for day, start, value in values:
        limit = known.on(day)
        if limit is None:
            continue
        listed += 1
        rounded = _rounded(value, limit)
        over += rounded > limit.value
        over_next += known.next is not None and rounded > known.next.value
        if worst is None or rounded * Decimal(worst.limit) > Decimal(worst.value) * limit.value:
            worst = Worst(start, float(rounded), float(limit.value))
    total = listed if valid is None else valid
    return Counted(
        valid=total,
        compliant=total - over,
        rate=(total - over) / total if total else None,
        excluded=excluded,
        over_next=over_next if known.next else None,
        worst=worst,
    )


def yearly(
    days: Sequence[Item], pollutant: str, known: Steps, last: date, *, without_sand: bool = False
) -> Yearly:
    """Return the mean of a year; days left out for sand do not count as missing."""
    measured = [day for day in days if pollutant in day.values]
    kept = [day for day in measured if not (without_sand and day.sand)]
    by_month = tuple(sum(day.day.month == month for day in measured) for month in range(1, 13))
    values = [day.values[pollutant] for day in kept]
    mean = half_even(sum(values, Decimal()) / len(values)) if values else None
    limit = known.on(last)
    return Yearly(
        mean=None if mean is None else float(mean),
        days=len(kept),
        excluded=len(measured) - len(kept),
        by_month=by_month,
        enough=sum(by_month) >= rule_of("air", "year").need
        and every_month(dict(enumerate(by_month, start=1))),
        limit=None if limit is None else float(limit.value),
        compliant=None if mean is None or limit is None else mean <= limit.value,
        next_compliant=None if mean is None or known.next is None else mean <= known.next.value,
    )


def daily_values(days: Iterable[Item], pollutant: str) -> list[Value]:
    """Return the daily values of a pollutant where there is one."""
    return [(day.day, day.start, day.values[pollutant]) for day in days if pollutant in day.values]


def _rounded(value: Decimal, limit: AmbientLimit) -> Decimal:
    return half_even(value, 1 if limit.pollutant == "CO" else 0)
