"""The published limits and rules as the database holds them: what a sent value has to be compared with.

Read here once more, apart from the product's own judging, so that the two can disagree.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from smartpark import db, queries

Q = queries.load("simulators", "watches.sql")
Key = tuple[str, str, str]  # station, quantity, form

_LIVE_WINDOW_S, _LIVE_PERIODS = 120, 3
_RANK = {"L": 1, "H": 1, "LL": 2, "HH": 2}


@dataclass(frozen=True, slots=True)
class Bound:
    """One stage; a value beyond ``sure`` violates for certain, one that reaches ``perhaps`` may."""

    stage: str
    sure: float
    perhaps: float
    reached_counts: bool = False

    def violated(self, value: float, *, for_certain: bool) -> bool:
        """Return whether a value is past this stage."""
        sign = -1.0 if self.stage in {"L", "LL"} else 1.0
        if not for_certain:
            return sign * value >= sign * self.perhaps
        return sign * value > sign * self.sure or (self.reached_counts and value == self.sure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One rule at one sensor."""

    rule: str
    key: Key
    safety: bool
    period_s: int
    on_delay_s: float
    bounds: tuple[Bound, ...] = ()
    violates: Mapping[str, float] = field(default_factory=dict)  # of a state rule

    @property
    def live_window_ms(self) -> int:
        """How old a reading may be on arrival and still sound [ms]."""
        return 1000 * max(_LIVE_WINDOW_S, _LIVE_PERIODS * self.period_s)

    def stage(self, value: float, flag: str, *, for_certain: bool) -> str | None:
        """Return the gravest stage that a reading violates, ``state`` for a state rule, None for none."""
        if flag not in ("NT" if self.safety else "N"):
            return None
        if self.violates:
            return "state" if _state(self.violates, value) else None
        reached = [b.stage for b in self.bounds if b.violated(value, for_certain=for_certain)]
        if flag == "T" and any(b.stage == "HH" for b in self.bounds):
            reached.append("HH")  # a saturated detector shows its top whatever the truth
        return max(reached, key=_RANK.__getitem__, default=None)


def load(conn: db.Connection, park: str, at: datetime) -> list[Watch]:
    """Read the watches of a park as they are in force at an instant."""
    parameters: Mapping[str, Any] = {"park": park, "at": at}
    rows = conn.execute(Q.limit_watches, parameters).fetchall()
    watches = list(_limits(rows))
    for station, quantity, form, _, period_s, stream, rule, _, violates, on_delay_s in conn.execute(
        Q.state_watches, parameters
    ):
        key = (station, quantity, form)
        watches.append(
            Watch(
                rule=rule,
                key=key,
                safety=stream == "safety",
                period_s=period_s,
                on_delay_s=on_delay_s,
                violates=violates,
            )
        )
    return watches


def stages(watches: Iterable[Watch], keys: list[Key]) -> dict[int, dict[str, float]]:
    """Return the stages of each point that has any, by its index among the keys; state rules have none."""
    place = {key: n for n, key in enumerate(keys)}
    found: dict[int, dict[str, float]] = {}
    for watch in watches:
        if watch.key in place and watch.bounds:
            found.setdefault(place[watch.key], {}).update({b.stage: b.sure for b in watch.bounds})
    return found


def _limits(rows: list[tuple[Any, ...]]) -> Iterable[Watch]:
    groups: dict[tuple[Key, str], list[tuple[Any, ...]]] = {}
    for row in rows:
        groups.setdefault(((row[0], row[1], row[2]), row[6]), []).append(row)
    for (key, rule), group in groups.items():
        bounds = []
        for row in group:
            stage, low, high, reached = row[8:12]
            below = stage in {"L", "LL"}
            bounds.append(
                Bound(stage, low if below else high, high if below else low, reached_counts=reached)
            )
        first = group[0]
        yield Watch(
            rule=rule,
            key=key,
            safety=first[5] == "safety",
            period_s=first[4],
            on_delay_s=first[12],
            bounds=tuple(bounds),
        )


def _state(violates: Mapping[str, float], value: float) -> bool:
    word, bound = next(iter(violates.items()))
    return {"above": value > bound, "below": value < bound, "equals": value == bound}[word]
