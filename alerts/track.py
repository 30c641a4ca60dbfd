"""A track is one rule at one point: the bounds it watches, its delays, and which uses of a reading count for it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from alerts.limits import SLOTS, Bound, Limit, Timeline, Timelines
from alerts.points import SECOND_US, Point, Window
from alerts.rules import Rule
from smartpark import flag_use

Key = tuple[str, str, int]  # rule code, target kind, target id

KINDS = ("limit", "state", "marked_over")
# Half a unit each side: states are whole numbers that may have travelled as floats.
_SAME_STATE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """Which readings raise and clear is told by masks over the bits of smartpark.flag_use."""

    rule: Rule
    point: Point
    bounds: Timeline
    equals: float | None = None  # x = -|value - equals| instead of x = value
    on_delay_us: int = 0
    off_delay_us: int = 0
    raise_upper: int = flag_use.RAISE
    raise_lower: int = flag_use.RAISE
    clear: int = flag_use.CLEAR
    over_range: int = 0
    over_level: str = "red"
    windows: tuple[Window, ...] = ()  # that make a violation expected

    @property
    def key(self) -> Key:
        """Rule and target: the identity of the open alert."""
        return (self.rule.code, "sensor", self.point.sensor_id)

    @property
    def marked(self) -> bool:
        """Whether the track watches values past a limit under a flag that may not raise."""
        return self.rule.kind == "marked_over"

    @property
    def delay_us(self) -> int:
        """The stretch of readings that rebuilds the timers [us]."""
        return max(self.on_delay_us, self.off_delay_us)

    def expected(self, time_us: int) -> bool:
        """Return whether a filed window covers the point at an instant."""
        return any(window.covers(self.point, time_us) for window in self.windows)

    def envelope(self, since_us: int) -> tuple[float, float]:
        """Return (low, high): a value within violates nothing since the instant."""
        low, high = self.bounds.envelope(since_us)
        if self.equals is None:
            return low, high
        return (self.equals + _SAME_STATE, high) if self.equals <= 0 else (low, self.equals - _SAME_STATE)


def track(
    rule: Rule, point: Point, limits: Sequence[Limit], windows: Sequence[Window], known: Timelines
) -> Track | None:
    """Return the track of a rule at a point it applies to; None where it has nothing to watch."""
    delays = {
        name: round(float(rule.parameters.get(name) or 0) * SECOND_US)
        for name in ("on_delay_s", "off_delay_s")
    }
    on_us, off_us = delays["on_delay_s"], delays["off_delay_s"]
    if rule.kind == "state":
        bounds, equals = _state_bounds(rule)
        return Track(
            rule=rule,
            point=point,
            bounds=Timeline.constant((bounds,)),
            equals=equals,
            on_delay_us=on_us,
            off_delay_us=off_us,
            windows=_of(point, windows),
        )
    if rule.kind == "limit":
        found = known.of(rule, point, limits)
        return (
            None
            if found is None
            else Track(
                rule=rule,
                point=point,
                bounds=found,
                on_delay_us=on_us,
                off_delay_us=off_us,
                over_range=flag_use.OVER_RANGE,
                over_level=rule.level_of("HH") if "HH" in rule.parameters.get("stages", {}) else "red",
            )
        )
    return _marked(rule, point, limits, windows, known)


def tracks_of(
    points: Sequence[Point], rules: Iterable[Rule], limits: Iterable[Limit], windows: Sequence[Window]
) -> list[Track]:
    """Return every rule at every point it applies to and has something to watch at."""
    by_quantity: dict[tuple[str, str], list[Limit]] = defaultdict(list)
    for limit in limits:
        by_quantity[limit.quantity, limit.form].append(limit)
    named: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        if rule.enabled and _watches(rule):
            for quantity in rule.applies.quantities or ("",):
                named[quantity].append(rule)
    found, known = [], Timelines()
    for point in points:
        mine = by_quantity.get((point.quantity, point.form), ())
        for rule in (*named.get(point.quantity, ()), *named.get("", ())):
            made = track(rule, point, mine, windows, known) if applies(rule, point) else None
            found += [] if made is None else [made]
    return found


def applies(rule: Rule, point: Point) -> bool:
    """Return whether a rule is meant for a point."""
    return rule.applies.matches(
        kind=point.station_kind,
        quantity=point.quantity,
        form=point.form,
        outlet_kind=point.outlet_kind,
        enterprise=point.enterprise,
        station=point.station,
    )


def _watches(rule: Rule) -> bool:
    """Return whether readings alone decide: limits of longer bases wait for their records."""
    return rule.kind in KINDS and (
        rule.kind != "limit" or rule.parameters.get("basis", "instant") == "instant"
    )


def _marked(
    rule: Rule, point: Point, limits: Sequence[Limit], windows: Sequence[Window], known: Timelines
) -> Track | None:
    if point.stream_class != "safety":
        return None
    found = any_limit(rule, dict.fromkeys(SLOTS, rule.level_of()), point, limits, known)
    if found is None:
        return None
    return Track(
        rule=rule,
        point=point,
        bounds=found,
        raise_upper=flag_use.MARKED_UPPER,
        raise_lower=flag_use.MARKED_LOWER,
        clear=flag_use.CLEAR | flag_use.MARKED,
        windows=_of(point, windows),
    )


def any_limit(
    rule: Rule, levels: Mapping[str, str], point: Point, limits: Sequence[Limit], known: Timelines
) -> Timeline | None:
    """Return the instant limits of every kind at a point over time, each stage at its level {stage: level}."""
    stages = {stage: {"level": level} for stage, level in levels.items()}
    return known.of(replace(rule, parameters={**rule.parameters, "stages": stages}), point, limits)


def _state_bounds(rule: Rule) -> tuple[Bound, float | None]:
    violates = rule.parameters["violates"]
    level = rule.level_of()
    if "above" in violates:
        above = float(violates["above"])
        return Bound(2, 1, above, above, level, None), None
    if "below" in violates:
        below = -float(violates["below"])
        return Bound(1, -1, below, below, level, None), None
    return Bound(2, 1, -_SAME_STATE, -_SAME_STATE, level, None), float(violates["equals"])


def _of(point: Point, windows: Sequence[Window]) -> tuple[Window, ...]:
    return tuple(
        w for w in windows if w.station_id == point.station_id and w.sensor_id in {None, point.sensor_id}
    )
