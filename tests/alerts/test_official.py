"""Official hours and days against their limits on a real database: live, late, revised, and left alone by the feeds."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts import rows
from alerts.judge import Judge
from alerts.life import Event, fold
from alerts.official import Fact, assert_condition
from smartpark import db
from tests.alerts import small_park

pytestmark = pytest.mark.integration

EIGHT = datetime.fromisoformat("2026-11-22T08:00:00+08:00")
HOUR = timedelta(hours=1)
NOX, NOX_ZS, SO2 = 11, 12, 13
PARAMETERS = {
    "wording": "emission",
    "basis": "hour",
    "limit_kinds": ["permit", "local", "industry", "integrated"],
    "stages": {"H": {"level": "orange"}},
    "latch": False,
}


@pytest.fixture
def park(conn):
    small_park.build(conn)
    conn.execute(
        "insert into quantity (code, name_zh, name_en, unit, decimals, source) values"
        " ('a21002', '氮氧化物', 'NOx', 'mg/m³', 1, 't'), ('a21026', '二氧化硫', 'SO2', 'mg/m³', 1, 't')"
    )
    conn.execute(
        "insert into station (id, park_id, enterprise_id, code, kind, outlet_kind, name_zh, name_en, lat, lon, feed, stream_class)"
        " values (9, 1, 1, 'st9', 'stack', 'boiler', '九号', 'Nine', 39.4, 106.6, 'rest', 'emission')"
    )
    conn.execute(
        "insert into sensor (id, station_id, quantity, form, unit, period_s, due_since) values"
        " (11, 9, 'a21002', '', 'mg/m³', 60, '2026-01-01Z'), (12, 9, 'a21002', 'Zs', 'mg/m³', 60, '2026-01-01Z'),"
        " (13, 9, 'a21026', '', 'mg/m³', 60, '2026-01-01Z')"
    )
    for code, quantity in (("nox", "a21002"), ("so2", "a21026")):
        conn.execute(
            "insert into limit_value (code, quantity, form, outlet_kind, basis, stage, value, unit, reference_o2, kind, standard,"
            " clause, valid_from, verified, source)"
            " values (%s, %s, 'Zs', 'boiler', 'hour', 'H', 50, 'mg/m³', 9, 'industry', 'GB 13271-2014', '表2', '2020-01-01Z', true, 't')",
            [code, quantity],
        )
    small_park.rule(conn, "stack_hour", "limit", {"kinds": ["stack"], "forms": ["Zs"]}, PARAMETERS)
    conn.commit()
    return conn


def hour(number: int, value: float | None, **more) -> Fact:
    start = EIGHT + number * HOUR
    fact = Fact(
        sensor_id=NOX_ZS,
        period="hour",
        start=start,
        end=start + HOUR,
        value=value,
        judgeable=value is not None,
        revision=1,
        cause="closed",
        made_at=start + HOUR + timedelta(minutes=5),
        expected=60,
        samples=58,
    )
    return replace(fact, **more)


def judge(conn: db.Connection, *facts: Fact):
    """Write the records as the engine does, judge them, commit."""
    for f in facts:
        conn.execute(
            "insert into record (sensor_id, period, start, status, judgeable, mean, expected, received, samples, flag, converted,"
            " method, edition, revision, cause, made_at) values (%s, %s, %s, %s, %s, %s, 60, 60, %s, 'N', %s, 'arithmetic', 'x', %s, %s, %s)"
            " on conflict (sensor_id, period, start) do update set status = excluded.status, judgeable = excluded.judgeable,"
            " mean = excluded.mean, revision = excluded.revision, cause = excluded.cause, made_at = excluded.made_at",
            [
                *(f.sensor_id, f.period, f.start, "valid" if f.judgeable else "short", f.judgeable),
                *(f.value if f.judgeable else None, f.samples, f.converted, f.revision, f.cause, f.made_at),
            ],
        )
    judged = assert_condition(conn, facts, max(f.made_at for f in facts))
    conn.commit()
    return judged


def all_of(conn, what="select * from alert order by id"):
    with conn.cursor(row_factory=db.dict_row) as cursor:
        return cursor.execute(what).fetchall()


def types(conn):
    return [row["type"] for row in all_of(conn, "select type from alert_event order by id")]


def acknowledge(conn, number=None):
    number = number or all_of(conn)[-1]["id"]
    alert = rows.lock(conn, [number])[number]
    event = Event(type="acknowledged", at=EIGHT + 2 * HOUR, actor="operator")
    rows.update(conn, fold(alert, event))
    rows.append(conn, [(number, event)])
    conn.commit()


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


def test_an_exceedance_that_only_late_data_show_is_unread_and_silent(park):
    judge(park, hour(0, None))
    judge(park, hour(1, 40))
    judge(park, hour(0, 58, revision=2, cause="late", made_at=EIGHT + 3 * HOUR))
    (alert,) = all_of(park)
    assert (alert["origin"], alert["condition"], alert["acked"], alert["annunciated_at"]) == (
        "retrospective",
        "normal",
        False,
        None,
    )
    assert alert["text_zh"].startswith(
        "补报超限：11-22 08:00-09:00 氮氧化物小时均值(折算) 58.0 mg/m³，超过限值"
    )
    judge(park, hour(-2, 70, cause="late", made_at=EIGHT + 3 * HOUR))
    (alert,) = all_of(park)
    assert alert["evidence"]["retrospective"]["count"] == 2
    assert alert["text_zh"].startswith(
        "补传数据发现 2 次超限，氮氧化物最高 70.0 mg/m³，时段 11-22 06:00-09:00"
    )
    acknowledge(park)
    assert all_of(park)[0]["ended_at"] is not None


def test_a_late_exceedance_that_still_holds_is_active_until_an_hour_within_its_limit(park):
    judge(park, hour(0, 58, revision=2, cause="late"))
    (alert,) = all_of(park)
    assert (alert["origin"], alert["condition"], types(park)) == ("retrospective", "active", ["raised"])
    judge(park, hour(1, 59))
    assert (all_of(park)[0]["origin"], types(park)) == ("live", ["raised", "annunciated"])


def test_a_revision_below_the_limit_is_told_to_the_alert_that_spoke_of_the_hour_even_after_its_end(park):
    judge(park, hour(0, 58))
    judge(park, hour(1, 45))
    acknowledge(park)
    judge(park, hour(0, 44, revision=2, cause="correction 12", made_at=EIGHT + 9 * HOUR))
    (alert,) = all_of(park)
    assert types(park) == ["raised", "annunciated", "cleared", "acknowledged", "revised"]
    assert alert["ended_at"] is not None
    assert alert["value"] == 58.0
    assert alert["text_zh"] == (
        "11-22 08:00-09:00 氮氧化物小时均值(折算) 由 58.0 mg/m³ 修订为 44.0 mg/m³，不再超过限值 50 mg/m³（修订版本 2，数据修正 12）"
    )
    told = all_of(park, "select data -> 'revision' as r from alert_event where type = 'revised'")[0]["r"]
    assert (told["before"], told["after"], told["over"]) == (58.0, 44.0, False)
    assert [row["over"] for row in all_of(park, "select over from alert_period")] == [False]


def marked(number: int) -> Fact:
    made = EIGHT + (number + 1.5) * HOUR
    return hour(number, None, revision=2, cause="mark 3", status="marked", made_at=made)


def test_an_alert_whose_only_hour_is_marked_invalid_is_cleared_and_says_why(park):
    judge(park, hour(0, 58))
    judge(park, marked(0))
    (alert,) = all_of(park)
    assert (types(park), alert["condition"]) == (["raised", "annunciated", "revised", "cleared"], "normal")
    (told,) = all_of(park, "select data ->> 'because' as why from alert_event where type = 'cleared'")
    assert told["why"] == "revised"
    assert "不参与判定（已标记无效）" in alert["text_zh"]
    judge(park, hour(1, None, status="stopped"))  # the unit stops: nothing opens it again
    assert all_of(park)[0]["condition"] == "normal"


def test_an_alert_with_another_hour_over_its_limit_is_unknown_when_the_newest_is_marked_invalid(park):
    judge(park, hour(0, 58))
    judge(park, hour(1, 59))
    judge(park, marked(1))
    (alert,) = all_of(park)
    assert (types(park)[-2:], alert["condition"]) == (["revised", "unknown"], "unknown")
    judge(park, marked(0))
    assert (types(park)[-2:], all_of(park)[0]["condition"]) == (["revised", "cleared"], "normal")


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


def test_a_revision_that_takes_back_the_newest_hour_clears_what_was_active(park):
    judge(park, hour(0, 58))
    judge(park, hour(0, 44, revision=2, cause="correction 1", made_at=EIGHT + 1.5 * HOUR))
    assert types(park) == ["raised", "annunciated", "revised", "cleared"]
    assert all_of(park)[0]["condition"] == "normal"


def test_a_revision_with_the_same_value_says_nothing_again(park):
    judge(park, hour(0, 58))
    assert judge(park, hour(0, 58, revision=2, cause="late", samples=60)).events == 0


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


def test_a_revision_after_a_new_alert_is_told_to_the_old_one(park):
    judge(park, hour(0, 58))
    judge(park, hour(1, 45))
    acknowledge(park)
    judge(park, hour(2, 61))
    first, second = (row["id"] for row in all_of(park))
    judge(park, hour(0, 44, revision=2, cause="late", made_at=EIGHT + 4 * HOUR))
    told = all_of(park, "select alert_id from alert_event where type = 'revised'")
    assert [row["alert_id"] for row in told] == [first]
    assert [row["condition"] for row in all_of(park)] == ["normal", "active"]
    assert second != first
