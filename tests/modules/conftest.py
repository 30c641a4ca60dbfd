"""The demo park with its limits, rules and registers, and a few readings at a fixed instant."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from alerts import check, load
from modules import demo
from modules.park_view import ParkView
from smartpark import db
from smartpark.catalogue.reader import read
from smartpark.catalogue.store import store
from smartpark.embedded.private import PrivateServers
from tests.databases import clone, seal
from tests.modules.world import NOW, SEED, World

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (ROOT / "alerts" / "rulebooks", ROOT / "parks" / "demo")


@pytest.fixture(scope="session")
def equipped(servers: PrivateServers, template: str) -> str:
    """Name of a sealed database with the demo park, its rules, limits and registers."""
    name = "template_equipped"
    with db.connect(servers.database.dsn_of("postgres"), name="tests", autocommit=True) as conn:
        conn.execute(f"create database {name} template {template}")
    with db.connect(servers.database.dsn_of(name), name="tests") as conn:
        store(conn, read(ROOT / "parks" / "demo"), "tests")
        rules, limits = check.shipped(FOLDERS)
        load.load(conn, [one.rule for one in rules], limits, NOW)
        conn.commit()
        demo.fill(conn, "demo", NOW, SEED)
    with db.connect(servers.database.dsn_of("postgres"), name="tests", autocommit=True) as conn:
        seal(conn, name)
    return name


@pytest.fixture
def world(servers: PrivateServers, equipped: str) -> Iterator[World]:
    """A copy of it, and words to make things happen there."""
    with clone(servers, equipped) as dsn, db.connect(dsn, name="tests") as conn:
        yield World(conn)


@pytest.fixture
def view(world: World) -> Callable[[], ParkView]:
    """The park as it stands when asked, at the fixed instant."""
    return lambda: ParkView.of(world.conn, "demo", NOW)
