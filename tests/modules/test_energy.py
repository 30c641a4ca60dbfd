"""Rates are summed from newest values, amounts from counters, and what is not known is not summed."""

from datetime import timedelta

import pytest

from modules.energy.summary import summary
from tests.modules.world import MIDNIGHT, NOW, card, row, table

pytestmark = pytest.mark.integration

CONSUMERS = """
select count(*) from sensor s join station st on st.id = s.station_id
where s.quantity = %s and coalesce(st.attributes ->> 'role', '') not in ('supply', 'treated', 'reclaimed')
"""


def gas_meters(world) -> list[str]:
    return [
        code
        for (code,) in world.conn.execute(
            "select st.code from station st join sensor s on s.station_id = st.id where s.quantity = 'x_gas' order by 1"
        ).fetchall()
    ]


def test_nothing_delivered_is_unknown_with_a_reason_and_never_zero(view):
    page = summary(view())
    for key in ("electricity_rate", "electricity_today", "steam_rate", "gas_today", "water_rate"):
        assert card(page, key).value is None
        assert card(page, key).reason_zh
        assert card(page, key).reason_en


def test_rates_add_up_the_consumers_and_leave_the_supply_out(world, view):
    world.all_heard()
    page = summary(view())
    consumers = world.one(CONSUMERS, "x_power")
    assert card(page, "electricity_rate").value == pytest.approx(consumers * 1.5 / 1000)
    assert card(page, "electricity_rate").unit == "MW"
    assert card(page, "water_rate").value == pytest.approx(world.one(CONSUMERS, "x_water") * 1.5)
    assert len(table(page, "electricity").rows) == consumers + 1
    supply = str(world.sensor("pow-bd", "x_power"))
    assert {str(one["id"]) for one in table(page, "top").rows}.isdisjoint({supply})


def test_a_sum_of_too_few_meters_is_not_shown(world, view):
    codes = gas_meters(world)
    for code in codes[:-1]:
        world.heard(code, "x_gas", 100.0)
    assert card(summary(view()), "gas_rate").value is None
    world.heard(codes[-1], "x_gas", 100.0, flag="D")
    assert card(summary(view()), "gas_rate").value is None
    world.heard(codes[-1], "x_gas", 100.0)
    assert card(summary(view()), "gas_rate").value == pytest.approx(100.0 * len(codes))


def test_the_day_is_what_the_counters_went_up_since_midnight(world, view):
    codes = gas_meters(world)
    for code in codes:
        world.minute(code, "x_gas_total", MIDNIGHT - timedelta(minutes=4), 1000.0)
        world.minute(code, "x_gas_total", MIDNIGHT + timedelta(hours=2), 1100.0)
        world.minute(code, "x_gas_total", NOW - timedelta(minutes=3), 1250.0)
    page = summary(view())
    today = card(page, "gas_today")
    assert today.value == pytest.approx(250.0 * len(codes))
    assert today.at == NOW - timedelta(minutes=3)
    assert "自" not in today.source


def test_a_day_that_begins_late_says_since_when(world, view):
    for code in gas_meters(world):
        world.minute(code, "x_gas_total", MIDNIGHT + timedelta(hours=9), 1000.0)
        world.minute(code, "x_gas_total", NOW - timedelta(minutes=3), 1010.0)
    assert "自 09:00 起" in card(summary(view()), "gas_today").source


def test_a_counter_that_falls_says_nothing(world, view):
    code = gas_meters(world)[0]
    world.heard(code, "x_gas", 100.0)
    for minutes, value in ((-4, 9000.0), (60, 9100.0), (120, 3.0), (180, 50.0)):
        world.minute(code, "x_gas_total", MIDNIGHT + timedelta(minutes=minutes), value)
    (found,) = (one for one in table(summary(view()), "gas").rows if one["id"] == world.sensor(code, "x_gas"))
    assert found["amount"] is None
    assert found["state"]["zh"] == "表码回退, 差值不可用"


def test_the_largest_consumers_stand_first_with_their_share(world, view):
    world.all_heard()
    world.heard("pow-hy", "x_power", 210_000.0)
    page = summary(view())
    first = table(page, "top").rows[0]
    assert first["id"] == world.sensor("pow-hy", "x_power")
    assert first["rate"] == pytest.approx(210.0)
    assert first["share"] == pytest.approx(100 * 210.0 / card(page, "electricity_rate").value)
    assert row(page, "top", first["id"])["enterprise"]["zh"] == "恒源氯碱化工有限公司"


def test_an_hour_is_drawn_only_when_enough_meters_delivered(world, view):
    for (code,) in world.conn.execute(
        "select st.code from station st join sensor s on s.station_id = st.id where s.quantity = 'x_steam'"
    ).fetchall():
        world.minute(code, "x_steam", NOW - timedelta(hours=2), 10.0)
    world.minute("steam-hy", "x_steam", NOW - timedelta(hours=1), 10.0)
    (curve,) = (one for one in summary(view()).charts if one.key == "steam_curve")
    assert [value for _, value in curve.series[0].points] == [90.0, None]
