"""Real servers for the tests: one private TimescaleDB and one private Mosquitto for the whole run.

A test that asks for none of these fixtures starts nothing.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from smartpark import db, migrate
from smartpark.embedded.private import PrivateServers, private_servers
from tests.databases import clone, seal

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = "template_migrated"


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Where the package trees of this clone lie."""
    return ROOT / ".smartpark"


@pytest.fixture(scope="session")
def servers(data_dir: Path) -> Iterator[PrivateServers]:
    """Both private servers; the database does not wait for the disk. Do not stop or restart these."""
    with private_servers(data_dir, "test", durable=False) as running:
        yield running


@pytest.fixture
def durable_servers(data_dir: Path) -> Iterator[PrivateServers]:
    """Both private servers as in production, for one test alone, which may kill and restart them."""
    with private_servers(data_dir, "faults", durable=True, options={"shared_buffers": "128MB"}) as running:
        with db.connect(running.database.dsn, name="tests", autocommit=False) as conn:
            migrate.migrate(conn)
        yield running


@pytest.fixture(scope="session")
def template(servers: PrivateServers) -> str:
    """Name of a migrated, empty database to clone; it accepts no connections, so nothing can hold it."""
    dsn = servers.database.dsn_of("postgres")
    with db.connect(dsn, name="tests", autocommit=True) as conn:
        conn.execute(f"create database {TEMPLATE}")
    with db.connect(servers.database.dsn_of(TEMPLATE), name="tests") as conn:
        migrate.migrate(conn)
    with db.connect(dsn, name="tests", autocommit=True) as conn:
        seal(conn, TEMPLATE)
    return TEMPLATE


@pytest.fixture
def db_dsn(servers: PrivateServers, template: str) -> Iterator[str]:
    """Connection string of a migrated, empty database of this test's own."""
    with clone(servers, template) as dsn:
        yield dsn


@pytest.fixture(scope="module")
def module_db_dsn(servers: PrivateServers, template: str) -> Iterator[str]:
    """Connection string of a migrated, empty database that the tests of one file share."""
    with clone(servers, template) as dsn:
        yield dsn


@pytest.fixture
def conn(db_dsn: str) -> Iterator[db.Connection]:
    """A connection to this test's own database."""
    with db.connect(db_dsn, name="tests") as open_conn:
        yield open_conn


@pytest.fixture(scope="session")
def mqtt_url(servers: PrivateServers) -> str:
    """Address of the broker; it is shared, so use client ids and topics of the test's own."""
    return servers.broker.url
