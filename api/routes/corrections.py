"""Corrections beside the data (修正): proposed by one person, confirmed by another, with everything that they touch."""

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.correction_shapes import (
    ChainVerdict,
    Correction,
    CorrectionConflict,
    CorrectionDetail,
    CorrectionState,
    entry_shown,
)
from api.free_text import Printable
from api.in_person import in_person
from api.login import note as noted
from api.problems import InputProblem, Problem, not_found
from api.routes import months
from api.routes.places import Code
from api.shapes import Listing
from api.visit import From, Id, Instant, Paging, Reads, To, Visit, as_json, may
from records.corrections import chain, decisions
from records.corrections.decisions import Decision
from records.corrections.foresight import foreseen
from records.corrections.proposal import ClashError, Kind, Proposal, RefusedError
from smartpark import clock, db, queries

router = APIRouter(tags=["records"])
router.include_router(months.router)
_Q = queries.load("api", "corrections.sql")

CorrectionId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Marks = Annotated[Visit, Depends(may("mark"))]
Officiates = Annotated[Visit, Depends(may("officiate"))]
_CLASH: dict[int | str, dict[str, Any]] = {
    409: {
        "model": CorrectionConflict,
        "description": "Another one waits, it is decided, or the same person decides",
    }
}
_NOTHING = {
    "id": None,
    "state": None,
    "sensor": None,
    "station": None,
    "enterprise": None,
    "from": None,
    "to": None,
}


class NewCorrection(BaseModel):
    """What to correct and why; the readings stay as they are."""

    model_config = ConfigDict(extra="forbid")
    sensor: int = Field(ge=1, le=2**31 - 1)
    from_: Instant = Field(alias="from", description="whole minute, included")
    to: Instant = Field(description="whole minute, not included")
    kind: Kind
    factor: float | None = Field(None, description="scale: value * factor + shift")
    shift: float | None = None
    value: float | None = Field(None, description="enter: of every minute without a valid one, registry unit")
    reason: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$"), Printable]


class Decided(BaseModel):
    """Words to a decision."""

    model_config = ConfigDict(extra="forbid")
    note: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$"), Printable] = ""


@router.post("/corrections", response_model=CorrectionDetail, status_code=201, responses=_CLASH)
def propose_correction(visit: Marks, body: NewCorrection) -> Response:
    """Propose a correction; it counts once a second person has confirmed it."""
    in_person(visit)
    with visit.open() as conn:
        if conn.execute(_Q.sensor_seen, {"id": body.sensor}).fetchone() is None:
            raise InputProblem("body.sensor", f"没有点位 {body.sensor}", f"there is no sensor {body.sensor}")
    said = body.model_dump()
    proposal = Proposal(
        sensor_id=said.pop("sensor"), starts_at=said.pop("from_"), ends_at=said.pop("to"), **said
    )
    now, actor = clock.now(), visit.principal.actor
    try:
        with visit.house.whole() as conn:
            number = decisions.propose(
                conn,
                proposal,
                actor=actor,
                now=now,
                preview=foreseen(visit.house.settings.records.oxygen_not_running, now),
            )
            about = {"sensor": body.sensor, "kind": body.kind}
            noted(conn, now, actor, "correction.propose", f"correction/{number}", detail=about)
    except RefusedError as error:
        raise _problem(visit, error) from error
    return as_json(_detail(visit, number), 201)


@router.get("/corrections", response_model=Listing[Correction])
def corrections(
    visit: Reads,
    page: Paging,
    *,
    state: Annotated[list[CorrectionState] | None, Query()] = None,
    sensor: Id | None = None,
    station: Code = None,
    enterprise: Code = None,
    start: From = None,
    to: To = None,
) -> Response:
    """List corrections of minutes within [from, to), newest first."""
    (after,) = page.after("corrections", int)
    places = {"sensor": sensor, "station": station, "enterprise": enterprise}
    filters = {"state": state, **places, "from": start, "to": to, "after": after, "limit": page.limit + 1}
    with visit.open() as conn:
        rows = conn.execute(_Q.corrections, _NOTHING | filters).fetchall()
    return as_json(page.answer("corrections", rows, "id"))


@router.get("/corrections/{correction_id}", response_model=CorrectionDetail)
def correction(visit: Reads, correction_id: CorrectionId) -> Response:
    """Return one correction with every record, alert and finalised month that it touches."""
    return as_json(_detail(visit, correction_id))


@router.post("/corrections/{correction_id}/confirm", response_model=CorrectionDetail, responses=_CLASH)
def confirm_correction(visit: Officiates, correction_id: CorrectionId, body: Decided) -> Response:
    """Confirm as the second person; the records are made anew."""
    return _decide(visit, correction_id, "confirm", body)


@router.post("/corrections/{correction_id}/refuse", response_model=CorrectionDetail, responses=_CLASH)
def refuse_correction(visit: Officiates, correction_id: CorrectionId, body: Decided) -> Response:
    """Refuse as the second person, saying why."""
    if not body.note.strip():
        raise InputProblem("body.note", "请写明退回原因", "say why it is refused")
    return _decide(visit, correction_id, "refuse", body)


@router.post("/corrections/{correction_id}/withdraw", response_model=CorrectionDetail, responses=_CLASH)
def withdraw_correction(visit: Marks, correction_id: CorrectionId, body: Decided) -> Response:
    """Withdraw one's own proposal while it waits."""
    return _decide(visit, correction_id, "withdraw", body)


@router.get("/chain", response_model=ChainVerdict)
def chain_verdict(visit: Officiates) -> Response:
    """Walk the whole chain and hold corrections, marks, finalised months and files against it."""
    with visit.house.whole() as conn:
        verdict = chain.verify(conn)
    said = {"entries": verdict.entries, "last": verdict.last.hex(), "holds": verdict.holds}
    return as_json({**said, "defects": list(verdict.defects)})


def _decide(visit: Visit, number: int, decision: Decision, body: Decided) -> Response:
    in_person(visit)
    with visit.open() as conn:
        _row(conn, number)
    now, actor = clock.now(), visit.principal.actor
    try:
        with visit.house.whole() as conn:
            decisions.decide(conn, number, decision, actor=actor, now=now, note=body.note)
            about = {"note": body.note.strip()}
            noted(conn, now, actor, f"correction.{decision}", f"correction/{number}", detail=about)
    except RefusedError as error:
        raise _problem(visit, error) from error
    return as_json(_detail(visit, number))


def _problem(visit: Visit, error: RefusedError) -> Problem:
    if not isinstance(error, ClashError):
        return InputProblem(f"body.{error.field}", error.zh, error.en)
    more: dict[str, Any] = {}
    if error.number is not None:
        with visit.open() as conn:
            more["correction"] = _row(conn, error.number)
    return Problem(409, error.zh, error.en, more=more)


def _row(conn: db.DictConnection, number: int) -> dict[str, Any]:
    row = conn.execute(_Q.corrections, {**_NOTHING, "id": number, "after": None, "limit": 1}).fetchone()
    if row is None:
        raise not_found(f"修正 {number}", f"correction {number}")
    return row


def _detail(visit: Visit, number: int) -> dict[str, Any]:
    with visit.open() as conn:
        row = _row(conn, number)
        span = {"sensor": row["sensor_id"], "from": row["from"], "to": row["to"]}
        kept = conn.execute(_Q.snapshots, {"id": number}).fetchone() or {"before": [], "after": []}
        sensors = {row["sensor_id"], *(one["sensor_id"] for one in kept["before"] + kept["after"])}
        about = {
            one.pop("id"): one
            for one in conn.execute(_Q.sensors_touched, {"sensors": list(sensors)}).fetchall()
        }
        present = decisions.touched(conn, sensors & about.keys(), row["from"], row["to"])
        exceedances = decisions.exceedances(conn, number)
        alerts = conn.execute(_Q.alerts_touched, span).fetchall()
        months = conn.execute(_Q.months_touched, span).fetchall()
    with visit.house.whole(visit.zone) as conn:
        entries = [entry_shown(entry) for entry in chain.entries_of(conn, [f"correction {number}"])]
    records = _beside(kept["before"], kept["after"], present, ZoneInfo(visit.zone))
    records = [{**one, **about[one["sensor_id"]]} for one in records if one["sensor_id"] in about]
    return {
        **row,
        "records": records,
        "exceedances": exceedances,
        "alerts": alerts,
        "months": months,
        "entries": entries,
    }


def _beside(
    before: list[dict[str, Any]], after: list[dict[str, Any]], present: list[dict[str, Any]], zone: ZoneInfo
) -> list[dict[str, Any]]:
    """Return records by period and start: as they stood, as they were to become, as they stand."""
    found: dict[tuple[int, str, datetime], dict[str, Any]] = {}

    def put(row: dict[str, Any], name: str, values: dict[str, Any] | None) -> None:
        start = row["start"]
        at = (datetime.fromisoformat(start) if isinstance(start, str) else start).astimezone(zone)
        key = (row["sensor_id"], row["period"], at)
        empty = {
            "sensor_id": key[0],
            "period": key[1],
            "start": at,
            "before": None,
            "after": None,
            "now": None,
        }
        found.setdefault(key, empty)[name] = values

    for row in before:
        put(row, "before", _values(row))
    for row in after:
        put(row, "after", _values(row))
    for row in present:
        put(row, "now", _values(row))
    return list(found.values())


def _values(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in {"sensor_id", "period", "start"}}
