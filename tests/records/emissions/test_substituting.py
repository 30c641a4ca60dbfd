"""What stands for missing hours follows the records, and equals what a slow reading of the rules says."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from records.emissions.substituting import Substituting
from smartpark import db
from tests.records.emissions import outlets
from tests.records.emissions.outlets import COD, HOUR, SO2, T0

pytestmark = pytest.mark.integration
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 26, 8, 20, tzinfo=UTC)
HOURS = 24 * 160


@pytest.fixture
def park(conn: db.Connection) -> db.Connection:
    outlets.build(conn)
    return conn


def gappy(seed: int, hours: int = HOURS) -> list[tuple[str, float | None]]:
    """Return hours of an outlet: runs of gaps and stops between valid ones, some long, some in a row."""
    chance = np.random.default_rng(seed)
    found: list[tuple[str, float | None]] = []
    while len(found) < hours:
        kind = chance.choice(
            ["valid", "none", "short", "stopped", "abnormal", "marked"], p=[0.5, 0.15, 0.15, 0.1, 0.05, 0.05]
        )
        length = int(chance.integers(1, 400 if kind == "valid" else 60))
        found += [(kind, float(chance.gamma(4.0, 2.0)) if kind == "valid" else None) for _ in range(length)]
    return found[:hours]


def stored(conn: db.Connection, sensor: int) -> dict[datetime, tuple[float | None, str | None, int | None]]:
    rows = conn.execute(
        "select hour, mass, method, of_values, verified from substitution where sensor_id = %s", [sensor]
    ).fetchall()
    conn.commit()
    assert not any(verified for *_, verified in rows)
    return {hour: (mass, method, of_values) for hour, mass, method, of_values, _ in rows}


def slow_flue_gas(
    hours: list[tuple[str, float | None]],
) -> dict[datetime, tuple[float | None, str | None, int | None]]:
    """Walk through the hours one by one, looking around each of them."""

    def quarter(number: int) -> tuple[int, int]:
        local = (T0 + number * HOUR).astimezone(ZONE)
        return local.year, (local.month - 1) // 3

    running: dict[tuple[int, int], list[bool]] = {}
    for number, (status, mass) in enumerate(hours):
        if status != "stopped":
            running.setdefault(quarter(number), []).append(mass is not None)
    found = {}
    for number, (status, mass) in enumerate(hours):
        if mass is not None or status == "stopped":
            continue
        there = running[quarter(number)]
        capture = 100.0 * sum(there) / len(there)
        first = number
        while first > 0 and hours[first - 1][1] is None and hours[first - 1][0] != "stopped":
            first -= 1
        last = number
        while last + 1 < len(hours) and hours[last + 1][1] is None and hours[last + 1][0] != "stopped":
            last += 1
        before = [h[1] for h in hours[:first] if h[1] is not None]
        values = 0
        if capture >= 90:
            values = 180 if last - first + 1 <= 24 else 720
        elif capture >= 75:
            values = 2160
        known = before[-values:] if values else []
        found[T0 + number * HOUR] = (
            (max(known), f"other-{values}", len(known)) if known else (None, None, None)
        )
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_every_missing_hour_of_a_stack_has_what_the_rules_say(park, seed):
    hours = gappy(seed)
    outlets.hours(park, SO2, T0, hours, made_at=NOW)
    changed = Substituting().turn(park, NOW)
    wanted = slow_flue_gas(hours)
    assert stored(park, SO2) == wanted
    assert changed == len(wanted)
    assert sum(method is None for _, method, _ in wanted.values()) < len(wanted)


def test_hours_that_close_one_by_one_give_what_all_of_them_give_at_once(park):
    hours = gappy(3, 24 * 100)
    job = Substituting()
    for start in range(0, len(hours), 24 * 7):
        at = T0 + (start + 24 * 7) * HOUR
        outlets.hours(park, SO2, T0 + start * HOUR, hours[start : start + 24 * 7], made_at=at)
        job.turn(park, at)
    assert stored(park, SO2) == slow_flue_gas(hours)


def test_an_hour_that_is_corrected_long_after_moves_what_stands_on_it(park):
    hours = gappy(4)
    outlets.hours(park, SO2, T0, hours, made_at=NOW)
    job = Substituting()
    job.turn(park, NOW)
    chance = np.random.default_rng(5)
    for turn in range(4):
        number, later = int(chance.integers(0, len(hours))), NOW + (turn + 2) * HOUR
        hours[number] = ("none", None) if hours[number][1] is not None else ("valid", 99.0)
        outlets.hours(park, SO2, T0 + number * HOUR, hours[number : number + 1], made_at=later)
        job.turn(park, later)
        assert stored(park, SO2) == slow_flue_gas(hours), turn


def test_a_second_turn_changes_nothing_and_reads_no_hours(park, monkeypatch):
    outlets.hours(park, SO2, T0, gappy(6, 500), made_at=NOW)
    job = Substituting()
    assert job.turn(park, NOW) > 0
    monkeypatch.setattr("records.emissions.substituting._standings", lambda *_: pytest.fail("read again"))
    assert job.turn(park, NOW + timedelta(minutes=5)) == 0


def test_a_missing_hour_of_water_takes_a_share_of_the_greatest_valid_day_of_the_last_month_that_has_one(park):
    chance = np.random.default_rng(7)
    hours: list[tuple[str, float | None]] = []
    best: dict[tuple[int, int], list[float]] = {}
    for day in range(150):
        begins = (T0 + day * 24 * HOUR).astimezone(ZONE)
        lost = int(chance.integers(0, 24)) if chance.random() < 0.3 or begins.month == 8 else 0
        masses = chance.gamma(4.0, 1.0, 24)
        hours += [("none", None) if i < lost else ("valid", float(masses[i])) for i in range(24)]
        valid = 24 - lost >= 18
        load = float(sum(m for _, m in hours[-24:] if m is not None))
        outlets.day(park, COD, T0 + day * 24 * HOUR, load, valid=valid, made_at=NOW)
        if valid:
            best.setdefault((begins.year, begins.month), []).append(load)
    outlets.hours(park, COD, T0, hours, made_at=NOW)
    Substituting().turn(park, NOW)
    found = stored(park, COD)
    wanted = [T0 + i * HOUR for i, (_, mass) in enumerate(hours) if mass is None]
    assert sorted(found) == wanted
    for hour in wanted:
        local = hour.astimezone(ZONE)
        earlier = [month for month in best if month < (local.year, local.month)]
        mass, method, days = found[hour]
        if not earlier:
            assert (mass, method, days) == (None, None, None)
            continue
        assert mass == pytest.approx(max(best[max(earlier)]) / 24)
        assert (method, days) == ("verified-period-maximum", len(best[max(earlier)]))


def test_what_stood_still_had_no_flow_or_came_after_all_has_no_substitute(park):
    hours: list[tuple[str, float | None]] = [("valid", 5.0)] * 200
    hours += [("stopped", None), ("no_flow", None), ("none", None)]
    outlets.hours(park, SO2, T0, hours, made_at=NOW)
    job = Substituting()
    job.turn(park, NOW)
    last = T0 + 202 * HOUR
    assert stored(park, SO2) == {last: (5.0, "other-180", 180)}
    outlets.hours(park, SO2, last, [("valid", 7.0)], made_at=NOW + HOUR)
    assert job.turn(park, NOW + HOUR) == 1
    assert stored(park, SO2) == {}


def decide(conn: db.Connection, number: int, state: str, at: datetime) -> None:
    conn.execute(
        "update data_mark set state = %s, decided_by = 'y', decided_at = %s where id = %s",
        [state, at, number],
    )
    conn.commit()


@pytest.mark.parametrize(("sensor", "station"), [(SO2, 1), (COD, 2)])
def test_hours_under_a_mark_that_the_unit_stood_still_have_no_substitute_whatever_their_record_is(
    park, sensor, station
):
    hours: list[tuple[str, float | None]] = [("valid", 5.0)] * 800
    hours += [("none", None), ("marked", None), ("short", None), ("none", None)]
    outlets.hours(park, sensor, T0, hours, made_at=NOW)
    outlets.day(park, sensor, T0, 120.0, made_at=NOW)
    outlets.mark(park, station, T0 + 800 * HOUR, 3, effect="stopped", filed_at=NOW)
    Substituting().turn(park, NOW)
    assert {hour: mass for hour, (mass, *_) in stored(park, sensor).items()} == {T0 + 803 * HOUR: 5.0}


@pytest.mark.parametrize("sensor", [SO2, COD])
def test_a_mark_that_is_filed_and_taken_back_moves_what_stands_for_hours_whose_record_stays(park, sensor):
    hours: list[tuple[str, float | None]] = [("valid", 5.0)] * 800 + [("none", None)]
    outlets.hours(park, sensor, T0, hours, made_at=NOW)
    outlets.day(park, sensor, T0, 120.0, made_at=NOW)
    job = Substituting()
    job.turn(park, NOW)
    assert [mass for mass, *_ in stored(park, sensor).values()] == [5.0]
    later = NOW + 3 * HOUR
    number = outlets.mark(
        park, {SO2: 1, COD: 2}[sensor], T0 + 800 * HOUR, 1, effect="stopped", filed_at=later
    )
    assert job.turn(park, later) == 1
    assert stored(park, sensor) == {}
    decide(park, number, "withdrawn", later - timedelta(seconds=1))  # committed after it was read
    assert job.turn(park, later + timedelta(minutes=5)) == 1
    assert [mass for mass, *_ in stored(park, sensor).values()] == [5.0]


def test_under_an_exempt_mark_the_unit_runs_so_that_its_hours_are_substituted(park):
    outlets.hours(park, SO2, T0, [*[("valid", 5.0)] * 200, ("marked", None)], made_at=NOW)
    outlets.mark(park, 1, T0 + 200 * HOUR, 1, effect="exempt", filed_at=NOW)
    Substituting().turn(park, NOW)
    assert stored(park, SO2) == {T0 + 200 * HOUR: (5.0, "other-180", 180)}


def test_what_stood_still_by_mark_is_no_part_of_the_capture_rate(park):
    hours: list[tuple[str, float | None]] = [("valid", 5.0)] * 80 + [("none", None)] * 20 + [("none", None)]
    outlets.hours(park, SO2, T0, hours, made_at=NOW)
    outlets.mark(park, 1, T0 + 80 * HOUR, 20, effect="stopped", filed_at=NOW)
    Substituting().turn(park, NOW)
    assert stored(park, SO2) == {T0 + 100 * HOUR: (5.0, "other-180", 80)}
