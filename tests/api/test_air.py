"""AQI, compliance and roses over a small network: a dust day and a PM day, two editions, a missing pollutant, two columns."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from smartpark import clock
from tests.api import air_park
from tests.api.air_park import put
from tests.api.test_routes import check_shape

pytestmark = pytest.mark.integration
P = "/api/v1"
SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 2, 26, tzinfo=SHANGHAI)
END = datetime(2026, 3, 6, tzinfo=SHANGHAI)
PERIOD = "from=2026-02-26T00:00:00%2B08:00&to=2026-03-06T00:00:00%2B08:00"
DUST, PM, NO_OZONE = (datetime(2026, 3, day, tzinfo=SHANGHAI) for day in (2, 3, 4))
FEBRUARY, MARCH = datetime(2026, 2, 28, tzinfo=SHANGHAI), datetime(2026, 3, 1, tzinfo=SHANGHAI)
BEFORE = "as_of=2026-03-20T00:00:00Z"  # the records are an hour younger than their start, the episodes are of today
SO2, O3, PM10, PM25 = 1011, 1014, 1015, 1016


@pytest.fixture(scope="module")
def asked(servers, founded):
    """Two stations and a mast over eight days: a dust day, a PM day, a day without ozone, and the edition changes within.

    The sand of the dust day is declared today, and another one of air-2 alone on 27 February.
    """
    with air_park.opened(servers, founded) as (conn, as_role):
        air_park.stations(conn, START, 2)
        air_park.fill(conn, "day", START, END)
        air_park.fill(conn, "hour", START, END)
        _days(conn)
        _hours(conn)
        conn.commit()
        assert declare(as_role("bureau")).status_code == 201
        east = {
            "starts_at": "2026-02-27T03:00:00+08:00",
            "ends_at": "2026-02-27T21:00:00+08:00",
            "name": "east",
        }
        assert declare(as_role("bureau"), **east, stations=["air-2"]).status_code == 201
        yield as_role


def _days(conn):
    for sensor in (PM10, 1025):
        put(conn, sensor, DUST, 480.0)
    put(conn, PM25, PM, 100.0)
    put(conn, O3, NO_OZONE, None, column="mean_8h")
    put(conn, PM10, NO_OZONE, 40.0)
    put(conn, PM25, NO_OZONE, 20.0)
    for day in (FEBRUARY, MARCH):
        put(conn, PM10, day, 120.0)
        put(conn, PM25, day, 20.0)


def _hours(conn):
    for day in (FEBRUARY, MARCH):
        put(conn, O3, day + timedelta(hours=14), 0.250, period="hour")
    for hour in range(24):
        put(conn, SO2, START + timedelta(days=1, hours=hour), 0.801, period="hour")
    put(conn, SO2, DUST, 0.501, period="hour")
    conn.execute(
        """update record v set mean = case when d.mean = 90 then 300 else 50 end
           from record d where d.sensor_id = 991 and d.period = 'hour' and d.start = v.start
             and v.sensor_id = %s and v.period = 'hour'""",
        [PM10],
    )
    put(conn, PM25, DUST + timedelta(hours=9), 60.0, period="hour")
    for hour in range(8):
        put(conn, 990, START + timedelta(hours=hour), 0.2, period="hour")
    conn.execute(
        "update record set status = 'short', mean = null where sensor_id = 990 and start = %s",
        [START + timedelta(hours=9)],
    )


def declare(client, **more):
    body = {"park": "p1", "name": "3·2 沙尘", "starts_at": "2026-03-02T03:00:00+08:00"}
    body |= {"ends_at": "2026-03-02T21:00:00+08:00", "document": "总站〔2026〕12号"}
    return client.post(f"{P}/sand-episodes", json=body | more)


def air(client, query=f"station=air-1&{PERIOD}"):
    answer = client.get(f"{P}/aqi?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def by_day(found):
    return {item["start"][5:10]: item for item in found["places"][0]["items"]}


def test_each_day_has_the_edition_of_its_date(asked):
    days = by_day(air(asked("viewer")))
    assert len(days) == 8
    february, march = days["02-28"], days["03-01"]
    assert (february["edition"], february["iaqi"]["PM10"]) == ("HJ 633-2012", 85)
    assert (march["edition"], march["iaqi"]["PM10"], march["primary"]) == ("HJ 633-2026", 100, ["PM10"])
    assert february["concentrations"]["PM10"] == march["concentrations"]["PM10"] == 120


def test_the_seventh_indicator_counts_under_the_old_edition_only(asked):
    days = by_day(air(asked("viewer")))
    assert (days["02-28"]["iaqi"]["O3"], days["02-28"]["primary"]) == (125, ["O3"])
    assert days["03-01"]["iaqi"]["O3"] < 50


def test_a_missing_pollutant_shows_na_and_the_concentrations(asked):
    item = by_day(air(asked("viewer")))["03-04"]
    assert (item["aqi"], item["level"], item["missing"], item["primary"]) == (None, None, ["O3"], [])
    assert item["concentrations"]["PM10"] == 40
    assert "O3" not in item["concentrations"]


def test_after_a_declaration_every_statistic_has_two_columns_and_names_the_episode(asked):
    before = air(asked("viewer"), f"station=air-1&{PERIOD}&{BEFORE}")
    assert before["episodes"] == []
    before = before["places"][0]["statistics"]
    assert before["with_sand"] == before["without_sand"]
    found = air(asked("viewer"))
    assert [(one["id"], one["name"], one["document"]) for one in found["episodes"]][1] == (
        1, "3·2 沙尘", "总站〔2026〕12号",
    )  # fmt: skip
    assert [day for day, item in by_day(found).items() if item["sand"]] == ["03-02"]
    statistics = found["places"][0]["statistics"]
    both, without = statistics["with_sand"], statistics["without_sand"]
    assert both == before["with_sand"]
    assert (both["days"], both["valid"], both["na"]) == (8, 7, 1)
    assert (without["days"], without["valid"], without["na"], without["excluded"]) == (7, 6, 1, 1)
    # 28 February, the dust day and the PM day are not good; only the dust day is left out
    assert (both["good"], without["good"]) == (4, 4)
    assert (both["good_ratio"], without["good_ratio"]) == (4 / 7, 4 / 6)
    assert both["means"]["PM10"]["value"] > without["means"]["PM10"]["value"] + 40
    assert both["primary"]["PM10"] == without["primary"]["PM10"] + 1
    assert [month["month"] for month in statistics["months"]] == ["2026-02", "2026-03"]
    assert [month["without_sand"]["excluded"] for month in statistics["months"]] == [0, 1]


def test_the_index_can_be_seen_as_it_stood(asked):
    days = by_day(air(asked("viewer"), f"station=air-1&{PERIOD}&as_of=2026-03-02T04:00:00Z"))
    assert list(days)[-1] == "03-01"  # 2 March was still open, though this test's record of it is an hour old
    assert days["03-01"]["aqi"] == 100


def test_the_park_is_marked_as_the_mean_of_its_stations(asked):
    found = air(asked("viewer"), PERIOD)
    assert [(one["place"]["kind"], one["place"]["code"]) for one in found["places"]] == [
        ("station", "air-1"), ("station", "air-2"), ("park", "p1"),
    ]  # fmt: skip
    mean = found["places"][2]
    assert (mean["place"]["name_zh"], mean["place"]["stations"]) == ("园区平均", ["air-1", "air-2"])
    first, second, park = (
        {item["start"][5:10]: item["concentrations"] for item in one["items"]}["03-03"]["PM2.5"]
        for one in found["places"]
    )
    assert first == 100
    assert abs(park - (first + second) / 2) <= 0.5


def test_an_episode_of_one_station_is_of_that_station_and_the_park(asked):
    touched = [by_day({"places": [one]})["02-27"]["sand"] for one in air(asked("viewer"), PERIOD)["places"]]
    assert touched == [[], [2], [2]]


def test_hours_have_an_aqi_by_the_daily_breakpoints_of_particles(asked):
    period = "from=2026-03-02T08:00:00%2B08:00&to=2026-03-02T11:00:00%2B08:00"
    found = air(asked("viewer"), f"period=hour&station=air-1&{period}")["places"][0]
    assert [item["start"][11:16] for item in found["items"]] == ["08:00", "09:00", "10:00"]
    assert (found["items"][1]["aqi"], found["items"][1]["primary"], found["statistics"]) == (
        100,
        ["PM2.5"],
        None,
    )
    assert found["items"][1]["end"] == "2026-03-02T10:00:00+08:00"


def test_sulfur_dioxide_above_800_is_told_by_its_day_under_the_old_edition(asked):
    period = "from=2026-02-27T20:00:00%2B08:00&to=2026-02-28T00:00:00%2B08:00"
    items = air(asked("viewer"), f"period=hour&station=air-1&{period}")["places"][0]["items"]
    assert (items[3]["iaqi"]["SO2"], items[3]["missing"]) == (201, [])


@pytest.mark.parametrize("period", ["hour", "day"])
def test_nothing_is_told_of_what_is_still_open(asked, period):
    now = clock.now()
    span = "&".join(
        f"{name}={(now + timedelta(days=days)).isoformat().replace('+', '%2B')}"
        for name, days in (("from", -3), ("to", 2))
    )
    items = air(asked("viewer"), f"period={period}&station=air-1&{span}")["places"][0]["items"]
    assert items
    assert all(datetime.fromisoformat(item["end"]) <= now and item["aqi"] is None for item in items)


def test_compliance_goes_by_the_day_and_shows_the_step_of_2031(asked):
    answer = asked("viewer").get(f"{P}/air/compliance?year=2026&station=air-1")
    found = {(one["pollutant"], one["average"]): one for one in answer.json()["places"][0]["items"]}
    assert len(found) == 14
    day = found["PM10", "day"]
    assert [(one["value"], one["valid_from"]) for one in day["limits"]] == [
        (150, "2016-01-01"), (120, "2026-03-01"),
    ]  # fmt: skip
    assert (day["next"]["value"], day["next"]["valid_from"]) == (100, "2031-01-01")
    both, without = day["with_sand"], day["without_sand"]
    assert (both["valid"], both["compliant"], both["over_next"]) == (8, 7, 3)
    assert (without["valid"], without["compliant"], without["over_next"], without["excluded"]) == (7, 7, 2, 1)
    assert both["worst"] == {"start": "2026-03-02T00:00:00+08:00", "value": 480, "limit": 120}
    year = found["PM10", "year"]
    assert (year["with_sand"]["days"], year["without_sand"]["days"]) == (8, 7)
    assert year["with_sand"]["mean"] > year["without_sand"]["mean"]
    assert (year["with_sand"]["by_month"][:3], year["with_sand"]["enough"]) == ([0, 3, 5], False)
    assert (year["with_sand"]["limit"], year["next"]["value"]) == (60, 50)
    hours = found["SO2", "1h"]
    assert (hours["with_sand"]["valid"], hours["with_sand"]["compliant"]) == (192, 167)
    assert hours["without_sand"] is None
    assert found["O3", "8h"]["with_sand"]["valid"] == 7


def test_class_1_is_stricter(asked):
    counts = []
    for klass in (1, 2):
        items = (
            asked("viewer")
            .get(f"{P}/air/compliance?year=2026&station=air-1&class={klass}")
            .json()["places"][0]["items"]
        )
        counts += [
            one["with_sand"]["compliant"]
            for one in items
            if (one["pollutant"], one["average"]) == ("PM10", "day")
        ]
    assert counts[0] < counts[1]


@pytest.mark.parametrize(
    "path",
    [f"/aqi?{PERIOD}", f"/aqi?period=hour&{PERIOD}", "/air/compliance?year=2026", "/sand-episodes",
     f"/roses/wind?station=mast&{PERIOD}", f"/roses/pollution?station=air-1&quantity=a34002&wind=mast&{PERIOD}",
     f"/records?sensor=1015&{PERIOD}", f"/records?sensor=1015&columns=true&{PERIOD}",
     f"/records/compare?sensor=1015&{PERIOD}"],
)  # fmt: skip
def test_answers_have_the_shape_of_the_document(asked, document, path):
    answer = asked("viewer").get(P + path)
    assert answer.status_code == 200, answer.text
    check_shape(document, path, answer.json())


@pytest.mark.parametrize(
    ("path", "status"),
    [("/aqi?station=nowhere", 404), ("/aqi?park=nowhere", 404), ("/air/compliance?year=1999", 422),
     ("/air/compliance?class=3", 422), ("/aqi?from=2000-01-01T00:00:00Z", 422), ("/roses/wind?station=nowhere", 404),
     (f"/roses/wind?station=air-1&{PERIOD}", 422), (f"/roses/pollution?station=air-1&quantity=x&{PERIOD}", 404),
     ("/roses/wind?station=mast&from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z", 422)],
)  # fmt: skip
def test_what_cannot_be_told_is_refused_with_a_sentence(asked, path, status):
    answer = asked("viewer").get(P + path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_enterprise_sees_no_air_of_the_park(asked):
    for path in (f"/aqi?{PERIOD}", "/air/compliance", "/roses/wind?station=mast"):
        assert asked("enterprise").get(P + path).status_code == 404


def test_a_wind_rose_keeps_calm_apart_and_counts_its_hours(asked):
    rose = asked("viewer").get(f"{P}/roses/wind?station=mast&{PERIOD}").json()
    assert (rose["hours"], rose["used"]) == (192, 191)
    assert rose["share"] == pytest.approx(191 / 192)
    assert rose["calm_pct"] == pytest.approx(100 * 8 / 191)
    assert sum(map(sum, rose["frequency_pct"])) + rose["calm_pct"] == pytest.approx(100)
    blowing = [
        one["code"] for one, some in zip(rose["sectors"], rose["frequency_pct"], strict=True) if sum(some)
    ]
    assert blowing == ["N", "NE", "E", "SE", "S", "SW", "W", "NW"]
    assert rose["edges_m_s"][-1] is None


def test_a_pollution_rose_takes_the_wind_of_another_station(asked):
    query = f"{P}/roses/pollution?station=air-1&quantity=a34002"
    rose = asked("viewer").get(f"{query}&wind=mast&{PERIOD}").json()
    east = rose["values"][4]
    assert (rose["sectors"][4]["code"], east["mean"], east["hours"]) == ("E", 300, 23)
    assert rose["values"][0]["mean"] == 50
    assert (rose["used"], rose["calm"]["hours"]) == (191, 8)
    refused = asked("viewer").get(f"{query}&{PERIOD}")
    assert refused.status_code == 422
    assert "measures no wind" in refused.json()["detail"]


def test_history_that_was_imported_from_before_anything_was_due_is_told(servers, founded):
    with air_park.opened(servers, founded) as (conn, as_role):
        air_park.stations(conn, END - timedelta(days=2), 2)
        air_park.fill(conn, "day", START, END)
        air_park.fill(conn, "hour", START, END)
        conn.commit()
        found = as_role("viewer").get(f"{P}/aqi?{PERIOD}").json()
        assert {one["place"]["code"]: len(one["items"]) for one in found["places"]} == {
            "air-1": 8, "air-2": 8, "p1": 8,
        }  # fmt: skip
        assert all(item["aqi"] for one in found["places"] for item in one["items"])
