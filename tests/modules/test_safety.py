"""The safety page says what the database holds, and no more."""

from datetime import timedelta

import pytest

from modules.safety.summary import summary
from tests.modules.world import NOW, card, row, table

pytestmark = pytest.mark.integration

KINDS = "('gas', 'hazard', 'process')"
POINTS = f"select count(*) from access_list where kind in {KINDS}"


def test_a_park_that_has_never_delivered_is_silent_and_unknown_not_normal(view):
    page = summary(view())
    assert card(page, "gas_online").value == 0
    assert card(page, "sis_connected").value == 0
    assert card(page, "sis_unknown").value == 19
    assert card(page, "bypassed").value == 0
    assert {one["bypass"]["zh"] for one in table(page, "sources").rows} == {"状态不明"}
    assert card(page, "silent").status == "yellow"


def test_detectors_are_counted_against_the_access_list(world, view):
    world.all_heard()
    world.conn.execute("delete from latest where sensor_id = %s", [world.sensor("gas-hy-001", "a21022")])
    page = summary(view())
    due = world.one("select count(*) from access_list where kind = 'gas'")
    assert (card(page, "gas_online").value, card(page, "gas_online").of) == (due - 1, due) == (100, 101)
    assert card(page, "hazard_online").value == card(page, "hazard_online").of == 84
    assert (card(page, "silent").value, card(page, "silent").of) == (1, world.one(POINTS))
    (silent,) = table(page, "silent").rows
    assert (silent["id"], silent["points"], silent["never"]) == ("hy", 1, 1)


def test_a_point_is_silent_once_it_is_older_than_the_silence_rule_allows(world, view):
    world.all_heard()
    world.heard("gas-hy-001", "a21022", 0.1, at=NOW - timedelta(seconds=11))
    world.heard("gas-hy-002", "a21022", 0.1, at=NOW - timedelta(seconds=9))
    page = summary(view())
    assert card(page, "gas_online").value == 100
    assert table(page, "silent").rows[0]["since"] == NOW - timedelta(seconds=11)


def test_a_removed_point_is_not_due(world, view):
    world.all_heard()
    world.conn.execute(
        "update sensor set due_since = null where id = %s", [world.sensor("gas-hy-001", "a21022")]
    )
    assert card(summary(view()), "gas_online").of == 100


def test_the_state_of_each_sis_is_shown_and_counted(world, view):
    world.all_heard()
    world.heard("sis-hy-s1", "x_bypass", 1)
    world.heard("sis-ts-s1", "x_interlock", 0)
    world.heard("sis-rx-s1", "x_valve", 2)
    world.heard("sis-xt-s1", "x_valve", 0)
    page = summary(view())
    assert [
        card(page, key).value for key in ("bypassed", "interlock_out", "valve_fault", "valve_closed")
    ] == [1] * 4
    assert card(page, "bypassed").status == "orange"
    assert row(page, "sources", "hy-s1")["bypass"]["zh"] == "旁路"
    assert row(page, "sources", "rx-s1")["valve"]["zh"] == "故障"
    assert card(page, "sources").value == world.one("select count(*) from hazard_source where active") == 19


def test_a_flagged_or_old_state_is_unknown_and_never_taken_for_normal(world, view):
    world.all_heard()
    world.heard("sis-hy-s1", "x_bypass", 0, flag="D")
    world.heard("sis-ts-s1", "x_interlock", 1, at=NOW - timedelta(minutes=10))
    page = summary(view())
    assert row(page, "sources", "hy-s1")["bypass"]["zh"] == "状态不明"
    assert row(page, "sources", "ts-s1")["interlock"]["zh"] == "状态不明"
    assert (card(page, "sis_connected").value, card(page, "sis_unknown").value) == (17, 2)


def test_a_bypass_says_who_filed_it_until_when(world, view):
    world.all_heard()
    world.conn.execute(
        "insert into maintenance_window (station_id, kind, starts_at, ends_at, reason, filed_by)"
        " select id, 'bypass', %s, %s, '联锁校验', 'enterprise' from station where code = 'sis-hy-s1'",
        [NOW - timedelta(hours=1), NOW + timedelta(hours=1)],
    )
    page = summary(view())
    assert row(page, "sources", "hy-s1")["filed_by"] == "enterprise"
    assert row(page, "sources", "hy-s1")["window"] == NOW + timedelta(hours=1)
    assert card(page, "windows").value == len(table(page, "windows").rows) == 1


def test_alerts_are_counted_by_class_and_level_and_a_drill_is_not(world, view):
    world.all_heard()
    world.raise_alert("gas-hy-001", "a21022", level="red")
    world.raise_alert("gas-hy-002", "a21022", acked=True)
    world.raise_alert("gas-rx-001", "a21005", level="yellow", **{"class": "reminder"})
    world.raise_alert("gas-zy-001", "x_lel", level="red", drill=True)
    page = summary(view())
    truth = "select count(*) from alert where ended_at is null and not drill and class = 'alarm'"
    assert card(page, "open_alarm").value == world.one(truth) == 2
    assert card(page, "open_alarm").status == "red"
    assert card(page, "open_reminder").value == 1
    assert card(page, "unacked").value == 2
    assert {(one["id"], one["open"]) for one in table(page, "open_alerts").rows} == {
        ("alarm-red", 1),
        ("alarm-orange", 1),
        ("reminder-yellow", 1),
    }
    (raised,) = page.charts
    assert {one.key: one.points[-1][1] for one in raised.series} == {
        "alarm": 2.0,
        "warning": 0.0,
        "reminder": 1.0,
    }


def test_cameras_are_unknown_before_the_first_probe(world, view):
    found = card(summary(view()), "cameras_online")
    assert found.value is None
    assert found.reason_zh
    world.conn.execute("update camera set probed_at = %s, online = code <> 'cam-001'", [NOW])
    page = summary(view())
    assert (card(page, "cameras_online").value, card(page, "cameras_online").of) == (95, 96)
    assert [one["id"] for one in table(page, "cameras_offline").rows] == ["cam-001"]


def test_a_running_drill_is_said(world, view):
    world.conn.execute(
        "insert into drill (park_id, starts_at, ends_at, reason, declared_by)"
        " select id, %s, %s, '演练', 'operator' from park",
        [NOW - timedelta(minutes=1), NOW + timedelta(minutes=30)],
    )
    assert card(summary(view()), "drills").value == 1
