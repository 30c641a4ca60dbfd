"""A fact is what an official hour or day says of a sensor; it is held against the limit of its own time.

Limits of basis hour and day are judged on records alone. A compliant period clears, one that may not be judged neither
raises nor clears.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import isfinite
from typing import NamedTuple

from alerts import exceedance
from alerts.limits import RANK, Bound, Limit, Timeline, Timelines
from alerts.points import Point, microseconds
from alerts.rules import Rule
from alerts.track import Key, applies

PERIODS = ("hour", "day")
CONVERTED = "Zs"  # the form of a value at reference oxygen


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One revision of an official record of [start, end); values in the registry's unit of the quantity."""

    sensor_id: int
    period: str  # hour or day
    start: datetime
    end: datetime
    value: float | None  # the mean; None unless valid
    converted: float | None = None  # at reference oxygen, where the station measures no such value itself
    judgeable: bool
    revision: int
    cause: str  # closed, late, correction 12, mark 3, import 4, demo
    made_at: datetime
    expected: int
    samples: int
    status: str = "valid"
    flag: str = "N"

    @property
    def live(self) -> bool:
        """Whether it was made on time: the first revision, before the next period of its kind had ended."""
        return self.revision == 1 and self.cause == "closed" and self.made_at < self.end + self.length

    @property
    def length(self) -> timedelta:
        """How long its period is."""
        return self.end - self.start


class Outcome(StrEnum):
    """How a fact stands to its limit."""

    OVER = "over"
    WITHIN = "within"
    UNKNOWN = "unknown"  # not judgeable: neither raises nor clears
    FREE = "free"  # no limit was in force


class Standing(NamedTuple):
    """A fact held against its limit; ``bound`` is the gravest that is violated, else the first in force."""

    outcome: Outcome
    value: float | None
    bound: Bound | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One rule at one point for one kind of period; ``converted``: it looks at the value at reference oxygen."""

    rule: Rule
    point: Point
    period: str
    bounds: Timeline
    converted: bool

    @property
    def key(self) -> Key:
        """Rule and target: the identity of the open alert."""
        return (self.rule.code, "sensor", self.point.sensor_id)

    def value_of(self, fact: Fact) -> float | None:
        """Return the value that is judged; None where the record may not be."""
        value = fact.converted if self.converted else fact.value
        return value if fact.judgeable and value is not None and isfinite(value) else None

    def limits(self, fact: Fact) -> tuple[Bound, ...]:
        """Return the bounds in force at the start of a fact."""
        return self.bounds.at(microseconds(fact.start))

    def standing(self, fact: Fact) -> Standing:
        """Hold a fact against the limit in force at its start."""
        bounds, value = self.limits(fact), self.value_of(fact)
        if not bounds:
            return Standing(Outcome.FREE, value, None)
        if value is None:
            return Standing(Outcome.UNKNOWN, None, bounds[0])
        violated = [b for b in bounds if exceedance.is_over(value, b.sign * b.edge, b.sign)]
        if not violated:
            return Standing(Outcome.WITHIN, value, bounds[0])
        return Standing(Outcome.OVER, value, max(violated, key=lambda b: RANK[b.slot]))


def watches_of(
    points: Iterable[Point], rules: Sequence[Rule], limits: Sequence[Limit]
) -> dict[tuple[int, str], list[Watch]]:
    """Return what watches the records of each (sensor, period): of a rule one watch a form that ever has a limit."""
    official = [rule for rule in rules if is_official(rule)]
    by_quantity: dict[tuple[str, str], list[Limit]] = defaultdict(list)
    for limit in limits:
        if limit.basis in PERIODS:
            by_quantity[limit.quantity, limit.form].append(limit)
    found: dict[tuple[int, str], list[Watch]] = defaultdict(list)
    known = Timelines()
    for point in points:
        forms = [point] if point.form else [point, replace(point, form=CONVERTED)]
        for rule in official:
            period = str(rule.parameters["basis"])
            for shape in forms:
                mine = by_quantity.get((shape.quantity, shape.form), ())
                bounds = known.of(rule, shape, mine) if mine and applies(rule, shape) else None
                if bounds is not None:
                    watch = Watch(
                        rule=rule,
                        point=shape,
                        period=period,
                        bounds=bounds,
                        converted=shape is not point,
                    )
                    found[point.sensor_id, period].append(watch)
    return found


def watching(watches: Iterable[Watch], fact: Fact) -> list[Watch]:
    """Return what judges a fact, one watch of a rule.

    A measured value is judged by its own limit while one is in force, else at reference oxygen by the limit of the
    converted one.
    """
    chosen: dict[str, Watch] = {}
    for watch in watches:
        before = chosen.get(watch.rule.code)
        if before is None or (watch.limits(fact) and not before.limits(fact)):
            chosen[watch.rule.code] = watch
    return list(chosen.values())


def is_official(rule: Rule) -> bool:
    """Return whether a rule is judged on official records."""
    return rule.enabled and rule.kind == "limit" and rule.parameters.get("basis") in PERIODS
