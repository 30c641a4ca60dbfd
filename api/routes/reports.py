"""Reports of a day, month or year, kept with their checksums: listed, made, downloaded, signed."""

import threading
from datetime import date, datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.free_text import Printable
from api.in_person import in_person
from api.login import note
from api.problems import InputProblem, Problem, not_found
from api.routes.places import Code
from api.shapes import EnterpriseRef, Listing
from api.visit import Paging, Reads, Visit, as_json, may
from records.corrections.proposal import SHORTEST_REASON
from records.reports.contents import Subject
from records.reports.keeping import (
    FORMATS,
    MEDIA_TYPES,
    Format,
    Made,
    OvertakenError,
    alone,
    file_name,
    make_apart,
)
from records.reports.periods import TITLES, Span, label, span
from records.reports.signing import sign
from smartpark import clock, db, queries

router = APIRouter(tags=["reports"])
_Q = queries.load("api", "reports.sql")
_press = threading.Lock()  # one report is made at a time: each takes a browser and a core
_EARLIEST, _LATEST = date(1990, 1, 1), date(2199, 12, 31)

Kind = Literal["daily", "monthly", "annual"]
Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
Day = Annotated[date, Field(ge=_EARLIEST, le=_LATEST)]
Place = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
Makes = Annotated[Visit, Depends(may("mark"))]
Signs = Annotated[Visit, Depends(may("officiate"))]


class Report(BaseModel):
    """One file of a report. Files of one revision tell the same facts."""

    id: int
    park: str = Field(description="its code")
    enterprise: EnterpriseRef | None = Field(description="null: the whole park")
    kind: Kind
    start: date = Field(description="first day of the period")
    from_: datetime = Field(alias="from", description="start of the period")
    to: datetime = Field(description="its end, not included")
    title: str = Field(description="甲化工环保月报 2026年10月")
    format: Format
    file_name: str
    revision: int
    newest: bool = Field(description="no revision of this report is newer")
    made_at: datetime
    made_by: str = Field(description="system: by itself")
    finalised_month: int | None = Field(description="the finalised month it stands for")
    signed_by: str | None
    signed_at: datetime | None
    signed_reason: str | None = Field(description="why it was signed as a draft")
    sha256: str
    bytes: int


class NewReport(BaseModel):
    """Which report to make."""

    model_config = ConfigDict(extra="forbid")
    kind: Kind
    start: Day = Field(
        description="first day of the period: any day, the first of a month, the first of January"
    )
    enterprise: Place | None = Field(
        None, description="code or number; null: the park, of an enterprise user its own"
    )
    park: Place | None = Field(None, description="code; default: the first park")
    formats: list[Format] = Field(default_factory=lambda: list(FORMATS), min_length=1, max_length=3)


class Signature(BaseModel):
    """A signature; a monthly report of an enterprise whose month is not finalised needs a reason."""

    model_config = ConfigDict(extra="forbid")
    reason: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$"), Printable] = Field(
        "", description=f"why a draft is signed: at least {SHORTEST_REASON} characters"
    )


class LackingFormat(BaseModel):
    """A format that was not made, and why."""

    format: Format
    detail_zh: str
    detail_en: str


class MadeReport(BaseModel):
    """The files there are now; a report that says what the newest revision says keeps its number."""

    revision: int
    items: list[Report]
    lacking: list[LackingFormat]


_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES.values()}
    },
    304: {"description": "The file is the one that If-None-Match names"},
}


def _which(
    kind: Kind | None = None,
    format: Format | None = None,  # noqa: A002 - the word of the answer
    since: Annotated[Day | None, Query(description="periods that begin on this day or later")] = None,
    until: Annotated[Day | None, Query(description="periods that begin on this day or earlier")] = None,
    *,
    finalised: bool | None = None,
    signed: bool | None = None,
) -> dict[str, Any]:
    about: dict[str, Any] = {"kind": kind, "format": format, "since": since, "until": until}
    return about | {"finalised": finalised, "signed": signed}


@router.get("/reports", response_model=Listing[Report])
def reports(
    visit: Reads,
    page: Paging,
    which: Annotated[dict[str, Any], Depends(_which)],
    *,
    park: Code = None,
    enterprise: Code = None,
    scope: Annotated[
        Literal["park", "enterprise"] | None, Query(description="of parks or of enterprises")
    ] = None,
) -> Response:
    """List the files of reports, newest first."""
    (after,) = page.after("reports", int)
    about = {**which, "park": park, "enterprise": enterprise, "scope": scope, "after": after}
    with visit.open() as conn:
        rows = conn.execute(_Q.reports, {**about, "ids": None, "limit": page.limit + 1}).fetchall()
    return as_json(page.answer("reports", [_shown(row, visit) for row in rows], "id"))


@router.post("/reports", response_model=MadeReport, status_code=201)
def make_report(visit: Makes, body: NewReport) -> Response:
    """Make a report now; an enterprise makes its own, the bureau any. One that says nothing new is not made twice."""
    now = clock.now()
    with visit.house.whole(visit.zone) as conn:
        subject, period = _meant(conn, visit, body)
        if period.start > now:
            raise InputProblem("body.start", "该时段尚未开始", "this period has not begun")
    made = _made(visit, (subject, period), body.formats, now)
    if not made.files:
        error = made.lacking[0][1]
        raise Problem(503, error.zh, error.en)
    with visit.house.whole(visit.zone) as conn:
        note(
            conn,
            now,
            visit.principal.actor,
            "report.make",
            f"report/{made.files[0]}",
            detail=body.model_dump(mode="json"),
        )
        rows = [_shown(row, visit) for row in _found(conn, list(made.files))]
    return as_json({"revision": made.revision, "items": rows, "lacking": _lacking(made)}, 201)


@router.get("/reports/{report_id}/file", responses=_FILE, response_class=Response)
def report_file(
    visit: Reads, report_id: Number, if_none_match: Annotated[str | None, Header(max_length=1000)] = None
) -> Response:
    """Send a file, byte for byte as it was made; its ETag is its SHA-256."""
    with visit.open() as conn:
        found = _found(conn, [report_id])
        if not found:
            raise not_found(f"报表 {report_id}", f"report {report_id}")
        one = _shown(found[0], visit)
        etag = f'"{one["sha256"]}"'
        headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
        if if_none_match is not None and etag in if_none_match:
            return Response(status_code=304, headers=headers)
        row = conn.execute(_Q.content, {"id": report_id}).fetchone()
    owner = one["enterprise"]["code"] if one["enterprise"] else one["park"]
    plain = f"{one['kind']}-{owner}-{one['start']}-r{one['revision']}.{one['format']}"
    plain = "".join(
        letter if letter.isascii() and letter.isprintable() and letter not in '"\\' else "_"
        for letter in plain
    )
    named = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(one['file_name'], safe='')}"
    content = bytes(row["content"]) if row else b""
    return Response(
        content, media_type=MEDIA_TYPES[one["format"]], headers={**headers, "Content-Disposition": named}
    )


@router.post("/reports/{report_id}/sign", response_model=Report)
def sign_report(visit: Signs, report_id: Number, body: Signature | None = None) -> Response:
    """Sign a report (签发), all files of the revision: they stay for ever, and the chain of evidence knows their checksums.

    Only the newest revision can be signed, and only one that was made after its period was over; a month of an enterprise
    that is not finalised only with a reason.
    """
    in_person(visit)
    reason = body.reason.strip() if body else ""
    now = clock.now()
    with visit.house.whole(visit.zone) as conn:
        alone(conn)
        found = _found(conn, [report_id])
        if not found:
            raise not_found(f"报表 {report_id}", f"report {report_id}")
        one = _shown(found[0], visit)
        if one["made_at"] < one["to"]:
            zh = "编制时该时段尚未结束; 请在时段结束后重新编制, 再签发"
            en = "it was made before its period was over; make it again after that, and sign that one"
            raise Problem(409, zh, en, more={"report": one})
        if not one["newest"]:
            zh, en = "已有更新的版本; 请签发最新版本", "there is a newer revision; sign the newest one"
            raise Problem(409, zh, en, more={"report": one})
        draft = one["kind"] == "monthly" and one["enterprise"] and one["finalised_month"] is None
        if draft and one["signed_at"] is None and len(reason) < SHORTEST_REASON:
            zh = f"该月未定稿, 此报表是草稿: 请先定稿并重新编制; 确需签发草稿请给出理由, 至少 {SHORTEST_REASON} 个字"
            en = (
                "its month is not finalised, this is a draft: finalise the month and make the report again, or say in at"
                f" least {SHORTEST_REASON} characters why the draft is signed"
            )
            raise Problem(409, zh, en, more={"report": one})
        actor = visit.principal.actor
        said = sign(conn, report_id, actor=actor, now=now, reason=reason if draft else None)
        if not said:
            raise Problem(409, "该报表已签发", "this report is signed already", more={"report": one})
        note(conn, now, actor, "report.sign", f"report/{report_id}", detail=said)
        return as_json(_shown(_found(conn, [report_id])[0], visit))


def _meant(conn: db.DictConnection, visit: Visit, body: NewReport) -> tuple[Subject, Span]:
    """Return whose report of which period is asked for, if this person may make it."""
    owner = visit.principal.owner
    if owner is None and not visit.principal.may("officiate"):
        raise Problem(403, "此角色无权编制报表", "this role may not make reports")
    wanted = body.enterprise if owner is None or body.enterprise is not None else str(owner)
    row = conn.execute(_Q.place, {"park": body.park, "enterprise": wanted}).fetchone()
    if row is None or (owner is not None and row["enterprise_id"] != owner):
        raise not_found("此园区或企业", "such park or enterprise")
    try:
        period = span(body.kind, body.start, row["timezone"])
    except ValueError as error:
        first = body.start.replace(day=1, month=1 if body.kind == "annual" else body.start.month)
        zh = f"{body.start} 不是该时段的第一天; 请写 {first}"
        raise InputProblem("body.start", zh, str(error)) from error
    return Subject(row["park_id"], row["enterprise_id"]), period


def _made(visit: Visit, what: tuple[Subject, Span], formats: list[Format], now: datetime) -> Made:
    """Make a report, unless another one is being made."""
    zh, en = "正在编制另一份报表, 请稍后重试", "another report is being made; try again shortly"
    busy = Problem(503, zh, en, headers={"Retry-After": "10"})
    if not _press.acquire(blocking=False):
        raise busy
    actor, rate = visit.principal.actor, visit.house.settings.records.pass_rate
    try:
        return make_apart(visit.house.apart, *what, formats, now=now, by=actor, pass_rate=rate)
    except OvertakenError as error:
        raise busy from error
    finally:
        _press.release()


def _found(conn: db.DictConnection, ids: list[int]) -> list[dict[str, Any]]:
    names = (
        "park",
        "enterprise",
        "scope",
        "kind",
        "format",
        "since",
        "until",
        "finalised",
        "signed",
        "after",
    )
    about = dict.fromkeys(names) | {"ids": ids, "limit": len(ids)}
    return conn.execute(_Q.reports, about).fetchall()


def _shown(row: dict[str, Any], visit: Visit) -> dict[str, Any]:
    """Return a row as it is shown: with its period, title and the name of its file."""
    shown = dict(row)
    park, timezone = shown.pop("park_zh"), shown.pop("timezone")
    period = span(row["kind"], row["start"], timezone)
    subject = row["enterprise"]["name_zh"] if row["enterprise"] else park
    words = label(row["kind"], row["start"])
    zone = ZoneInfo(visit.zone)
    return {
        **shown,
        "from": period.start.astimezone(zone),
        "to": period.end.astimezone(zone),
        "title": f"{subject}{TITLES[row['kind']]} {words}",
        "file_name": file_name(row["kind"], subject, words, row["revision"], row["format"]),
    }


def _lacking(made: Made) -> list[dict[str, str]]:
    return [{"format": name, "detail_zh": error.zh, "detail_en": error.en} for name, error in made.lacking]
