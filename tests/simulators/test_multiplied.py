"""A fleet of any size: the catalogue with copies of its stations, which the platform takes like any other."""

from pathlib import Path

import pytest

from simulators import catalogue
from simulators.play import Play, Plot
from smartpark.catalogue.store import store

ROOT = Path(__file__).resolve().parents[2]
START_S = 1_795_312_800


@pytest.mark.integration
def test_a_multiplied_park_is_stored_and_sends_for_every_copy(conn):
    described = catalogue.read(ROOT / "parks" / "demo")
    many = catalogue.multiplied(described, 2000)
    store(conn, many, "tests")
    conn.commit()
    row = conn.execute("select count(*) from sensor where active").fetchone()
    assert row is not None
    assert row[0] == len(many.sensors) >= 2000
    park = catalogue.of(many)
    sent = Play(park, 3, Plot("quiet_day", 300)).readings(START_S, START_S + 300)
    assert set(sent.which.tolist()) == set(range(len(park.points)))


def test_copies_are_numbered_and_the_first_stay_as_they_are():
    described = catalogue.read(ROOT / "parks" / "demo")
    many = catalogue.multiplied(described, len(described.sensors) * 2)
    assert many.stations[: len(described.stations)] == described.stations
    assert len({station.code for station in many.stations}) == len(many.stations)
    assert any(station.code.endswith("-2") for station in many.stations)
