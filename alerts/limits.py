"""Limits are dated legal objects: the one that counts is picked by the time of the data, the place and the kind.

The most specific place wins (station, enterprise, outlet kind, station kind, everywhere), then the kind: permit,
agreement, local, industry, integrated; a special limit goes before the general one where the station says so. Only
verified limits are enforced.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf, nextafter
from typing import Any, Self

from alerts.points import Point, microseconds
from alerts.rules import Rule

KIND_ORDER = ("setpoint", "permit", "agreement", "local", "industry", "integrated")
FOREVER_US = 2**62
SLOTS = ("LL", "L", "H", "HH")
SIGN = (-1, -1, 1, 1)  # +1: violated above, -1: violated below
RANK = (2, 1, 1, 2)
_Rank = tuple[int, int, bool]  # of place, of kind, whether it is no special limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One row of table ``limit_value``; ``value`` in the registry's unit."""

    id: int
    code: str
    quantity: str
    form: str = ""
    station_id: int | None = None
    enterprise_id: int | None = None
    outlet_kind: str | None = None
    station_kind: str | None = None
    region: str = ""  # 'special': only where special emission limits apply
    basis: str = "instant"
    stage: str
    value: float
    unit: str = ""
    kind: str
    standard: str
    clause: str
    valid_from: datetime
    valid_to: datetime | None = None
    verified: bool = True

    @property
    def words(self) -> str:
        """Standard and clause, as the alert prints them."""
        return f"{self.standard} {self.clause}".strip()

    def place_rank(self, point: Point) -> int | None:
        """Return 0 for the most specific place, larger for wider ones; None where it does not apply."""
        wanted = (
            (self.station_id, point.station_id),
            (self.enterprise_id, point.enterprise_id),
            (self.outlet_kind, point.outlet_kind),
            (self.station_kind, point.station_kind),
        )
        if any(asked is not None and asked != found for asked, found in wanted):
            return None
        return next((rank for rank, (asked, _) in enumerate(wanted) if asked is not None), len(wanted))


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit as arithmetic: violated when sign*x > edge, gone when sign*x <= reset."""

    slot: int  # index into SLOTS
    sign: int
    edge: float
    reset: float
    level: str
    limit: Limit | None

    @property
    def stage(self) -> str:
        """LL L H or HH."""
        return SLOTS[self.slot]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The bounds of one rule at one point over time: pieces that begin at ``starts_us``, the first at -forever."""

    starts_us: tuple[int, ...]
    pieces: tuple[tuple[Bound, ...], ...]

    @classmethod
    def constant(cls, bounds: tuple[Bound, ...]) -> Self:
        """Make bounds that never change."""
        return cls((-FOREVER_US,), (bounds,))

    def at(self, time_us: int) -> tuple[Bound, ...]:
        """Return the bounds in force at an instant."""
        if len(self.pieces) == 1:
            return self.pieces[0]
        return self.pieces[bisect_right(self.starts_us, time_us) - 1]

    def envelope(self, since_us: int) -> tuple[float, float]:
        """Return (low, high): a value within [low, high] violates nothing in force since the instant."""
        low, high = -inf, inf
        ends = (*self.starts_us[1:], FOREVER_US)
        for end, piece in zip(ends, self.pieces, strict=True):
            if end <= since_us:
                continue
            for bound in piece:
                if bound.sign > 0:
                    high = min(high, bound.edge)
                else:
                    low = max(low, -bound.edge)
        return low, high


def timeline(rule: Rule, point: Point, limits: Iterable[Limit]) -> Timeline | None:
    """Return the bounds of a limit rule at a point over time; None where no limit ever applies."""
    ranked = _candidates(rule, point, limits)
    if not ranked:
        return None
    starts = sorted(
        {-FOREVER_US, *(edge for _, limit in ranked for edge in _validity_us(limit))} - {FOREVER_US}
    )
    pieces = [_piece(rule, point, ranked, start) for start in starts]
    kept = [i for i in range(len(starts)) if i == 0 or pieces[i] != pieces[i - 1]]
    if len(kept) == 1 and not pieces[0]:
        return None
    return Timeline(tuple(starts[i] for i in kept), tuple(pieces[i] for i in kept))


class Timelines:
    """Timelines by what they depend on: points alike in kind, outlet and span share one."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Timeline | None] = {}

    def of(self, rule: Rule, point: Point, limits: Sequence[Limit]) -> Timeline | None:
        """Return the bounds of a rule at a point over time, like ``timeline``; ``limits`` of its quantity and form."""
        key = (
            rule.code,
            rule.kind,
            point.quantity,
            point.form,
            point.station_kind,
            point.outlet_kind,
            point.region,
            (point.span_low, point.span_high) if rule.parameters.get("deadband_of_span") else None,
            point.enterprise_id if any(limit.enterprise_id is not None for limit in limits) else None,
            point.station_id if any(limit.station_id is not None for limit in limits) else None,
        )
        if key not in self._known:
            self._known[key] = timeline(rule, point, limits)
        return self._known[key]


def _candidates(rule: Rule, point: Point, limits: Iterable[Limit]) -> list[tuple[_Rank, Limit]]:
    parameters = rule.parameters
    kinds = parameters.get("limit_kinds") or KIND_ORDER
    basis = parameters.get("basis", "instant")
    stages: Any = parameters.get("stages", {})
    ranked = []
    for limit in limits:
        place = limit.place_rank(point)
        if (
            place is not None
            and limit.verified
            and limit.quantity == point.quantity
            and limit.form == point.form
            and limit.region in {"", point.region}
            and limit.basis == basis
            and limit.kind in kinds
            and limit.stage in stages
        ):
            ranked.append(((place, KIND_ORDER.index(limit.kind), not limit.region), limit))
    # The later start wins between two that are alike: the newer edition.
    return sorted(ranked, key=lambda item: (item[0], -microseconds(item[1].valid_from), item[1].id))


def _validity_us(limit: Limit) -> tuple[int, int]:
    ends = FOREVER_US if limit.valid_to is None else microseconds(limit.valid_to)
    return microseconds(limit.valid_from), ends


def _piece(rule: Rule, point: Point, ranked: Sequence[tuple[_Rank, Limit]], at_us: int) -> tuple[Bound, ...]:
    bounds = []
    for slot, stage in enumerate(SLOTS):
        for _, limit in ranked:
            starts, ends = _validity_us(limit)
            if limit.stage == stage and starts <= at_us < ends:
                bounds.append(_bound(rule, point, slot, limit))
                break
    return tuple(bounds)


def _bound(rule: Rule, point: Point, slot: int, limit: Limit) -> Bound:
    sign = SIGN[slot]
    at = sign * limit.value
    # A set-point is reached, a legal limit is exceeded.
    edge = nextafter(at, -inf) if limit.kind == "setpoint" else at
    reset = min(edge, at - deadband(rule, point, limit.value))
    return Bound(slot, sign, edge, reset, rule.level_of(limit.stage), limit)


def deadband(rule: Rule, point: Point, limit_value: float) -> float:
    """Return how far a value must come back behind the limit before the condition is over [registry unit]."""
    parameters = rule.parameters
    found = [float(parameters.get("deadband") or 0.0)]
    found.append(abs(limit_value) * float(parameters.get("deadband_of_limit") or 0.0))
    if point.span_low is not None and point.span_high is not None:
        found.append((point.span_high - point.span_low) * float(parameters.get("deadband_of_span") or 0.0))
    return max(found)
