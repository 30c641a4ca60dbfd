"""Who asks: a bearer token, the page's cookie with its CSRF word, or the key of a machine."""

import hmac
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, APIKeyHeader, OAuth2PasswordBearer
from psycopg.types.json import Jsonb

from api import keys
from api.house import House, house_of
from api.passwords import BusyError
from api.problems import Problem
from api.roles import Principal
from api.tokens import BadTokenError, Claims
from smartpark import clock, db, queries

COOKIE = "smartpark_session"
CSRF_HEADER = "X-CSRF-Token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_Q = queries.load("api", "access.sql")

# For the OpenAPI document; what they find is read below.
_bearer = OAuth2PasswordBearer("/api/v1/token", scheme_name="token", auto_error=False)
_cookie = APIKeyCookie(name=COOKIE, scheme_name="session", auto_error=False)
_key = APIKeyHeader(name="X-API-Key", scheme_name="key", auto_error=False)


def who(
    request: Request,
    bearer: Annotated[str | None, Depends(_bearer)],
    cookie: Annotated[str | None, Depends(_cookie)],
    key: Annotated[str | None, Depends(_key)],
) -> Principal:
    """Return who asks.

    Raises:
        Problem: 401 when nobody is named, or the token, session or key is over; 403 without the CSRF word.

    """
    house = house_of(request)
    if bearer is not None and bearer.startswith(keys.START):
        key, bearer = bearer, None
    if bearer is not None:
        return _of_token(house, _claims(house, bearer, "bearer"))
    if key is not None:
        return _of_key(house, key)
    if cookie is None:
        raise _nobody("请先登录", "log in first")
    claims = _claims(house, cookie, "session")
    said = request.headers.get(CSRF_HEADER, "")
    if request.method not in _SAFE and not hmac.compare_digest(said.encode(), claims.csrf.encode()):
        raise Problem(
            403,
            f"缺少或错误的 {CSRF_HEADER}; 请从 /api/v1/me 取得后重试",
            f"the header {CSRF_HEADER} is missing or wrong; take it from /api/v1/me",
        )
    return _of_token(house, claims)


def still_holds(house: House, principal: Principal) -> bool:
    """Return whether a stream may go on: the account or key is active, the token is not over."""
    if principal.expires_at is not None and clock.now() >= principal.expires_at:
        return False
    with house.whole() as conn:
        if principal.credential == "key":
            name = principal.actor.removeprefix("key:")
            row = conn.execute(_Q.active_key, {"name": name}).fetchone()
            return row is not None
        row = conn.execute(_Q.account, {"username": principal.actor}).fetchone()
    return (
        row is not None
        and row["token_version"] == principal.token_version
        and row["role"] == principal.role
        and row["enterprise_id"] == principal.enterprise_id
    )


def log_in(house: House, username: str, password: str, address: str) -> dict[str, Any]:
    """Check a password and return the account.

    Raises:
        Problem: 401 for a wrong name or password, 429 after too many failures, 503 when too many log in at once.

    """
    now_s = clock.monotonic_s()
    wait_s = house.attempts.wait_s(username, address, now_s)
    if wait_s:
        raise Problem(
            429,
            f"登录失败次数过多, 请 {wait_s} 秒后再试",
            f"too many failed log-ins; try again in {wait_s} s",
            headers={"Retry-After": str(wait_s)},
        )
    with house.whole() as conn:
        account = conn.execute(_Q.account, {"username": username}).fetchone()
    try:
        fits, fresh = house.passwords.check(password, account["password_hash"] if account else None)
    except BusyError as error:
        zh, en = "登录请求过多, 请稍后再试", "too many log-ins at once; try again shortly"
        raise Problem(503, zh, en, headers={"Retry-After": "5"}) from error
    now = clock.now()
    if not fits or account is None:
        house.attempts.failed(username, address, now_s)
        with house.whole() as conn:
            note(conn, now, username, "login_failed", "account", detail={"address": address})
        raise _nobody("用户名或密码不正确", "wrong user name or password")
    house.attempts.succeeded(username, address)
    with house.whole() as conn:
        conn.execute(_Q.logged_in, {"id": account["id"], "fresh": fresh, "now": now})
        note(conn, now, username, "login", "account", detail={"address": address})
    return account


def note(
    conn: db.DictConnection,
    at: datetime,
    actor: str,
    action: str,
    about: str,
    *,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write one line of the audit trail."""
    conn.execute(
        _Q.note, {"at": at, "actor": actor, "action": action, "object": about, "detail": Jsonb(detail or {})}
    )


def _nobody(zh: str, en: str) -> Problem:
    return Problem(401, zh, en, headers={"WWW-Authenticate": "Bearer"})


def _claims(house: House, token: str, purpose: Any) -> Claims:
    try:
        return house.tokens.read(token, purpose)
    except BadTokenError as error:
        raise _nobody("登录已失效, 请重新登录", "the log-in is over; log in again") from error


def _of_token(house: House, claims: Claims) -> Principal:
    account = None
    if "\0" not in claims.username:
        with house.whole() as conn:
            account = conn.execute(_Q.account, {"username": claims.username}).fetchone()
    if account is None or account["token_version"] != claims.token_version:
        raise _nobody("登录已失效, 请重新登录", "the log-in is over; log in again")
    return Principal(
        actor=account["username"],
        name=account["name"],
        name_en=account["name_en"],
        role=account["role"],
        enterprise_id=account["enterprise_id"],
        credential=claims.purpose,
        token_version=claims.token_version,
        expires_at=claims.expires_at,
        csrf=claims.csrf,
    )


def _of_key(house: House, key: str) -> Principal:
    prefix, secret = keys.split(key)
    row = None
    if prefix.isalnum() and prefix.isascii():
        with house.whole() as conn:
            row = conn.execute(_Q.account_key, {"prefix": prefix}).fetchone()
            if row is not None and not hmac.compare_digest(keys.digest(secret), bytes(row["hash"])):
                row = None
            if row is not None:
                conn.execute(_Q.key_used, {"id": row["id"], "now": clock.now()})
    if row is None:
        raise _nobody("密钥无效或已吊销", "the key is wrong or revoked")
    return Principal(
        actor=f"key:{row['name']}",
        name=row["name"],
        name_en=row["name"],
        role=row["role"],
        enterprise_id=row["enterprise_id"],
        credential="key",
        token_version=0,
        expires_at=None,
        csrf="",
    )
