"""Accounts from the command line: the demo's, and those of production."""

from psycopg.rows import dict_row

from api.passwords import Passwords
from smartpark import db, demo, queries

_Q = queries.load("api", "access.sql")


class AccountError(ValueError):
    """The account cannot be made; the message says what to write instead."""


def make_demo(conn: db.Connection, passwords: Passwords) -> int:
    """Make the accounts of the demo that do not exist; return how many were made."""
    made = 0
    enterprise = conn.execute(_Q.demo_enterprise).fetchone()
    for user in demo.USERS:
        bound = enterprise[0] if enterprise and user.role == "enterprise" else None
        if user.role == "enterprise" and bound is None:
            continue  # an enterprise account belongs to an enterprise; there is none yet
        known = conn.execute(_Q.account_exists, {"username": user.username}).fetchone()
        if known is not None:
            continue
        values = {
            "username": user.username,
            "name": user.name_zh,
            "name_en": user.name_en,
            "password_hash": passwords.make(demo.password(user.username)),
            "role": user.role,
            "enterprise_id": bound,
            "demo": True,
        }
        made += conn.execute(_Q.add_account, values).fetchone() is not None
    conn.commit()
    return made


def add(
    conn: db.Connection,
    passwords: Passwords,
    username: str,
    role: str,
    password: str,
    *,
    enterprise: str | None,
    name: str,
) -> None:
    """Make an account.

    Raises:
        AccountError: the name is taken, the password too short, or the enterprise missing or unknown.

    """
    if len(password) < 10:
        raise AccountError("the password is too short; take 10 characters or more")
    if (role == "enterprise") != (enterprise is not None):
        raise AccountError("an enterprise account, and no other, names its enterprise: --enterprise CODE")
    enterprise_id = None
    if enterprise is not None:
        found = conn.execute(_Q.enterprise_by_code, {"code": enterprise}).fetchone()
        if found is None:
            raise AccountError(
                f"there is no enterprise {enterprise}; see GET /api/v1/enterprises for the codes"
            )
        enterprise_id = found[0]
    values = {
        "username": username,
        "name": name or username,
        "name_en": name or username,
        "password_hash": passwords.make(password),
        "role": role,
        "enterprise_id": enterprise_id,
        "demo": False,
    }
    if conn.execute(_Q.add_account, values).fetchone() is None:
        raise AccountError(
            f"the name {username} is taken; `python -m api users password {username}` sets its password"
        )
    conn.commit()


def set_password(conn: db.Connection, passwords: Passwords, username: str, password: str) -> None:
    """Replace a password; every token of the account ends.

    Raises:
        AccountError: unknown account, or the password is too short.

    """
    if len(password) < 10:
        raise AccountError("the password is too short; take 10 characters or more")
    values = {"username": username, "password_hash": passwords.make(password)}
    if conn.execute(_Q.set_password, values).fetchone() is None:
        raise AccountError(f"there is no account {username}")
    conn.commit()


def disable(conn: db.Connection, username: str) -> None:
    """End an account; every token of it ends.

    Raises:
        AccountError: there is no such active account.

    """
    if conn.execute(_Q.disable_account, {"username": username}).fetchone() is None:
        raise AccountError(f"there is no active account {username}")
    conn.commit()


def listed(conn: db.Connection) -> list[str]:
    """Return one line for each account."""
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_Q.accounts, {"after": None, "limit": 10_000}).fetchall()
    return [
        f"{row['username']:<20} {row['role']:<11} {row['enterprise'] or '-':<12} {'active' if row['active'] else 'ended'}"
        for row in rows
    ]


def open_demo_accounts(conn: db.Connection) -> int:
    """Return how many demo accounts can log in."""
    row = conn.execute(_Q.demo_accounts).fetchone()
    return int(row[0]) if row else 0
