"""Readings: newest values, pages, files, charts."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from api import charts, exports, files, workbook
from api.problems import InputProblem, not_found
from api.routes.places import Code, Kinds
from api.shapes import Listing, SensorLimit
from api.visit import From, Id, Paging, Reads, To, Visit, as_json, check_period
from smartpark import clock, db, queries

router = APIRouter(tags=["readings"])
_Q = queries.load("api", "readings.sql")

_DAY = timedelta(days=1)

Sensors = Annotated[
    list[Id] | None, Query(max_length=500, description="sensor numbers; may be given several times")
]
Writer = Callable[[db.DictConnection, list[dict[str, Any]], datetime, datetime], Iterator[bytes]]
_FILES: dict[str, tuple[Writer, str]] = {
    "csv": (exports.csv_lines, exports.CSV_TYPE),
    "ndjson": (exports.ndjson_lines, exports.NDJSON_TYPE),
    "xlsx": (workbook.workbook, workbook.MEDIA_TYPE),
}


class Reading(BaseModel):
    """One reading, as it was received."""

    sensor_id: int
    time: datetime
    value: float
    flag: str = Field(description="HJ 212-2017 table 8, as received")
    mark: str = Field(description="the platform's own finding, - none")
    lag_s: int = Field(description="received - time [s]")


class LatestReading(BaseModel):
    """The newest value of a sensor."""

    sensor_id: int
    station_id: int
    time: datetime
    received_at: datetime
    value: float
    flag: str
    mark: str


class Series(BaseModel):
    """A chart: ``[time_ms, min, max, mean, last, flags]`` a point; time is the start of its step."""

    sensor_id: int
    quantity: str
    unit: str
    step_s: int
    points: list[tuple[int, float | None, float | None, float | None, float | None, str]]
    limits: list[SensorLimit]


_CONTENT: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for _, kind in _FILES.values()}
    }
}


@router.get("/readings", response_model=Listing[Reading], responses=_CONTENT)
def readings(  # noqa: PLR0913 - which sensors, when, how
    visit: Reads,
    page: Paging,
    *,
    sensor: Sensors = None,
    station: Code = None,
    quantity: Code = None,
    form: Annotated[str | None, Query(max_length=20)] = None,
    start: From = None,
    to: To = None,
    format: Annotated[  # noqa: A002 - the word of the contract
        Literal["json", "csv", "ndjson", "xlsx"], Query(description="json comes in pages, files come whole")
    ] = "json",
) -> Response:
    """Return the readings of ``sensor``, or of ``station`` (and ``quantity``), over [from, to); default the last day."""
    if sensor is None and station is None:
        raise InputProblem(
            "query.sensor",
            "请给出 sensor, 或 station 与 quantity",
            "name a sensor, or a station and a quantity",
        )
    end = to or clock.now()
    begin = start or end - _DAY
    check_period(begin, end)
    with visit.open() as conn:
        wanted = {"sensors": sensor, "station": station, "quantity": quantity, "form": form}
        chosen = conn.execute(_Q.chosen, wanted).fetchall()
        if not chosen or (sensor is not None and len(chosen) < len(set(sensor)) and station is None):
            raise not_found("此传感器", "such sensor")
        if format == "json":
            after_sensor, after_time = page.after("readings", int, datetime)
            values = {
                "sensors": [one["id"] for one in chosen],
                "from": begin,
                "to": end,
                "after_sensor": after_sensor,
                "after_time": after_time,
                "limit": page.limit + 1,
            }
            rows = conn.execute(_Q.page, values).fetchall()
            return as_json(page.answer("readings", rows, "sensor_id", "time"))
    return _file(visit, format, chosen, begin, end)


@router.get("/readings/latest", response_model=Listing[LatestReading])
def latest(
    visit: Reads,
    *,
    sensor: Sensors = None,
    park: Code = None,
    station: Code = None,
    quantity: Code = None,
    kind: Kinds = None,
) -> Response:
    """Return the newest value of every sensor, or of some; never in pages."""
    wanted = {"sensors": sensor, "park": park, "station": station, "quantity": quantity, "kind": kind}
    with visit.open() as conn:
        row = conn.execute(_Q.latest, wanted).fetchone()
    items = row["items"] if row else ""
    return Response(f'{{"items":[{items}],"next":null}}', media_type="application/json")


@router.get("/series", response_model=Series)
def series(
    visit: Reads,
    sensor: Id,
    *,
    start: From = None,
    to: To = None,
    points: Annotated[int, Query(ge=2, le=20_000, description="at most so many")] = 1000,
) -> Response:
    """Return a chart over [from, to), by default the last day; the extremes of every step are kept.

    Steps stand on round local times; of the first one only what lies in the period counts.
    """
    end = to or clock.now()
    begin = start or end - _DAY
    check_period(begin, end)
    with visit.open() as conn:
        wanted = {"sensors": [sensor], "station": None, "quantity": None, "form": None}
        one = conn.execute(_Q.chosen, wanted).fetchone()
        if one is None:
            raise not_found(f"传感器 {sensor}", f"sensor {sensor}")
        begin = begin.astimezone(ZoneInfo(visit.zone))
        step = charts.step_s(begin, end, points, one["period_s"])
        origin = charts.aligned(begin, step)
        values = {"sensor": sensor, "step_s": step, "origin": origin, "from": begin, "to": end}
        if step < charts.MINUTE_S:
            values["valid"] = list(charts.averaged(one["stream_class"]))
        query = _Q.series_of_readings if step < charts.MINUTE_S else _Q.series_of_minutes
        rows = [tuple(row.values()) for row in conn.execute(query, values)]
        limits = conn.execute(_Q.limits_of, {"sensor": sensor}).fetchall()
    drawn = [(*row[:5], "".join(sorted(set(row[5])))) for row in rows]
    about = {"sensor_id": sensor, "quantity": one["quantity"], "unit": one["unit"], "step_s": step}
    return as_json({**about, "points": drawn, "limits": limits})


def _file(visit: Visit, kind: str, sensors: list[dict[str, Any]], start: datetime, end: datetime) -> Response:
    writer, media_type = _FILES[kind]

    def blocks() -> files.Blocks:
        """Yield the file in one transaction, which is what its reader saw when they asked."""
        with visit.open() as conn:
            conn.execute(_Q.without_hurry)
            yield from writer(conn, sensors, start, end)

    name = files.name_of(f"readings_{sensors[0]['id']}", start, end, kind)
    return files.sent(blocks(), media_type, name, visit.house.metrics)
