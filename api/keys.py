"""Keys for machines: shown once, stored as a hash, found by their prefix."""

import hashlib
import secrets
from typing import Any

import psycopg
from psycopg.rows import dict_row

from api.accounts import AccountError
from smartpark import clock, queries

START = "spk_"
_Q = queries.load("api", "access.sql")


def make(conn: psycopg.Connection[Any], name: str, role: str, enterprise: str | None, by: str) -> str:
    """Make a key and return it; nobody can read it again.

    Raises:
        AccountError: the name is taken, or the enterprise is missing or unknown.

    """
    if (role == "enterprise") != (enterprise is not None):
        raise AccountError("a key of the role enterprise, and no other, names its enterprise")
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    with conn.transaction(), conn.cursor(row_factory=dict_row) as cursor:
        enterprise_id = None
        if enterprise is not None:
            found = cursor.execute(_Q.enterprise_by_code, {"code": enterprise}).fetchone()
            if found is None:
                raise AccountError(f"there is no enterprise {enterprise}")
            enterprise_id = found["id"]
        values = {
            "name": name,
            "prefix": prefix,
            "hash": digest(secret),
            "role": role,
            "enterprise_id": enterprise_id,
            "created_by": by,
            "created_at": clock.now(),
        }
        if cursor.execute(_Q.add_key, values).fetchone() is None:
            raise AccountError(f"a key named {name} exists; take another name")
    return f"{START}{prefix}_{secret}"


def digest(secret: str) -> bytes:
    """Return what is stored of a secret: it is long and random, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).digest()


def split(key: str) -> tuple[str, str]:
    """Return the prefix and the secret of a key."""
    prefix, _, secret = key.removeprefix(START).partition("_")
    return prefix, secret
