"""Emitted mass against what is permitted, assigned and declared: shares, use, and the day on which it runs out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal

from records.emissions.mass import Mass

RATE_DAYS = 30  # the mean of so many last days is carried on
_LEAST_DAYS = 7
_MOST_MISSING = 0.25  # share of hours that nothing stands for

Why = Literal["exhausted", "not_this_year", "short", "no_emission"]


@dataclass(frozen=True, slots=True)
class Calculated:
    """What is calculated by month, as a forecast carries it on: the months without a figure are not months without emission."""

    kg_d: float = 0.0  # mean of the months that have a figure [kg/d]
    lacking: tuple[datetime, ...] = ()  # months that began and have none
    lacking_kg: float = 0.0  # what they come to at that mean, until the end of the period

    def plus(self, other: "Calculated") -> "Calculated":
        """Return both together."""
        months = tuple(sorted({*self.lacking, *other.lacking}))
        return Calculated(self.kg_d + other.kg_d, months, self.lacking_kg + other.lacking_kg)


@dataclass(frozen=True, slots=True)
class Pace:
    """The last days, which a forecast carries on: whole local days before the end of the period, of its year.

    What is calculated comes by month: its pace is not that of the last days.
    """

    days: int
    mass: Mass
    outlets: int  # emission sensors that were added up
    calculated: Calculated = Calculated()

    @property
    def kg_d(self) -> float | None:
        """Mean [kg/d]; None where there are too few days, or too many hours that nothing stands for."""
        if self.days < _LEAST_DAYS:
            return None
        hours = 24 * self.days * self.outlets
        if hours and self.mass.unsubstituted_hours > _MOST_MISSING * hours:
            return None
        return (self.mass.total_kg - self.mass.calculated_kg) / self.days + self.calculated.kg_d


@dataclass(frozen=True, slots=True)
class Use:
    """How far an allowance is used."""

    used_kg: float
    used_percent: float | None  # None: nothing is permitted at all
    left_kg: float
    kg_d: float | None
    projected_kg: float | None  # at the end of the year
    exhausted_on: date | None
    why: Why | None  # why there is no day, or that it lies behind us
    uncalculated_months: tuple[str, ...]  # 2026-11: calculated by month, and no figure yet


@dataclass(frozen=True, slots=True)
class Declared:
    """What an enterprise declared beside ours, over the same periods."""

    kg: float
    ours_kg: float
    difference_kg: float  # declared - ours
    difference_percent: float | None  # of ours; None: we have none
    periods: tuple[str, ...]


def share(part: float, whole: float) -> float | None:
    """Return a part in percent of the whole; None where there is no whole."""
    return 100.0 * (part / whole) if whole > 0 else None


def use(kg: float, used: Mass, pace: Pace, end: datetime, year_end: datetime) -> Use:
    """Return how far an allowance [kg] is used at ``end``, and when it will be exhausted at the pace of the last days.

    The day is the one in which the running total reaches the allowance; ``end`` and ``year_end`` are local times of the park.
    One that is exhausted already has no day here: the daily series knows it. A forecast has the months that are not
    calculated yet at the mean of those that are; what is used has not.
    """
    used_kg, kg_d, supposed_kg = used.total_kg, pace.kg_d, pace.calculated.lacking_kg
    left_kg = kg - used_kg
    rest_d = (year_end - end) / timedelta(days=1)
    projected = None if kg_d is None else used_kg + supposed_kg + kg_d * rest_d
    day, why = (None, "exhausted") if left_kg < 0 else _exhaustion(left_kg - supposed_kg, kg_d, end, year_end)
    months = tuple(f"{at:%Y-%m}" for at in pace.calculated.lacking)
    return Use(used_kg, share(used_kg, kg), left_kg, kg_d, projected, day, why, months)


def calculated(figures: Mapping[datetime, float], edges: Sequence[datetime]) -> Calculated:
    """Return what the figures [kg] of months amount to; ``edges`` are where the months begin, and the end of the period.

    The figure of the month that is running is its part up to the end. Without any figure nothing is calculated.
    """
    if not figures:
        return Calculated()
    days = {start: (end - start) / timedelta(days=1) for start, end in pairwise(edges)}
    kg_d = sum(figures.values()) / sum(days[at] for at in figures)
    lacking = tuple(at for at in days if at not in figures)
    return Calculated(kg_d, lacking, kg_d * sum(days[at] for at in lacking))


def crossing(kg: float, days: Mapping[datetime, Mass]) -> date | None:
    """Return the first day in which the running total goes above an allowance [kg]; ``days`` are local, in order."""
    total = 0.0
    for start, mass in days.items():
        total += mass.total_kg
        if total > kg:
            return start.date()
    return None


def declared(kg: Iterable[tuple[str, float, float]]) -> Declared:
    """Return declarations added up: each its period, what was declared and what we have over it [kg]."""
    found = list(kg)
    said, ours = sum(one[1] for one in found), sum(one[2] for one in found)
    percent = 100.0 * (said - ours) / ours if ours > 0 else None
    return Declared(said, ours, said - ours, percent, tuple(one[0] for one in found))


def _exhaustion(
    left_kg: float, kg_d: float | None, end: datetime, year_end: datetime
) -> tuple[date | None, Why | None]:
    if kg_d is None:
        return None, "short"
    if kg_d <= 0:
        return None, "no_emission"
    days = max(0.0, left_kg / kg_d)
    if days >= (year_end - end) / timedelta(days=1):
        return None, "not_this_year"
    return (end + timedelta(days=days)).date(), None
