"""The long past of the demo: made by the rules of the product, lively, the same every time, without a step at its end."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from records.periods.engine import Periods
from records.periods.longer import Part, Whole, record_of
from records.periods.plan import Plan, Sensor
from records.periods.rules import averaging_of, medium_of, rule_of
from simulators.history import History, records_end_s, sensor_ids
from simulators.past.happenings import STATUSES, VALID, Story
from simulators.past.hours import Hours, Table
from simulators.past.longer import longer
from simulators.past.points import AMOUNTS, MEDIA, Points, rules
from simulators.past.writing import Past
from simulators.play import weather_of
from simulators.signals.ordinary import Ordinary
from smartpark.places import KINDS
from smartpark.quantities import registry
from tests.simulators.small_park import small_park
from tests.simulators.test_score import park as insert_park

ZONE = timezone(timedelta(hours=8))
MAY_S = int(datetime(2026, 5, 1, tzinfo=ZONE).timestamp())
JUNE_S = int(datetime(2026, 6, 1, tzinfo=ZONE).timestamp())
LIMITS = {("stack-e01-1", "a21026", "Zs"): (35.0, 35.0), ("voc-01", "a24088", ""): (4.0, 4.0)}


def points() -> Points:
    park = small_park()
    return Points.of(park, {(p.station, p.quantity, p.form): (n + 1, 60) for n, p in enumerate(park.points)})


@pytest.fixture(scope="module")
def may() -> tuple[Points, Table]:
    some = points()
    signals = Ordinary(some.park, 3, weather_of(some.park, 3))
    return some, Hours(some, signals, Story(some, 3, JUNE_S, LIMITS)).of(MAY_S, JUNE_S)


def test_the_rules_are_those_by_which_records_are_made():
    for (medium, period), rule in rules().items():
        ours = rule_of(medium, period)
        assert (rule.need, rule.need_february or ours.need_february) == (ours.need, ours.need_february)
        assert (rule.spoils, rule.edition) == (ours.spoils, ours.words)
    assert {kind: MEDIA.get(kind, "other") for kind in KINDS} == {kind: medium_of(kind) for kind in KINDS}
    amounts = {quantity: averaging_of(quantity).amount for quantity in registry()}
    assert {q: a for q, a in amounts.items() if a is not None} == AMOUNTS


def sensors(some: Points) -> list[Sensor]:
    return [
        Sensor(
            id=int(some.sensor_id[at]),
            station_id=sorted(set(some.station)).index(some.station[at]),
            kind=some.park.points[n].kind,
            quantity=some.quantity[at],
            form=some.park.points[n].form,
            unit=registry()[some.quantity[at]].unit,
            step_min=1,
            due_since=datetime(2020, 1, 1, tzinfo=UTC),
            due_until=None,
            timezone="Asia/Shanghai",
        )
        for at, n in enumerate(some.which)
    ]


def test_every_point_is_averaged_as_its_records_will_be(may):
    some, _ = may
    plan = Plan.of(sensors(some))
    assert some.method == [plan.method(int(sensor)) for sensor in some.sensor_id]


def test_days_and_months_are_what_the_product_would_make_of_the_same_hours(may):
    some, hours = may
    plan = Plan.of(sensors(some))
    days = longer(hours, some, "day", 24)
    month = longer(days, some, "month", 31)
    compared = 0
    for parts, whole, period, each in ((hours, days, "day", 24), (days, month, "month", 31)):
        for at, sensor in enumerate(sensors(some)):
            for number, start_s in enumerate(whole.start_s):
                mine = [part(parts, at, number * each + n, n, period) for n in range(each)]
                start = datetime.fromtimestamp(int(start_s), UTC)
                row = record_of(Whole(sensor, period, start, each, each), mine, plan.method(sensor.id))
                compare(row, whole, at, number)
                compared += 1
    assert compared == len(some) * 32


def part(table: Table, at: int, column: int, n: int, period: str) -> Part:
    def number(name: str) -> float | None:
        value = float(getattr(table, name)[at, column])
        return None if np.isnan(value) else value

    status = STATUSES[table.status[at, column]]
    return Part(
        n if period == "day" else 5,
        status,
        status == "valid",
        number("mean"),
        number("low"),
        number("high"),
        int(table.received[at, column]),
        int(table.samples[at, column]),
        chr(table.flag[at, column]),
        None,
        number("mean_8h"),
        number("amount"),
        number("mass"),
        number("weight"),
    )


def compare(row, table: Table, at: int, number: int) -> None:
    assert row.status == STATUSES[table.status[at, number]]
    assert (row.expected, row.received, row.samples) == (
        table.expected[at, number],
        table.received[at, number],
        table.samples[at, number],
    )
    assert row.flag == chr(table.flag[at, number])
    for name, ours in (
        ("mean", row.mean),
        ("low", row.min),
        ("high", row.max),
        ("mean_8h", row.mean_8h),
        ("amount", row.amount),
        ("mass", row.mass),
    ):
        assert getattr(table, name)[at, number] == pytest.approx(
            np.nan if ours is None else ours, nan_ok=True
        )


def test_an_hour_of_flue_gas_carries_concentration_times_flow(may):
    some, hours = may
    at = next(n for n, q in enumerate(some.quantity) if q == "a21026" and some.medium[n] == "gas")
    both = (hours.status[at] == VALID) & (hours.status[some.flow[at]] == VALID)
    kg = hours.mean[at] * hours.mean[some.flow[at]] * 1e-6
    assert both.any()
    assert np.allclose(hours.mass[at][both], kg[both])
    assert np.isnan(hours.mass[at][~both]).all()


def test_the_past_is_lively_and_a_handful_of_hours_is_over_a_limit(may):
    some, hours = may
    assert set(np.unique(hours.status)) >= {STATUSES.index(word) for word in ("valid", "short", "abnormal")}
    over = 0
    for at, n in enumerate(some.which):
        point = some.park.points[n]
        if (limit := LIMITS.get((point.station, point.quantity, point.form))) is not None:
            over += int((hours.mean[at] > limit[1]).sum())
    assert 2 <= over <= 20


def test_the_same_seed_makes_the_same_past(may):
    some, hours = may
    signals = Ordinary(some.park, 3, weather_of(some.park, 3))
    again = Hours(some, signals, Story(some, 3, JUNE_S, LIMITS)).of(MAY_S, JUNE_S)
    for column in fields(Table):
        assert np.array_equal(getattr(hours, column.name), getattr(again, column.name), equal_nan=True)


def test_nothing_jumps_where_the_live_feed_begins():
    some = points()
    story = Story(some, 3, JUNE_S, {})
    slow = story.of(np.asarray([JUNE_S]), np.ones((len(some), 1))).factor
    assert np.allclose(slow, 1.0, atol=1e-6)


def test_a_dust_day_of_spring_brings_far_more_coarse_than_fine_dust():
    some = points()
    hours_s = np.arange(int(datetime(2026, 3, 1, tzinfo=UTC).timestamp()), MAY_S + 30 * 86400, 3600)
    factor = Story(some, 3, JUNE_S, {}).of(hours_s, np.ones((len(some), len(hours_s)))).factor
    coarse, fine = (factor[some.quantity.index(q)].max() for q in ("a34002", "a34004"))
    assert coarse > 6
    assert 2 < fine < coarse / 2


def test_a_slip_of_a_unit_shows_in_a_few_hours_of_one_point_and_nowhere_else():
    park = small_park()
    stations = {
        code: replace(one, outlet_kind="to_plant" if one.kind == "wastewater" else one.outlet_kind)
        for code, one in park.stations.items()
    }
    n = next(n for n, p in enumerate(park.points) if (p.station, p.quantity) == ("ww-e01", "w21003"))
    points_ = (*park.points[:n], replace(park.points[n], quantity="w21011"), *park.points[n + 1 :])
    park = replace(park, stations=stations, points=points_)
    some = Points.of(park, {(p.station, p.quantity, p.form): (n + 1, 60) for n, p in enumerate(park.points)})
    hours_s = np.arange(MAY_S, JUNE_S, 3600)
    found = Story(some, 3, JUNE_S, {}).of(hours_s, np.ones((len(some), len(hours_s))))
    at = some.quantity.index("w21011")
    slipped = np.flatnonzero(found.slip[at] != 1.0)
    assert 3 <= len(slipped) <= 8
    assert (found.slip[at, slipped] == 1000.0).all()
    assert (found.status[at, slipped] == VALID).all()
    assert (np.delete(found.slip, at, axis=0) == 1.0).all()


@pytest.mark.integration
def test_records_of_the_past_are_written_once_and_end_where_minutes_begin(conn):
    insert_park(conn)
    conn.commit()
    now = datetime(2026, 5, 20, 4, 30, tzinfo=UTC)
    end_s = int(now.timestamp()) - 86400
    said: list[str] = []
    new = Past(conn, small_park(), 3, end_s).write(2, now, said.append)
    count, first, last, causes = conn.execute(
        "select count(*), min(start), max(start), array_agg(distinct cause) from record"
    ).fetchone()
    assert (count, causes) == (new, ["demo"])
    assert first == datetime(2026, 3, 31, 16, tzinfo=UTC)
    assert last == datetime(2026, 5, 19, 4, tzinfo=UTC)
    periods = dict(conn.execute("select period, count(distinct start) from record group by 1").fetchall())
    assert periods == {"hour": 30 * 24 + 18 * 24 + 13, "day": 48, "month": 1}
    assert "2 of 2 months" in said[-1]
    assert Past(conn, small_park(), 3, end_s).write(2, now, said.append) == 0
    kinds = conn.execute(
        "select distinct st.kind from record r join sensor x on x.id = r.sensor_id join station st on st.id = x.station_id"
    )
    assert {row[0] for row in kinds}.isdisjoint({"gas", "hazard", "process"})
    odd = "select count(*) from record where (status = 'valid') <> (mean is not null) or judgeable <> (status = 'valid')"
    assert conn.execute(odd).fetchone() == (0,)


@pytest.mark.integration
def test_the_records_of_minutes_and_of_the_past_before_them_join_without_a_gap(conn):
    insert_park(conn)
    conn.execute("update station set feed = 'rest', stream_class = 'emission'")
    conn.execute(
        "update quantity set unit = case code when 'w00000' then 'L/s' else 'mg/L' end where code like 'w%'"
    )
    now = datetime(2026, 5, 20, 4, 30, tzinfo=UTC)
    conn.execute(
        "insert into ledger (minute, source, station_id, received, stored) values (%s, 'mqtt', 1, 1, 1)",
        [now],
    )
    conn.commit()
    park = small_park()
    Past(conn, park, 3, records_end_s(conn, 2, now)).write(1, now, lambda _: None)
    History(park, 3, sensor_ids(conn, park)).write(conn, 2, now, lambda _: None)
    engine = Periods(300, 19.0, lambda *_: 0)
    for _ in range(3):
        engine.turn(conn, now + timedelta(hours=2))
    assert conn.execute("select count(*) from record_due").fetchone() == (0,)
    sensor = "(select x.id from sensor x join station s on s.id = x.station_id where s.code = 'ww-e01' and quantity = 'w01018')"
    rows = conn.execute(
        f"select start, mean, method, edition from record where period = 'hour' and sensor_id = {sensor} and cause = 'demo'"
        " order by start"
    ).fetchall()
    starts = [row[0] for row in rows]
    assert starts == [starts[0] + timedelta(hours=n) for n in range(19 * 24 + 12)]
    assert {row[2:] for row in rows} == {("flow_weighted", "HJ 212-2017 app. C")}
    before, after = (np.nanmean([r[1] for r in some if r[1]]) for some in (rows[-96:-48], rows[-48:]))
    assert after == pytest.approx(before, rel=0.1)
    days = conn.execute(
        f"select start, received from record where period = 'day' and sensor_id = {sensor} order by start"
    ).fetchall()
    assert [row[0] for row in days] == [starts[0] + timedelta(days=n) for n in range(19)]
    assert [row[1] for row in days[-2:]] == [24, 24]
