"""What people do to an alert: acknowledge, confirm, shelve, unshelve, comment, assign, reset, close."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from alerts import actions, rights
from alerts.actions import Seen
from alerts.rights import Actor
from api.alert_shapes import Alert, shown
from api.house import House
from api.login import log_in
from api.problems import InputProblem, Problem, ProblemShape, not_found
from api.routes.session import Credentials, address_of
from api.visit import Instant, Reads, Visit, as_json
from smartpark import clock, db, queries

_Q = queries.load("api", "alerts.sql")
AlertId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Text = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]
Need = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]


class Conflict(ProblemShape):
    """The alert is not what the person saw; ``alert`` is how it stands."""

    alert: Alert


router = APIRouter(prefix="/alerts/{alert_id}", tags=["alerts"])
_CLASH: dict[int | str, dict[str, Any]] = {
    409: {"model": Conflict, "description": "The alert has changed, or is not in a state for this"}
}


class Command(BaseModel):
    """Every command carries the version its person saw."""

    model_config = ConfigDict(extra="forbid")
    version: int = Field(ge=0, le=2**31 - 1, description="the version of the alert that was seen")


class Acknowledge(Command):
    """The park has seen it."""

    note: Text = ""


class Confirm(Command):
    """The enterprise answers."""

    cause: Need = Field(description="one of: " + " ".join(actions.CAUSES))
    text: Text = ""


class Shelve(Command):
    """Keep it silent for a while; a red alarm needs a leader or a second person."""

    reason: Need
    until: Instant | None = Field(None, description="at most 8 h ahead; default 8 h")
    once: bool = Field(default=False, description="or until its condition clears")
    second: Credentials | None = Field(None, description="the second person, who logs in for this once")


class Comment(Command):
    """Words for the alert's story."""

    text: Need


class Assign(Command):
    """Give it to somebody."""

    to: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
    note: Text = ""


class Close(Command):
    """End it with a reason."""

    reason: Need = Field(description="one of: " + " ".join(actions.CLOSE_REASONS))
    note: Text = ""


@router.post("/acknowledge", response_model=Alert, responses=_CLASH)
def acknowledge(visit: Reads, alert_id: AlertId, body: Acknowledge) -> Response:
    """Acknowledge for the park."""
    return _do(visit, alert_id, body, "acknowledge", note=body.note)


@router.post("/confirm", response_model=Alert, responses=_CLASH)
def confirm(visit: Reads, alert_id: AlertId, body: Confirm) -> Response:
    """Confirm for the enterprise, with the cause."""
    return _do(visit, alert_id, body, "confirm", cause=body.cause, text=body.text)


@router.post("/shelve", response_model=Alert, responses=_CLASH)
def shelve(request: Request, visit: Reads, alert_id: AlertId, body: Shelve) -> Response:
    """Shelve: no sound until an instant, 8 h ahead at most."""
    second = None
    if body.second is not None:
        account = log_in(visit.house, body.second.username, body.second.password, address_of(request))
        second = Actor(account["username"], account["role"], account["enterprise_id"])
    return _do(
        visit, alert_id, body, "shelve", reason=body.reason, until=body.until, once=body.once, second=second
    )


@router.post("/unshelve", response_model=Alert, responses=_CLASH)
def unshelve(visit: Reads, alert_id: AlertId, body: Command) -> Response:
    """End the shelf before its time."""
    return _do(visit, alert_id, body, "unshelve")


@router.post("/comment", response_model=Alert, responses=_CLASH)
def comment(visit: Reads, alert_id: AlertId, body: Comment) -> Response:
    """Add words to the alert's story."""
    return _do(visit, alert_id, body, "comment", text=body.text)


@router.post("/assign", response_model=Alert, responses=_CLASH)
def assign(visit: Reads, alert_id: AlertId, body: Assign) -> Response:
    """Give the alert to somebody."""
    return _do(visit, alert_id, body, "assign", to=body.to, note=body.note)


@router.post("/reset", response_model=Alert, responses=_CLASH)
def reset(visit: Reads, alert_id: AlertId, body: Command) -> Response:
    """Reset the latch of an alert whose condition is normal."""
    return _do(visit, alert_id, body, "reset")


@router.post("/close", response_model=Alert, responses=_CLASH)
def close(visit: Reads, alert_id: AlertId, body: Close) -> Response:
    """Close an alert that is not active, with a reason."""
    return _do(visit, alert_id, body, "close", reason=body.reason, note=body.note)


_ACTIONS: dict[str, Callable[..., Any]] = {name: getattr(actions, name) for name in rights.COMMANDS}


def _do(visit: Visit, alert_id: int, body: Command, command: str, **said: Any) -> Response:
    who = visit.principal
    actor = Actor(who.actor, who.role, who.enterprise_id)
    house, zone = visit.house, visit.zone
    try:
        with house.whole(zone) as conn:
            _ACTIONS[command](conn, Seen(alert_id, body.version), actor, clock.now(), **said)
            return as_json(_shown(conn, alert_id))
    except actions.NotFoundError as error:
        raise not_found(f"报警 {alert_id}", f"alert {alert_id}") from error
    except actions.ForbiddenError as error:
        raise Problem(403, error.zh, error.en) from error
    except actions.UnfitError as error:
        raise InputProblem("body", error.zh, error.en) from error
    except actions.ConflictError as error:
        more = {"alert": _current(house, zone, alert_id)}
        raise Problem(409, error.zh, error.en, more=more) from error


def _current(house: House, zone: str, alert_id: int) -> dict[str, Any]:
    with house.whole(zone) as conn:
        return _shown(conn, alert_id)


def _shown(conn: db.DictConnection, alert_id: int) -> dict[str, Any]:
    row = conn.execute(_Q.alert, {"id": alert_id}).fetchone()
    if row is None:
        raise not_found(f"报警 {alert_id}", f"alert {alert_id}")
    return shown(row)
