"""Signed tokens: for machines as a bearer, for the page inside its cookie."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import jwt

ALGORITHM = "HS256"
Purpose = Literal["bearer", "session"]


class BadTokenError(ValueError):
    """The token is not ours, not for this purpose, or over."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says."""

    username: str
    token_version: int
    purpose: Purpose
    expires_at: datetime
    csrf: str


class Tokens:
    """Signs and reads tokens with one secret and one algorithm."""

    def __init__(self, secret: str, hours: int) -> None:
        self._secret = secret
        self.lasts = timedelta(hours=hours)

    def sign(self, username: str, token_version: int, purpose: Purpose, now: datetime) -> str:
        """Return a token; a session carries a random CSRF word."""
        return jwt.encode(
            {
                "sub": username,
                "ver": token_version,
                "use": purpose,
                "iat": int(now.timestamp()),
                "exp": int((now + self.lasts).timestamp()),
                "csrf": secrets.token_urlsafe(24) if purpose == "session" else "",
            },
            self._secret,
            algorithm=ALGORITHM,
        )

    def read(self, token: str, purpose: Purpose) -> Claims:
        """Return what a token says.

        Raises:
            BadTokenError: wrong signature, wrong purpose, or expired.

        """
        try:
            body = jwt.decode(
                token,
                self._secret,
                algorithms=[ALGORITHM],
                options={"require": ["sub", "ver", "use", "exp", "csrf"]},
            )
            if body["use"] != purpose:
                raise BadTokenError("for another purpose")
            expires_at = datetime.fromtimestamp(int(body["exp"]), UTC)
            return Claims(str(body["sub"]), int(body["ver"]), purpose, expires_at, str(body["csrf"]))
        except (jwt.PyJWTError, TypeError, ValueError, OverflowError, OSError) as error:
            raise BadTokenError(str(error)) from error
