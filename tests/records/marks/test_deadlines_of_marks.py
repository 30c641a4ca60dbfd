"""A mark that nobody proves falls back, leaves its traces, and its hours are made anew."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from records.corrections import chain
from records.marks import deadlines
from smartpark import db
from tests.databases import until_somebody_waits
from tests.records import park
from tests.records.park import HOUR, STACK, T0

pytestmark = pytest.mark.integration
DUE = T0 + timedelta(days=18)


@pytest.fixture
def marked(conn):
    """Three marks of the stack: without a voucher, with one, and decided."""
    park.build(conn)
    for state in ("filed", "filed", "confirmed"):
        conn.execute(
            "insert into data_mark (station_id, kind, code, starts_at, ends_at, reason, filed_by, filed_at, voucher_due, state)"
            " values (%s, 'device', 'fault', %s, %s, 'r', 'x', %s, %s, %s)",
            [STACK, T0 + HOUR / 2, T0 + 2 * HOUR, T0, DUE, state],
        )
    conn.execute(
        "insert into attachment (object, name, media_type, content, sha256, uploaded_by, uploaded_at)"
        " values ('mark 2', 'a.pdf', 'application/pdf', '\\x25', '\\x00', 'x', %s)",
        [T0],
    )
    conn.commit()
    return conn


def states(conn):
    return dict(conn.execute("select id, state from data_mark").fetchall())


def test_nothing_falls_back_before_its_deadline(marked):
    assert deadlines.turn(marked, DUE - timedelta(seconds=1)) == 0
    assert states(marked) == {1: "filed", 2: "filed", 3: "confirmed"}


def test_only_a_mark_without_a_voucher_falls_back_and_only_once(marked):
    assert (deadlines.turn(marked, DUE), deadlines.turn(marked, DUE)) == (1, 0)
    assert states(marked) == {1: "fallen_back", 2: "filed", 3: "confirmed"}


def test_every_hour_that_it_touched_is_made_anew_for_all_sensors_of_the_station(marked):
    deadlines.turn(marked, DUE)
    due = marked.execute("select sensor_id, hour, cause from record_due order by 1, 2").fetchall()
    sensors = (park.SO2, park.SO2_ZS)
    assert due == [(sensor, T0 + number * HOUR, "mark 1") for sensor in sensors for number in range(2)]


def test_it_stands_in_the_audit_and_in_the_chain(marked):
    deadlines.turn(marked, DUE)
    assert marked.execute("select actor, action, object from audit").fetchall() == [
        ("system", "mark.fall_back", "mark/1")
    ]
    (entry,) = chain.entries_of(marked, ["mark 1"])
    assert (entry.action, entry.at) == ("mark.fall_back", DUE)
    assert '"state":"fallen_back"' in entry.content.replace(" ", "")


def test_a_mark_that_is_being_proved_at_its_deadline_does_not_fall_back(marked, db_dsn):
    marked.execute("select id from data_mark where id = 1 for update")  # as whoever adds a voucher does
    with ThreadPoolExecutor(1) as pool, db.connect(db_dsn, name="tests") as own:
        fallen = pool.submit(deadlines.turn, own, DUE)
        until_somebody_waits(marked)
        marked.execute(
            "insert into attachment (object, name, media_type, content, sha256, uploaded_by, uploaded_at)"
            " values ('mark 1', 'a.pdf', 'application/pdf', '\\x25', '\\x00', 'x', %s)",
            [DUE],
        )
        marked.commit()
        assert fallen.result() == 0
    assert states(marked)[1] == "filed"
