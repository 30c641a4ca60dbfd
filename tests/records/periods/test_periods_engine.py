"""Hours close by themselves, equal the brute force, and late data change exactly what they touch."""

from datetime import datetime, timedelta

import pytest

from smartpark import db
from tests.records.periods import oracle, park
from tests.records.periods.deeds import (
    GRACE,
    Told,
    amounts,
    back_fill,
    engine,
    equal,
    note,
    records,
)
from tests.records.periods.park import DAY, DAY0, HOUR, MINUTE, even, insert, minute

pytestmark = pytest.mark.integration


def test_a_random_day_equals_the_brute_force(conn: db.Connection) -> None:
    insert(conn, list(park.troubled(DAY0, 24, seed=4)))
    engine().turn(conn, DAY0 + DAY + GRACE)
    data = oracle.minutes_of(conn)
    stored = {
        (sensor, start): (status, mean, amount if mass is None else mass)
        for sensor, start, status, mean, mass, amount in conn.execute(
            "select sensor_id, start, status, mean, mass, amount from record where period = 'hour'"
        )
    }
    assert len(stored) == 16 * 24
    seen = set()
    for (sensor, start), (status, mean, extra) in stored.items():
        expected_status, expected_mean, expected_extra = oracle.hour(data, sensor, start)
        assert status == expected_status, (sensor, start)
        assert equal(mean, expected_mean), (sensor, start)
        if status in {"valid", "no_flow"}:
            assert equal(extra, expected_extra), (sensor, start)
        seen.add(status)
    assert seen == {"valid", "short", "abnormal", "stopped", "none", "no_flow"}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_days_equal_the_brute_force(conn: db.Connection, seed: int) -> None:
    for number in range(4):
        calm = number < 2  # days on which little goes wrong, so that some are valid
        rows = list(park.troubled(DAY0 + number * DAY, 24, seed=10 * seed + number, calm=calm))
        insert(conn, rows)
    engine().turn(conn, DAY0 + 4 * DAY + GRACE)
    data = oracle.minutes_of(conn)
    seen = set()
    for sensor in (park.SO2, park.NOX, park.COD, park.PM10):
        for start, status, mean, mass in conn.execute(
            "select start, status, mean, mass from record where period = 'day' and sensor_id = %s", [sensor]
        ).fetchall():
            expected_status, expected_mean, expected_mass = oracle.day(data, sensor, start)
            assert status == expected_status, (sensor, start)
            assert equal(mean, expected_mean), (sensor, start)
            if sensor != park.PM10:
                assert equal(mass, expected_mass), (sensor, start)
            seen.add(status)
    assert "valid" in seen
    assert len(seen) > 1


def test_an_hour_closes_five_minutes_after_its_end_and_not_before(conn: db.Connection) -> None:
    insert(conn, even(park.SO2, DAY0, 1, 40.0))
    engine().turn(conn, DAY0 + HOUR + GRACE - timedelta(seconds=1))
    assert conn.execute("select count(*) from record").fetchone() == (0,)
    engine().turn(conn, DAY0 + HOUR + GRACE)
    row = conn.execute(
        "select status, mean, expected, received, samples, revision, cause from record where sensor_id = 11"
    ).fetchone()
    assert row == ("valid", 40.0, 60, 60, 60, 1, "closed")
    silent = conn.execute(
        "select status, mean, expected, received from record where sensor_id = 12"
    ).fetchone()
    assert silent == ("none", None, 60, 0)


def test_forty_four_minutes_are_no_hour_and_forty_five_are(conn: db.Connection) -> None:
    insert(conn, even(park.SO2, DAY0, 44 / 60, 40.0) + even(park.SO2, DAY0 + HOUR, 45 / 60, 41.0))
    engine().turn(conn, DAY0 + 2 * HOUR + GRACE)
    rows = conn.execute(
        "select status, mean, samples from record where sensor_id = 11 order by start"
    ).fetchall()
    assert rows == [("short", None, 44), ("valid", 41.0, 45)]


def test_one_abnormal_value_spoils_the_hour_of_water_and_not_that_of_gas(conn: db.Connection) -> None:
    for sensor in (park.SO2, park.COD):
        insert(conn, [minute(sensor, DAY0, 99.0, valid=0, flags="D")])
        insert(conn, even(sensor, DAY0, 1, 40.0))
    engine().turn(conn, DAY0 + HOUR + GRACE)
    rows = conn.execute(
        "select sensor_id, status, flag::text from record where sensor_id in (11, 21) order by 1"
    ).fetchall()
    assert rows == [(park.SO2, "valid", "N"), (park.COD, "abnormal", "D")]


def test_a_water_day_is_its_mass_over_its_volume(conn: db.Connection) -> None:
    insert(conn, even(park.WATER_FLOW, DAY0, 12, 10.0) + even(park.WATER_FLOW, DAY0 + 12 * HOUR, 12, 30.0))
    insert(conn, even(park.COD, DAY0, 12, 100.0) + even(park.COD, DAY0 + 12 * HOUR, 12, 20.0))
    engine().turn(conn, DAY0 + DAY + GRACE)
    mean, mass = conn.execute(
        "select mean, mass from record where sensor_id = 21 and period = 'day'"
    ).fetchone() or (0, 0)
    assert mass == pytest.approx(12 * (100 * 10 + 20 * 30) * 0.0036)
    assert mean == pytest.approx((100 * 10 + 20 * 30) / 40)
    volume = conn.execute("select amount from record where sensor_id = 22 and period = 'day'").fetchone()
    assert volume == (pytest.approx(12 * 3.6 * 40),)


def test_flow_of_the_standard_makes_its_volumes(conn: db.Connection) -> None:
    """HJ 212-2017 appendix D: 17.5 L/s are 63.0 m³ an hour and 1512.0 a day."""
    insert(conn, even(park.WATER_FLOW, DAY0, 24, 17.5))
    engine().turn(conn, DAY0 + DAY + GRACE)
    rows = conn.execute(
        "select period, amount from record where sensor_id = 22 order by start, period"
    ).fetchall()
    assert rows[0] == ("day", pytest.approx(1512.0))
    assert rows[1] == ("hour", pytest.approx(63.0))


def test_the_measured_value_is_converted_where_a_limit_asks_and_nobody_sends_it(conn: db.Connection) -> None:
    insert(
        conn,
        even(park.SO2, DAY0, 2, 40.0) + even(park.O2, DAY0, 1, 11.0) + even(park.O2, DAY0 + HOUR, 1, 20.9),
    )
    engine().turn(conn, DAY0 + 2 * HOUR + GRACE)
    rows = conn.execute(
        "select status, converted, reference_o2 from record where sensor_id = 11 order by start"
    ).fetchall()
    assert rows == [("valid", pytest.approx(40 * 12 / 10), 9.0), ("stopped", None, 9.0)]


def test_a_late_two_hour_backfill_changes_exactly_what_it_touches(conn: db.Connection) -> None:
    for sensor, value in (
        (park.SO2, 40.0),
        (park.O2, 8.0),
        (park.GAS_FLOW, 8e4),
        (park.OZONE, 0.1),
        (park.PM10, 80.0),
    ):
        rows = even(sensor, DAY0, 48, value)
        hole = (
            {DAY0 + 10 * HOUR + at * MINUTE for at in range(120)}
            if sensor in {park.SO2, park.OZONE}
            else set()
        )
        insert(conn, [row for row in rows if row[1] not in hole])
    engine().turn(conn, DAY0 + 2 * DAY + GRACE)
    before = records(conn)
    told = Told()
    late = DAY0 + 2 * DAY + 2 * HOUR + timedelta(minutes=30)
    back_fill(conn, park.SO2, DAY0 + 10 * HOUR, 2, 60.0)
    back_fill(conn, park.OZONE, DAY0 + 10 * HOUR, 2, 0.2)
    engine(told).turn(conn, late)
    after = records(conn)
    changed = {key for key in before if before[key] != after[key]}
    hours = {(park.SO2, "hour", DAY0 + at * HOUR) for at in (10, 11)}
    ozone = {(park.OZONE, "hour", DAY0 + at * HOUR) for at in range(10, 19)}
    days = {(park.SO2, "day", DAY0), (park.OZONE, "day", DAY0)}
    assert changed == hours | ozone | days
    assert {(c.sensor_id, c.period, c.start) for c in told.changes if c.revision > 1} == changed
    kept = conn.execute(
        "select sensor_id, period, start, revision, cause, replaced_at from record_revision"
    ).fetchall()
    assert {row[:3] for row in kept} == changed
    assert {row[3:] for row in kept} == {(1, "late", late)}
    assert conn.execute("select distinct revision, cause from record where revision > 1").fetchall() == [
        (2, "late")
    ]
    assert conn.execute("select count(*) from record_due").fetchone() == (0,)
    engine(told).turn(conn, late + HOUR)
    assert conn.execute("select count(*) from record_revision").fetchone() == (len(changed),)


def test_ozone_at_a_fence_has_no_sliding_mean_and_no_rule_of_ambient_air(conn: db.Connection) -> None:
    conn.execute("update station set kind = 'voc' where id = %s", [park.AIR])
    for hour in range(24):
        insert(conn, even(park.OZONE, DAY0 + hour * HOUR, 1, 0.1))
    engine().turn(conn, DAY0 + DAY + GRACE)
    found = conn.execute(
        "select distinct period, mean_8h, edition from record where sensor_id = 31"
    ).fetchall()
    assert sorted(found) == [("day", None, "75 %"), ("hour", None, "75 %")]


def test_ozone_has_sliding_means_and_a_day_has_their_greatest(conn: db.Connection) -> None:
    for hour in range(24):
        insert(conn, even(park.OZONE, DAY0 + hour * HOUR, 1, 0.01 * (hour if hour < 16 else 31 - hour)))
    engine().turn(conn, DAY0 + DAY + GRACE)
    rows = conn.execute(
        "select mean_8h from record where sensor_id = 31 and period = 'hour' order by start"
    ).fetchall()
    values = [0.01 * (hour if hour < 16 else 31 - hour) for hour in range(24)]
    assert [row[0] for row in rows[:5]] == [None] * 5
    for at in range(5, 24):
        window = values[max(0, at - 7) : at + 1]
        assert rows[at][0] == pytest.approx(sum(window) / len(window))
    best = max(sum(values[at - 7 : at + 1]) / 8 for at in range(7, 24))
    assert conn.execute("select mean_8h from record where sensor_id = 31 and period = 'day'").fetchone() == (
        pytest.approx(best),
    )


def test_a_counter_that_is_late_changes_the_hour_behind_it_too(conn: db.Connection) -> None:
    rows = [minute(park.ENERGY, DAY0 + at * MINUTE, 1000.0 + at) for at in range(0, 240, 5)]
    hole = DAY0 + HOUR
    insert(conn, [row for row in rows if not hole <= row[1] < hole + HOUR])
    engine().turn(conn, DAY0 + 4 * HOUR + GRACE)
    assert amounts(conn) == [55.0, None, 65.0 + 55.0, 60.0]
    insert(conn, rows)
    note(conn, park.ENERGY, hole, "late")
    engine().turn(conn, DAY0 + 4 * HOUR + 2 * GRACE)
    assert amounts(conn) == [55.0, 60.0, 60.0, 60.0]


def test_a_month_and_a_year_close_with_their_last_day(conn: db.Connection) -> None:
    conn.execute("update ledger set minute = '2025-12-31T16:00Z'")
    conn.execute("update sensor set due_since = null where id <> 11")
    conn.execute(
        "insert into minute (sensor_id, time, n, n_valid, total, min, max, last, last_at, flags)"
        " select 11, t, 1, 1, 40, 39, 41, 40, t, 'N' from generate_series('2025-12-31T16:00Z'::timestamptz, '2026-02-28T15:59Z', '1 min') t"
    )
    conn.commit()
    engine().turn(conn, datetime.fromisoformat("2026-02-28T16:05:00+00:00"))
    rows = conn.execute(
        "select start, status, expected, samples, mean from record where period = 'month' order by 1"
    ).fetchall()
    assert [(str(start)[:16], *rest) for start, *rest in rows] == [
        ("2025-12-31 16:00", "valid", 31, 31, 40.0),
        ("2026-01-31 16:00", "valid", 28, 28, 40.0),
    ]
    assert conn.execute("select count(*) from record where period = 'year'").fetchone() == (0,)
