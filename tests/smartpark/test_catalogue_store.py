"""The catalogue in a real database: stored twice, changed, retired, exported."""

from dataclasses import replace
from pathlib import Path

import pytest

from smartpark import db
from smartpark.catalogue import exporter
from smartpark.catalogue.reader import read
from smartpark.catalogue.store import store
from smartpark.places import Catalogue, Logger

pytestmark = pytest.mark.integration

DEMO = Path(__file__).resolve().parents[2] / "parks" / "demo"
SPEAKER = Logger(
    mn="010000A8900016F000169DC0",
    station="stack-dl-1",
    password="123456",
    edition=2025,
    encryption_key="30" * 16,
    minute_interval_min=10,
)


@pytest.fixture(scope="module")
def demo() -> Catalogue:
    return read(DEMO)


@pytest.fixture(scope="module")
def unspoken(demo) -> Catalogue:
    """The demo without its loggers."""
    return replace(demo, loggers=())


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
    other = replace(
        demo, park=replace(demo.park, code="other"), stations=(), sensors=(), cameras=(), receivers=()
    )
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


def test_a_logger_is_admitted_and_its_station_belongs_to_the_gateway_from_then_on(conn, unspoken):
    park = replace(unspoken, loggers=(SPEAKER,))
    assert store(conn, park, "engineer").added["loggers"] == 1
    conn.commit()
    feed = "select feed from station where code = 'stack-dl-1'"
    assert one(conn, feed) == "gateway"
    row = conn.execute(
        "select admitted, admitted_by, admitted_at is not null, has_key, minute_interval_min from logger"
    )
    assert row.fetchone() == (True, "engineer", True, True, 10)
    before = revision(conn)
    assert store(conn, park, "somebody else").total == 0
    assert (one(conn, feed), revision(conn)) == ("gateway", before)
    renamed = replace(park, stations=tuple(replace(s, name_en=s.name_en + "!") for s in park.stations))
    assert store(conn, renamed, "engineer").changed == {"stations": len(park.stations)}
    assert one(conn, feed) == "gateway"


def test_a_changed_logger_is_one_change_and_bumps_the_revision(conn, unspoken):
    store(conn, replace(unspoken, loggers=(SPEAKER,)), "tests")
    conn.commit()
    for change in (
        {"password": "654321"},
        {"encryption_key": None},
        {"minute_interval_min": 1},
        {"edition": 2017},
    ):
        before = revision(conn)
        changed = replace(unspoken, loggers=(replace(SPEAKER, **change),))
        assert store(conn, changed, "tests").changed == {"loggers": 1}
        assert revision(conn) > before
        store(conn, replace(unspoken, loggers=(SPEAKER,)), "tests")
        conn.commit()


def test_a_logger_that_moves_takes_the_gateway_along(conn, unspoken):
    store(conn, replace(unspoken, loggers=(SPEAKER,)), "tests")
    store(conn, replace(unspoken, loggers=(replace(SPEAKER, station="ww-hy"),)), "tests")
    feeds = dict(
        conn.execute("select code, feed from station where code in ('stack-dl-1', 'ww-hy')").fetchall()
    )
    assert feeds == {"stack-dl-1": "rest", "ww-hy": "gateway"}


def test_a_load_dismisses_no_logger_and_forgets_nothing_that_was_learned(conn, unspoken):
    plain = Logger(mn="MN1", station=None, password=None, edition=None)
    store(conn, replace(unspoken, loggers=(SPEAKER, plain)), "tests")
    assert one(conn, "select admitted from logger where mn = 'MN1'") is False
    station = one(conn, "select id from station where code = 'ww-hy'")
    conn.execute(
        "update logger set station_id = %s, admitted = true, edition = 2017 where mn = 'MN1'", [station]
    )
    conn.commit()
    assert store(conn, replace(unspoken, loggers=(plain,)), "tests").total == 0
    assert store(conn, unspoken, "tests").total == 0
    rows = conn.execute("select mn, admitted, edition from logger order by mn").fetchall()
    assert rows == [("010000A8900016F000169DC0", True, 2025), ("MN1", True, 2017)]


def test_loggers_come_out_as_they_went_in(conn, unspoken, tmp_path):
    park = replace(unspoken, loggers=(SPEAKER,))
    store(conn, park, "tests")
    assert exporter.dump(conn, tmp_path) == park
    assert read(tmp_path) == park


def test_a_sensor_that_waits_for_admission_is_left_alone_until_the_folder_names_it(conn, unspoken):
    store(conn, unspoken, "tests")
    add = (
        "insert into sensor (station_id, quantity, form, period_s, unit, admitted)"
        " select id, %s, '', 60, '', false from station where code = 'stack-dl-1' returning id"
    )
    conn.execute(
        "insert into quantity (code, name_zh, name_en, unit, decimals, registered, source)"
        " values ('lng', 'lng', 'lng', '', 3, false, 'sent')"
    )
    unknown, known = one(conn, add, "lng"), one(conn, add, "a24088")
    conn.commit()
    assert store(conn, unspoken, "tests").total == 0
    assert one(conn, "select count(*) from sensor where active and not admitted") == 2
    assert one(conn, "select count(*) from sensor_unit where sensor_id in (%s, %s)", unknown, known) == 0
    assert exporter.load(conn, "demo") == unspoken

    conn.execute("update sensor set admitted = true where id = %s", [unknown])  # by a person, on the page
    like = next(s for s in unspoken.sensors if s.station == "stack-dl-1")
    named = replace(like, quantity="a24088", form="", tag=None, unit="mg/m³", span_low=0.0, span_high=100.0)
    summary = store(conn, replace(unspoken, sensors=(*unspoken.sensors, named)), "tests")
    assert (summary.added, summary.changed, summary.retired) == ({}, {"sensors": 1}, {})
    assert one(conn, "select admitted from sensor where id = %s", known) is True
    assert one(conn, "select unit from sensor_unit where sensor_id = %s", known) == "mg/m³"
    assert one(conn, "select active from sensor where id = %s", unknown) is True
