"""Checks of drift, and findings about data (待核查线索) that a person has to look at."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.free_text import Printable
from api.login import note
from api.problems import InputProblem, Problem, not_found
from api.routes.places import Code
from api.shapes import Listing
from api.validity_shapes import DataFinding, DriftCheck, FindingPage
from api.visit import From, Id, Instant, Paging, Reads, To, Visit, as_json, may
from records.validity import drift
from records.validity.station_day import kinds
from smartpark import clock, db, queries

router = APIRouter(tags=["validity"])
_Q = queries.load("api", "findings.sql")
_AHEAD = timedelta(minutes=10)

Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
Text = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00]*\S[^\x00]*$"), Printable]
Value = Annotated[float, Field(allow_inf_nan=False)]
Officiates = Annotated[Visit, Depends(may("officiate"))]
Marks = Annotated[Visit, Depends(may("mark"))]


class Review(BaseModel):
    """What somebody who looked says of a finding."""

    model_config = ConfigDict(extra="forbid")
    outcome: Literal["explained", "device", "ask_enterprise", "dismissed"] = Field(
        description="已解释, 设备问题, 请企业说明, 排除; the enterprise sees it only when it is asked"
    )
    note: Text | None = None


class NewDriftCheck(BaseModel):
    """A zero or span check as it is written down."""

    model_config = ConfigDict(extra="forbid")
    sensor: int = Field(ge=1, le=2**31 - 1)
    kind: Literal["zero", "span"]
    at: Instant
    standard: Value = Field(description="what the standard has, in the registry's unit")
    measured: Value
    span: Value | None = Field(None, gt=0, description="full scale; default: of the sensor")
    note: Text | None = None


@router.get("/data-findings", response_model=FindingPage)
def data_findings(
    visit: Reads,
    page: Paging,
    *,
    waiting: Annotated[bool | None, Query(description="true: nobody has looked yet")] = None,
    kind: Annotated[list[str] | None, Query(max_length=20)] = None,
    station: Code = None,
    enterprise: Code = None,
    start: From = None,
    to: To = None,
) -> Response:
    """List what somebody should look at, newest first; an enterprise sees what it was asked about."""
    (after,) = page.after("findings", int)
    wanted = {
        "waiting": waiting,
        "kind": kind,
        "station": station,
        "enterprise": enterprise,
        "from": start,
        "to": to,
    }
    with visit.open() as conn:
        rows = conn.execute(
            _Q.findings, {**wanted, "after": after, "id": None, "limit": page.limit + 1}
        ).fetchall()
        open_ones = {row["kind"]: row["waiting"] for row in conn.execute(_Q.waiting_by_kind)}
    counts = [
        {
            "kind": one.kind,
            "name_zh": one.name_zh,
            "name_en": one.name_en,
            "waiting": open_ones.get(one.kind, 0),
        }
        for one in kinds().values()
    ]
    answer = page.answer("findings", [_named(row) for row in rows], "id")
    return as_json({**answer, "kinds": counts})


@router.post("/data-findings/{finding_id}/review", response_model=DataFinding)
def review_finding(visit: Officiates, finding_id: Number, body: Review) -> Response:
    """Say what came of looking at a finding."""
    now, actor = clock.now(), visit.principal.actor
    said = {"outcome": body.outcome, "note": body.note}
    with visit.house.whole(visit.zone) as conn:
        if conn.execute(_Q.review, {**said, "id": finding_id, "actor": actor, "now": now}).fetchone() is None:
            raise not_found(f"线索 {finding_id}", f"finding {finding_id}")
        note(conn, now, actor, "finding.review", f"finding/{finding_id}", detail=said)
        names = ("waiting", "kind", "station", "enterprise", "from", "to", "after")
        row = conn.execute(_Q.findings, {**dict.fromkeys(names), "id": finding_id, "limit": 1}).fetchone()
    if row is None:
        raise not_found(f"线索 {finding_id}", f"finding {finding_id}")
    return as_json(_named(row))


@router.get("/drift-checks", response_model=Listing[DriftCheck])
def drift_checks(
    visit: Reads,
    page: Paging,
    *,
    sensor: Id | None = None,
    station: Code = None,
    enterprise: Code = None,
    start: From = None,
    to: To = None,
) -> Response:
    """List zero and span checks with their drift against HJ 75, newest first."""
    after_at, after_id = page.after("drift", datetime, int)
    wanted = {"sensor": sensor, "station": station, "enterprise": enterprise, "from": start, "to": to}
    after = {"after_at": after_at, "after_id": after_id, "id": None, "limit": page.limit + 1}
    with visit.open() as conn:
        rows = conn.execute(_Q.drift_checks, {**wanted, **after}).fetchall()
    return as_json(page.answer("drift", [_judged(row) for row in rows], "at", "id"))


@router.post("/drift-checks", response_model=DriftCheck, status_code=201)
def enter_check(visit: Marks, body: NewDriftCheck) -> Response:
    """Write down a zero or span check; an enterprise those of its own devices."""
    now, actor = clock.now(), visit.principal.actor
    if body.at > now + _AHEAD:
        raise InputProblem("body.at", "在将来; 请写实际核查时刻", "lies ahead; write when the check was made")
    with visit.open() as conn:
        found = conn.execute(_Q.span_of, {"sensor": body.sensor}).fetchone()
    if found is None:
        raise not_found(f"传感器 {body.sensor}", f"sensor {body.sensor}")
    span = body.span or found["span"]
    if not span or span <= 0:
        raise InputProblem(
            "body.span", "传感器没有量程; 请填写", "is missing, and the sensor has none; write its full scale"
        )
    with visit.house.whole(visit.zone) as conn:
        values = {**body.model_dump(), "span": span, "actor": actor, "now": now}
        made = conn.execute(_Q.enter_check, values).fetchone()
        if made is None:
            raise Problem(409, "该时刻的核查已登记", "this check is written down already")
        said = {**body.model_dump(mode="json"), "span": span}
        note(conn, now, actor, "drift.enter", f"drift/{made['id']}", detail=said)
        return as_json(_judged(_check(conn, made["id"])), 201)


def _check(conn: db.DictConnection, number: int) -> dict[str, Any]:
    names = ("sensor", "station", "enterprise", "from", "to", "after_at", "after_id")
    row = conn.execute(_Q.drift_checks, {**dict.fromkeys(names), "id": number, "limit": 1}).fetchone()
    if row is None:
        raise not_found(f"核查 {number}", f"check {number}")
    return row


def _judged(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, **drift.judged(row["sensor"]["quantity"], row["kind"], row["drift"])}


def _named(row: dict[str, Any]) -> dict[str, Any]:
    kind = kinds().get(row["kind"])
    return {
        **row,
        "kind_zh": kind.name_zh if kind else row["kind"],
        "kind_en": kind.name_en if kind else row["kind"],
    }
