"""Letting in: data loggers that called unknown, and codes that they send and nobody has registered."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from api.logger_shapes import Admission, Logger, Unregistered
from api.login import note
from api.problems import InputProblem, Problem, not_found
from api.routes.logger_commands import Mn
from api.routes.loggers import one_logger
from api.routes.places import Code
from api.shapes import Listing, Sensor
from api.stations import meant
from api.strangers import Q as STRANGERS
from api.strangers import check_place
from api.visit import Paging, Reads, Visit, as_json, may
from api.waiting import release_of
from smartpark import clock, db, queries
from smartpark.units import CURRENT_LOOP, Conversion, UnitError, conversion, current_loop, unit_of, units

router = APIRouter(tags=["loggers"])
_Q = queries.load("api", "admission.sql")
_PLACES = queries.load("api", "places.sql")

Admits = Annotated[Visit, Depends(may("admit"))]
SensorId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*\S[^\x00]*$")]
Reason = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*\S[^\x00]*$")]
Bound = Annotated[float, Field(allow_inf_nan=False)]


class AdmitLogger(BaseModel):
    """Where a logger belongs; what is left out stays as it was, an empty password or key is none."""

    model_config = ConfigDict(extra="forbid")
    station: Annotated[
        str,
        Field(
            min_length=1, max_length=100, pattern=r"^[^\x00]+$", description="its number, code, or park/code"
        ),
    ]
    password: Annotated[
        str | None, Field(max_length=32, pattern=r"^[!-:<-~]*$", description="PW of its frames")
    ] = None
    edition: Literal[2005, 2017, 2025] | None = None
    encryption_key: Annotated[
        str | None, Field(pattern=r"^([0-9A-Fa-f]{32})?$", description="SM4, 32 hexadecimal digits")
    ] = None
    minute_interval_min: Literal[1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30] | None = None
    reason: Reason | None = Field(None, description="needed where the station delivers by another way")


class Dismiss(BaseModel):
    """Why something is let in no more."""

    model_config = ConfigDict(extra="forbid")
    reason: Reason


class AdmitSensor(BaseModel):
    """What a code is: its unit, and names where the registry has none."""

    model_config = ConfigDict(extra="forbid")
    unit: Annotated[
        str,
        Field(max_length=20, pattern=r"^[^\x00]*$", description="as the sender sends it; see /api/v1/units"),
    ]
    name_zh: Name | None = None
    name_en: Name | None = None
    span_low: Bound | None = Field(None, description="measuring span, in the registry's unit")
    span_high: Bound | None = None
    period_s: int | None = Field(None, ge=1, le=86_400, description="how often it should deliver [s]")


class Unit(BaseModel):
    """A unit that a sender may use; two convert where the dimension is the same."""

    symbol: str
    dimension: str


@router.post("/loggers/{mn}/admit", response_model=Admission)
def admit_logger(visit: Admits, mn: Mn, body: AdmitLogger) -> Response:
    """Admit a logger to a station, and let in what waits for it in quarantine; asked again, it lets in the rest."""
    now, actor = clock.now(), visit.principal.actor
    with visit.open() as conn:
        found = logger_now(conn, mn)
        place = meant(conn, body.station)
        if found["admitted"] and found["station_id"] != place["id"]:
            raise Problem(
                409,
                f"数采仪 {mn} 已接入站点 {found['station']}; 请先停止接入",
                f"logger {mn} is admitted to station {found['station']}; dismiss it there first",
            )
        other_at = None
        if not found["admitted"]:
            other_at = check_place(conn, place["id"], body.reason, now)
        said = body.model_dump(exclude={"station", "reason"})
        conn.execute(
            _Q.admit_logger, {**said, "mn": mn, "station_id": place["id"], "now": now, "actor": actor}
        )
        secrets = [name for name in ("password", "encryption_key") if said.pop(name) is not None]
        told = {name: value for name, value in said.items() if value is not None} | {"set": secrets}
        if not found["admitted"] or told != {"set": []}:
            told["station"] = place["code"]
            told |= {"reason": body.reason.strip()} if body.reason else {}
            told |= {"shuts": "other feed", "other_at": other_at.isoformat()} if other_at else {}
            note(conn, now, actor, "logger.admit", f"logger/{mn}", detail=told)
    released = release_of(visit.house, mn, actor, now)
    with visit.open() as conn:
        held = conn.execute(STRANGERS.held_by_reason, {"mn": mn}).fetchall()
        return as_json({"logger": one_logger(conn, mn), "released": released, "held": held})


@router.post("/loggers/{mn}/dismiss", response_model=Logger)
def dismiss_logger(visit: Admits, mn: Mn, body: Dismiss) -> Response:
    """Let a logger in no more: its frames go to quarantine, and its station back to the feed of its kind."""
    now, actor = clock.now(), visit.principal.actor
    with visit.open() as conn:
        found = logger_now(conn, mn)
        if not found["admitted"]:
            raise Problem(409, f"数采仪 {mn} 没有接入", f"logger {mn} is not admitted")
        conn.execute(_Q.dismiss_logger, {"mn": mn})
        about = {"station": found["station"], "reason": body.reason.strip()}
        note(conn, now, actor, "logger.dismiss", f"logger/{mn}", detail=about)
        return as_json(one_logger(conn, mn))


@router.get("/unregistered", response_model=Listing[Unregistered])
def unregistered(visit: Reads, page: Paging, station: Code = None) -> Response:
    """List the codes that loggers send and nobody has admitted."""
    (after,) = page.after("unregistered", int)
    wanted = {"after": after, "station": station, "now": clock.now(), "limit": page.limit + 1}
    with visit.open() as conn:
        rows = conn.execute(_Q.unregistered, wanted).fetchall()
    return as_json(page.answer("unregistered", rows, "id"))


@router.post("/sensors/{sensor_id}/admit", response_model=Sensor)
def admit_sensor(visit: Admits, sensor_id: SensorId, body: AdmitSensor) -> Response:
    """Admit a code: from now on it is due, converted and judged; what is stored already stays as it was sent."""
    now, actor = clock.now(), visit.principal.actor
    if body.span_low is not None and body.span_high is not None and body.span_low >= body.span_high:
        raise InputProblem("body.span_high", "必须大于 span_low", "must be more than span_low")
    with visit.open() as conn:
        found = _waiting(conn, sensor_id)
        converted = _conversion(found, body)
        about = {"id": sensor_id, "now": now, "actor": actor, "unit": body.unit.strip()}
        if not found["registered"]:
            if body.name_zh is None:
                raise InputProblem(
                    "body.name_zh",
                    "必填: 名录中没有该编码",
                    "is missing: the registry does not know the code",
                )
            about["unit"] = unit_of(body.unit).symbol
            named = {"name_zh": body.name_zh, "name_en": body.name_en or found["quantity"]}
            conn.execute(_Q.register, {**about, **named, "code": found["quantity"]})
        factors = {"factor": converted.factor, "shift": converted.shift}
        said = body.model_dump(include={"name_zh", "name_en", "span_low", "span_high", "period_s"})
        conn.execute(_Q.admit_sensor, {**about, **factors, **said})
        conn.execute(_Q.unit_from_now, {**about, **factors})
        conn.execute(_Q.catalogue_changed)
        told = {
            "quantity": found["quantity"],
            "unit": about["unit"],
            **said,
            **factors,
            "source": converted.source,
        }
        note(conn, now, actor, "sensor.admit", f"sensor/{sensor_id}", detail=told)
        wanted = {
            "after": sensor_id - 1,
            "limit": 1,
            "park": None,
            "station": None,
            "quantity": None,
            "kind": None,
        }
        return as_json(conn.execute(_PLACES.sensors, wanted).fetchone())


@router.post("/sensors/{sensor_id}/dismiss", status_code=204)
def dismiss_sensor(visit: Admits, sensor_id: SensorId, body: Dismiss) -> Response:
    """Decline a code: its values go to quarantine from now on."""
    now, actor = clock.now(), visit.principal.actor
    with visit.open() as conn:
        found = _waiting(conn, sensor_id)
        conn.execute(_Q.dismiss_sensor, {"id": sensor_id})
        conn.execute(_Q.catalogue_changed)
        about = {"quantity": found["quantity"], "reason": body.reason.strip()}
        note(conn, now, actor, "sensor.dismiss", f"sensor/{sensor_id}", detail=about)
    return Response(status_code=204)


@router.get("/units", response_model=Listing[Unit])
def known_units(visit: Reads) -> Response:
    """List the units that a sender may use."""
    del visit
    found = {unit.symbol: unit.dimension for unit in units().values()}
    return as_json({"items": [{"symbol": s, "dimension": d} for s, d in found.items()], "next": None})


def logger_now(conn: db.DictConnection, mn: str) -> dict[str, Any]:
    """Return a logger with its station, held until the transaction ends.

    Raises:
        Problem: 404, there is none.

    """
    row = conn.execute(_Q.logger_now, {"mn": mn}).fetchone()
    if row is None:
        raise not_found(f"数采仪 {mn}", f"logger {mn}")
    return row


def _waiting(conn: db.DictConnection, sensor_id: int) -> dict[str, Any]:
    row = conn.execute(_Q.sensor_waiting, {"id": sensor_id}).fetchone()
    if row is None:
        raise not_found(f"传感器 {sensor_id}", f"sensor {sensor_id}")
    if row["admitted"] or not row["active"]:
        raise Problem(409, "该监测项不在待接入状态", "this sensor does not wait for admission")
    return row


def _conversion(found: dict[str, Any], body: AdmitSensor) -> Conversion:
    unit = body.unit.strip()
    try:
        if unit == CURRENT_LOOP and found["registered"]:
            return current_loop(body.span_low, body.span_high)
        return conversion(unit, found["unit"] if found["registered"] else unit, found["molar_mass"])
    except UnitError as error:
        raise InputProblem("body.unit", f"单位不可用: {error}", str(error)) from error
