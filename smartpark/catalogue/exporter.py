"""A catalogue out of the database and into a folder that reads back the same."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, LiteralString

from psycopg.rows import dict_row

from smartpark import db, queries, written
from smartpark.catalogue import geometry, plan, receivers, tables
from smartpark.catalogue.ground import DEFAULT_RADIUS_KM, DEFAULT_TOLERANCE_M
from smartpark.catalogue.loggers import ATTRIBUTES, LOGGERS
from smartpark.catalogue.reader import CAMERAS, ENTERPRISES, SOURCE_KEYS, STATIONS, ZONE_KEYS
from smartpark.catalogue.sensors import SENSORS
from smartpark.places import (
    Camera,
    Catalogue,
    Enterprise,
    HazardSource,
    Json,
    Logger,
    Park,
    Person,
    Receiver,
    Sensor,
    Station,
    Substance,
    UpwardPoint,
    Zone,
)
from smartpark.quantities import registry

_Q = queries.load("smartpark.catalogue")
_UP = queries.load("smartpark.catalogue", "receivers.sql")
_Placed = Enterprise | HazardSource | Station | Camera


def dump(conn: db.Connection, folder: Path, park: str | None = None) -> Catalogue:
    """Export the catalogue of a park (the only one, when none is named) to a folder.

    Raises:
        LookupError: the park is not in the database, or several are and none was named.

    """
    catalogue = load(conn, park)
    write(catalogue, folder)
    return catalogue


def load(conn: db.Connection, park: str | None = None) -> Catalogue:
    """Read the active catalogue of a park from the database.

    Raises:
        LookupError: the park is not in the database, or several are and none was named.

    """
    park = park_of(conn, park)

    def rows(query: LiteralString) -> list[dict[str, Any]]:
        with conn.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query, {"code": park}).fetchall()

    return Catalogue(
        park=Park(**rows(_Q.park)[0]),
        zones=tuple(Zone(**row) for row in rows(_Q.zones)),
        enterprises=tuple(
            Enterprise(**row | {"contacts": _people(row["contacts"])}) for row in rows(_Q.enterprises)
        ),
        hazard_sources=tuple(
            HazardSource(
                **row
                | {
                    "substances": tuple(Substance(**one) for one in row["substances"]),
                    "responsible": _people(row["responsible"]),
                }
            )
            for row in rows(_Q.hazard_sources)
        ),
        stations=tuple(Station(**row) for row in rows(_Q.stations)),
        # A code that only a logger knows was admitted by a person and is in no folder.
        sensors=tuple(Sensor(**row) for row in rows(_Q.sensors) if row["quantity"] in registry()),
        cameras=tuple(Camera(**row | {"views": tuple(sorted(row["views"]))}) for row in rows(_Q.cameras)),
        loggers=tuple(Logger(**row) for row in rows(_Q.loggers)),
        receivers=tuple(
            Receiver(**row | {"stations": tuple(map(_upward_point, row["stations"]))})
            for row in rows(_UP.receivers)
        ),
    )


def park_of(conn: db.Connection, park: str | None) -> str:
    """Return the code of the park that is named, or of the only one.

    Raises:
        LookupError: it is not in the database, or several are and none was named.

    """
    known = [code for (code,) in conn.execute(_Q.parks)]
    if park is None and len(known) == 1:
        park = known[0]
    if park is None or park not in known:
        words = ", ".join(known) or "none"
        raise LookupError(f"park {park!r} is not in the database; name one of: {words}")
    return park


def write(catalogue: Catalogue, folder: Path) -> None:
    """Write the files of a catalogue; every sensor stands in sensors.csv, without templates."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_yaml(folder / "park.yaml", _park(catalogue))
    _write_yaml(folder / "zones.yaml", [_keys(one, ZONE_KEYS) for one in catalogue.zones])
    _write_yaml(folder / "hazard_sources.yaml", [_keys(one, SOURCE_KEYS) for one in catalogue.hazard_sources])
    _write_yaml(folder / "receivers.yaml", [receivers.written(one) for one in catalogue.receivers])
    for file, columns, things in (
        ("enterprises.csv", ENTERPRISES, catalogue.enterprises),
        ("stations.csv", STATIONS, catalogue.stations),
        ("sensors.csv", SENSORS, catalogue.sensors),
        ("cameras.csv", CAMERAS, catalogue.cameras),
        ("loggers.csv", LOGGERS, catalogue.loggers),
    ):
        records = (
            [_cell(getattr(one, ATTRIBUTES.get(name, name), None)) for name in columns.every]
            for one in things
        )
        tables.write(folder / file, "Exported; see docs/catalogue.md.", columns, records)
    (folder / plan.FILE).write_text(_plan(catalogue.park.plan), encoding="utf-8")
    # A template file of an earlier catalogue in this folder would give its sensors a second time.
    (folder / "templates.csv").unlink(missing_ok=True)


def _upward_point(row: dict[str, Any]) -> UpwardPoint:
    return UpwardPoint(**row | {"periods": tuple(row["periods"])})


def _park(catalogue: Catalogue) -> dict[str, Any]:
    park = catalogue.park
    places: list[_Placed] = [
        *catalogue.enterprises,
        *catalogue.stations,
        *catalogue.cameras,
        *catalogue.hazard_sources,
    ]
    furthest_m = max(
        (geometry.distance_m(park.lat, park.lon, one.lat, one.lon) for one in places), default=0.0
    )
    return {
        **{name: getattr(park, name) for name in ("code", "name_zh", "name_en", "timezone", "lat", "lon")},
        "radius_km": max(DEFAULT_RADIUS_KM, math.ceil(furthest_m / 1000)),
        "plot_tolerance_m": max(DEFAULT_TOLERANCE_M, math.ceil(_most_outside_m(catalogue))),
    }


def _most_outside_m(catalogue: Catalogue) -> float:
    """Return how far the furthest thing stands outside its plot or zone [m]."""
    plots = {one.code: one.plot for one in catalogue.enterprises}
    zones = {one.code: one.geometry for one in catalogue.zones}
    furthest_m = 0.0
    standing: list[HazardSource | Station | Camera] = [
        *catalogue.stations,
        *catalogue.cameras,
        *catalogue.hazard_sources,
    ]
    for one in standing:
        area = plots.get(one.enterprise or "") or (zones.get(one.zone or "") if not one.enterprise else None)
        if area is not None:
            furthest_m = max(furthest_m, geometry.outside_m(area, one.lat, one.lon))
    return furthest_m


def _people(rows: Iterable[dict[str, str]]) -> tuple[Person, ...]:
    return tuple(Person(**row) for row in rows)


def _keys(thing: Zone | HazardSource, keys: Sequence[str]) -> dict[str, Any]:
    """Return the mapping of a thing without what is empty, tuples as lists."""
    row = asdict(thing)
    return {
        key: list(row[key]) if isinstance(row[key], tuple) else row[key]
        for key in keys
        if row.get(key) is not None
    }


def _write_yaml(path: Path, value: Any) -> None:
    path.write_text("# Exported; see docs/catalogue.md.\n" + written.text_of(value), encoding="utf-8")


def _plan(document: Json) -> str:
    """Return GeoJSON with one feature a line, so that a change shows as one line."""
    features = ",\n".join(json.dumps(one, ensure_ascii=False) for one in document.get("features", []))
    return f'{{"type": "FeatureCollection", "features": [\n{features}\n]}}\n'


def _cell(value: Any) -> str:
    """Return the text of a CSV cell that reads back as the value."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.15g}" if float(f"{value:.15g}") == value else repr(value)
        case datetime():
            return value.isoformat()
        case dict():
            return _attributes(value)
        case tuple() if value and isinstance(value[0], Person):
            return "; ".join(f"{one.duty} {one.name} {one.phone}" for one in value)
        case tuple():
            return " ".join(value)
        case _:
            return str(value)


def _attributes(values: Json) -> str:
    plain = all(
        isinstance(value, int | float) or (isinstance(value, str) and not set(value) & set(";={"))
        for value in values.values()
    )
    if not plain:
        return json.dumps(values, ensure_ascii=False)
    return "; ".join(f"{key}={_cell(value)}" for key, value in values.items())
