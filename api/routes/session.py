"""Logging in and out: a token for machines, a cookie for the page, and who one is."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.house import House, house_of
from api.login import COOKIE, log_in, note, who
from api.roles import Principal
from api.shapes import Listing, Me, Person, Token
from api.visit import as_json
from smartpark import clock, queries

router = APIRouter(tags=["session"])
_Q = queries.load("api", "access.sql")

Username = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
Password = Annotated[str, Field(min_length=1, max_length=1000)]


class Credentials(BaseModel):
    """A user name and its password."""

    model_config = ConfigDict(extra="forbid")
    username: Username
    password: Password


class LogIn(BaseModel):
    """OAuth 2 password form; other fields of it are ignored."""

    username: Username
    password: Password
    grant_type: str | None = None
    scope: str | None = None
    client_id: str | None = None
    client_secret: str | None = None


@router.post("/token", response_model=Token)
def token(request: Request, form: Annotated[LogIn, Form()]) -> Response:
    """Return a bearer token for a user name and password."""
    house = house_of(request)
    account = log_in(house, form.username, form.password, address_of(request))
    signed = house.tokens.sign(account["username"], account["token_version"], "bearer", clock.now())
    lasts = int(house.tokens.lasts.total_seconds())
    return as_json({"access_token": signed, "token_type": "bearer", "expires_in": lasts})


@router.post("/session", response_model=Me)
def begin(request: Request, credentials: Credentials) -> Response:
    """Log the page in: sets its cookie, returns the CSRF word that unsafe requests carry in X-CSRF-Token."""
    house = house_of(request)
    account = log_in(house, credentials.username, credentials.password, address_of(request))
    signed = house.tokens.sign(account["username"], account["token_version"], "session", clock.now())
    claims = house.tokens.read(signed, "session")
    principal = Principal(
        actor=account["username"],
        name=account["name"],
        name_en=account["name_en"],
        role=account["role"],
        enterprise_id=account["enterprise_id"],
        credential="session",
        token_version=account["token_version"],
        expires_at=claims.expires_at,
        csrf=claims.csrf,
    )
    response = as_json(_me(house, principal))
    response.set_cookie(
        COOKIE,
        signed,
        max_age=int(house.tokens.lasts.total_seconds()),
        path="/",
        httponly=True,
        samesite="strict",
        secure=house.settings.api.secure_cookie,
    )
    return response


@router.delete("/session", status_code=204)
def end(request: Request, principal: Annotated[Principal, Depends(who)]) -> Response:
    """Log the page out."""
    house = house_of(request)
    with house.whole() as conn:
        note(conn, clock.now(), principal.actor, "logout", "account")
    response = Response(status_code=204)
    response.delete_cookie(
        COOKIE, path="/", httponly=True, samesite="strict", secure=house.settings.api.secure_cookie
    )
    return response


@router.get("/me", response_model=Me)
def me(request: Request, principal: Annotated[Principal, Depends(who)]) -> Response:
    """Return who asks, what they may do, and the CSRF word of a cookie session."""
    return as_json(_me(house_of(request), principal))


@router.get("/people", response_model=Listing[Person])
def people(request: Request, principal: Annotated[Principal, Depends(who)]) -> Response:
    """List the names behind the user names; an enterprise sees the park's people and its own."""
    with house_of(request).whole() as conn:
        rows = conn.execute(_Q.people, {"enterprise": principal.enterprise_id}).fetchall()
    return as_json({"items": rows, "next": None})


def _me(house: House, principal: Principal) -> dict[str, Any]:
    enterprise = None
    if principal.enterprise_id is not None:
        with house.seen_by(principal) as conn:
            enterprise = conn.execute(_Q.own_enterprise, {"id": principal.enterprise_id}).fetchone()
    return {
        "user": {
            "username": principal.actor,
            "name": principal.name,
            "name_en": principal.name_en,
            "role": principal.role,
            "enterprise": enterprise,
        },
        "csrf": principal.csrf or None,
        "permissions": principal.permissions,
        "expires_at": principal.expires_at,
    }


def address_of(request: Request) -> str:
    """Return where a request comes from."""
    return request.client.host if request.client else "unknown"
