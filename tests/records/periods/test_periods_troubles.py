"""What would have made a wrong number, lost a record or made one twice."""

from datetime import timedelta

import pytest

from records.corrections import standing
from smartpark import db
from tests.records.periods import park
from tests.records.periods.deeds import GRACE, amounts, correct, engine, note, statuses
from tests.records.periods.park import DAY, DAY0, HOUR, MINUTE, even, insert, minute

pytestmark = pytest.mark.integration


def test_a_mean_of_water_is_not_thinned_by_hours_without_a_concentration(conn: db.Connection) -> None:
    insert(conn, even(park.COD, DAY0, 18, 100.0) + even(park.WATER_FLOW, DAY0, 24, 10.0))
    engine().turn(conn, DAY0 + DAY + GRACE)
    row = conn.execute(
        "select status, mean, method from record where sensor_id = 21 and period = 'day'"
    ).fetchone()
    assert row == ("valid", pytest.approx(100.0), "flow_weighted")


def test_water_without_enough_flow_is_averaged_plainly_and_says_so(conn: db.Connection) -> None:
    insert(conn, even(park.COD, DAY0, 22, 200.0) + even(park.COD, DAY0 + 22 * HOUR, 2, 20.0))
    insert(conn, even(park.WATER_FLOW, DAY0 + 22 * HOUR, 2, 10.0))
    engine().turn(conn, DAY0 + DAY + GRACE)
    row = conn.execute(
        "select status, mean, method from record where sensor_id = 21 and period = 'day'"
    ).fetchone()
    assert row == ("valid", pytest.approx((22 * 200 + 2 * 20) / 24), "arithmetic")


@pytest.mark.parametrize("oxygen", [15.0, 20.5])
def test_one_minute_of_oxygen_converts_nothing_and_stops_nothing(conn: db.Connection, oxygen: float) -> None:
    insert(conn, [*even(park.SO2, DAY0, 1, 40.0), minute(park.O2, DAY0, oxygen)])
    engine().turn(conn, DAY0 + HOUR + GRACE)
    assert conn.execute("select status, converted from record where sensor_id = 11").fetchone() == (
        "valid",
        None,
    )


def test_a_marked_or_entered_oxygen_makes_no_judgeable_conversion(conn: db.Connection) -> None:
    insert(conn, even(park.SO2, DAY0, 2, 40.0) + even(park.O2, DAY0, 1, 11.0))
    conn.execute(
        "insert into data_mark (station_id, sensor_id, kind, code, starts_at, ends_at, reason, filed_by, filed_at, voucher_due, state)"
        " values (1, 12, 'device', 'fault', %s, %s, 'r', 'u', now(), now(), 'filed')",
        [DAY0, DAY0 + HOUR],
    )
    conn.execute(
        "insert into correction (sensor_id, kind, starts_at, ends_at, value, reason, before, after, state, made_by, made_at,"
        " decided_by, decided_at) values (12, 'enter', %s, %s, 11, 'a good reason', '[]', '[]', 'confirmed', 'a', now(), 'b', now())",
        [DAY0 + HOUR, DAY0 + 2 * HOUR],
    )
    conn.commit()
    engine().turn(conn, DAY0 + 2 * HOUR + GRACE)
    rows = conn.execute(
        "select converted, judgeable from record where sensor_id = 11 order by start"
    ).fetchall()
    assert rows == [(None, True), (pytest.approx(48.0), False)]


def test_the_reference_oxygen_is_that_of_the_limit_in_force_then(conn: db.Connection) -> None:
    conn.execute(
        "insert into limit_value (code, quantity, form, station_kind, basis, stage, value, unit, reference_o2, kind, standard,"
        " clause, valid_from, verified, source) values"
        " ('later', 'a21026', 'Zs', 'stack', 'hour', 'H', 30, 'mg/m³', 3, 'permit', 's', 'c', '2027-01-01Z', true, 't'),"
        " ('unsure', 'a21026', 'Zs', 'stack', 'hour', 'H', 30, 'mg/m³', 6, 'permit', 's', 'c', '2020-01-01Z', false, 't')"
    )
    conn.commit()
    insert(conn, even(park.SO2, DAY0, 1, 40.0) + even(park.O2, DAY0, 1, 11.0))
    engine().turn(conn, DAY0 + HOUR + GRACE)
    row = conn.execute("select converted, reference_o2 from record where sensor_id = 11").fetchone()
    assert row == (pytest.approx(48.0), 9.0)


@pytest.mark.parametrize(
    "change",
    ["update sensor set active = false where id = 11", "update sensor set period_s = 600 where id = 11"],
)
def test_todays_catalogue_rewrites_no_old_hour(conn: db.Connection, change: str) -> None:
    insert(conn, even(park.SO2, DAY0, 1, 40.0))
    engine().turn(conn, DAY0 + HOUR + GRACE)
    conn.execute(change.encode())
    note(conn, park.O2, DAY0, "late")
    engine().turn(conn, DAY0 + HOUR + 2 * GRACE)
    assert conn.execute("select expected, samples, revision from record where sensor_id = 11").fetchone() == (
        60,
        60,
        1,
    )


def test_a_sensor_that_ends_in_the_afternoon_still_gets_its_day(conn: db.Connection) -> None:
    conn.execute("update sensor set due_until = %s where id = 11", [DAY0 + 15 * HOUR])
    conn.commit()
    insert(conn, even(park.SO2, DAY0, 15, 40.0) + even(park.GAS_FLOW, DAY0, 15, 1e4))
    engine().turn(conn, DAY0 + DAY + GRACE)
    row = conn.execute(
        "select expected, samples, mass from record where sensor_id = 11 and period = 'day'"
    ).fetchone()
    assert row == (15, 15, pytest.approx(15 * 0.4))


def test_a_scaled_counter_goes_on_from_a_scaled_reading(conn: db.Connection) -> None:
    insert(conn, [minute(park.ENERGY, DAY0 + at * MINUTE, 1000.0 + at) for at in range(0, 180, 5)])
    engine().turn(conn, DAY0 + 3 * HOUR + GRACE)
    conn.execute(
        "insert into correction (sensor_id, kind, starts_at, ends_at, factor, reason, before, after, state, made_by, made_at,"
        " decided_by, decided_at) values (52, 'scale', %s, %s, 10, 'a good reason', '[]', '[]', 'confirmed', 'a', now(), 'b', now())",
        [DAY0, DAY0 + 3 * HOUR],
    )
    for hour in range(3):
        note(conn, park.ENERGY, DAY0 + hour * HOUR, "correction 1")
    engine().turn(conn, DAY0 + 3 * HOUR + 2 * GRACE)
    assert amounts(conn) == [pytest.approx(550.0), pytest.approx(600.0), pytest.approx(600.0)]


def test_a_day_with_hours_entered_by_hand_is_not_judged(conn: db.Connection) -> None:
    insert(conn, even(park.SO2, DAY0, 20, 40.0))
    correct(conn, "enter", DAY0 + 20 * HOUR, 4 * HOUR, value=0.0)
    engine().turn(conn, DAY0 + DAY + GRACE)
    row = conn.execute(
        "select status, judgeable from record where sensor_id = 11 and period = 'day'"
    ).fetchone()
    assert row == ("valid", False)


def test_a_correction_is_never_laid_over_itself(conn: db.Connection) -> None:
    insert(conn, even(park.SO2, DAY0, 50 / 60, 40.0))
    engine().turn(conn, DAY0 + HOUR + GRACE)
    correct(conn, "scale", DAY0, HOUR, factor=2.0)
    conn.execute("update correction set decided_at = %s", [DAY0 + HOUR + GRACE])
    conn.commit()
    engine().turn(conn, DAY0 + HOUR + 2 * GRACE)
    insert(conn, even(park.SO2, DAY0, 1, 40.0))
    note(conn, park.SO2, DAY0, "late")
    engine().turn(conn, DAY0 + HOUR + 3 * GRACE)
    conn.execute("delete from minute")
    note(conn, park.SO2, DAY0, "import 9")
    engine().turn(conn, DAY0 + HOUR + 4 * GRACE)
    assert conn.execute("select status, mean, samples from record where sensor_id = 11").fetchone() == (
        "valid",
        80.0,
        60,
    )


def test_one_stopped_minute_stops_no_hour(conn: db.Connection) -> None:
    insert(conn, [minute(park.SO2, DAY0, 0.0, valid=0, flags="F")])
    engine().turn(conn, DAY0 + HOUR + GRACE)
    assert statuses(conn, park.SO2) == ["short"]


def test_a_minute_that_two_people_took_out_no_longer_spoils_water(conn: db.Connection) -> None:
    insert(conn, [minute(park.COD, DAY0, 999.0, valid=0, flags="D"), *even(park.COD, DAY0, 1, 40.0)])
    conn.execute(
        "insert into correction (sensor_id, kind, starts_at, ends_at, reason, before, after, state, made_by, made_at, decided_by,"
        " decided_at) values (21, 'exclude', %s, %s, 'a good reason', '[]', '[]', 'confirmed', 'a', now(), 'b', now())",
        [DAY0, DAY0 + MINUTE],
    )
    conn.commit()
    engine().turn(conn, DAY0 + HOUR + GRACE)
    assert conn.execute("select status, mean, samples from record where sensor_id = 21").fetchone() == (
        "valid",
        40.0,
        59,
    )


def test_an_analyser_of_every_two_hours_holds_its_result(conn: db.Connection) -> None:
    conn.execute("update sensor set period_s = 7200 where id = 23")
    conn.commit()
    insert(conn, [minute(park.PH, DAY0 + at * HOUR, 7.0 + at) for at in (0, 2)])
    engine().turn(conn, DAY0 + 4 * HOUR + GRACE)
    rows = conn.execute(
        "select status, mean, expected from record where sensor_id = 23 order by start"
    ).fetchall()
    assert rows == [("valid", 7.0, 1), ("valid", 7.0, 1), ("valid", 9.0, 1), ("valid", 9.0, 1)]


def test_hours_that_a_clock_ahead_has_closed_are_closed_again(conn: db.Connection) -> None:
    engine().turn(conn, DAY0 + DAY + GRACE)
    insert(conn, even(park.SO2, DAY0, 3, 40.0))
    for hour in range(1, 4):
        engine().turn(conn, DAY0 + hour * HOUR + GRACE)
    assert statuses(conn, park.SO2)[:4] == ["valid", "valid", "valid", "none"]


def test_a_clock_that_goes_back_leaves_one_record_at_every_instant(conn: db.Connection) -> None:
    insert(conn, even(park.SO2, DAY0, 50 / 60, 40.0))
    engine().turn(conn, DAY0 + HOUR + GRACE)
    for minutes, value in ((60, 41.0), (30, 42.0)):
        conn.execute("update minute set total = %s where sensor_id = 11", [value])
        note(conn, park.SO2, DAY0, "late")
        engine().turn(conn, DAY0 + HOUR + GRACE + timedelta(minutes=minutes))
    for minutes in range(0, 120, 5):
        at = DAY0 + HOUR + GRACE + timedelta(minutes=minutes)
        found = standing.records_at(conn, [11], "hour", DAY0, DAY0 + HOUR, at=at)
        assert len(found) == 1, minutes


def test_wet_gas_in_the_hot_duct_has_the_same_mass_as_dry_gas_at_standard_state(conn: db.Connection) -> None:
    conn.execute('update station set attributes = \'{"gas_state": "wet_actual"}\' where id = 1')
    conn.execute(
        "insert into quantity (code, name_zh, name_en, unit, source) values ('a01012', '温度', 'T', '°C', 't'),"
        " ('a01013', '静压', 'p', 'kPa', 't'), ('a01014', '湿度', 'X', '%', 't')"
    )
    conn.execute(
        "insert into sensor (id, station_id, quantity, period_s, unit, due_since) values (17, 1, 'a01012', 60, '°C', '2026-01-01Z'),"
        " (18, 1, 'a01013', 60, 'kPa', '2026-01-01Z'), (19, 1, 'a01014', 60, '%', '2026-01-01Z')"
    )
    conn.commit()
    for sensor, value in ((park.SO2, 90.0), (park.GAS_FLOW, 1e5), (17, 136.5), (18, -1.325), (19, 10.0)):
        insert(conn, even(sensor, DAY0, 1, value))
    engine().turn(conn, DAY0 + HOUR + GRACE)
    rows = dict(conn.execute("select sensor_id, mean from record where sensor_id in (11, 13)").fetchall())
    mass = conn.execute("select mass from record where sensor_id = 11").fetchone()
    assert rows[park.SO2] == pytest.approx(90 / 0.9 * (273 + 136.5) / 273 * 101.325 / 100)
    assert rows[park.GAS_FLOW] == pytest.approx(1e5 * 0.9 * 273 / (273 + 136.5) * 100 / 101.325)
    assert mass == (pytest.approx(90 * 1e5 * 1e-6),)
