"""The air stations of a park: one that is out of use keeps what it measured, one that was never let in has no part."""

from datetime import date, datetime

import pytest

from records.air import network
from smartpark import db
from tests.records.reports import place

pytestmark = pytest.mark.integration
OCTOBER, NOVEMBER = place.MONTH, place.NEXT


@pytest.fixture
def here(conn) -> db.Connection:
    place.build(conn)
    return conn


def test_a_station_is_of_its_park_with_its_admitted_sensors(here):
    here.execute("insert into quantity (code, name_zh, name_en, unit, decimals, source) values"
                 " ('a34004', '细颗粒物', 'PM2.5', 'µg/m³', 0, 't')")  # fmt: skip
    here.execute("insert into sensor (id, station_id, quantity, form, period_s, unit, admitted) values"
                 " (42, 14, 'a34004', '', 60, 'µg/m³', false)")  # fmt: skip
    (station,) = network.network(here, "p1").stations
    assert (station.sensors, station.place.until) == ({41: "a34002"}, None)
    assert network.network(here, "nowhere") is None


def test_a_station_out_of_use_lasts_until_its_last_hour(here):
    here.execute("delete from record where sensor_id = 41 and start >= '2026-10-15 00:00+08'")
    here.execute("update station set active = false where id = 14")
    here.execute("update sensor set active = false where id = 41")
    net = network.network(here, "p1")
    assert net.stations[0].place.until == date(2026, 10, 14)
    assert len(net.since(datetime(2026, 10, 14, tzinfo=place.ZONE)).stations) == 1
    assert net.since(NOVEMBER).stations == ()
    values = network.measured(here, net, "day", (OCTOBER, NOVEMBER)).values[14]
    assert len(values) == 14


def test_a_station_out_of_use_that_never_measured_is_none(here):
    here.execute("delete from record where sensor_id = 41")
    here.execute("update station set active = false where id = 14")
    assert network.network(here, "p1") is None
