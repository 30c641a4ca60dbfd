"""Marks on data, with their vouchers and deadlines."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, File, Path, Query, Response, UploadFile

from api import vouchers
from api.in_person import in_person
from api.mark_checks import check_new, check_sector, check_span, code_of
from api.mark_shapes import (
    Decision,
    Kind,
    Mark,
    MarkCodes,
    MarkCodeShape,
    NewMark,
    State,
    Withdrawal,
)
from api.problems import InputProblem, Problem, not_found
from api.routes.places import Code
from api.shapes import Listing
from api.stations import meant
from api.visit import From, Paging, Reads, To, Visit, as_json, may
from records.marks.codes import codes
from records.marks.filing import follow
from records.marks.terms import days_left, voucher_due
from smartpark import clock, db, queries

router = APIRouter(tags=["validity"])
_Q = queries.load("api", "marks.sql")
_MONTHS = queries.load("records.corrections", "months.sql")

Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
Marks = Annotated[Visit, Depends(may("mark"))]
Officiates = Annotated[Visit, Depends(may("officiate"))]


@router.get("/mark-codes", response_model=MarkCodes)
def mark_codes(visit: Reads, kind: Kind | None = None) -> Response:
    """List what may be said of data, and until when."""
    items = [
        {name: getattr(one, name) for name in MarkCodeShape.model_fields}
        for one in codes().values()
        if kind in (None, one.kind)
    ]
    own = visit.house.settings.records
    terms = {"mark_days": own.mark_days, "voucher_day": own.voucher_day}
    return as_json({"items": items, "next": None, **terms})


@router.get("/marks", response_model=Listing[Mark])
def marks(  # noqa: PLR0913 - which marks
    visit: Reads,
    page: Paging,
    *,
    station: Code = None,
    enterprise: Code = None,
    kind: Kind | None = None,
    state: Annotated[list[State] | None, Query(description="may be given several times")] = None,
    without_voucher: bool | None = None,
    start: From = None,
    to: To = None,
) -> Response:
    """List the marks that touch [from, to), newest first."""
    (after,) = page.after("marks", int)
    wanted = {
        "station": station,
        "enterprise": enterprise,
        "kind": kind,
        "state": state,
        "from": start,
        "to": to,
    }
    about = {
        **wanted,
        "without_voucher": without_voucher,
        "after": after,
        "id": None,
        "limit": page.limit + 1,
    }
    now = clock.now()
    with visit.open() as conn:
        answer = page.answer("marks", conn.execute(_Q.marks, about).fetchall(), "id")
    return as_json({**answer, "items": [_shown(row, now) for row in answer["items"]]})


@router.post("/marks", response_model=Mark, status_code=201)
def file_mark(visit: Marks, body: NewMark) -> Response:
    """File a mark; an enterprise marks its own data, no finalised month, and nothing twice."""
    in_person(visit)
    now = clock.now()
    code = code_of(body)
    check_span(body, now, visit.house.settings.records.mark_days)
    with visit.open() as conn:
        place = _place(conn, body)
    check_sector(code, place)
    with visit.house.whole(visit.zone) as conn:
        span = {"station": place["id"], "starts_at": body.starts_at, "ends_at": body.ends_at}
        _check_sealed(conn, visit, place["enterprise_id"], span)
        check_new(conn, place["id"], body)
        zone = ZoneInfo(place["timezone"])
        due = voucher_due(body.starts_at, now, zone, visit.house.settings.records.voucher_day)
        said = {"kind": body.kind, "code": body.code, "effect": code.effect, "reason": body.reason.strip()}
        values = {**span, **said, "sensor": body.sensor, "actor": visit.principal.actor, "now": now}
        made = conn.execute(_Q.file_mark, {**values, "voucher_due": due}).fetchone()
        number = made["id"] if made else 0
        told = {
            **said,
            "station": place["code"],
            "sensor": body.sensor,
            "starts_at": body.starts_at,
            "ends_at": body.ends_at,
        }
        follow(conn, number, now=now, actor=visit.principal.actor, action="mark.file", content=told)
        return as_json(_mark(conn, number, now), 201)


@router.post("/marks/{mark_id}/withdraw", response_model=Mark)
def withdraw_mark(visit: Marks, mark_id: Number, body: Withdrawal) -> Response:
    """Take back a mark that nobody has decided: one's own, one of the own enterprise, or as administrator any."""
    now = clock.now()
    with visit.house.whole(visit.zone) as conn:
        found = _held(conn, visit, mark_id)
        if not _of_filer(visit, found):
            raise Problem(
                403,
                "只有申报人、申报企业的同事或管理员可以撤回; 监管人员请审核退回",
                "only who filed it, a colleague of the same enterprise or an administrator may withdraw it; the bureau "
                "refuses it",
            )
        if found["state"] != "filed":
            raise _settled(found)
        _check_sealed(conn, visit, found["enterprise_id"], {**found, "station": found["station_id"]})
        _settle(conn, visit, mark_id, now, state="withdrawn", note=body.note)
        return as_json(_mark(conn, mark_id, now))


@router.post("/marks/{mark_id}/decide", response_model=Mark)
def decide_mark(visit: Officiates, mark_id: Number, body: Decision) -> Response:
    """Confirm a mark that a voucher proves, or refuse it and say why; never one's own."""
    in_person(visit)
    now = clock.now()
    if body.decision == "refused" and body.note is None:
        raise InputProblem("body.note", "退回须写明理由", "is missing; say why it is refused")
    with visit.house.whole(visit.zone) as conn:
        found = _held(conn, visit, mark_id)
        if found["state"] != "filed":
            raise _settled(found)
        if found["filed_by"] == visit.principal.actor:
            raise Problem(
                409,
                "不能审核自己申报的标记; 请由他人审核",
                "nobody decides their own mark; ask somebody else",
            )
        if body.decision == "confirmed" and not found["vouchers"]:
            raise Problem(409, "缺凭证, 不能确认; 请先上传凭证", "there is no voucher; upload one first")
        _settle(conn, visit, mark_id, now, state=body.decision, note=body.note)
        return as_json(_mark(conn, mark_id, now))


@router.post("/marks/{mark_id}/vouchers", response_model=Mark, status_code=201)
def add_voucher(
    visit: Marks,
    mark_id: Number,
    file: Annotated[UploadFile, File(description="pdf jpg png docx xlsx; at most 10 MB")],
) -> Response:
    """Prove a mark with a file; the same file again changes nothing."""
    now = clock.now()
    voucher = vouchers.opened(file)
    with visit.house.whole(visit.zone) as conn:
        found = _held(conn, visit, mark_id)
        if found["state"] not in ("filed", "confirmed"):
            raise _settled(found)
        about = {"object": f"mark {mark_id}", "sha256": voucher.sha256}
        if conn.execute(_Q.attached, about).fetchone() is None:
            kept = {"name": voucher.name, "media_type": voucher.media_type, "content": voucher.content}
            who = {"enterprise_id": found["enterprise_id"], "actor": visit.principal.actor, "now": now}
            conn.execute(_Q.attach, {**about, **kept, **who})
            told = {"name": voucher.name, "sha256": voucher.sha256.hex(), "bytes": len(voucher.content)}
            actor = visit.principal.actor
            follow(conn, mark_id, now=now, actor=actor, action="mark.voucher", content=told, remake=False)
        return as_json(_mark(conn, mark_id, now), 201)


@router.get(
    "/attachments/{attachment_id}",
    responses={
        200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
    },
)
def attachment(visit: Reads, attachment_id: Number) -> Response:
    """Return a file as it was uploaded; its SHA-256 is the ETag."""
    with visit.open() as conn:
        found = conn.execute(_Q.attachment, {"id": attachment_id}).fetchone()
    if found is None:
        raise not_found(f"附件 {attachment_id}", f"attachment {attachment_id}")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found['name'])}",
        "ETag": f'"{found["sha256"]}"',
    }
    return Response(found["content"], media_type=found["media_type"], headers=headers)


def _place(conn: db.DictConnection, body: NewMark) -> dict[str, Any]:
    """Return the station that is meant, by itself or by its sensor, if this reader may see it."""
    if body.station is None:
        owner = body.sensor and conn.execute(_Q.station_of, {"sensor": body.sensor}).fetchone()
        if not body.sensor:
            raise InputProblem("body.station", "请给出 station 或 sensor", "name a station or a sensor")
        if not owner:
            raise not_found(f"传感器 {body.sensor}", f"sensor {body.sensor}")
        number = owner["station_id"]
    else:
        number = meant(conn, body.station)["id"]
    found = conn.execute(_Q.place_of, {"station": number, "sensor": body.sensor}).fetchone()
    if found is None or not found["has_sensor"]:
        raise not_found(f"此站点的传感器 {body.sensor}", f"sensor {body.sensor} of this station")
    return found


def _check_sealed(
    conn: db.DictConnection, visit: Visit, enterprise_id: int | None, span: dict[str, Any]
) -> None:
    """Refuse whoever does not officiate in a finalised month; one that is being finalised is waited for."""
    if visit.principal.may("officiate"):
        return
    conn.execute(_MONTHS.alone, {"id": enterprise_id})
    sealed = conn.execute(_Q.sealed_within, span).fetchone()
    if sealed is not None:
        raise Problem(
            409,
            f"{sealed['month']} 已定稿; 请联系监管部门",
            f"{sealed['month']} is finalised; ask the bureau",
            more={"month": sealed["month"]},
        )


def _held(conn: db.DictConnection, visit: Visit, mark_id: int) -> dict[str, Any]:
    found = conn.execute(_Q.hold, {"id": mark_id}).fetchone()
    owner = visit.principal.owner
    if found is None or (owner is not None and found["enterprise_id"] != owner):
        raise not_found(f"标记 {mark_id}", f"mark {mark_id}")
    return found


def _of_filer(visit: Visit, found: dict[str, Any]) -> bool:
    who = visit.principal
    colleague = who.enterprise_id is not None and who.enterprise_id == found["filer_enterprise_id"]
    return who.actor == found["filed_by"] or colleague or who.may("administer")


def _settled(found: dict[str, Any]) -> Problem:
    return Problem(
        409,
        f"该标记已是 {found['state']}",
        f"the mark is {found['state']} already",
        more={"state": found["state"]},
    )


def _settle(
    conn: db.DictConnection, visit: Visit, mark_id: int, now: datetime, *, state: str, note: str | None
) -> None:
    actor = visit.principal.actor
    conn.execute(_Q.settle, {"id": mark_id, "state": state, "note": note, "actor": actor, "now": now})
    action = "mark.withdraw" if state == "withdrawn" else "mark.decide"
    follow(conn, mark_id, now=now, actor=actor, action=action, content={"state": state, "note": note})


def _mark(conn: db.DictConnection, mark_id: int, now: datetime) -> dict[str, Any]:
    names = ("station", "enterprise", "kind", "state", "from", "to", "without_voucher", "after")
    row = conn.execute(_Q.marks, {**dict.fromkeys(names), "id": mark_id, "limit": 1}).fetchone()
    if row is None:
        raise not_found(f"标记 {mark_id}", f"mark {mark_id}")
    return _shown(row, now)


def _shown(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    zone = ZoneInfo(row.pop("timezone"))
    code = codes().get(row["code"])
    awaited = row["state"] == "filed" and not row["vouchers"]
    return {
        **row,
        "name_zh": code.name_zh if code else row["code"],
        "name_en": code.name_en if code else row["code"],
        "due_in_days": days_left(row["voucher_due"], now, zone) if awaited else None,
    }
