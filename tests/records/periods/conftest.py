"""A small park whose hours are closed from the first day on."""

from collections.abc import Iterator

import pytest

from smartpark import db
from tests.records.periods.park import build


@pytest.fixture
def conn(db_dsn: str) -> Iterator[db.Connection]:
    with db.connect(db_dsn, name="test") as opened:
        build(opened)
        yield opened
