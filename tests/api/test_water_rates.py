"""The four water rates: each with its numerator, denominator and meters; what cannot be counted says why."""

from datetime import UTC, datetime, timedelta

import pytest
from jsonschema import Draft202012Validator

pytestmark = pytest.mark.integration
P = "/api/v1"
FROM = datetime(2026, 9, 30, 16, tzinfo=UTC)  # 1 October in the park
SPAN = "from=2026-10-01T00:00:00%2B08:00&to=2026-10-11T00:00:00%2B08:00"
METERS = {
    "produced": (101, 1000.0),
    "collected": (102, 950.0),
    "treated": (103, 940.0),
    "reclaimed": (104, 700.0),
}


@pytest.fixture
def metered(park_conn):
    park_conn.execute(
        "insert into quantity (code, name_zh, name_en, unit, source) values ('w00000', '流量', 'flow', 'L/s', 't')"
    )
    for number, (role, (sensor, m3)) in enumerate(METERS.items()):
        park_conn.execute(
            "insert into station (id, park_id, code, kind, name_zh, name_en, lat, lon, feed, stream_class)"
            " values (%s, 1, %s, 'wastewater', %s, %s, 39, 106, 'rest', 'emission')",
            [sensor, f"m{number}", f"表{number}", f"meter {number}"],
        )
        park_conn.execute(
            "insert into sensor (id, station_id, quantity, period_s, unit) values (%s, %s, 'w00000', 60, 'L/s')",
            [sensor, sensor],
        )
        park_conn.execute("insert into water_balance values (1, %s, %s, 1, 'test', now())", [role, sensor])
        for day in range(10):
            record(park_conn, sensor, FROM + timedelta(days=day), m3)
    park_conn.commit()
    return park_conn


def record(conn, sensor, start, m3, samples=18):
    conn.execute(
        "insert into record (sensor_id, period, start, status, judgeable, expected, received, samples, flag, amount, method,"
        " edition, cause, made_at) values (%s, 'day', %s, 'valid', true, 24, 24, %s, 'N', %s, 'arithmetic', 't', 'closed', now())",
        [sensor, start, samples, m3],
    )


def test_each_rate_shows_what_it_is_made_of(as_role, metered, document):
    page = as_role("bureau").get(f"{P}/water-rates?{SPAN}").json()
    schema = document["paths"][f"{P}/water-rates"]["get"]["responses"]["200"]["content"]["application/json"][
        "schema"
    ]
    assert not list(Draft202012Validator({**schema, "components": document["components"]}).iter_errors(page))
    rates = {one["code"]: one for one in page["rates"]}
    collection = rates["collection"]
    assert (collection["numerator"], collection["denominator"]) == ("collected", "produced")
    assert (collection["numerator_m3"], collection["denominator_m3"], collection["percent"]) == (
        9500,
        10000,
        95.0,
    )
    assert rates["treatment"]["percent"] == pytest.approx(100 * 940 / 950)
    assert rates["reclamation"]["percent"] == pytest.approx(100 * 700 / 940)
    roles = {one["role"]: one for one in page["roles"]}
    assert (roles["treated"]["valid_percent"], roles["treated"]["meters"][0]["valid_hours"]) == (75.0, 180)


def test_a_role_without_a_meter_gives_no_rate_but_a_reason(as_role, metered):
    rates = {one["code"]: one for one in as_role("bureau").get(f"{P}/water-rates?{SPAN}").json()["rates"]}
    for code in ("reuse_of_reclaimed", "reuse_of_produced"):
        assert rates[code]["percent"] is None
        assert "未设置回用量的计量表" in rates[code]["reason_zh"]


def test_a_meter_without_data_and_a_denominator_of_nothing_give_a_reason(as_role, metered):
    metered.execute("update record set amount = null where sensor_id = 102")
    metered.execute("update record set amount = 0 where sensor_id = 103")
    metered.commit()
    rates = {one["code"]: one for one in as_role("bureau").get(f"{P}/water-rates?{SPAN}").json()["rates"]}
    assert (rates["collection"]["percent"], rates["collection"]["reason_zh"]) == (
        None,
        "收集量的计量表无有效数据: 表1",
    )
    assert (rates["reclamation"]["percent"], rates["reclamation"]["reason_zh"]) == (None, "分母处理量为 0")


def test_a_rate_above_100_percent_is_shown_with_a_warning_never_clipped(as_role, metered):
    metered.execute("update record set amount = 2000 where sensor_id = 102")
    metered.execute(
        "insert into water_balance values (1, 'reused', 104, 1, 'test', now()), (1, 'reused', 103, -1, 'test', now())"
    )
    metered.commit()
    rates = {one["code"]: one for one in as_role("bureau").get(f"{P}/water-rates?{SPAN}").json()["rates"]}
    assert rates["collection"]["percent"] == 200
    assert "200.0%" in rates["collection"]["warning_zh"]
    assert rates["reuse_of_reclaimed"]["percent"] == pytest.approx(100 * (700 - 940) / 700)
    assert rates["reuse_of_reclaimed"]["warning_en"] is not None
    assert rates["treatment"]["warning_zh"] is None
