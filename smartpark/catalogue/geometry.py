"""Plane geometry on GeoJSON polygons, good to a part in a thousand over a park, pure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Position = Sequence[float]  # GeoJSON order: longitude, latitude [deg]

_METRES_PER_DEGREE = 111_195.0  # 6371.0 km mean earth radius * pi / 180


def distance_m(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Return the distance of two places [deg] on the sphere [m]."""
    a, b = math.radians(lat_a), math.radians(lat_b)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(lon_b - lon_a) / 2) ** 2
    return 2 * math.degrees(math.asin(min(1.0, math.sqrt(half)))) * _METRES_PER_DEGREE


def rings(geometry: Mapping[str, Any]) -> Iterator[Sequence[Position]]:
    """Yield every ring of a Polygon or MultiPolygon, holes too."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons:
        yield from polygon


def contains(geometry: Mapping[str, Any], lat: float, lon: float) -> bool:
    """Return whether a place [deg] is inside a Polygon or MultiPolygon, by even-odd crossing."""
    inside = False
    for ring in rings(geometry):
        for (x1, y1, *_), (x2, y2, *_) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
                inside = not inside
    return inside


def outside_m(geometry: Mapping[str, Any], lat: float, lon: float) -> float:
    """Return how far a place [deg] is outside a polygon [m]; 0 inside."""
    if contains(geometry, lat, lon):
        return 0.0
    return min(
        _to_segment_m(lat, lon, a, b)
        for ring in rings(geometry)
        for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)
    )


def middle(geometry: Mapping[str, Any]) -> tuple[float, float]:
    """Return latitude and longitude [deg] of the centroid of the largest outer ring."""
    ring = max(rings(geometry), key=lambda one: abs(_area(one)))
    area = _area(ring)
    if area == 0:
        return float(ring[0][1]), float(ring[0][0])
    lon0, lat0 = float(ring[0][0]), float(ring[0][1])
    lon = lat = 0.0
    for (x1, y1, *_), (x2, y2, *_) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = (x1 - lon0) * (y2 - lat0) - (x2 - lon0) * (y1 - lat0)
        lon += (x1 + x2 - 2 * lon0) * cross
        lat += (y1 + y2 - 2 * lat0) * cross
    return round(lat0 + lat / (6 * area), 6), round(lon0 + lon / (6 * area), 6)


def area_km2(geometry: Mapping[str, Any]) -> float:
    """Return the area of a polygon's outer rings [km2]."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    total = 0.0
    for polygon in polygons:
        lat = math.radians(float(polygon[0][0][1]))
        total += abs(_area(polygon[0])) * (_METRES_PER_DEGREE / 1000) ** 2 * math.cos(lat)
    return total


def _area(ring: Sequence[Position]) -> float:
    x0, y0 = ring[0][0], ring[0][1]
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return sum((a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0) for a, b in pairs) / 2


def _to_segment_m(lat: float, lon: float, a: Position, b: Position) -> float:
    scale = math.cos(math.radians(lat))
    ax, ay = (a[0] - lon) * scale, a[1] - lat
    dx, dy = (b[0] - a[0]) * scale, b[1] - a[1]
    length2 = dx * dx + dy * dy
    t = 0.0 if length2 == 0 else max(0.0, min(1.0, -(ax * dx + ay * dy) / length2))
    return math.hypot(ax + t * dx, ay + t * dy) * _METRES_PER_DEGREE
