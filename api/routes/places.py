"""The park and what stands in it: parks, zones, enterprises, hazard sources, stations, sensors, cameras, limits, rules."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response

from api.problems import not_found
from api.shapes import (
    Camera,
    Due,
    Enterprise,
    HazardSource,
    Limit,
    Listing,
    Park,
    Quantity,
    Rule,
    Sensor,
    Station,
    Zone,
)
from api.visit import Id, Instant, Page, Paging, Reads, Visit, as_json
from smartpark import db, queries

router = APIRouter(tags=["places"])
_Q = queries.load("api", "places.sql")

Code = Annotated[str | None, Query(max_length=100)]
Kind = Literal[
    "voc", "air", "stack", "wastewater", "rain", "surface", "ground", "hazard", "gas", "process", "weather", "dust",
    "noise", "energy", "water", "mobile", "camera",
]  # fmt: skip
Kinds = Annotated[list[Kind] | None, Query(description="may be given several times")]


@router.get("/parks", response_model=Listing[Park])
def parks(visit: Reads, page: Paging) -> Response:
    """List the parks."""
    return _by_id(visit, page, "parks")


@router.get("/park/{code}/plan", response_model=dict[str, Any])
def plan(visit: Reads, code: Annotated[str, Path(max_length=100)]) -> Response:
    """Return the plan of a park as GeoJSON: plots, roads, zones."""
    with visit.open() as conn:
        row = conn.execute(_Q.plan, {"park": code}).fetchone()
    if row is None:
        raise not_found(f"园区 {code}", f"park {code}")
    return as_json(row["plan"])


@router.get("/zones", response_model=Listing[Zone])
def zones(visit: Reads, page: Paging, park: Code = None) -> Response:
    """List the zones with their static risk."""
    return _by_id(visit, page, "zones", park=park)


@router.get("/enterprises", response_model=Listing[Enterprise])
def enterprises(visit: Reads, page: Paging, park: Code = None, *, hazchem: bool | None = None) -> Response:
    """List the enterprises with their contacts."""
    return _by_id(visit, page, "enterprises", park=park, hazchem=hazchem)


@router.get("/hazard-sources", response_model=Listing[HazardSource])
def hazard_sources(
    visit: Reads,
    page: Paging,
    park: Code = None,
    enterprise: Code = None,
    level: Annotated[int | None, Query(ge=1, le=4)] = None,
) -> Response:
    """List the major hazard sources."""
    return _by_id(visit, page, "hazard_sources", park=park, enterprise=enterprise, level=level)


@router.get("/stations", response_model=Listing[Station])
def stations(
    visit: Reads,
    page: Paging,
    *,
    park: Code = None,
    kind: Kinds = None,
    enterprise: Code = None,
    include: Annotated[
        Literal["sensors"] | None, Query(description="sensors with newest value and limits")
    ] = None,
) -> Response:
    """List the stations; with ``include=sensors`` each carries its sensors, newest values and limits."""
    (after,) = page.after("stations", int)
    values = {"after": after, "limit": page.limit + 1, "park": park, "kind": kind, "enterprise": enterprise}
    with visit.open() as conn:
        answer = page.answer("stations", conn.execute(_Q.stations, values).fetchall(), "id")
        if include == "sensors":
            _add_sensors(conn, answer["items"])
    return as_json(answer)


@router.get("/stations/{station}", response_model=Station)
def station(visit: Reads, station: Annotated[str, Path(max_length=100)], park: Code = None) -> Response:
    """Return one station by number or code, with its sensors."""
    with visit.open() as conn:
        row = conn.execute(_Q.station, {"station": station, "park": park}).fetchone()
        if row is None:
            raise not_found(f"站点 {station}", f"station {station}")
        _add_sensors(conn, [row])
    return as_json(row)


@router.get("/sensors", response_model=Listing[Sensor])
def sensors(
    visit: Reads,
    page: Paging,
    *,
    park: Code = None,
    station: Code = None,
    quantity: Code = None,
    kind: Kinds = None,
) -> Response:
    """List the sensors."""
    return _by_id(visit, page, "sensors", park=park, station=station, quantity=quantity, kind=kind)


@router.get("/quantities", response_model=Listing[Quantity])
def quantities(visit: Reads, page: Paging) -> Response:
    """List what is measured, by HJ 212 code."""
    (after,) = page.after("quantities", str)
    with visit.open() as conn:
        rows = conn.execute(_Q.quantities, {"after": after, "limit": page.limit + 1}).fetchall()
    return as_json(page.answer("quantities", rows, "code"))


@router.get("/access-list", response_model=Listing[Due])
def access_list(visit: Reads, page: Paging, kind: Kinds = None) -> Response:
    """List what should deliver, how often, since when: the denominator of every rate."""
    (after,) = page.after("access_list", int)
    with visit.open() as conn:
        rows = conn.execute(
            _Q.access_list, {"after": after, "limit": page.limit + 1, "kind": kind}
        ).fetchall()
    return as_json(page.answer("access_list", rows, "sensor_id"))


@router.get("/cameras", response_model=Listing[Camera])
def cameras(visit: Reads, page: Paging, park: Code = None, station: Code = None) -> Response:
    """List the cameras; ``station``: those that look at it."""
    return _by_id(visit, page, "cameras", park=park, station=station)


@router.get("/limits", response_model=Listing[Limit])
def limits(
    visit: Reads,
    page: Paging,
    quantity: Code = None,
    sensor: Id | None = None,
    at: Annotated[Instant | None, Query(description="in force at this time")] = None,
) -> Response:
    """List the limits; ``sensor``: those that hold for it now."""
    return _by_id(visit, page, "limits", quantity=quantity, sensor=sensor, at=at)


@router.get("/rules", response_model=Listing[Rule])
def rules(visit: Reads, page: Paging) -> Response:
    """List the rules in force."""
    (after,) = page.after("rules", str)
    with visit.open() as conn:
        rows = conn.execute(_Q.rules, {"after": after, "limit": page.limit + 1}).fetchall()
    return as_json(page.answer("rules", rows, "code"))


def _by_id(visit: Visit, page: Page, listing: str, **filters: Any) -> Response:
    (after,) = page.after(listing, int)
    with visit.open() as conn:
        query = getattr(_Q, listing)
        rows = conn.execute(query, {"after": after, "limit": page.limit + 1, **filters}).fetchall()
    return as_json(page.answer(listing, rows, "id"))


def _add_sensors(conn: db.DictConnection, found: list[dict[str, Any]]) -> None:
    by_station: dict[int, list[dict[str, Any]]] = {row["id"]: [] for row in found}
    for sensor in conn.execute(_Q.sensors_of_stations, {"stations": list(by_station)}):
        by_station[sensor["station_id"]].append(sensor)
    for row in found:
        row["sensors"] = by_station[row["id"]]
