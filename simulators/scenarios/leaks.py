"""Something leaks, the wind carries it, and the stations downwind see it one after the other."""

from dataclasses import dataclass, replace

import numpy as np

from simulators.effects import Cloud
from simulators.park import Point
from simulators.play import Plot, with_wind
from simulators.plume import EARTH_M, Release, metres_between, plume_kg_m3, plume_sigmas_m
from simulators.scenarios.stage import Stage, StageError

_SPEED_M_S = 2.5
_NEAR_M = 6.0
_OPENS_S = 90.0
_LASTS_S = 600.0
_AFTER_S = 420
# Crude benzene, 70 % benzene and 20 % toluene by mass; lower explosive limit 1.2 % by volume (GB/T 3836.20-2010,
# table B.1, benzene), 78.11 g/mol at 24.05 L/mol: 39,000 mg/m3; NMHC counts its carbon: 6 x 12.011 / 78.11.
_SOLVENT = {"x_lel": 1 / 390.0, "a24088": 0.9226, "a99054": 1.0, "a25002": 0.7, "a25003": 0.2}
_CHLORINE = {"a21022": 1.0}
_STRONGEST_KG_S = 30.0
_HELD = "D"  # among plants the wakes of buildings keep the air near neutral


def solvent_leak(stage: Stage) -> Plot:
    """Crude benzene leaks: combustible gas pegs beside it, benzene detectors and NMHC downwind pass their limits."""
    detectors = stage.park.where(kinds=["gas"], quantities=["x_lel"])
    fences = stage.park.where(kinds=["voc"], quantities=["a24088"])
    fences = [p for p in fences if stage.stages(p) or stage.outlet_kind(p) == "in_plant"] or fences
    if not detectors or not fences:
        raise StageError(
            "solvent_leak needs a combustible gas detector and an NMHC station; add them to the catalogue"
        )
    toxic = stage.park.where(kinds=["gas"], quantities=["a25002", "a25003"])
    lines = [
        (first, aim, fence)
        for first in detectors
        for fence in fences
        for aim in (*toxic, fence)
        if aim != first
    ]
    first, aim, fence = min(lines, key=lambda line: _effort(stage, *line))
    axis = _Axis(first, stage.bearing_deg(first, aim), _NEAR_M, 1.0)
    return _leak(stage, "solvent_leak", _SOLVENT, axis, {first: 1.3, aim: 1.15, fence: 1.3})


def _effort(stage: Stage, first: int, aim: int, fence: int) -> tuple[int, float]:
    """Rank a line: first those on which one leak shows at all three and does not blind the fence, then by its size."""
    needed = []
    for point, share in ((first, 1.3), (aim, 1.15), (fence, 1.3)):
        along_m, beside_m = stage.along_m(first, aim, point)
        reach = _reach(stage, point, along_m + _NEAR_M, beside_m)
        needed.append(_goal(stage, point, share, whole_span=point == first) / max(reach, 1e-12))
    blind = 0.8 * float(stage.park.span_high[fence]) / _goal(stage, fence, 1.3) * needed[2]
    worst = max(needed)
    toxic = stage.park.points[aim].kind == "gas"
    return int(worst > blind) + 2 * int(worst > _STRONGEST_KG_S) + int(not toxic), worst


def _reach(stage: Stage, point: int, along_m: float, beside_m: float) -> float:
    """Return what one kg/s makes a point show once the plume has settled, in its unit."""
    if along_m < 1.0:
        return 0.0
    sigma_y, sigma_z = plume_sigmas_m(_HELD, np.asarray([along_m]))
    sigma_y, sigma_z = np.hypot(sigma_y, 1.0), np.hypot(sigma_z, 1.0)
    middle = float(plume_kg_m3(1.0, _SPEED_M_S, sigma_y, sigma_z)[0])
    off_axis = float(np.exp(-(beside_m**2) / (2 * float(sigma_y[0]) ** 2)))
    return middle * off_axis * 1e6 * _SOLVENT[stage.park.points[point].quantity]


def _goal(stage: Stage, point: int, share: float, *, whole_span: bool = False) -> float:
    """Return the value that a point should reach: a share of its span, or of its highest stage."""
    top = float(stage.park.span_high[point])
    highest = max(stage.stages(point).values(), default=top)
    return share * (top if whole_span and np.isfinite(top) else highest)


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
    axis = _Axis(first, stage.bearing_deg(first, last), 200.0, 2.0)
    return _leak(stage, "chlorine_release", _CHLORINE, axis, {first: 1.3, middle: 1.15, last: 1.15})


@dataclass(frozen=True, slots=True)
class _Axis:
    """Where the wind comes from: the leak lies ``upwind_m`` before a point, on the line towards ``towards_deg``."""

    point: int
    towards_deg: float
    upwind_m: float
    source_m: float


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
        source_m=axis.source_m,
        held=_HELD,
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
        goal = _goal(stage, point, share, whole_span=place == 0)
        if reach > 0 and np.isfinite(goal):
            wanted.append(goal / reach)
    return float(min(max(wanted, default=1.0), _STRONGEST_KG_S))


def _crooked_m(stage: Stage, first: int, middle: int, last: int) -> float:
    return stage.distance_m(first, last) + 5.0 * stage.along_m(first, last, middle)[1]


def _senses(point: Point) -> bool:
    return point.kind in {"gas", "voc", "air", "mobile"}
