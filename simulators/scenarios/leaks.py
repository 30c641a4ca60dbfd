"""Something leaks, the wind carries it, and the stations downwind see it one after the other."""

from dataclasses import dataclass, replace

import numpy as np

from simulators.effects import Cloud
from simulators.park import Point
from simulators.play import Plot, with_wind
from simulators.plume import EARTH_M, Release, metres_between
from simulators.scenarios.stage import Stage, StageError

_SPEED_M_S = 2.5
_NEAR_M = 15.0
_OPENS_S = 90.0
_LASTS_S = 600.0
_AFTER_S = 420
# Toluene: lower explosive limit 1.1 % by volume (GB/T 3836.20-2010 table B.1), 92.14 g/mol at 24.05 L/mol: 42,100 mg/m3;
# NMHC counts its carbon: 7 x 12.011 / 92.141.
_TOLUENE = {"x_lel": 1 / 421.0, "a24088": 0.9125, "a99054": 1.0, "a25003": 1.0}
_CHLORINE = {"a21022": 1.0}
_STRONGEST_KG_S = 30.0


def solvent_leak(stage: Stage) -> Plot:
    """Toluene leaks at a plant: combustible gas nearby, NMHC towards the fence, past H and HH; the nearest pegs."""
    detectors = stage.park.where(kinds=["gas"], quantities=["x_lel"])
    fences = stage.park.where(kinds=["voc"], quantities=["a24088"])
    fences = [p for p in fences if stage.stages(p) or stage.outlet_kind(p) == "in_plant"] or fences
    if not detectors or not fences:
        raise StageError(
            "solvent_leak needs a combustible gas detector and an NMHC station; add them to the catalogue"
        )
    lines = [
        (first, second, fence)
        for first in detectors
        for second in stage.nearest(first, detectors, 3)
        for fence in fences
        if _ahead(stage, first, second, fence)
    ]
    if lines:
        first, second, fence = min(lines, key=lambda line: _bend(stage, *line))
        axis = _Axis(first, stage.bearing_deg(first, second), _NEAR_M)
        return _leak(stage, "solvent_leak", _TOLUENE, axis, {first: 1.3, second: 0.65, fence: 1.3})
    pairs = [(d, f) for d in detectors for f in fences if stage.distance_m(d, f) > 1.0]
    first, fence = min(pairs, key=lambda pair: stage.distance_m(*pair))
    axis = _Axis(first, stage.bearing_deg(first, fence), _NEAR_M)
    return _leak(stage, "solvent_leak", _TOLUENE, axis, {first: 1.3, fence: 1.3})


def chlorine_release(stage: Stage) -> Plot:
    """Chlorine at 03:12: one detector passes 1 then 2 mg/m3, two downwind follow, one pegs at full scale."""
    detectors = stage.park.where(kinds=["gas"], quantities=["a21022"])
    if len(detectors) < 3:
        raise StageError("chlorine_release needs three chlorine detectors; add them to the catalogue")
    lines = [
        (first, middle, last)
        for first in detectors
        for middle in stage.nearest(first, detectors, 4)
        for last in stage.nearest(first, detectors, 4)
        if stage.distance_m(first, middle) < stage.distance_m(first, last)
    ]
    first, middle, last = min(lines, key=lambda line: _crooked_m(stage, *line))
    axis = _Axis(first, stage.bearing_deg(first, last), 200.0)
    return _leak(stage, "chlorine_release", _CHLORINE, axis, {first: 1.3, middle: 1.15, last: 1.15})


@dataclass(frozen=True, slots=True)
class _Axis:
    """Where the wind comes from: the leak lies ``upwind_m`` before a point, on the line towards ``towards_deg``."""

    point: int
    towards_deg: float
    upwind_m: float


def _leak(stage: Stage, name: str, shares: dict[str, float], axis: _Axis, goals: dict[int, float]) -> Plot:
    """Make a leak strong enough that every goal is reached: a share of the span of the first, of the top stage else."""
    weather = with_wind(stage.weather, (axis.towards_deg + 180.0) % 360.0, _SPEED_M_S)
    lat, lon = stage.park.places_deg
    back = np.radians(axis.towards_deg + 180.0)
    lat_from, lon_from = float(lat[axis.point]), float(lon[axis.point])
    unit = Release(
        lat=lat_from + float(np.degrees(axis.upwind_m * np.cos(back) / EARTH_M)),
        lon=lon_from
        + float(np.degrees(axis.upwind_m * np.sin(back) / EARTH_M / np.cos(np.radians(lat_from)))),
        rate_kg_s=1.0,
        starts_s=float(stage.begins_s),
        ends_s=float(stage.begins_s) + _LASTS_S,
        weather=weather,
        opens_s=_OPENS_S,
        source_m=2.0,
        held="D",  # among plants the wakes of buildings keep the air near neutral
    )
    factors = {
        n: shares[p.quantity] for n, p in enumerate(stage.park.points) if p.quantity in shares and _senses(p)
    }
    release = replace(unit, rate_kg_s=_strength_kg_s(stage, unit, factors, goals))
    cloud = Cloud(stage.park, release, factors)
    where = stage.park.points[axis.point].station
    words = f"{release.rate_kg_s:.3g} kg/s for {_LASTS_S / 60:.0f} min near {where}, wind to {axis.towards_deg:.0f} deg"
    lasts_s = stage.prelude_s + int(_LASTS_S) + _AFTER_S
    return Plot(name, lasts_s, (cloud,), weather=weather, words=words)


def _strength_kg_s(stage: Stage, unit: Release, factors: dict[int, float], goals: dict[int, float]) -> float:
    """Return the rate [kg/s] that reaches every goal for most of the time."""
    lat, lon = stage.park.places_deg
    times = np.arange(unit.starts_s + 180, unit.ends_s, 30.0)
    wanted = []
    for place, (point, share) in enumerate(goals.items()):
        east, north = metres_between(unit.lat, unit.lon, lat[[point]], lon[[point]])
        one = unit.mg_m3(np.repeat(east, len(times)), np.repeat(north, len(times)), 2.0, times)
        reach = float(np.median(one)) * factors[point]
        stages = stage.stages(point)
        top = float(stage.park.span_high[point])
        goal = share * (top if place == 0 and np.isfinite(top) else max(stages.values(), default=top))
        if reach > 0 and np.isfinite(goal):
            wanted.append(goal / reach)
    return float(min(max(wanted, default=1.0), _STRONGEST_KG_S))


def _ahead(stage: Stage, first: int, second: int, fence: int) -> bool:
    """Return whether a second detector lies within 250 m, and a fence station further along the same line."""
    if not 1.0 < stage.distance_m(first, second) < 250.0:
        return False
    along_m, beside_m = stage.along_m(first, second, fence)
    return 20.0 < along_m < 1200.0 and beside_m < 0.2 * along_m


def _bend(stage: Stage, first: int, second: int, fence: int) -> float:
    """Rank a line: short between the detectors, and straight on to the fence."""
    along_m, beside_m = stage.along_m(first, second, fence)
    return stage.distance_m(first, second) + 8.0 * beside_m + 0.1 * along_m


def _crooked_m(stage: Stage, first: int, middle: int, last: int) -> float:
    return stage.distance_m(first, last) + 5.0 * stage.along_m(first, last, middle)[1]


def _senses(point: Point) -> bool:
    return point.kind in {"gas", "voc", "air", "mobile"}
