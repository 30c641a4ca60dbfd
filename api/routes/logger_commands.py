"""What is asked of data loggers: by whom, signed by whom, and what came of it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Path, Query, Response
from psycopg.types.json import Jsonb
from pydantic import BaseModel, ConfigDict, Field

from api.command_fields import FIELDS, LONGEST, Kind, required, written
from api.logger_shapes import CommandState, LoggerCommand
from api.login import note
from api.problems import InputProblem, Problem, not_found
from api.shapes import Listing
from api.visit import Paging, Reads, Visit, as_json, may
from smartpark import clock, db, queries
from smartpark.hj212.commands import EXE_RTN, QN_RTN, commands

router = APIRouter(tags=["loggers"])
_Q = queries.load("api", "logger_commands.sql")
_SIGNED_WITHIN = timedelta(hours=24)
_CANCELLED_BY = frozenset({"admin", "leader"})  # besides the person who asked

Mn = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[^\x00]+$", description="device number")]
MaybeMn = Annotated[str | None, Query(max_length=64, description="device number")]
CommandId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Commands = Annotated[Visit, Depends(may("command"))]


class FieldOfCommand(BaseModel):
    """A field of a request."""

    name: str
    name_zh: str
    name_en: str
    kind: Kind
    required: bool
    low: int | None
    high: int | None
    choices: list[int]
    pattern: str | None


class CommandKind(BaseModel):
    """Something that may be asked of a logger."""

    cn: str
    name_zh: str
    name_en: str
    second: bool = Field(description="it changes or occupies an instrument: a second person signs")
    fields: list[FieldOfCommand]
    longest_days: int | None = Field(
        description="how long a period may be asked for [days]; null: it takes none"
    )
    source: str


class NewLoggerCommand(BaseModel):
    """What to ask, and why; times with offset (RFC 3339), sent in the local digits of the park."""

    model_config = ConfigDict(extra="forbid")
    cn: Annotated[str, Field(pattern=r"^\d{4}$")]
    parameters: dict[
        Annotated[str, Field(max_length=20)],
        Annotated[str, Field(max_length=40)] | Annotated[int, Field(ge=0, le=99_999)],
    ] = Field(default_factory=dict, max_length=10)
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*\S[^\x00]*$")]


@router.get("/logger-command-kinds", response_model=Listing[CommandKind])
def command_kinds(visit: Reads) -> Response:
    """List what may be asked of a logger, with the fields of each request."""
    del visit
    found = [
        {
            "cn": one.cn,
            "name_zh": one.name_zh,
            "name_en": one.name_en,
            "second": one.second,
            "fields": [_field(name, needed=required(one, name)) for name in one.fields],
            "longest_days": LONGEST.days if {"BeginTime", "EndTime"} <= set(one.fields) else None,
            "source": one.source,
        }
        for one in commands().values()
        if one.sendable
    ]
    return as_json({"items": found, "next": None})


@router.get("/logger-commands", response_model=Listing[LoggerCommand])
def logger_commands(
    visit: Reads,
    page: Paging,
    mn: MaybeMn = None,
    state: Annotated[list[CommandState] | None, Query()] = None,
) -> Response:
    """List what was asked of loggers, newest first."""
    (after,) = page.after("logger_commands", int)
    with visit.open() as conn:
        rows = asked(conn, after=after, mn=mn, state=state, limit=page.limit + 1)
    return as_json(page.answer("logger_commands", rows, "id"))


@router.post("/loggers/{mn}/commands", response_model=LoggerCommand, status_code=201)
def ask_logger(visit: Commands, mn: Mn, body: NewLoggerCommand) -> Response:
    """Ask something of a logger; what changes or occupies an instrument waits for a second person."""
    now, actor = clock.now(), visit.principal.actor
    command = commands().get(body.cn)
    if command is None or not command.sendable:
        raise InputProblem(
            "body.cn",
            f"平台不下发命令 {body.cn}; 可下发的见 /api/v1/logger-command-kinds",
            f"{body.cn} is not sent to loggers; see /api/v1/logger-command-kinds",
        )
    if command.second and visit.principal.credential == "key":
        # The key's owner could sign by their own name what they asked by the key.
        raise Problem(
            403,
            f"命令 {body.cn} 须两人会签, 由本人登录下发, 不能用密钥",
            f"{body.cn} takes two people; log in to ask for it, a key may not",
        )
    with visit.open() as conn:
        found = conn.execute(_Q.addressee, {"mn": mn}).fetchone()
        if found is None:
            raise not_found(f"数采仪 {mn}", f"logger {mn}")
        if not found["admitted"]:
            raise Problem(
                409, f"数采仪 {mn} 尚未接入, 不能下发命令", f"logger {mn} is not admitted; admit it first"
            )
        parameters = written(command, body.parameters, ZoneInfo(found["timezone"]))
        state = "waiting_second" if command.second else "queued"
        about = {"mn": mn, "cn": body.cn, "reason": body.reason.strip(), "state": state}
        made = conn.execute(
            _Q.ask, {**about, "parameters": Jsonb(parameters), "actor": actor, "now": now}
        ).fetchone()
        number = made["id"] if made else 0
        told = {**about, "parameters": {k: v for k, v in parameters.items() if k != "NewPW"}}
        note(conn, now, actor, "logger_command.ask", f"logger_command/{number}", detail=told)
        return as_json(_one(conn, number), 201)


@router.post("/logger-commands/{command_id}/sign", response_model=LoggerCommand)
def sign_command(visit: Commands, command_id: CommandId) -> Response:
    """Sign as the second person: another one than who asked, within 24 hours."""
    now, who = clock.now(), visit.principal
    with visit.open() as conn:
        found = _locked(conn, command_id)
        if who.credential == "key":
            raise Problem(403, "会签须由本人登录, 不能用密钥", "a person signs; a key may not")
        if who.actor == found["requested_by"]:
            raise Problem(
                403, "申请人不能会签自己的命令, 请另一人会签", "who asked may not sign; another person has to"
            )
        if found["state"] != "waiting_second":
            raise _conflict(
                conn, command_id, "该命令不在待会签状态", "the command does not wait for a signature"
            )
        if now - found["requested_at"] > _SIGNED_WITHIN:
            raise _conflict(
                conn, command_id, "已超过 24 小时, 会签失效; 请重新下发", "24 hours are over; ask again"
            )
        conn.execute(_Q.sign, {"id": command_id, "actor": who.actor, "now": now})
        about = {"mn": found["mn"], "cn": found["cn"], "requested_by": found["requested_by"]}
        note(conn, now, who.actor, "logger_command.sign", f"logger_command/{command_id}", detail=about)
        return as_json(_one(conn, command_id))


@router.post("/logger-commands/{command_id}/cancel", response_model=LoggerCommand)
def cancel_command(visit: Commands, command_id: CommandId) -> Response:
    """Cancel what has not been sent yet: by who asked, an administrator or a leader."""
    now, who = clock.now(), visit.principal
    with visit.open() as conn:
        found = _locked(conn, command_id)
        if who.actor != found["requested_by"] and who.role not in _CANCELLED_BY:
            zh, en = (
                "只有申请人、管理员或领导可以撤销",
                "only who asked, an administrator or a leader may cancel",
            )
            raise Problem(403, zh, en)
        if found["state"] not in {"waiting_second", "queued"}:
            raise _conflict(
                conn, command_id, "命令已下发或已结束, 不能撤销", "the command has been sent or is over"
            )
        conn.execute(_Q.cancel, {"id": command_id, "now": now})
        about = {"mn": found["mn"], "cn": found["cn"]}
        note(conn, now, who.actor, "logger_command.cancel", f"logger_command/{command_id}", detail=about)
        return as_json(_one(conn, command_id))


def asked(conn: db.DictConnection, *, limit: int, **filters: Any) -> list[dict[str, Any]]:
    """Return requests to loggers as the API shows them, newest first."""
    wanted = {"after": None, "id": None, "mn": None, "state": None, "limit": limit, **filters}
    return [_shown(row) for row in conn.execute(_Q.commands, wanted).fetchall()]


def names(cn: str) -> dict[str, str]:
    """Return the names of a command, the bare number where it is not known."""
    known = commands().get(cn)
    return {"name_zh": known.name_zh if known else cn, "name_en": known.name_en if known else cn}


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    known = commands().get(row["cn"])
    order = known.fields if known else ()
    said = row["parameters"]
    parameters = {name: str(said[name]) for name in (*order, *sorted(set(said) - set(order))) if name in said}
    codes = {**_words("qn_rtn", row["qn_rtn"], QN_RTN), **_words("exe_rtn", row["exe_rtn"], EXE_RTN)}
    return {**row, **names(row["cn"]), "parameters": parameters, **codes}


def _words(name: str, code: int | None, known: Mapping[int, tuple[str, str]]) -> dict[str, str | None]:
    if code is None:
        return {f"{name}_zh": None, f"{name}_en": None}
    zh, en = known.get(code, (f"代码 {code}", f"code {code}"))
    return {f"{name}_zh": zh, f"{name}_en": en}


def _one(conn: db.DictConnection, number: int) -> dict[str, Any]:
    return asked(conn, id=number, limit=1)[0]


def _locked(conn: db.DictConnection, number: int) -> dict[str, Any]:
    row = conn.execute(_Q.locked, {"id": number}).fetchone()
    if row is None:
        raise not_found(f"命令 {number}", f"command {number}")
    return row


def _conflict(conn: db.DictConnection, number: int, zh: str, en: str) -> Problem:
    return Problem(409, zh, en, more={"command": _one(conn, number)})


def _field(name: str, *, needed: bool) -> dict[str, Any]:
    field = FIELDS[name]
    ranged = field.kind == "number"
    return {
        "name": name,
        "name_zh": field.name_zh,
        "name_en": field.name_en,
        "kind": field.kind,
        "required": needed,
        "low": field.low if ranged else None,
        "high": field.high if ranged else None,
        "choices": list(field.choices),
        "pattern": field.pattern or None,
    }
