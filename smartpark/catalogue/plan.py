"""The park plan: GeoJSON features of a closed set of kinds, checked and looked up by kind and code."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smartpark.catalogue.geometry import distance_m
from smartpark.catalogue.problems import Problems, choose
from smartpark.places import Json

FILE = "plan.geojson"
AREAS = frozenset(
    {"boundary", "zone", "plot", "pond", "pool", "green", "building", "unit", "tank_farm", "tank"}
)
LINES = frozenset({"road", "rail", "pipe_rack"})
POINTS = frozenset({"gate", "label"})
EITHER = frozenset({"river"})
KINDS = AREAS | LINES | POINTS | EITHER
CODED = frozenset({"zone", "plot"})  # their code is that of the zone or enterprise

_SHAPES = {
    "Polygon": AREAS | EITHER,
    "MultiPolygon": AREAS | EITHER,
    "LineString": LINES | EITHER,
    "MultiLineString": LINES | EITHER,
    "Point": POINTS,
}
_FEATURE = re.compile(r'"type"\s*:\s*"Feature"')


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole document, its coded areas, and the line of each feature."""

    document: Json
    areas: Mapping[tuple[str, str], Json]
    lines: Mapping[tuple[str, str], int]

    def area(self, kind: str, code: str) -> Json | None:
        """Return the polygon of a zone or plot, or None."""
        return self.areas.get((kind, code))


EMPTY = Plan({"type": "FeatureCollection", "features": []}, {}, {})


@dataclass(frozen=True, slots=True)
class Around:
    """The circle in which every coordinate of the park must lie."""

    lat: float
    lon: float
    radius_km: float

    def holds(self, lat: float, lon: float) -> bool:
        """Return whether a place [deg] is in the circle."""
        return (
            -90 <= lat <= 90
            and -180 <= lon <= 180
            and distance_m(self.lat, self.lon, lat, lon) <= self.radius_km * 1000
        )


def read(path: Path, around: Around | None, problems: Problems) -> Plan:
    """Read and check the plan; a park without one has an empty plan."""
    if not path.exists():
        return EMPTY
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        document = json.loads(text)
    except json.JSONDecodeError as err:
        problems.add(FILE, err.lineno, f"not valid JSON: {err.msg}", "mend it, or export the plan again")
        return EMPTY
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or document.get("type") != "FeatureCollection":
        problems.add(
            FILE, 1, "not a FeatureCollection", 'write {"type": "FeatureCollection", "features": [...]}'
        )
        return EMPTY
    starts = [text.count("\n", 0, match.start()) + 1 for match in _FEATURE.finditer(text)]
    areas: dict[tuple[str, str], Json] = {}
    lines: dict[tuple[str, str], int] = {}
    for number, feature in enumerate(features):
        line = starts[number] if number < len(starts) else 1
        key = _check(feature, line, around, problems)
        if key is None:
            continue
        if key in lines:
            problems.add(
                FILE,
                line,
                f"{key[0]} {key[1]!r} stands twice (first in line {lines[key]})",
                "draw it once, as a MultiPolygon if it has parts",
            )
            continue
        lines[key] = line
        if key[0] in CODED:
            areas[key] = feature["geometry"]
    return Plan(document, areas, lines)


def _check(feature: Any, line: int, around: Around | None, problems: Problems) -> tuple[str, str] | None:
    """Note what is wrong with a feature; return its kind and code when it can be used."""
    geometry, properties = _parts(feature)
    if geometry is None or properties is None:
        problems.add(FILE, line, "a feature has no geometry or no properties", "give it both")
        return None
    kind, shape = str(properties.get("kind", "")), str(geometry.get("type", ""))
    if kind not in KINDS:
        problems.add(
            FILE,
            line,
            f"kind {kind!r} of a feature is not known",
            choose(kind, KINDS, "see docs/catalogue.md"),
        )
        return None
    if kind not in _SHAPES.get(shape, frozenset()):
        fitting = " or ".join(name for name, kinds in _SHAPES.items() if kind in kinds)
        problems.add(FILE, line, f"a {kind} is drawn as {shape or 'nothing'}", f"draw it as {fitting}")
        return None
    for name in ("name_zh", "name_en"):
        if not isinstance(properties.get(name), str):
            problems.add(
                FILE, line, f"a {kind} has no {name}", f"add properties.{name}, an empty text if it has none"
            )
    if not _positions_fit(geometry, line, around, problems):
        return None
    code = str(properties.get("code") or "")
    if kind in CODED and not code:
        problems.add(FILE, line, f"a {kind} has no code", f"add properties.code, that of its {_OWNER[kind]}")
        return None
    return (kind, code) if code else None


_OWNER = {"zone": "zone in zones.yaml", "plot": "enterprise in enterprises.csv"}


def _parts(feature: Any) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    if not isinstance(feature, dict):
        return None, None
    geometry, properties = feature.get("geometry"), feature.get("properties")
    return (
        geometry if isinstance(geometry, dict) and "coordinates" in geometry else None,
        properties if isinstance(properties, dict) else None,
    )


def _positions_fit(geometry: Mapping[str, Any], line: int, around: Around | None, problems: Problems) -> bool:
    positions = list(_positions(geometry["coordinates"]))
    if not positions or any(len(p) < 2 for p in positions):
        problems.add(FILE, line, "a feature has no positions", "write [longitude, latitude] pairs")
        return False
    for lon, lat, *_ in positions:
        if around is not None and not around.holds(lat, lon):
            hint = (
                "latitude and longitude look swapped" if around.holds(lon, lat) else "it is outside the park"
            )
            problems.add(
                FILE,
                line,
                f"position [{lon:g}, {lat:g}]: {hint}",
                f"write [longitude, latitude] within {around.radius_km:g} km of the park's centre",
            )
            return False
    if geometry["type"] == "Polygon":
        for ring in geometry["coordinates"]:
            if len(ring) < 4 or list(ring[0]) != list(ring[-1]):
                problems.add(FILE, line, "a polygon is not closed", "repeat its first position at the end")
                return False
    return True


def _positions(coordinates: Any) -> Iterator[Sequence[float]]:
    if isinstance(coordinates, list) and coordinates and all(isinstance(c, int | float) for c in coordinates):
        yield coordinates
    elif isinstance(coordinates, list):
        for inner in coordinates:
            yield from _positions(inner)
