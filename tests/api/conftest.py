"""The application over a small park in a database of its own, and somebody of each role who asks it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.house import House
from smartpark import clock, db, log, settings
from smartpark.embedded.private import PrivateServers
from tests.api import park
from tests.databases import clone, seal

As = Callable[[str], TestClient]


@pytest.fixture(scope="session")
def founded(servers: PrivateServers, template: str) -> str:
    """Name of a sealed database with the small park, to clone."""
    name = "template_founded"
    with db.connect(servers.database.dsn_of("postgres"), name="tests", autocommit=True) as conn:
        conn.execute(f"create database {name} template {template}")
    with db.connect(servers.database.dsn_of(name), name="tests") as conn:
        park.found(conn)
    with db.connect(servers.database.dsn_of("postgres"), name="tests", autocommit=True) as conn:
        seal(conn, name)
    return name


@pytest.fixture
def dsn(servers: PrivateServers, founded: str) -> Iterator[str]:
    """Connection string of a copy of the small park."""
    with clone(servers, founded) as one:
        yield one


@pytest.fixture
def app(dsn: str) -> FastAPI:
    """The application on that copy."""
    return create_app(settings.load({"SMARTPARK_DB__DSN": dsn, "SMARTPARK_DB__POOL_SIZE": "4"}, None))


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Nobody in particular."""
    with TestClient(app) as one:
        yield one


@pytest.fixture
def as_role(app: FastAPI, client: TestClient) -> As:
    """Somebody of a role, by bearer token; errors are read in English."""
    house: House = app.state.house

    def somebody(username: str) -> TestClient:
        token = house.tokens.sign(username, 1, "bearer", clock.now())
        return TestClient(app, headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})

    return somebody


@pytest.fixture(scope="session")
def readers(servers: PrivateServers, founded: str) -> Iterator[As]:
    """Somebody of a role in a park that nobody changes: for tests that only read."""
    with clone(servers, founded) as one:
        app = create_app(settings.load({"SMARTPARK_DB__DSN": one, "SMARTPARK_DB__POOL_SIZE": "4"}, None))
        house: House = app.state.house

        def somebody(username: str) -> TestClient:
            token = house.tokens.sign(username, 1, "bearer", clock.now())
            return TestClient(app, headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})

        with TestClient(app):
            yield somebody


@pytest.fixture
def park_conn(dsn: str) -> Iterator[db.Connection]:
    """A connection to the same database, beside the application."""
    with db.connect(dsn, name="tests") as one:
        yield one


@pytest.fixture(scope="session", autouse=True)
def quiet_log() -> None:
    """Write log events as the product does: an unconfigured log prints whole stacks with their variables."""
    log.configure(settings.load({"SMARTPARK_LOG_FORMAT": "json"}, None), "tests")


@pytest.fixture(scope="session")
def document(readers: As) -> dict[str, Any]:
    """The OpenAPI document of the application."""
    found: dict[str, Any] = readers("viewer").get("/openapi.json").json()
    return found
