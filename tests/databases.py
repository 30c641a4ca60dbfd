"""Cloned databases: a template that nothing may connect to is copied in some 20 ms."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from smartpark import db
from smartpark.embedded.private import PrivateServers

_numbers = count(1)


def seal(conn: db.Connection, name: str) -> None:
    """Make a database a template that accepts no connections.

    Left open, TimescaleDB's scheduler connects to it and a clone fails with "being accessed by other users".
    """
    conn.execute(f"alter database {name} with allow_connections false is_template true")
    conn.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])


@contextmanager
def clone(servers: PrivateServers, template: str) -> Iterator[str]:
    """Copy a sealed template, yield the connection string of the copy, drop it at the end."""
    name = f"clone_{next(_numbers)}"
    admin = servers.database.dsn_of("postgres")
    with db.connect(admin, name="tests", autocommit=True) as conn:
        conn.execute(f"create database {name} template {template}")
    try:
        yield servers.database.dsn_of(name)
    finally:
        with db.connect(admin, name="tests", autocommit=True) as conn:
            conn.execute(f"drop database {name} with (force)")


def until_somebody_waits(conn: db.Connection, looks: int = 20_000) -> None:
    """Return once another connection waits for a lock that this one holds."""
    query = "select exists (select from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid)))"
    for _ in range(looks):
        if conn.execute(query.encode()).fetchone() == (True,):
            return
    raise AssertionError("nobody waits")
