"""The facts are those of the tables: records, limits of the day, rates, causes, marks, revisions; nothing is left out."""

from datetime import date, datetime, timedelta

import pytest

from records.reports.contents import Subject, compose
from records.reports.facts import Facts
from records.reports.periods import span
from smartpark import db
from tests.records.reports import place

pytestmark = pytest.mark.integration
OWN, PARK = Subject(1, 1), Subject(1, None)
MONTH = span("monthly", date(2026, 10, 1), "Asia/Shanghai")


def told(conn, subject=OWN, period=MONTH, now=place.NOW) -> Facts:
    return compose(conn, subject, period, now, 75.0)


@pytest.fixture
def here(conn) -> db.Connection:
    place.build(conn)
    return conn


def test_points_are_the_pollutants_of_each_outlet_with_their_value_at_reference_oxygen(here):
    facts = told(here)
    assert [(p.outlet_code, p.quantity, p.converts, p.auxiliary) for p in facts.points] == [
        ("stack-1", "a21026", True, False),
        ("stack-1", "a00000", False, True),
        ("ww-1", "w01018", False, False),
    ]
    sulfur = facts.points[0]
    assert len(sulfur.rows) == 31
    first, third = sulfur.rows[0].figure, sulfur.rows[2].figure
    assert (first.mean, first.converted, first.mass) == (20.0, 25.0, 2.5)
    assert (third.status, third.mean, third.samples, third.expected) == ("short", None, 12, 24)
    assert sulfur.whole.figure.mean == 20.0
    assert [(x.basis, x.value, x.converted) for x in sulfur.limits] == [("hour", 35.0, True)]


def test_only_judgeable_records_are_held_against_limits_that_somebody_has_verified(here):
    over = told(here).exceedances
    assert [(e.outlet_code, e.quantity, e.converted, e.basis, e.value, e.limit) for e in over] == [
        ("stack-1", "a21026", True, "hour", 70.5, 35.0),
        ("ww-1", "w01018", False, "day", 61.0, 60.0),
    ]
    assert over[0].factor == pytest.approx((70.5 - 35) / 35)
    assert (over[0].start, over[0].end) == (
        datetime(2026, 10, 5, 14, tzinfo=place.ZONE),
        datetime(2026, 10, 5, 15, tzinfo=place.ZONE),
    )
    assert (over[1].standard, over[1].clause, over[1].late) == ("GB 8978-1996", "表4", False)


def test_a_record_at_its_limit_is_within_it(here):
    here.execute(
        "update record set mean = 60 where sensor_id = 21 and period = 'day' and start = '2026-10-07 00:00+08'"
    )
    facts = told(here)
    assert [e.basis for e in facts.exceedances] == ["hour"]
    assert [(c.judged, c.over) for c in facts.compliance if c.basis == "day"] == [(30, 0)]


def test_every_judged_record_is_counted_with_the_share_that_complied(here):
    found = {(c.pollutant, c.basis): (c.judged, c.over) for c in told(here).compliance}
    assert found == {("二氧化硫(折算)", "hour"): (744, 1), ("化学需氧量", "day"): (30, 1)}


def test_hours_that_we_lost_are_not_due_of_the_enterprise(here):
    rates = {one.outlet: one for one in told(here).rates}
    stack = rates["1号烟囱"]
    assert (stack.due, stack.received, stack.valid, stack.excluded) == (743, 742, 741, 1)
    assert stack.effective == pytest.approx(99.73)
    assert rates["废水总排口"].effective == 100.0


def test_missing_hours_in_a_row_with_one_cause_are_one_line(here):
    found = [(m.start.hour, m.end.hour, m.hours, m.minutes, m.cause) for m in told(here).missing]
    assert found == [(8, 10, 2, 100, "platform"), (10, 11, 1, 60, "network")]


def test_marks_and_corrections_stand_with_their_proofs(here):
    here.execute(
        "insert into account (username, name, password_hash, role, enterprise_id) values ('enterprise', '王芳', 'x', 'enterprise', 1)"
    )
    here.execute(
        "insert into data_mark (station_id, sensor_id, kind, code, starts_at, ends_at, reason, filed_by, filed_at, voucher_due, state)"
        " values (11, 11, 'device', 'x', '2026-10-03Z', '2026-10-04Z', '检修', 'enterprise', '2026-10-05Z', '2026-11-10Z', 'filed')"
    )
    here.execute(
        "insert into attachment (object, enterprise_id, name, media_type, content, sha256, uploaded_by, uploaded_at)"
        " values ('mark 1', 1, '维修单.pdf', 'application/pdf', '', '', 'enterprise', now())"
    )
    here.execute(
        "insert into correction (sensor_id, kind, starts_at, ends_at, factor, reason, before, after, state, made_by, made_at)"
        " values (21, 'scale', '2026-10-03Z', '2026-10-04Z', 1.1, '量程', '{}', '{}', 'confirmed', 'bureau', '2026-10-05Z')"
    )
    facts = told(here)
    (mark,), (correction,) = facts.marks, facts.corrections
    assert (mark.outlet, mark.point, mark.proof) == ("1号烟囱", "二氧化硫", "维修单.pdf")
    assert (mark.by, correction.by) == ("王芳", "bureau")  # who has no account keeps his name of that time
    assert (correction.outlet, correction.what, correction.proof) == ("废水总排口", "修正(换算): x1.1+0", "")


def test_what_changed_after_the_month_was_finalised_is_listed_down_to_the_hour(here):
    start = datetime(2026, 10, 9, 8, tzinfo=place.ZONE)
    place.revise(here, place.COD, "hour", start, 50.0, at=place.NOW - timedelta(hours=2))
    place.revise(here, place.COD, "day", start.replace(hour=0), 40.4, at=place.NOW - timedelta(hours=2))
    place.seal(here)
    place.revise(here, place.COD, "hour", start, 55.0, at=place.NOW + timedelta(days=2))
    facts = told(here)
    assert [(r.period, r.number, r.before, r.after, r.after_sealing) for r in facts.revisions] == [
        ("day", 2, 40.0, 40.4, False),
        ("hour", 3, 50.0, 55.0, True),
    ]
    assert facts.cover.sealed is not None


def test_mass_comes_from_the_one_source_of_emitted_mass(here):
    (sulfur,) = [one for one in told(here).emissions if one.pollutant == "二氧化硫"]
    assert sulfur.measured_kg == pytest.approx(30 * 2.5)
    assert sulfur.year_kg == pytest.approx(75.0)
    assert sulfur.allowance_kg is None


def test_a_day_is_told_by_its_hours_and_a_year_by_its_months(here):
    day = told(here, period=span("daily", date(2026, 10, 3), "Asia/Shanghai"))
    figures = [row.figure for row in day.points[0].rows]
    assert len(figures) == 24
    assert [figures[n].status for n in (7, 8, 9)] == ["valid", "none", "short"]
    year = told(here, period=span("annual", date(2026, 1, 1), "Asia/Shanghai"))
    months = [row.figure for row in year.points[0].rows]
    assert (len(months), months[9].mean, months[8].status, months[8].expected) == (12, 20.0, "none", 30)


def test_the_park_sums_its_enterprises_and_has_the_air(here):
    facts = told(here, PARK)
    assert [(e.name, e.outlets, e.hours_over, e.days_over, e.missing_hours) for e in facts.enterprises] == [
        ("甲化工", 2, 1, 1, 3),
        ("乙化工", 1, 0, 0, 1),
    ]
    assert len(facts.air) == 31
    assert (facts.air[0].aqi, facts.air[0].level, facts.air[0].primary) == (
        58,
        "良",
        "PM10",
    )  # HJ 633-2026: 50 to 120 µg/m³ is 50 to 100


def test_air_that_is_out_of_use_today_stays_in_the_reports_of_its_time(here):
    here.execute("delete from record where sensor_id = 41 and start >= '2026-10-15 00:00+08'")
    here.execute("update station set active = false where id = 14")
    here.execute("update sensor set active = false where id = 41")
    days = told(here, PARK).air
    assert [(one.start.day, one.aqi) for one in days] == [(day, 58) for day in range(1, 15)]


def test_a_day_that_lacks_a_pollutant_of_the_plan_has_no_aqi(here):
    here.execute("update station set attributes = '{}' where id = 14")
    day = told(here, PARK).air[0]
    assert (day.aqi, day.level, day.why) == (None, "", "缺 SO2、NO2、CO、O3、PM2.5")


def test_a_declared_episode_of_sand_stands_beside_the_days_it_touched(here):
    here.execute(
        "insert into sand_episode (park_id, name, starts_at, ends_at, document, declared_by, declared_at)"
        " values (1, '沙尘', '2026-10-10 20:00+08', '2026-10-11 06:00+08', '通知1号', 'bureau', now())"
    )
    assert [one.start.day for one in told(here, PARK).air if one.sand] == [10, 11]


def test_a_period_that_is_not_over_is_told_up_to_its_last_whole_hour(here):
    cover = told(here, now=datetime(2026, 10, 20, 9, 59, 59, tzinfo=place.ZONE)).cover
    assert not cover.over
    assert cover.until == datetime(2026, 10, 20, 9, tzinfo=place.ZONE)


def test_the_rate_that_passes_is_one_of_the_facts(here):
    assert told(here).digest() != compose(here, OWN, MONTH, place.NOW, 90.0).digest()


def test_a_mass_of_nothing_is_measured_and_one_that_was_not_measured_is_none(here):
    here.execute("update record set mass = 0 where sensor_id = 11")
    here.execute("update record set mass = null where sensor_id = 21")
    here.execute(
        "insert into quantity (code, name_zh, name_en, unit, decimals, source) values"
        " ('w00000', '流量', 'flow', 'L/s', 1, 't');"
        "insert into sensor (id, station_id, quantity, form, period_s, unit) values"
        " (22, 12, 'w00000', '', 60, 'L/s'), (32, 13, 'w00000', '', 60, 'L/s')"
    )
    (sulfur, oxygen_demand) = told(here).emissions
    assert (sulfur.pollutant, sulfur.measured_kg, sulfur.total_kg, sulfur.year_kg) == ("二氧化硫", 0, 0, 0)
    assert (oxygen_demand.pollutant, oxygen_demand.measured_kg, oxygen_demand.year_kg) == (
        "化学需氧量",
        None,
        None,
    )
    park = {(e.enterprise, e.pollutant): e.measured_kg for e in told(here, PARK).emissions}
    assert park["全园区(不含纳管)", "二氧化硫"] == 0
    assert park["乙化工", "化学需氧量"] == park["全园区(不含纳管)", "化学需氧量"] == 31 * 2.5


def test_what_stands_for_missing_hours_is_told_with_its_rule(here):
    here.execute(
        "insert into substitution (sensor_id, hour, mass, method, standard, verified, of_values, made_at) values"
        " (11, '2026-10-03 08:00+08', 1.5, 'other-180', 'HJ 75-2017 clause 12', false, 180, now()),"
        " (11, '2026-10-03 09:00+08', 1.5, 'other-180', 'HJ 75-2017 clause 12', false, 180, now())"
    )
    (stand,) = told(here).emissions[0].stands
    assert (stand.method, stand.standard, stand.verified, stand.hours, stand.kg) == (
        "other-180",
        "HJ 75-2017 clause 12",
        False,
        2,
        3.0,
    )


def test_two_enterprises_of_one_name_are_two_in_the_report_of_the_park(here):
    here.execute("update enterprise set name_zh = '甲化工' where id = 2")
    facts = told(here, PARK)
    assert [(e.name, e.outlets, e.missing_hours) for e in facts.enterprises] == [
        ("甲化工 (e1)", 2, 3),
        ("甲化工 (e2)", 1, 1),
    ]
    assert {one.enterprise for one in facts.emissions} == {"甲化工 (e1)", "全园区(不含纳管)"}


def test_equal_facts_have_equal_digests_whenever_they_are_told(here):
    later = place.NOW + timedelta(days=30)
    assert told(here).digest() == told(here, now=later).printed(7, later).digest()
    before = told(here).digest()
    place.revise(here, place.COD, "day", place.MONTH, 41.0, at=later)
    assert told(here).digest() != before
