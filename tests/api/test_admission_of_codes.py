"""Codes that loggers send and nobody has admitted: shown apart, admitted, declined."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from smartpark import clock
from tests.api.park import catalogue, one

pytestmark = pytest.mark.integration
P = "/api/v1"
SHANGHAI = ZoneInfo("Asia/Shanghai")
STRANGER = "88880000000000000000000C"


def test_codes_of_a_dismissed_logger_are_not_offered(as_role, park_conn):
    park_conn.execute("update logger set admitted_at = now() where station_id = 1")
    park_conn.commit()
    assert [row["id"] for row in as_role("operator").get(f"{P}/unregistered").json()["items"]] == [5]


def test_a_code_that_waits_is_shown_apart_and_without_a_unit(as_role, park_conn):
    now = clock.now().replace(second=0, microsecond=0)
    for hours in (1, 30):
        park_conn.execute(
            "insert into minute (sensor_id, time, n, n_valid, total, last_at, flags) values (4, %s, 6, 6, 6, %s, 'N')",
            [now - timedelta(hours=hours), now],
        )
    park_conn.execute("insert into latest values (4, %s, %s, 7.5, 'N', '-')", [now, now])
    park_conn.commit()
    operator = as_role("operator")
    waiting = operator.get(f"{P}/unregistered?station=s1").json()["items"]
    assert [(row["code"], row["registered"], row["unit"]) for row in waiting] == [("zz9001", False, None)]
    assert (waiting[0]["value"], waiting[0]["count_day"]) == (7.5, 6)
    assert waiting[0]["first_at"].startswith(
        (now - timedelta(hours=30)).astimezone(SHANGHAI).isoformat()[:16]
    )
    assert 4 not in [row["id"] for row in operator.get(f"{P}/sensors").json()["items"]]
    station = operator.get(f"{P}/stations/s1").json()
    assert [row["id"] for row in station["sensors"]] == [1]
    park_conn.execute("update quantity set registered = true, unit = 'mg/m³' where code = 'zz9001'")
    park_conn.commit()
    chart = operator.get(f"{P}/series?sensor=4").json()
    assert chart["unit"] == ""  # its sender's unit is not known


def test_an_admitted_code_becomes_a_quantity_and_is_due(as_role, park_conn):
    operator, before = as_role("operator"), catalogue(park_conn)
    nameless = operator.post(f"{P}/sensors/4/admit", json={"unit": "mg/m3"})
    assert nameless.json()["errors"][0]["field"] == "body.name_zh"
    body = {
        "unit": "mg/m3",
        "name_zh": "某某浓度",
        "name_en": "something",
        "span_low": 0,
        "span_high": 50,
        "period_s": 30,
    }
    answer = operator.post(f"{P}/sensors/4/admit", json=body)
    assert answer.status_code == 200, answer.text
    sensor = answer.json()
    assert (sensor["unit"], sensor["name_zh"], sensor["period_s"], sensor["span_high"]) == (
        "mg/m³",
        "某某浓度",
        30,
        50,
    )
    assert sensor["due_since"] is not None
    assert one(park_conn, "select registered, source from quantity where code = 'zz9001'") == (
        True,
        "admitted by operator",
    )
    assert one(park_conn, "select factor, changed_by from sensor_unit where sensor_id = 4") == (
        1.0,
        "operator",
    )
    assert catalogue(park_conn) == before + 1
    assert [row["id"] for row in operator.get(f"{P}/unregistered").json()["items"]] == [5]
    assert operator.post(f"{P}/sensors/4/admit", json=body).status_code == 409


def test_a_code_of_the_registry_is_converted_from_its_senders_unit(as_role, park_conn):
    park_conn.execute(
        "update quantity set registered = true, unit = 'mg/m³', molar_mass = 64 where code = 'zz9001'"
    )
    park_conn.commit()
    operator = as_role("operator")
    refused = operator.post(f"{P}/sensors/4/admit", json={"unit": "kPa"})
    assert (refused.status_code, "does not convert" in refused.json()["detail"]) == (422, True)
    assert operator.post(f"{P}/sensors/4/admit", json={"unit": "ppm@0C"}).status_code == 200
    factor = one(park_conn, "select factor from sensor where id = 4")[0]
    assert factor == pytest.approx(64 / 22.414)
    loop = {"unit": "4-20mA", "span_low": 0, "span_high": 160}
    assert operator.post(f"{P}/sensors/5/admit", json={"unit": "4-20mA"}).status_code == 422
    assert operator.post(f"{P}/sensors/5/admit", json=loop).json()["unit"] == "mg/m³"
    assert one(park_conn, "select factor, shift from sensor where id = 5") == (10.0, -40.0)


def test_a_declined_code_waits_no_longer(as_role, park_conn):
    operator = as_role("operator")
    assert operator.post(f"{P}/sensors/4/dismiss", json={"reason": "noise"}).status_code == 204
    assert operator.post(f"{P}/sensors/4/dismiss", json={"reason": "noise"}).status_code == 409
    assert operator.post(f"{P}/sensors/1/dismiss", json={"reason": "admitted"}).status_code == 409
    assert [row["id"] for row in operator.get(f"{P}/unregistered").json()["items"]] == [5]
    assert one(park_conn, "select action, object from audit") == ("sensor.dismiss", "sensor/4")


def test_every_unit_that_converts_is_listed_once(readers):
    symbols = [row["symbol"] for row in readers("viewer").get(f"{P}/units").json()["items"]]
    assert {"mg/m³", "ppm", "%LEL"} <= set(symbols)
    assert len(symbols) == len(set(symbols))
