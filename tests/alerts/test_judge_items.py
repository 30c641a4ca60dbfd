"""Silence, late data and findings on a real database, over the death of their judge and with two feeds at once."""

from datetime import timedelta

import pytest
from psycopg.rows import dict_row

from alerts.life import Event, fold, from_row, to_row
from alerts.points import Finding
from tests.alerts import small_park
from tests.alerts.small_park import CL2, COD, LEVEL, T0, VALVE, readings
from tests.alerts.test_judge_written import Owner

pytestmark = pytest.mark.integration

SILENCE = {"after_periods": 1.2, "at_least_s": 5, "level": "yellow"}


@pytest.fixture
def park(conn):
    small_park.build(conn)
    small_park.rule(conn, "silence", "silence", {}, SILENCE, class_="reminder")
    small_park.rule(
        conn, "platform_ledger", "platform", {}, {"finding": "ledger", "level": "orange"}, class_="reminder"
    )
    conn.execute("update sensor set period_s = 60")
    conn.commit()
    return conn


def everybody(owner, second):
    for sensor in (CL2, LEVEL, VALVE) if owner.feed == "safety" else (COD,):
        owner.take(readings((second, 0.5), sensor=sensor), second + 0.1)


def members(owner):
    (row,) = [a for a in owner.alerts() if a["rule"] == "silence"]
    return row, {m["sensor_id"] for m in row["members"]}


def test_silence_survives_the_death_of_its_judge_and_returns_once(park):
    owner = Owner(park)
    everybody(owner, 0)
    for second in range(60, 80):
        owner.take(readings(), second)
    row, silent = members(owner)
    assert silent == {CL2, LEVEL, VALVE}
    assert (row["target_kind"], row["target_id"], row["level"], row["class"]) == (
        "enterprise",
        1,
        "yellow",
        "reminder",
    )
    owner.reborn(T0 + timedelta(seconds=90))
    for second in range(91, 100):
        owner.take(readings(), second)
    assert owner.events() == ["raised"]
    everybody(owner, 100)
    owner.take(readings(), 102)
    row, _ = members(owner)
    assert row["condition"] == "normal"
    assert owner.events()[-1] == "returned"


def test_one_item_holds_the_silent_points_of_both_feeds(park):
    safety, rest = Owner(park), Owner(park, "rest")
    everybody(safety, 0)
    everybody(rest, 0)
    for second in range(60, 80):
        safety.take(readings(), second)
        rest.take(readings(), second)
    assert members(safety)[1] == {CL2, LEVEL, VALVE, COD}
    everybody(safety, 100)
    safety.take(readings(), 102)
    row, silent = members(safety)
    assert (silent, row["condition"]) == ({COD}, "active")
    everybody(rest, 110)
    rest.take(readings(), 112)
    assert members(rest)[0]["condition"] == "normal"
    assert "returned" in rest.events()


def test_an_hour_of_our_own_absence_is_nobodys_silence(park):
    owner = Owner(park)
    everybody(owner, 0)
    owner.reborn(T0 + timedelta(hours=1))
    for second in range(3601, 3660):
        owner.take(readings(), second)
    assert owner.events() == []


def test_a_short_absence_of_ours_is_not_counted_as_silence_either(park):
    owner = Owner(park)
    everybody(owner, 0)
    owner.reborn(T0 + timedelta(seconds=50))
    for second in (71, 90, 110):
        owner.take(readings(), second)
    assert owner.alerts() == []
    owner.take(readings(), 125)
    assert [a["rule"] for a in owner.alerts()] == ["silence"]


def test_late_readings_past_a_limit_are_found_by_judging_again_once_and_in_silence(park):
    owner = Owner(park)
    owner.take(readings((0, 0.1)), 0.1)
    owner.take(readings((3600, 0.1)), 3600.1)
    late = [(60.0 * n, 2.5 if n in {10, 20, 21} else 0.1) for n in range(1, 60)]
    for n, row in enumerate(late):
        owner.take(readings(row, lag_s=3601 + n * 0.4 - row[0]), 3601 + n * 0.4)
    owner.reborn(T0 + timedelta(seconds=3700))
    owner.take(readings(), 3701)
    owner.take(readings(), 3703)
    (alert,) = [a for a in owner.alerts() if a["rule"] == "gas_toxic"]
    assert (alert["origin"], alert["condition"], alert["acked"]) == ("retrospective", "normal", False)
    assert (alert["annunciated_at"], alert["occurrences"], alert["level"]) == (None, 2, "red")
    assert "补传数据发现 2 次超限" in alert["text_zh"]
    assert alert["evidence"]["retrospective"]["peak"] == 2.5
    told = [t for t in owner.events() if t not in {"members_changed", "returned"}]
    assert told.count("annunciated") == 0
    left = owner.conn.execute("select count(*) from rejudge where done_at is null").fetchone()
    assert left == (0,)


def test_an_alert_whose_rule_is_withdrawn_ends_with_an_event(park):
    owner = Owner(park)
    owner.take(readings((0, 1.5)), 0.1)
    park.execute("update rule set retired_at = now() where code = 'gas_toxic'")
    park.commit()
    owner.reborn(T0 + timedelta(seconds=5))
    owner.take(readings(), 6)
    (alert,) = [a for a in owner.alerts() if a["rule"] == "gas_toxic"]
    assert alert["condition"] == "normal"
    assert owner.events()[-1] == "cleared"


def test_a_row_that_a_person_closed_meanwhile_is_raised_anew_when_it_still_holds(park):
    owner = Owner(park)
    owner.take(readings((0, 1.5)), 0.1)
    for second in range(60, 80):
        owner.take(readings(), second)
    park.execute(
        "update alert set acked = true, condition = 'normal', ended_at = now(), state = 'ended' where rule = 'gas_toxic'"
    )
    park.commit()
    owner.take(readings((90, 1.5)), 90.1)
    rows = [a for a in owner.alerts() if a["rule"] == "gas_toxic"]
    assert [a["ended_at"] is None for a in rows] == [False, True]
    assert rows[1]["condition"] == "active"
    assert owner.events().count("raised") == 3
    assert owner.events().count("annunciated") == 2


def test_a_ledger_that_does_not_balance_is_an_alert_of_the_feed_until_a_minute_has_been_quiet(park):
    owner = Owner(park)
    owner.take(readings(), 1, [Finding(kind="ledger", detail="received 2, stored 1")])
    owner.take(readings(), 2, [Finding(kind="ledger", detail="received 2, stored 1")])
    owner.reborn(T0 + timedelta(seconds=3))
    owner.take(readings(), 30)
    assert owner.events() == ["raised", "annunciated"]
    owner.take(readings(), 70)
    (alert,) = owner.alerts()
    assert (alert["target_kind"], alert["target_id"], alert["condition"]) == ("feed", 1, "normal")


def test_progress_is_written_at_most_once_a_second_and_frozen_by_the_end(park):
    owner = Owner(park)
    for n in range(30):
        owner.take(readings((n / 10, 1.2 + n / 100)), n / 10 + 0.05)
    owner.take(readings((3.5, 0.1)), 3.6)
    row = park.execute("select last_value, peak_value, count from alert_progress").fetchone()
    assert row == (0.1, pytest.approx(1.49), 31)


def test_every_event_is_in_the_log_in_commit_order_and_the_rows_are_their_fold(park):
    owner = Owner(park)
    for n, value in enumerate([1.5, 0.1, 2.5, 0.1, 1.5, 2.2, 0.1]):
        owner.take(readings((n, value)), n + 0.1)
    with park.cursor(row_factory=dict_row) as cursor:
        events = cursor.execute("select * from alert_event order by id").fetchall()
        rows = cursor.execute("select * from alert").fetchall()
    for row in rows:
        alert = None
        for e in (e for e in events if e["alert_id"] == row["id"]):
            alert = fold(alert, Event(type=e["type"], at=e["at"], actor=e["actor"], data=e["data"]))
        assert to_row(alert) == to_row(from_row(row))
