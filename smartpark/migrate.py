"""Migrations: numbered SQL files, each run once, in order, under one lock, while data flow."""

import hashlib
from collections.abc import Callable
from importlib.resources import files

from smartpark import db

_LOCK = "smartpark migrations"
_OLDEST_TIMESCALEDB = (2, 19)


class MigrationError(RuntimeError):
    """The database cannot be brought to this version; the message says why."""


def available() -> list[tuple[str, str]]:
    """Return (file name, text) of every migration, in order."""
    folder = files("smartpark").joinpath("migrations")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [(name, folder.joinpath(name).read_text(encoding="utf-8")) for name in names]


def pending(conn: db.Connection) -> list[str]:
    """Return the names of the migrations that this database has not had."""
    had = set(_applied(conn))
    return [name for name, _ in available() if name not in had]


def migrate(conn: db.Connection, say: Callable[[str], None] = lambda _: None) -> list[str]:
    """Run what has not been run; each file is one transaction.

    Raises:
        MigrationError: TimescaleDB is missing or too old, or a file that was run has been changed since.

    """
    conn.execute("select pg_advisory_lock(hashtextextended(%s, 0))", [_LOCK])
    try:
        _check_timescaledb(conn)
        conn.execute(
            "create table if not exists migration"
            " (name text primary key, digest text not null, applied_at timestamptz not null default now())"
        )
        conn.commit()
        had = _applied(conn)
        done = []
        for name, text in available():
            digest = hashlib.sha256(text.encode()).hexdigest()
            if name in had:
                if had[name] != digest:
                    raise MigrationError(
                        f"{name} was changed after it had been run; add a new migration instead"
                    )
                continue
            say(name)
            conn.execute(text.encode())
            conn.execute("insert into migration (name, digest) values (%s, %s)", [name, digest])
            conn.commit()
            done.append(name)
        return done
    finally:
        conn.rollback()
        conn.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", [_LOCK])
        conn.commit()


def _applied(conn: db.Connection) -> dict[str, str]:
    known = conn.execute("select to_regclass('migration')").fetchone()
    if known is None or known[0] is None:
        return {}
    return dict(conn.execute("select name, digest from migration").fetchall())


def _check_timescaledb(conn: db.Connection) -> None:
    conn.execute("create extension if not exists timescaledb")
    row = conn.execute("select extversion from pg_extension where extname = 'timescaledb'").fetchone()
    version = str(row[0]) if row else "none"
    if tuple(int(part) for part in version.split(".")[:2]) < _OLDEST_TIMESCALEDB:
        raise MigrationError(f"TimescaleDB {version} is too old; install 2.19 or newer (2.29 is advised)")
