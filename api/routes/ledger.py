"""What arrived and what became of it: ledger, quarantine, conflicting values."""

import base64
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api import feeds
from api.login import note
from api.problems import Problem, not_found
from api.routes.places import Code
from api.shapes import Listing
from api.visit import From, Id, Paging, Reads, To, Visit, as_json, check_period, may
from api.waiting import release_group as release_waiting
from ingest.check import Bounds
from ingest.release import ReleaseError, Releasing
from smartpark import clock, queries
from smartpark.hj212.mask import without_passwords

router = APIRouter(tags=["ingest"])
_Q = queries.load("api", "ingest.sql")
_DAY = timedelta(days=1)
_TEXT = r"^[^\x00]*$"

Source = Literal["mqtt", "hj212", "release", "import"]
Reason = Literal[
    "malformed", "too_large", "unknown_station", "unknown_quantity", "wrong_feed", "no_offset", "future", "too_old",
    "not_finite", "bad_flag", "bad_crc", "bad_frame", "unsupported",
]  # fmt: skip
Cause = Literal["not_admitted", "wrong_password", "wrong_key", "no_key", "wrong_check", "logger_delivers"]
Releases = Annotated[Visit, Depends(may("release"))]
QuarantineId = Annotated[int, Path(ge=1, le=2**63 - 1)]


class Entry(BaseModel):
    """What became of the items received in one minute from one station; station null: not known."""

    minute: datetime = Field(description="of receipt, its start")
    source: Source
    station_id: int | None
    station: str | None
    received: int
    stored: int
    duplicate: int
    quarantined: int
    gap: int
    balanced: bool


class Total(BaseModel):
    """The whole period."""

    received: int
    stored: int
    duplicate: int
    quarantined: int
    gap: int
    balanced: bool


class LedgerPage(Listing[Entry]):
    """One page of the ledger and the total of the whole period."""

    from_: datetime = Field(alias="from")
    to: datetime
    total: Total


class LoggerNow(BaseModel):
    """A data logger that a refusal is about, as it is now."""

    mn: str
    admitted: bool
    since: datetime | None = Field(description="when it was admitted")


class Quarantined(BaseModel):
    """A message that was refused."""

    id: int
    topic: str
    reason: Reason
    detail: str
    cause: Cause | None = Field(
        description="which of several causes of the same reason it is, where that is known"
    )
    loggers: list[LoggerNow] = Field(
        description="whose frame it is, or, where a logger has taken the station over, which it is"
    )
    source: str
    station_id: int | None
    station: str | None
    items: int
    seen: int
    bytes: int
    received_at: datetime
    last_seen_at: datetime
    released_at: datetime | None
    released_by: str | None


class QuarantineGroup(BaseModel):
    """Messages of one sender that wait for the same reason."""

    reason: Reason
    cause: Cause | None = Field(description="of the newest of them")
    sender: str = Field(description="the beginning of their topics")
    topic: str = Field(description="of the newest of them")
    detail: str = Field(description="of the newest of them")
    station: str | None
    messages: int
    items: int
    seen: int
    first_at: datetime
    last_at: datetime
    newest: int = Field(description="the number of the newest message")


class ReleaseGroup(BaseModel):
    """Which messages to let in: those of one sender that wait for one reason."""

    model_config = ConfigDict(extra="forbid")
    reason: Reason
    sender: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00]+$")]
    before: datetime | None = Field(
        None, description="as the first part answered: what is refused again since then is not tried again"
    )


class ReleasedGroup(BaseModel):
    """What became of a part of a group."""

    messages: int
    received: int
    stored: int
    duplicate: int
    quarantined: int
    left: int = Field(description="messages not tried yet")
    before: datetime


class QuarantinedMessage(Quarantined):
    """A refused message with its bytes; ``text`` where they are UTF-8, passwords hidden."""

    payload_base64: str
    text: str | None


class Released(BaseModel):
    """What became of the items of a released message."""

    received: int
    stored: int
    duplicate: int
    quarantined: int


class ReadingConflict(BaseModel):
    """A second, different value for a reading that is stored."""

    id: int
    sensor_id: int
    station: str
    quantity: str
    time: datetime
    value: float
    flag: str
    other_value: float
    other_flag: str
    source: str
    received_at: datetime


@router.get("/ingest/ledger", response_model=LedgerPage)
def ledger(
    visit: Reads,
    page: Paging,
    *,
    station: Code = None,
    source: Source | None = None,
    start: From = None,
    to: To = None,
) -> Response:
    """Return the ledger over [from, to) of receipt, by default the last day: every item received, and where it ended."""
    end = to or clock.now() + timedelta(minutes=1)
    begin = start or end - _DAY
    check_period(begin, end)
    after_minute, after_source, after_station = page.after("ledger", datetime, str, int)
    about = {"from": begin, "to": end, "station": station, "source": source}
    after = {"after_minute": after_minute, "after_source": after_source, "after_station": after_station}
    with visit.open() as conn:
        rows = conn.execute(_Q.ledger_minutes, {**about, **after, "limit": page.limit + 1}).fetchall()
        total = conn.execute(_Q.ledger_total, about).fetchone() or {}
    for row in rows:
        row["key"] = row["station_id"] or 0
    answer = page.answer("ledger", rows, "minute", "source", "key")
    answer["items"] = [_entry(row) for row in answer["items"]]
    whole = {**total, "balanced": feeds.balanced(total)}
    return as_json({**answer, "from": begin, "to": end, "total": whole})


@router.get("/quarantine", response_model=Listing[Quarantined])
def quarantine(  # noqa: PLR0913 - why, whose, when
    visit: Reads,
    page: Paging,
    *,
    reason: Annotated[list[Reason] | None, Query()] = None,
    station: Code = None,
    released: bool | None = None,
    sender: Annotated[
        str | None, Query(max_length=1000, pattern=_TEXT, description="as a group has it")
    ] = None,
    q: Annotated[
        str | None, Query(max_length=200, pattern=_TEXT, description="part of topic or detail")
    ] = None,
    start: From = None,
    to: To = None,
) -> Response:
    """List what was refused, newest first."""
    (after,) = page.after("quarantine", int)
    about = {"reason": reason, "station": station, "released": released, "from": start, "to": to}
    about |= {"sender": sender, "q": q}
    with visit.open() as conn:
        rows = conn.execute(_Q.quarantine, {**about, "after": after, "limit": page.limit + 1}).fetchall()
    return as_json(page.answer("quarantine", rows, "id"))


@router.get("/quarantine-groups", response_model=Listing[QuarantineGroup])
def quarantine_groups(
    visit: Reads,
    reason: Annotated[list[Reason] | None, Query()] = None,
    q: Annotated[
        str | None, Query(max_length=200, pattern=_TEXT, description="part of topic or detail")
    ] = None,
) -> Response:
    """List what waits in quarantine by reason and sender, the most first, 500 groups at most; never in pages."""
    with visit.open() as conn:
        rows = conn.execute(_Q.quarantine_groups, {"reason": reason, "q": q, "limit": 500}).fetchall()
    return as_json({"items": rows, "next": None})


@router.post("/quarantine-groups/release", response_model=ReleasedGroup)
def release_group(visit: Releases, body: ReleaseGroup) -> Response:
    """Let in a bounded part of a group, oldest first; asked again with ``before``, the rest."""
    now = clock.now()
    before = min(body.before or now, now)
    done = release_waiting(visit.house, {**body.model_dump(), "before": before}, visit.principal.actor, now)
    return as_json({**done, "before": before})


@router.get("/quarantine/{quarantine_id}", response_model=QuarantinedMessage)
def quarantined(visit: Reads, quarantine_id: QuarantineId) -> Response:
    """Return one refused message with its bytes; the passwords in it are shown to an administrator alone."""
    with visit.open() as conn:
        row = conn.execute(_Q.quarantined, {"id": quarantine_id}).fetchone()
    if row is None:
        raise not_found(f"隔离消息 {quarantine_id}", f"quarantined message {quarantine_id}")
    payload = bytes(row.pop("payload"))
    hidden = without_passwords(payload)
    exact = visit.principal.may("administer")
    row["payload_base64"] = base64.b64encode(payload if exact else hidden).decode()
    try:
        row["text"] = hidden.decode()
    except UnicodeDecodeError:
        row["text"] = None
    return as_json(row)


@router.post("/quarantine/{quarantine_id}/release", response_model=Released)
def release(visit: Releases, quarantine_id: QuarantineId) -> Response:
    """Decode a refused message again, by the catalogue as it is now; what is good in it is stored as a new receipt."""
    now, actor = clock.now(), visit.principal.actor
    with visit.open() as conn:
        if conn.execute(_Q.quarantined, {"id": quarantine_id}).fetchone() is None:
            raise not_found(f"隔离消息 {quarantine_id}", f"quarantined message {quarantine_id}")
    settings = visit.house.settings.ingest
    bounds = Bounds(settings.future_tolerance_s * 1_000_000, settings.readings_days)
    with visit.house.apart() as conn:
        try:
            done = asdict(Releasing(conn, bounds).release(quarantine_id, actor, now))
        except ReleaseError as error:
            conn.rollback()
            raise Problem(409, "此消息已放行, 不能再次放行", str(error)) from error
        note(conn, now, actor, "quarantine.release", f"quarantine/{quarantine_id}", detail=done)
    return as_json(done)


@router.get("/ingest/conflicts", response_model=Listing[ReadingConflict])
def conflicts(visit: Reads, page: Paging, sensor: Id | None = None) -> Response:
    """List second, different values for readings that are stored, newest first; the stored value stays."""
    (after,) = page.after("conflicts", int)
    with visit.open() as conn:
        wanted = {"after": after, "limit": page.limit + 1, "sensor": sensor}
        rows = conn.execute(_Q.conflicts, wanted).fetchall()
    return as_json(page.answer("conflicts", rows, "id"))


def _entry(row: dict[str, Any]) -> dict[str, Any]:
    del row["key"]
    return {**row, "balanced": feeds.balanced(row)}
