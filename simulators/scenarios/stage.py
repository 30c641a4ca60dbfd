"""What a scenario has to work with: the park, its weather, its set-points, and when it begins."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import atan2, cos, degrees, hypot, radians, sin

import numpy as np

from simulators.chance import generator
from simulators.park import Park, Point
from simulators.plume import metres_between
from simulators.weather import Weather

# Used where no limits are at hand: set-points of GB/T 50493-2019 5.5.2 as shares of the usual span, and AQ 3035-2010.
_GAS = {"H": 1 / 3, "HH": 2 / 3}
_LEL = {"H": 0.25, "HH": 0.50}
_TANK = {"H": 0.85, "HH": 0.90}


class StageError(ValueError):
    """A scenario cannot be played here; the message says why."""


@dataclass(frozen=True)
class Stage:
    """A park before the play begins; ``limits`` are the stages of points as the platform enforces them."""

    park: Park
    weather: Weather
    seed: int
    starts_s: int
    limits: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
    outage_s: int = 72 * 60
    prelude_s: int = 30

    @property
    def begins_s(self) -> int:
        """When something begins to happen [s since 1970]."""
        return self.starts_s + self.prelude_s

    def chance(self, name: str) -> np.random.Generator:
        """Return the generator of a scenario's own choices."""
        return generator(self.seed, f"scenario/{name}")

    def stages(self, point: int) -> Mapping[str, float]:
        """Return the upper stages of a point, H and HH where there are; guessed from its span if none is known."""
        if self.limits:
            return {s: v for s, v in self.limits.get(point, {}).items() if s in {"H", "HH"}}
        return _guess(self.park.points[point])

    def between(self, point: int, share: float = 0.35) -> float | None:
        """Return a value past H and, where there is one, short of HH; None for a point without H."""
        stages = self.stages(point)
        if "H" not in stages:
            return None
        high = stages["H"]
        top = self.park.span_high[point]
        above = stages.get("HH", min(high * 1.5, top) if high > 0 else high + 1.0)
        return high + share * (above - high)

    def beyond(self, point: int, share: float = 0.5) -> float | None:
        """Return a value past HH and inside the span; None for a point without HH."""
        stages = self.stages(point)
        if "HH" not in stages:
            return None
        top = float(self.park.span_high[point])
        return stages["HH"] + share * ((top if np.isfinite(top) else stages["HH"] * 1.3) - stages["HH"])

    @cached_property
    def _metres(self) -> tuple[list[float], list[float]]:
        lat, lon = self.park.places_deg
        east, north = metres_between(self.park.lat, self.park.lon, lat, lon)
        return east.tolist(), north.tolist()

    def _way_m(self, start: int, target: int) -> tuple[float, float]:
        east, north = self._metres
        return east[target] - east[start], north[target] - north[start]

    def distance_m(self, one: int, other: int) -> float:
        """Return how far apart two points are [m]."""
        return hypot(*self._way_m(one, other))

    def bearing_deg(self, start: int, target: int) -> float:
        """Return the direction from one point to another, clockwise from north [deg]."""
        return degrees(atan2(*self._way_m(start, target))) % 360.0

    def along_m(self, start: int, end: int, point: int) -> tuple[float, float]:
        """Return how far along the direction from start to end a point lies, and how far beside it [m]."""
        turn = radians(self.bearing_deg(start, point) - self.bearing_deg(start, end))
        way_m = self.distance_m(start, point)
        return way_m * cos(turn), abs(way_m * sin(turn))

    def outlet_kind(self, point: int) -> str:
        """Return the kind of outlet of a point's station; empty where there is none."""
        return self.park.stations[self.park.points[point].station].outlet_kind

    def nearest(self, point: int, others: list[int], count: int) -> list[int]:
        """Return the points nearest to one, the nearest first, itself left out."""
        ranked = sorted((self.distance_m(point, other), other) for other in others if other != point)
        return [other for _, other in ranked[:count]]


def _guess(point: Point) -> Mapping[str, float]:
    if point.span is None:
        return {}
    low, high = point.span
    toxic = point.kind == "gas" and point.quantity != "a19001"
    shares = _LEL if point.quantity == "x_lel" else _GAS if toxic else {}
    if point.quantity == "x_level":
        shares = _TANK
    return {stage: low + share * (high - low) for stage, share in shares.items()}
