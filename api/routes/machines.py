"""For the administrator: accounts, and keys of machines."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from api import keys
from api.accounts import AccountError
from api.login import note
from api.problems import InputProblem, not_found
from api.roles import Role
from api.shapes import Listing
from api.visit import Paging, Visit, as_json, may
from smartpark import clock, queries

router = APIRouter(tags=["administration"])
_Q = queries.load("api", "access.sql")

Administers = Annotated[Visit, Depends(may("administer"))]


class Account(BaseModel):
    """An account, without its password."""

    id: int
    username: str
    name: str
    name_en: str
    role: Role
    enterprise: str | None
    phone: str | None
    active: bool
    demo: bool
    created_at: datetime
    last_login_at: datetime | None


class Key(BaseModel):
    """A key, without its secret."""

    id: int
    name: str
    prefix: str
    role: Role
    enterprise: str | None
    created_by: str
    created_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


class NewKey(BaseModel):
    """A key to make."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
    role: Role
    enterprise: str | None = Field(
        None, max_length=100, pattern=r"^[^\x00]+$", description="for the role enterprise"
    )


class MadeKey(BaseModel):
    """A new key; it is shown this once."""

    name: str
    key: str = Field(description="send it as X-API-Key or as the bearer token")


@router.get("/accounts", response_model=Listing[Account])
def accounts(visit: Administers, page: Paging) -> Response:
    """List the accounts."""
    (after,) = page.after("accounts", int)
    with visit.open() as conn:
        rows = conn.execute(_Q.accounts, {"after": after, "limit": page.limit + 1}).fetchall()
    return as_json(page.answer("accounts", rows, "id"))


@router.get("/api-keys", response_model=Listing[Key])
def api_keys(visit: Administers, page: Paging) -> Response:
    """List the keys."""
    (after,) = page.after("keys", int)
    with visit.open() as conn:
        rows = conn.execute(_Q.keys, {"after": after, "limit": page.limit + 1}).fetchall()
    return as_json(page.answer("keys", rows, "id"))


@router.post("/api-keys", response_model=MadeKey, status_code=201)
def make_key(visit: Administers, body: NewKey) -> Response:
    """Make a key for a machine."""
    actor = visit.principal.actor
    with visit.house.whole() as conn:
        try:
            key = keys.make(conn, body.name, body.role, body.enterprise, actor)
        except AccountError as error:
            raise InputProblem("body", f"不能建立密钥: {error}", str(error)) from error
        note(conn, clock.now(), actor, "key.make", f"key/{body.name}", detail={"role": body.role})
    return as_json({"name": body.name, "key": key}, 201)


@router.delete("/api-keys/{key_id}", status_code=204)
def revoke_key(visit: Administers, key_id: Annotated[int, Path(ge=1, le=2**31 - 1)]) -> Response:
    """Revoke a key."""
    now = clock.now()
    with visit.house.whole() as conn:
        row = conn.execute(_Q.revoke_key, {"id": key_id, "now": now}).fetchone()
        if row is None:
            raise not_found(f"有效密钥 {key_id}", f"key {key_id} in use")
        note(conn, now, visit.principal.actor, "key.revoke", f"key/{row['name']}")
    return Response(status_code=204)
