"""Official hours and days against their limits on a real database: live, late, revised, and left alone by the feeds."""

from datetime import datetime, timedelta

import pytest

from alerts.judge import Judge
from alerts.official import assert_condition
from tests.alerts import small_park
from tests.alerts.outlet_hours import EIGHT, HOUR, NOX, NOX_ZS, SO2, all_of, build, hour, judge, types

pytestmark = pytest.mark.integration


@pytest.fixture
def park(conn):
    return build(conn)


def test_an_hour_over_its_limit_says_its_period_its_limit_and_the_factor(park):
    judge(park, hour(-1, 40))
    judged = judge(park, hour(0, 58))
    assert (judged.events, judged.findings) == (2, ())
    (alert,) = all_of(park)
    assert alert["text_zh"] == (
        "11-22 08:00-09:00 氮氧化物小时均值(折算) 58.0 mg/m³，超过限值 50 mg/m³（GB 13271-2014 表2），超标 0.16 倍"
    )
    assert "11-22 08:00-09:00 NOx hourly mean (reference oxygen) 58.0 mg/m³" in alert["text_en"]
    assert (alert["origin"], alert["level"], alert["condition"], alert["acked"]) == (
        "live",
        "orange",
        "active",
        False,
    )
    assert (alert["raised_at"], alert["annunciated_at"]) == (
        EIGHT + HOUR,
        EIGHT + HOUR + timedelta(minutes=5),
    )
    assert (alert["value"], alert["limit_value"], alert["clause"]) == (58.0, 50.0, "GB 13271-2014 表2")
    evidence = alert["evidence"]
    wanted = {"period": "hour", "samples": 58, "expected": 60, "factor": "0.16", "revision": 1}
    assert wanted.items() <= evidence.items()
    assert datetime.fromisoformat(evidence["start"]) == EIGHT
    assert types(park) == ["raised", "annunciated"]


def test_a_run_of_hours_is_one_alert_and_the_next_hour_within_clears_it(park):
    judge(park, hour(0, 58))
    judge(park, hour(1, 66))
    judge(park, hour(2, 51))
    (progress,) = all_of(park, "select * from alert_progress")
    assert (progress["count"], progress["peak_value"], progress["last_value"]) == (3, 66.0, 51.0)
    judge(park, hour(3, 50))
    (alert,) = all_of(park)
    assert types(park) == ["raised", "annunciated", "cleared"]
    assert (alert["condition"], alert["cleared_at"]) == ("normal", EIGHT + 4 * HOUR)
    assert alert["evidence"]["periods"] == 3
    spoken = all_of(park, "select start, value, over, alert_id from alert_period order by start")
    assert [(row["start"], row["value"], row["over"]) for row in spoken] == [
        (EIGHT + n * HOUR, v, True) for n, v in enumerate((58.0, 66.0, 51.0))
    ]


def test_an_hour_that_may_not_be_judged_never_resolves_an_alert(park):
    judge(park, hour(0, 58))
    for number in (1, 2, 3):
        judge(park, hour(number, None))
    (alert,) = all_of(park)
    assert (alert["condition"], types(park)) == ("unknown", ["raised", "annunciated", "unknown"])
    judge(park, hour(4, 45))
    assert types(park)[-1] == "cleared"


def test_a_judging_process_that_caught_up_sounds_once_for_what_still_holds(park):
    late = EIGHT + 5 * HOUR + timedelta(minutes=5)
    judge(park, *(hour(n, v, made_at=late) for n, v in enumerate((40, 58, 59, 45, 61))))
    (alert,) = all_of(park)
    assert types(park) == ["raised", "cleared", "reactivated", "annunciated"]
    assert (alert["origin"], alert["condition"], alert["annunciated_at"]) == ("live", "active", late)


def test_a_limit_at_reference_oxygen_is_not_hidden_by_a_measured_one_that_has_expired(park):
    park.execute("update rule set applies = '{\"kinds\": [\"stack\"]}' where code = 'stack_hour'")
    park.execute(
        "insert into limit_value (code, quantity, outlet_kind, basis, stage, value, unit, kind, standard, clause, valid_from,"
        " valid_to, verified, source) values ('old', 'a21026', 'boiler', 'hour', 'H', 900, 'mg/m³', 'industry', 'GB OLD', '1',"
        " '2000-01-01Z', %s, true, 't')",
        [EIGHT],
    )
    judge(park, hour(-1, 800, sensor_id=SO2, converted=840))
    assert all_of(park) == []  # the measured limit is in force
    judge(park, hour(0, 40, sensor_id=SO2, converted=57.5))
    (alert,) = all_of(park)
    assert (alert["value"], alert["clause"], alert["evidence"]["converted"]) == (
        57.5,
        "GB 13271-2014 表2",
        True,
    )


def test_one_record_that_cannot_be_judged_stops_no_other_and_is_tried_again(park):
    park.execute(
        "create function refuse() returns trigger language plpgsql as $$ begin"
        " if new.value = 66 then raise exception 'refused'; end if; return new; end $$"
    )
    park.execute("create trigger refuse before insert on alert for each row execute function refuse()")
    facts = [
        hour(0, 40),
        hour(0, 66, sensor_id=SO2, converted=66),
        hour(0, 9, sensor_id=NOX),
        hour(1, 58),
    ]
    judged = judge(park, *facts)
    assert (judged.events, types(park)) == (2, ["raised", "annunciated"])
    (finding,) = judged.findings
    assert f"sensor {SO2}, hour" in finding
    assert "refused" in finding
    (kept,) = all_of(park, "select sensor_id, start, tries from unjudged_record")
    assert (kept["sensor_id"], kept["start"]) == (SO2, EIGHT)
    park.execute("drop trigger refuse on alert")
    assert judge(park, hour(2, 57)).events == 2  # it is due again by now
    assert [row["sensor_id"] for row in all_of(park)] == [NOX_ZS, SO2]
    assert all_of(park, "select * from unjudged_record") == []


def test_a_rule_that_cannot_be_withdrawn_stops_no_judging(park):
    judge(park, hour(0, 58))
    park.execute("update sensor set active = false where id = 12")
    park.execute(
        "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$"
    )
    park.execute("create trigger refuse before update on alert for each row execute function refuse()")
    judged = judge(park, hour(1, 66, sensor_id=SO2, converted=66))
    assert (judged.events, len(judged.findings)) == (2, 1)
    assert "withdrawn" in judged.findings[0]
    assert all_of(park, "select * from unjudged_record") == []


def test_the_value_at_reference_oxygen_of_a_measured_sensor_is_judged(park):
    judge(park, hour(0, 40, sensor_id=SO2, converted=57.5))
    judge(park, hour(0, 90, sensor_id=NOX))
    (alert,) = all_of(park)
    assert (alert["sensor_id"], alert["value"], alert["evidence"]["factor"]) == (SO2, 57.5, "0.15")


def test_the_feeds_leave_these_alerts_alone(park):
    judge(park, hour(0, 58))
    for feed in ("rest", "safety", "gateway"):
        judging = Judge.load(park, feed=feed, now=EIGHT + 2 * HOUR)
        verdict = judging.judge(small_park.readings().ordered(), EIGHT + 2 * HOUR)
        judging.write(park, verdict, EIGHT + 2 * HOUR)
        park.commit()
    assert types(park) == ["raised", "annunciated"]
    assert all_of(park)[0]["condition"] == "active"


@pytest.mark.parametrize(
    "change",
    [
        "update rule set retired_at = now() where code = 'stack_hour'",
        "update sensor set active = false where id = 12",
    ],
)
def test_a_rule_that_is_withdrawn_ends_its_alerts_and_says_so_but_not_by_a_feed(park, change):
    judge(park, hour(0, 58))
    park.execute(change.encode())
    park.commit()
    Judge.load(park, feed="rest", now=EIGHT + 2 * HOUR)
    assert types(park) == ["raised", "annunciated"]
    assert assert_condition(park, [], EIGHT + 2 * HOUR).events == 1
    park.commit()
    (told,) = all_of(park, "select data ->> 'because' as why from alert_event where type = 'cleared'")
    assert told["why"] == "rule_withdrawn"


def test_the_limit_is_picked_by_the_time_of_the_data(park):
    park.execute("update limit_value set valid_to = %s where code = 'nox'", [EIGHT])
    park.execute(
        "insert into limit_value (code, quantity, form, outlet_kind, basis, stage, value, unit, kind, standard, clause, valid_from,"
        " verified, source) values ('nox2', 'a21002', 'Zs', 'boiler', 'hour', 'H', 30, 'mg/m³', 'industry', 'GB X-2026', '1', %s, true, 't')",
        [EIGHT],
    )
    judge(park, hour(-1, 40))
    assert all_of(park) == []
    judge(park, hour(0, 40))
    assert all_of(park)[0]["clause"] == "GB X-2026 1"


def test_what_does_not_fit_is_a_finding_and_stops_nobody(park):
    judged = assert_condition(
        park,
        [
            hour(0, 58),
            hour(0, float("nan"), sensor_id=SO2),
            hour(0, 58, sensor_id=999),
            hour(0, 58, period="month", sensor_id=NOX),
            hour(0, 99, cause="demo", sensor_id=SO2),
        ],
        EIGHT + HOUR,
    )
    assert judged.events == 2
    assert len(judged.findings) == 3
    assert any("sensor 999" in finding for finding in judged.findings)
