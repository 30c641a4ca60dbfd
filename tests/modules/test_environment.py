"""Newest values stand beside the limit that binds them, whose it is, and whether it is enforced."""

from datetime import timedelta

import pytest

from modules.environment.summary import KINDS, summary
from tests.modules.world import NOW, card, table

pytestmark = pytest.mark.integration


def point(page, key, sensor):
    (found,) = (one for one in table(page, key).rows if one["id"] == sensor)
    return found


def test_without_data_every_value_is_unknown(view):
    page = summary(view())
    assert {one["value"] for one in table(page, "wastewater").rows} == {None}
    assert {one["state"]["zh"] for one in table(page, "stack").rows} == {"尚无数据"}
    assert card(page, "freeboard").value is None
    assert card(page, "freeboard").reason_zh


def test_an_outlet_to_the_park_plant_is_shown_against_its_agreement(world, view):
    world.heard("ww-hy", "w01018", 250.0)
    sensor = world.sensor("ww-hy", "w01018")
    found = point(summary(view()), "wastewater", sensor)
    limit = world.one(
        "select value from sensor_limit where sensor_id = %s and basis = 'instant' and stage = 'H'", sensor
    )
    assert found["clause"]["zh"].startswith("纳管协议")
    assert found["limit"] == f"≤ {limit:g}"
    assert found["share"] == pytest.approx(100 * 250.0 / limit)


def test_the_plant_outlet_is_shown_against_its_permit_and_ph_against_a_range(world, view):
    page = summary(view())
    assert point(page, "wastewater", world.sensor("ww-ws-out", "w01018"))["clause"]["zh"].startswith(
        "排污许可"
    )
    assert point(page, "wastewater", world.sensor("ww-ws-out", "w01001"))["limit"] == "6–9"


def test_a_stack_is_shown_by_its_converted_value_and_an_hour_limit_says_so(world, view):
    world.heard("stack-dl-1", "a21026", 20.0, form="Zs")
    page = summary(view())
    found = point(page, "stack", world.sensor("stack-dl-1", "a21026", "Zs"))
    assert found["factor"]["zh"].endswith("(折算)")
    assert found["basis"]["zh"] == "小时均值"
    measured = world.sensor("stack-dl-1", "a21026")
    assert measured not in {one["id"] for one in table(page, "stack").rows}


def test_a_limit_that_nobody_verified_is_reference_only(world, view):
    sensor = world.sensor("ww-hy", "w01018")
    world.conn.execute(
        "update limit_value set verified = false where id in (select limit_id from sensor_limit where sensor_id = %s)",
        [sensor],
    )
    assert point(summary(view()), "wastewater", sensor)["clause"]["zh"].endswith("仅供参考")


def test_a_special_limit_holds_only_where_the_station_says_so(world, view):
    sensor = world.sensor("voc-hb-p", "a24088")
    assert point(summary(view()), "voc_plant", sensor)["limit"] == "≤ 30"
    world.conn.execute(
        """update station set attributes = attributes || '{"region": "special"}' where code = 'voc-hb-p'"""
    )
    world.conn.execute("delete from limit_value where code = 'in_plant-a24088-instant'")
    assert point(summary(view()), "voc_plant", sensor)["limit"] == "≤ 20"


def test_a_value_under_maintenance_is_said_and_not_shown(world, view):
    world.heard("ww-hy", "w01018", 900.0, flag="M")
    found = point(summary(view()), "wastewater", world.sensor("ww-hy", "w01018"))
    assert found["value"] is None
    assert found["share"] is None
    assert found["state"]["zh"] == "维护"


def test_an_air_station_is_as_old_as_its_oldest_point(world, view):
    world.all_heard()
    old = NOW - timedelta(minutes=9)
    world.heard("air-1", "a34004", 30.0, at=old)
    (found,) = (
        one for one in table(summary(view()), "air").rows if one["station"]["zh"] == "管理服务区空气站"
    )
    assert found["a34004"] is None
    assert found["a34002"] == 1.5
    assert found["at"] == old
    assert found["state"]["zh"].endswith(": 离线")


def test_counts_equal_the_access_list_and_the_alerts(world, view):
    world.all_heard()
    world.raise_alert("ww-hy", "w01018", level="red")
    world.raise_alert("ww-ts", "w01018", drill=True)
    world.raise_alert("gas-hy-001", "a21022")
    page = summary(view())
    assert (card(page, "open_alarm").value, card(page, "open_alarm").status) == (1, "red")
    due = world.one("select count(*) from access_list where kind = 'voc'")
    assert (card(page, "voc_online").value, card(page, "voc_online").of) == (due, due)
    assert point(page, "wastewater", world.sensor("ww-hy", "w01018"))["alert"] == "red"
    shown = sum(card(page, f"{key}_online").of or 0 for key in ("air", "voc", "stack", "water"))
    assert shown == world.one("select count(*) from access_list where kind = any(%s)", list(KINDS))
