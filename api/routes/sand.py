"""Sand-dust episodes (沙尘过程): who declared one, on which document, over which stations; taken back by name alone."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Path, Query, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from api import vouchers
from api.login import note
from api.problems import InputProblem, Problem, not_found
from api.routes.duty import Place, Words
from api.routes.places import Code
from api.shapes import Listing
from api.visit import From, Instant, Paging, Reads, To, Visit, as_json, may
from records.corrections import chain
from smartpark import clock, db, queries

router = APIRouter(tags=["air"])
_Q = queries.load("api", "air.sql")
_LONGEST = timedelta(days=15)

Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
Officiates = Annotated[Visit, Depends(may("officiate"))]


class NewEpisode(BaseModel):
    """A sand-dust episode; it needs a name and a document."""

    model_config = ConfigDict(extra="forbid")
    park: Place
    name: Words
    starts_at: Instant = Field(description="not in the future")
    ends_at: Instant = Field(description="later than the start, by at most 15 days")
    stations: list[Place] | None = Field(
        None, min_length=1, max_length=200, description="null: the whole park"
    )
    document: Words = Field(description="number and title of the notice it rests on")


class Withdrawn(BaseModel):
    """Why an episode is taken back."""

    model_config = ConfigDict(extra="forbid")
    reason: Words


class SandEpisode(BaseModel):
    """A declared episode over [starts_at, ends_at)."""

    id: int
    park: str
    name: str
    starts_at: datetime
    ends_at: datetime
    whole_park: bool
    stations: list[str] | None = Field(
        description="codes; null: the whole park, or none that this reader sees"
    )
    document: str
    attachment_id: int | None = Field(description="the newest file of the document, at /attachments/{id}")
    declared_by: str
    declared_at: datetime
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    withdrawn_reason: str | None


@router.get("/sand-episodes", response_model=Listing[SandEpisode])
def sand_episodes(
    visit: Reads,
    page: Paging,
    *,
    park: Code = None,
    station: Code = None,
    at: Annotated[Instant | None, Query(description="only those that hold at this instant")] = None,
    start: From = None,
    to: To = None,
) -> Response:
    """List the episodes, newest first; withdrawn ones as well unless ``at`` asks for those that hold."""
    (after,) = page.after("sand", int)
    span = {"at": at, "from": start, "to": to}
    about = {"id": None, "park": park, "station": station, **span, "after": after, "limit": page.limit + 1}
    with visit.open() as conn:
        return as_json(page.answer("sand", conn.execute(_Q.episodes, about).fetchall(), "id"))


@router.post("/sand-episodes", response_model=SandEpisode, status_code=201)
def declare_sand(visit: Officiates, body: NewEpisode) -> Response:
    """Declare an episode; it takes nothing away, every statistic gets a second column."""
    now = clock.now()
    _check(body, now)
    with visit.house.whole(visit.zone) as conn:
        stations = _stations(conn, body)
        told = body.model_dump(mode="json")
        values = {**body.model_dump(), "stations": stations, "actor": visit.principal.actor, "now": now}
        made = conn.execute(_Q.declare_episode, values).fetchone()
        if made is None:
            raise not_found(f"园区 {body.park}", f"park {body.park}")
        _written(conn, visit, made["id"], now, action="sand.declare", told=told)
        return as_json(_episode(conn, made["id"]), 201)


@router.post("/sand-episodes/{episode_id}/withdraw", response_model=SandEpisode)
def withdraw_sand(visit: Officiates, episode_id: Number, body: Withdrawn) -> Response:
    """Take an episode back; it stays listed with the reason, and counts no more."""
    now = clock.now()
    with visit.house.whole(visit.zone) as conn:
        found = _episode(conn, episode_id)
        values = {"id": episode_id, "reason": body.reason, "actor": visit.principal.actor, "now": now}
        if conn.execute(_Q.withdraw_episode, values).fetchone() is None:
            raise _over(found)
        _written(conn, visit, episode_id, now, action="sand.withdraw", told={"reason": body.reason})
        return as_json(_episode(conn, episode_id))


@router.post("/sand-episodes/{episode_id}/document", response_model=SandEpisode, status_code=201)
def attach_sand_document(
    visit: Officiates,
    episode_id: Number,
    file: Annotated[UploadFile, File(description="PDF, image, docx or xlsx")],
) -> Response:
    """Keep the file of the document that an episode rests on; earlier files stay."""
    paper = vouchers.opened(file)
    now = clock.now()
    with visit.house.whole(visit.zone) as conn:
        found = _episode(conn, episode_id)
        about = {"name": paper.name, "media_type": paper.media_type, "content": paper.content}
        who = {"actor": visit.principal.actor, "now": now, "id": episode_id, "object": _name(episode_id)}
        if found["withdrawn_at"] is not None:
            raise _over(found)
        conn.execute(_Q.episode_paper, {**about, **who, "sha256": paper.sha256})
        told = {"name": paper.name, "sha256": paper.sha256.hex(), "bytes": len(paper.content)}
        _written(conn, visit, episode_id, now, action="sand.document", told=told)
        return as_json(_episode(conn, episode_id), 201)


def _check(body: NewEpisode, now: datetime) -> None:
    if body.starts_at > now:
        raise InputProblem(
            "body.starts_at",
            "不能晚于现在; 沙尘过程开始后再认定",
            "lies ahead; declare an episode once it has begun",
        )
    if not body.starts_at < body.ends_at <= body.starts_at + _LONGEST:
        raise InputProblem(
            "body.ends_at",
            "必须晚于开始, 且最长 15 天; 更长的请分段认定",
            "must be later than the start, by at most 15 days; declare a longer one in parts",
        )


def _stations(conn: db.DictConnection, body: NewEpisode) -> list[int] | None:
    if body.stations is None:
        return None
    wanted = set(body.stations)
    values = {"park": body.park, "stations": sorted(wanted)}
    found = {row["code"]: row["id"] for row in conn.execute(_Q.stations_of_park, values)}
    if missing := sorted(wanted - found.keys()):
        raise not_found(f"站点 {missing[0]}", f"station {missing[0]}")
    return sorted(found.values())


def _written(
    conn: db.DictConnection, visit: Visit, number: int, now: datetime, *, action: str, told: dict[str, Any]
) -> None:
    """Write what was done into the audit trail and, last, into the chain."""
    actor = visit.principal.actor
    note(conn, now, actor, action, f"sand/{number}", detail=told)
    chain.append(conn, at=now, actor=actor, action=action, object=_name(number), content=told)


def _name(number: int) -> str:
    return f"sand {number}"


def _episode(conn: db.DictConnection, number: int) -> dict[str, Any]:
    nothing = dict.fromkeys(("park", "station", "at", "from", "to", "after"))
    found = conn.execute(_Q.episodes, {**nothing, "id": number, "limit": 1}).fetchone()
    if found is None:
        raise not_found(f"沙尘过程 {number}", f"sand-dust episode {number}")
    return found


def _over(found: dict[str, Any]) -> Problem:
    return Problem(409, "该沙尘过程已撤销", "this episode was withdrawn before", more={"episode": found})
