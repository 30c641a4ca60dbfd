"""Connections to TimescaleDB; the only module that opens them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import psycopg
from psycopg.rows import DictRow, dict_row, tuple_row
from psycopg.types.json import set_json_loads
from psycopg_pool import ConnectionPool

# Every row of SQL that is written by hand goes through one of these two shapes.
Connection = psycopg.Connection[tuple[Any, ...]]
DictConnection = psycopg.Connection[DictRow]
Pool = ConnectionPool[DictConnection]
Error = psycopg.Error  # what everything here raises
UnfitError = psycopg.DataError  # a value that no column takes; without SQLSTATE where psycopg itself found it

# Half-open connections are found in 30 s, and every session works in UTC.
_OPTIONS: dict[str, Any] = {
    "connect_timeout": 10,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
    "options": "-c timezone=UTC",
}


def connect(dsn: str, *, name: str, autocommit: bool = False) -> Connection:
    """Open one connection; ``name`` shows in pg_stat_activity.

    Raises:
        psycopg.OperationalError: the server does not answer.

    """
    conn = psycopg.connect(
        dsn, application_name=f"smartpark {name}", autocommit=autocommit, row_factory=tuple_row, **_OPTIONS
    )
    _read_numbers(conn)
    return conn


def open_pool(dsn: str, *, name: str, size: int, statement_timeout_s: int) -> Pool:
    """Make a closed pool of dict-row connections for the API; the composition root opens it."""
    kwargs: dict[str, Any] = {
        **_OPTIONS,
        "application_name": f"smartpark {name}",
        "row_factory": dict_row,
        "options": f"-c timezone=UTC -c statement_timeout={statement_timeout_s}s",
    }
    return ConnectionPool(
        dsn,
        connection_class=DictConnection,
        kwargs=kwargs,
        min_size=1,
        max_size=size,
        open=False,
        configure=_read_numbers,
        check=ConnectionPool.check_connection,
        timeout=10,
    )


def _read_numbers(conn: psycopg.Connection[Any]) -> None:
    """Read jsonb as it was written: 1e308 comes back as 309 digits, and stays a float that any answer can carry."""
    set_json_loads(orjson.loads, conn)


@contextmanager
def advisory_lock(conn: psycopg.Connection[Any], key: str) -> Iterator[bool]:
    """Try the session lock of a name; yield whether it is ours, and give it back.

    The lock dies with the connection, so a killed owner never keeps it.
    """
    row = conn.execute("select pg_try_advisory_lock(hashtextextended(%s, 0)) as ours", [key]).fetchone()
    ours = bool(row["ours"] if isinstance(row, dict) else row[0]) if row is not None else False
    try:
        yield ours
    finally:
        if ours and not conn.closed and not conn.broken:
            conn.rollback()
            conn.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", [key])
