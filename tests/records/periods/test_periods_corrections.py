"""What people add to the data: marks take hours out, corrections lie over the minutes, a preview changes nothing."""

import pytest

from records.periods.preview import preview
from smartpark import db
from tests.records.periods import park
from tests.records.periods.deeds import GRACE, correct, engine, note, records, statuses
from tests.records.periods.park import DAY0, HOUR, MINUTE, even, insert

pytestmark = pytest.mark.integration


def test_a_mark_takes_hours_out_and_gives_them_back_when_it_falls(conn: db.Connection) -> None:
    insert(conn, even(park.SO2, DAY0, 3, 40.0))
    engine().turn(conn, DAY0 + 3 * HOUR + GRACE)
    conn.execute(
        "insert into data_mark (station_id, kind, code, starts_at, ends_at, reason, filed_by, filed_at, voucher_due, state)"
        " values (1, 'device', 'fault', %s, %s, 'r', 'u', now(), now(), 'filed')",
        [DAY0 + HOUR + 10 * MINUTE, DAY0 + HOUR + 20 * MINUTE],
    )
    note(conn, park.SO2, DAY0 + HOUR, "mark 1")
    engine().turn(conn, DAY0 + 3 * HOUR + 20 * MINUTE)
    assert statuses(conn, park.SO2) == ["valid", "marked", "valid"]
    conn.execute("update data_mark set state = 'fallen_back'")
    note(conn, park.SO2, DAY0 + HOUR, "mark 1")
    engine().turn(conn, DAY0 + 3 * HOUR + 30 * MINUTE)
    assert statuses(conn, park.SO2) == ["valid", "valid", "valid"]
    assert conn.execute(
        "select revision, cause from record where sensor_id = 11 and revision > 1"
    ).fetchall() == [(3, "mark 1")]


@pytest.mark.parametrize(
    ("kind", "columns", "expected"),
    [
        ("scale", {"factor": 0.001}, ("valid", 0.04, True)),
        ("exclude", {}, ("short", None, False)),
        ("enter", {"value": 12.0}, ("valid", 40.0, True)),
    ],
)
def test_a_confirmed_correction_is_laid_over_the_minutes(
    conn: db.Connection, kind: str, columns: dict[str, float], expected: tuple[object, ...]
) -> None:
    insert(conn, even(park.SO2, DAY0, 1, 40.0))
    engine().turn(conn, DAY0 + HOUR + GRACE)
    correct(conn, kind, DAY0, HOUR, **columns)
    engine().turn(conn, DAY0 + HOUR + 2 * GRACE)
    row = conn.execute("select status, mean, judgeable from record where sensor_id = 11").fetchone()
    assert row == (expected[0], None if expected[1] is None else pytest.approx(expected[1]), expected[2])
    assert conn.execute("select n, n_valid, mean from minute where sensor_id = 11 limit 1").fetchone() == (
        1,
        1,
        40.0,
    )


def test_values_entered_by_hand_count_and_are_never_judged(conn: db.Connection) -> None:
    insert(conn, even(park.SO2, DAY0, 0.5, 40.0))
    correct(conn, "enter", DAY0, HOUR, value=20.0)
    engine().turn(conn, DAY0 + HOUR + GRACE)
    assert conn.execute("select status, mean, judgeable from record where sensor_id = 11").fetchone() == (
        "valid",
        30.0,
        False,
    )


def test_a_preview_says_what_a_correction_would_change_and_changes_nothing(conn: db.Connection) -> None:
    insert(conn, even(park.SO2, DAY0, 3, 40.0))
    engine().turn(conn, DAY0 + 3 * HOUR + GRACE)
    correct(conn, "scale", DAY0 + HOUR, HOUR, factor=0.5)
    conn.execute("update correction set state = 'waiting_second', decided_at = null")
    conn.execute("delete from record_due")
    conn.commit()
    before = records(conn)
    changes = preview(conn, 1, oxygen_not_running=19.0, now=DAY0 + 4 * HOUR)
    assert [(c.start, c.old_mean, c.mean) for c in changes] == [(DAY0 + HOUR, 40.0, 20.0)]
    conn.rollback()
    assert records(conn) == before
    assert conn.execute("select state from correction").fetchone() == ("waiting_second",)


def test_an_hour_whose_minutes_are_gone_stays_what_it_was_under_marks_and_corrections(
    conn: db.Connection,
) -> None:
    insert(conn, even(park.SO2, DAY0, 3, 40.0) + even(park.GAS_FLOW, DAY0, 3, 1e4))
    engine().turn(conn, DAY0 + 3 * HOUR + GRACE)
    conn.execute("delete from minute")
    conn.execute(
        "insert into data_mark (station_id, kind, code, starts_at, ends_at, reason, filed_by, filed_at, voucher_due, state)"
        " values (1, 'device', 'fault', %s, %s, 'r', 'u', now(), now(), 'filed')",
        [DAY0 + HOUR, DAY0 + 2 * HOUR],
    )
    note(conn, park.SO2, DAY0 + HOUR, "mark 1")
    correct(conn, "scale", DAY0 + 2 * HOUR, HOUR, factor=0.5)
    note(conn, park.SO2, DAY0 + 2 * HOUR, "correction 1")
    engine().turn(conn, DAY0 + 3 * HOUR + 2 * GRACE)
    ask = "select status, mean, mass from record where sensor_id = 11 and period = 'hour' order by start"
    assert conn.execute(ask).fetchall() == [
        ("valid", 40.0, pytest.approx(0.4)),
        ("marked", None, None),
        ("valid", 20.0, pytest.approx(0.2)),
    ]
    conn.execute("update data_mark set state = 'withdrawn'")
    note(conn, park.SO2, DAY0 + HOUR, "mark 1")
    engine().turn(conn, DAY0 + 3 * HOUR + 3 * GRACE)
    assert conn.execute(ask).fetchall() == [
        ("valid", 40.0, pytest.approx(0.4)),
        ("valid", 40.0, pytest.approx(0.4)),
        ("valid", 20.0, pytest.approx(0.2)),
    ]


def test_the_volume_of_an_hour_whose_minutes_are_gone_is_scaled_with_its_flow(conn: db.Connection) -> None:
    insert(conn, even(park.WATER_FLOW, DAY0, 1, 10.0))
    engine().turn(conn, DAY0 + HOUR + GRACE)
    conn.execute("delete from minute")
    conn.execute(
        "insert into correction (sensor_id, kind, starts_at, ends_at, factor, shift, reason, before, after, state, made_by, made_at,"
        " decided_by, decided_at) values (22, 'scale', %s, %s, 2, 5, 'a good reason', '[]', '[]', 'confirmed', 'a', now(), 'b', now())",
        [DAY0, DAY0 + HOUR],
    )
    note(conn, park.WATER_FLOW, DAY0, "correction 1")
    engine().turn(conn, DAY0 + HOUR + 2 * GRACE)
    row = conn.execute("select mean, amount from record where sensor_id = 22").fetchone()
    assert row == (25.0, pytest.approx(25 * 3.6))
