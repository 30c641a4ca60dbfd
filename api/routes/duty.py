"""What the duty declares: drills, which are counted nowhere, and maintenance windows, in which marked data are expected."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from api.free_text import Printable
from api.login import note
from api.problems import InputProblem, Problem, not_found
from api.routes.places import Code
from api.shapes import Listing
from api.stations import meant
from api.visit import Instant, Paging, Reads, Visit, as_json, may
from smartpark import clock, db, queries

router = APIRouter(tags=["duty"])
_Q = queries.load("api", "duty.sql")
_LONGEST_DRILL = timedelta(days=7)
_LONGEST_WINDOW = timedelta(days=31)

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Words = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*\S[^\x00]*$"), Printable]
Place = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
Drills = Annotated[Visit, Depends(may("drill"))]
Maintains = Annotated[Visit, Depends(may("maintain"))]


class NewDrill(BaseModel):
    """A drill of a park, or of one station."""

    model_config = ConfigDict(extra="forbid")
    park: Place
    station: Place | None = None
    starts_at: Instant | None = Field(None, description="default: now")
    ends_at: Instant = Field(description="at most 7 days later")
    reason: Words


class Drill(BaseModel):
    """A drill; its alerts are marked and counted nowhere."""

    id: int
    park: str
    station: str | None
    starts_at: datetime
    ends_at: datetime
    reason: str
    declared_by: str
    ended_early_at: datetime | None
    running: bool


class NewWindow(BaseModel):
    """A time in which a station, or one sensor, is worked on."""

    model_config = ConfigDict(extra="forbid")
    station: Place
    sensor: int | None = Field(None, ge=1, le=2**31 - 1)
    kind: Literal["maintenance", "calibration", "bypass", "shutdown"]
    starts_at: Instant | None = Field(None, description="default: now")
    ends_at: Instant = Field(description="in the future, at most 31 days after the start")
    reason: Words


class Window(BaseModel):
    """A maintenance window."""

    id: int
    station: str
    station_id: int
    sensor_id: int | None
    kind: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    filed_by: str
    filed_at: datetime
    cancelled_at: datetime | None
    running: bool


@router.get("/drills", response_model=Listing[Drill])
def drills(visit: Reads, page: Paging, *, running: bool | None = None) -> Response:
    """List the drills, newest first."""
    (after,) = page.after("drills", int)
    wanted = {"after": after, "id": None, "running": running, "now": clock.now(), "limit": page.limit + 1}
    with visit.open() as conn:
        return as_json(page.answer("drills", conn.execute(_Q.drills, wanted).fetchall(), "id"))


@router.post("/drills", response_model=Drill, status_code=201)
def declare_drill(visit: Drills, body: NewDrill) -> Response:
    """Declare a drill."""
    now = clock.now()
    starts_at = body.starts_at or now
    _check(starts_at, body.ends_at, now, _LONGEST_DRILL)
    about = {"park": body.park, "station": body.station, "reason": body.reason}
    values = {**about, "starts_at": starts_at, "ends_at": body.ends_at, "actor": visit.principal.actor}
    with visit.house.whole(visit.zone) as conn:
        made = conn.execute(_Q.declare_drill, values).fetchone()
        if made is None:
            raise not_found("此园区或站点", "such park or station")
        _changed(conn, visit, now, f"drill/{made['id']}", action="drill.declare", **about)
        return as_json(_drill(conn, made["id"], now), 201)


@router.post("/drills/{drill_id}/end", response_model=Drill)
def end_drill(visit: Drills, drill_id: Number) -> Response:
    """End a drill before its time."""
    now = clock.now()
    with visit.house.whole(visit.zone) as conn:
        found = _drill(conn, drill_id, now)
        if conn.execute(_Q.end_drill, {"id": drill_id, "now": now}).fetchone() is None:
            raise Problem(409, "该演练已结束", "the drill is over already", more={"drill": found})
        _changed(conn, visit, now, f"drill/{drill_id}", action="drill.end")
        return as_json(_drill(conn, drill_id, now))


@router.get("/maintenance-windows", response_model=Listing[Window])
def windows(visit: Reads, page: Paging, station: Code = None, *, running: bool | None = None) -> Response:
    """List the maintenance windows, newest first."""
    (after,) = page.after("windows", int)
    wanted = {"after": after, "id": None, "station": station, "running": running}
    with visit.open() as conn:
        rows = conn.execute(_Q.windows, {**wanted, "now": clock.now(), "limit": page.limit + 1}).fetchall()
    return as_json(page.answer("windows", rows, "id"))


@router.post("/maintenance-windows", response_model=Window, status_code=201)
def file_window(visit: Maintains, body: NewWindow) -> Response:
    """File a maintenance window; an enterprise files for its own stations."""
    now = clock.now()
    starts_at = body.starts_at or now
    _check(starts_at, body.ends_at, now, _LONGEST_WINDOW)
    with visit.open() as conn:
        place = meant(conn, body.station)
        of = {"station_id": place["id"], "sensor_id": body.sensor}
        if body.sensor is not None and conn.execute(_Q.sensor_of, of).fetchone() is None:
            raise not_found(f"此站点的传感器 {body.sensor}", f"sensor {body.sensor} of this station")
    about = {"kind": body.kind, "reason": body.reason}
    values = {**of, **about, "starts_at": starts_at, "ends_at": body.ends_at}
    with visit.house.whole(visit.zone) as conn:
        made = conn.execute(_Q.file_window, {**values, "actor": visit.principal.actor, "now": now}).fetchone()
        number = made["id"] if made else 0
        _changed(conn, visit, now, f"window/{number}", action="window.file", station=place["code"], **about)
        return as_json(_window(conn, number, now), 201)


@router.post("/maintenance-windows/{window_id}/cancel", response_model=Window)
def cancel_window(visit: Maintains, window_id: Number) -> Response:
    """Cancel a maintenance window that is not over."""
    now = clock.now()
    with visit.open() as conn:
        found = _window(conn, window_id, now)
    with visit.house.whole(visit.zone) as conn:
        if conn.execute(_Q.cancel_window, {"id": window_id, "now": now}).fetchone() is None:
            raise Problem(
                409, "该维护窗口已结束或已撤销", "the window is over or cancelled", more={"window": found}
            )
        _changed(conn, visit, now, f"window/{window_id}", action="window.cancel")
        return as_json(_window(conn, window_id, now))


def _check(starts_at: datetime, ends_at: datetime, now: datetime, longest: timedelta) -> None:
    if ends_at <= starts_at or ends_at <= now:
        raise InputProblem(
            "body.ends_at", "必须晚于开始时间, 且在将来", "must be after the start and in the future"
        )
    if ends_at - starts_at > longest:
        days = longest.days
        raise InputProblem("body.ends_at", f"最长 {days} 天", f"must be within {days} days of the start")


def _changed(
    conn: db.DictConnection, visit: Visit, now: datetime, about: str, *, action: str, **detail: Any
) -> None:
    conn.execute(_Q.windows_changed)
    note(conn, now, visit.principal.actor, action, about, detail=detail)


def _drill(conn: db.DictConnection, number: int, now: datetime) -> dict[str, Any]:
    wanted = {"after": None, "id": number, "running": None, "now": now, "limit": 1}
    row = conn.execute(_Q.drills, wanted).fetchone()
    if row is None:
        raise not_found(f"演练 {number}", f"drill {number}")
    return row


def _window(conn: db.DictConnection, number: int, now: datetime) -> dict[str, Any]:
    wanted = {"after": None, "id": number, "station": None, "running": None, "now": now, "limit": 1}
    row = conn.execute(_Q.windows, wanted).fetchone()
    if row is None:
        raise not_found(f"维护窗口 {number}", f"maintenance window {number}")
    return row
