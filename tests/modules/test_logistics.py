"""Passages and positions are counted from events; where nobody can tell, nothing is counted."""

from datetime import timedelta

import pytest

from modules.logistics.summary import summary
from tests.modules.world import MIDNIGHT, NOW, card, table

pytestmark = pytest.mark.integration

BEAT = """
insert into feed (name, process, pid, state, since, heartbeat_at) values ('rest', 'ingest', 1, 'connected', %s, %s)
"""


def test_before_any_event_counts_are_unknown_not_zero(view):
    page = summary(view())
    for key in ("hazmat_here", "in_today", "hazmat_in_today", "people_in_today"):
        assert card(page, key).value is None
        assert card(page, key).reason_zh


def test_a_hazmat_vehicle_is_here_once_however_often_it_tells_its_position(world, view):
    told = {"vehicle": "hazmat", "cargo": "液氯", "un": "UN1017", "class": "2.3", "lat": 39.45, "lon": 106.68}
    world.event("vehicle", "a1", NOW - timedelta(minutes=3), plate="蒙C1", speed_km_h=20.0, **told)
    world.event("vehicle", "a2", NOW - timedelta(minutes=1), plate="蒙C1", speed_km_h=25.0, **told)
    world.event("vehicle", "b1", NOW - timedelta(minutes=2), plate="蒙C2", speed_km_h=30.0, **told)
    world.event("vehicle", "c1", NOW - timedelta(minutes=6), plate="蒙C3", speed_km_h=30.0, **told)
    world.event("vehicle", "d1", NOW - timedelta(minutes=1), plate="蒙C4", vehicle="truck")
    page = summary(view())
    assert card(page, "hazmat_here").value == len(table(page, "hazmat_here").rows) == 2
    assert card(page, "hazmat_here").at == NOW - timedelta(minutes=1)
    assert {one["plate"]: one["speed_km_h"] for one in table(page, "hazmat_here").rows} == {
        "蒙C1": 25.0,
        "蒙C2": 30.0,
    }


def test_no_vehicle_is_zero_while_the_feed_lives_and_unknown_while_it_is_cut_off(world, view):
    world.event("vehicle", "a1", NOW - timedelta(hours=1), plate="蒙C1", vehicle="hazmat")
    assert card(summary(view()), "hazmat_here").value is None
    assert card(summary(view()), "hazmat_here").reason_zh == "数据通道中断"
    world.conn.execute(BEAT, [NOW, NOW - timedelta(seconds=5)])
    assert card(summary(view()), "hazmat_here").value == 0


def test_the_day_of_the_park_is_counted_and_yesterday_is_not(world, view):
    world.event(
        "gate", "y", MIDNIGHT - timedelta(seconds=1), gate="gate-1", direction="in", vehicle="car", people=1
    )
    world.event(
        "gate", "1", MIDNIGHT, gate="gate-1", direction="in", vehicle="car", people=2, enterprise="hy"
    )
    world.event(
        "gate", "2", NOW, gate="gate-3", direction="in", vehicle="hazmat", people=1, cargo="甲醇", un="UN1230"
    )
    world.event("gate", "3", NOW, gate="gate-3", direction="out", vehicle="truck", people=1)
    page = summary(view())
    counted = {
        key: card(page, f"{key}_today").value for key in ("in", "out", "hazmat_in", "hazmat_out", "people_in")
    }
    assert counted == {"in": 2, "out": 1, "hazmat_in": 1, "hazmat_out": 0, "people_in": 3}
    assert len(table(page, "passages").rows) == 3
    assert table(page, "passages").rows[-1]["enterprise"]["zh"] == "恒源氯碱化工有限公司"
    assert [(one["cargo"], one["in"]) for one in table(page, "cargoes").rows] == [("甲醇", 1)]
    (chart,) = page.charts
    assert chart.series[0].points[0] == ("00-01", 1.0)
    assert chart.series[0].points[-1] == ("14-15", 1.0)
