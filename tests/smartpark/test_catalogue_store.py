"""The catalogue in a real database: stored twice, changed, retired, exported."""

from dataclasses import replace
from pathlib import Path

import pytest

from smartpark import db
from smartpark.catalogue import exporter
from smartpark.catalogue.reader import read
from smartpark.catalogue.store import store
from smartpark.places import Catalogue

pytestmark = pytest.mark.integration

DEMO = Path(__file__).resolve().parents[2] / "parks" / "demo"


@pytest.fixture(scope="module")
def demo() -> Catalogue:
    return read(DEMO)


def one(conn: db.Connection, query: str, *given):
    row = conn.execute(query, given).fetchone()
    assert row is not None
    return row[0]


def revision(conn: db.Connection) -> int:
    return one(conn, "select version from revision where name = 'catalogue'")


def test_the_first_load_fills_every_table(conn, demo):
    summary = store(conn, demo, "tests")
    assert summary.changed == {}
    assert summary.retired == {}
    assert one(conn, "select count(*) from enterprise where hazchem") == 28
    assert one(conn, "select count(*) from hazard_source where level <= 2") == 19
    assert one(conn, "select count(*) from camera") == 96
    assert one(conn, "select count(*) from station where kind = 'camera'") == 96
    assert (
        one(
            conn,
            "select count(*) from sensor s join station st on st.id = s.station_id where kind in ('gas', 'hazard')",
        )
        == 185
    )
    assert one(conn, "select count(*) from sensor_unit") == len(demo.sensors)
    assert one(conn, "select count(*) from access_list") == len(demo.sensors)
    assert one(conn, "select actor from audit where action = 'catalogue_loaded'") == "tests"


def test_a_second_load_changes_nothing(conn, demo):
    store(conn, demo, "tests")
    conn.commit()
    before = revision(conn)
    summary = store(conn, demo, "tests")
    assert summary.total == 0
    assert str(summary) == "nothing changed"
    assert revision(conn) == before
    assert one(conn, "select count(*) from audit") == 1


def test_what_is_stored_comes_out_the_same(conn, demo, tmp_path):
    store(conn, demo, "tests")
    exported = exporter.dump(conn, tmp_path)
    assert exported == demo
    assert read(tmp_path) == demo
    assert store(conn, read(tmp_path), "tests").total == 0


def test_a_changed_unit_is_a_dated_row_and_the_first_one_stays(conn, demo):
    store(conn, demo, "tests")
    conn.commit()
    sensors = list(demo.sensors)
    sensors[0] = replace(sensors[0], unit="ppm@20C", factor=2.9477, shift=0.0)
    before = revision(conn)
    summary = store(conn, replace(demo, sensors=tuple(sensors)), "engineer")
    assert summary.changed == {"sensors": 1}
    assert revision(conn) == before + 1
    rows = conn.execute(
        "select u.unit, u.factor, u.changed_by from sensor_unit u join sensor s on s.id = u.sensor_id"
        " join station st on st.id = s.station_id where st.code = %s and s.quantity = %s order by valid_from",
        [sensors[0].station, sensors[0].quantity],
    ).fetchall()
    assert rows == [("mg/m³", 1.0, "tests"), ("ppm@20C", 2.9477, "engineer")]


def test_what_the_catalogue_no_longer_has_becomes_inactive_and_can_come_back(conn, demo):
    store(conn, demo, "tests")
    gone = demo.stations[0].code
    smaller = replace(
        demo,
        stations=tuple(s for s in demo.stations if s.code != gone),
        sensors=tuple(s for s in demo.sensors if s.station != gone),
        cameras=tuple(replace(c, views=tuple(v for v in c.views if v != gone)) for c in demo.cameras[1:]),
    )
    summary = store(conn, smaller, "tests")
    assert summary.added == {}
    assert summary.changed == {}
    assert summary.retired["stations"] == 2
    assert summary.retired["sensors"] == 1
    assert summary.retired["cameras"] == 1
    assert one(conn, "select active from station where code = %s", gone) is False
    assert one(conn, "select count(*) from station") == len(demo.stations) + 96
    assert exporter.load(conn, "demo").stations == smaller.stations

    back = store(conn, demo, "tests")
    assert back.changed["stations"] == 2
    assert back.retired == {}
    assert exporter.load(conn, "demo") == demo
    assert one(conn, "select count(*) from sensor_unit") == len(demo.sensors)


def test_a_second_park_leaves_the_first_alone(conn, demo):
    store(conn, demo, "tests")
    other = replace(demo, park=replace(demo.park, code="other"), stations=(), sensors=(), cameras=())
    summary = store(conn, other, "tests")
    assert summary.retired == {}
    assert exporter.load(conn, "demo") == demo
    with pytest.raises(LookupError, match="name one of: demo, other"):
        exporter.load(conn)


def test_a_failing_load_leaves_the_database_as_it_was(conn, demo):
    broken = replace(demo, sensors=(*demo.sensors, replace(demo.sensors[0], quantity="x_never_heard_of")))
    with pytest.raises(Exception, match="x_never_heard_of"):
        store(conn, broken, "tests")
    conn.rollback()
    assert one(conn, "select count(*) from park") == 0
