"""Who exceeded last week, by how much, against which limit; and where the running hour is going."""

import csv
import io
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from alerts.period_sentences import Span
from api import running_hours
from api.routes import exceedances
from tests.api import park

pytestmark = pytest.mark.integration
P = "/api/v1"
MONDAY = datetime.fromisoformat("2026-11-16T00:00:00+08:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEK = "from=2026-11-16T00:00:00%2B08:00&to=2026-11-23T00:00:00%2B08:00"
STACK, MEASURED, FENCE, COD = 2001, 2002, 2003, 2004
PLACES = """
insert into quantity (code, name_zh, name_en, unit, decimals, source) values
  ('a21002', '氮氧化物', 'NOx', 'mg/m³', 1, 't'), ('a21026', '二氧化硫', 'SO2', 'mg/m³', 1, 't'),
  ('a19001', '氧含量', 'oxygen', '%%', 1, 't'), ('w01018', '化学需氧量', 'COD', 'mg/L', 1, 't');
insert into station (id, park_id, enterprise_id, code, kind, outlet_kind, name_zh, name_en, lat, lon, feed, stream_class) values
  (21, 1, 1, 'st1', 'stack', 'boiler', '一号烟囱', 'Stack 1', 39.4, 106.6, 'rest', 'emission'),
  (22, 1, 2, 'fe2', 'voc', 'boundary', '乙厂界', 'Fence 2', 39.4, 106.6, 'rest', 'emission'),
  (23, 1, 2, 'ww2', 'wastewater', 'direct', '乙排口', 'Outlet 2', 39.4, 106.6, 'rest', 'emission');
insert into sensor (id, station_id, quantity, form, unit, period_s, due_since, span_high) values
  (2001, 21, 'a21002', 'Zs', 'mg/m³', 60, '2026-01-01Z', 500), (2002, 21, 'a21026', '', 'mg/m³', 60, '2026-01-01Z', 500),
  (2003, 22, 'a24088', '', 'mg/m3', 60, '2026-01-01Z', 10), (2004, 23, 'w01018', '', 'mg/L', 3600, '2026-01-01Z', 500),
  (2005, 21, 'a19001', '', '%%', 60, '2026-01-01Z', 25);
insert into limit_value (code, quantity, form, station_kind, outlet_kind, basis, stage, value, unit, reference_o2, kind, standard, clause,
                         valid_from, valid_to, verified, source) values
  ('nox', 'a21002', 'Zs', 'stack', 'boiler', 'hour', 'H', 50, 'mg/m³', 9, 'permit', '排污许可证', '表1', '2020-01-01Z', null, true, 't'),
  ('so2', 'a21026', 'Zs', 'stack', 'boiler', 'hour', 'H', 35, 'mg/m³', 9, 'industry', 'GB 13271-2014', '表2', '2020-01-01Z', null, true, 't'),
  ('so2x', 'a21026', 'Zs', 'stack', 'boiler', 'hour', 'H', 1, 'mg/m³', 9, 'permit', 'unverified', '', '2020-01-01Z', null, false, 't'),
  ('nmhc', 'a24088', '', 'voc', 'boundary', 'hour', 'H', 4, 'mg/m3', null, 'integrated', 'GB 16297-1996', '表2', '1997-01-01Z',
   '2026-11-18T00:00+08:00', true, 't'),
  ('nmhc2', 'a24088', '', 'voc', 'boundary', 'hour', 'H', 2, 'mg/m3', null, 'integrated', 'GB 16297-2026', '表2',
   '2026-11-18T00:00+08:00', null, true, 't'),
  ('cod', 'w01018', '', 'wastewater', 'direct', 'day', 'H', 60, 'mg/L', null, 'industry', 'GB 31571-2015', '表1', '2015-07-01Z', null, true, 't');
"""
INSERT = """
insert into {table} (sensor_id, period, start, status, judgeable, mean, converted, expected, received, samples, flag, method, edition,
                    revision, cause, made_at{more})
values (%s, %s, %s, %s, %s, %s, %s, 60, 60, 58, 'N', 'arithmetic', 'x', %s, %s, %s{values})
"""


def record(
    conn,
    sensor,
    start,
    value,
    *,
    period="hour",
    judgeable=True,
    converted=None,
    revision=1,
    cause="closed",
    made=None,
):
    length = HOUR if period == "hour" else DAY
    made = made or start + length + timedelta(minutes=5)
    status = "valid" if judgeable else "marked"
    mean = value if judgeable else None
    cells = [sensor, period, start, status, judgeable, mean, converted, revision, cause, made]
    conn.execute(INSERT.format(table="record", more="", values="").encode(), cells)


def earlier(conn, sensor, start, value, *, cause="closed", replaced):
    cells = [
        sensor,
        "hour",
        start,
        "valid",
        True,
        value,
        None,
        1,
        cause,
        start + HOUR + timedelta(minutes=5),
        replaced,
    ]
    conn.execute(INSERT.format(table="record_revision", more=", replaced_at", values=", %s").encode(), cells)


@pytest.fixture
def week(park_conn):
    """Six true exceedances, two marked invalid, one of them not recomputed yet, one that came late, one that a limit of its time allows."""
    conn = park_conn
    conn.execute(PLACES.replace("%%", "%").encode())
    for n, value in enumerate((40, 58, 66, 50, 51)):  # 01, 02 and 04 are over
        record(conn, STACK, MONDAY + n * HOUR, value)
    record(conn, MEASURED, MONDAY, 30, converted=40.6)  # over at reference oxygen
    record(conn, FENCE, MONDAY + DAY, 3)  # within the limit of its time
    record(conn, FENCE, MONDAY + 2 * DAY, 3)  # over the newer one
    record(conn, COD, MONDAY, 66.0, period="day")
    record(conn, STACK, MONDAY + 10 * HOUR, 90, judgeable=False)
    record(conn, STACK, MONDAY + 11 * HOUR, 91)
    conn.execute(
        "insert into data_mark (station_id, kind, code, starts_at, ends_at, reason, filed_by, filed_at, voucher_due, state) values"
        " (21, 'device', 'C', %s, %s, 'x', 'x', now(), now(), 'confirmed'), (21, 'device', 'C', %s, %s, 'x', 'x', now(), now(), 'fallen_back')",
        [MONDAY + 10 * HOUR, MONDAY + 12 * HOUR, MONDAY, MONDAY + 90 * timedelta(minutes=1)],
    )
    record(conn, STACK, MONDAY + 5 * DAY, 57, revision=2, cause="late", made=MONDAY + 6 * DAY)
    earlier(conn, STACK, MONDAY + 5 * DAY, 44, replaced=MONDAY + 6 * DAY)
    conn.commit()
    return conn


def listed(client, more=""):
    answer = client.get(f"{P}/exceedances?{WEEK}{more}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_week_lists_every_true_exceedance_and_the_late_one_and_nothing_that_is_marked(week, as_role):
    found = listed(as_role("bureau"))
    assert found["total"] == 7
    assert [(one["sensor_id"], one["value"], one["factor"]) for one in found["items"]] == [
        (FENCE, 3.0, "0.50"),
        (STACK, 66.0, "0.32"),
        (MEASURED, 40.6, "0.16"),
        (STACK, 58.0, "0.16"),
        (STACK, 57.0, "0.14"),
        (COD, 66.0, "0.10"),
        (STACK, 51.0, "0.02"),
    ]
    late = found["items"][4]
    assert (late["late"], late["revision"], late["found_at"]) == (True, 2, "2026-11-22T00:00:00+08:00")
    assert [one["late"] for one in found["items"]].count(True) == 1


def test_a_line_says_the_limit_of_its_time_its_run_its_days_and_what_touches_it(week, as_role):
    items = {(one["sensor_id"], one["start"]): one for one in listed(as_role("bureau"))["items"]}
    one = items[STACK, "2026-11-16T02:00:00+08:00"]
    assert (one["run"], one["exceeding_days"], one["period_words"]) == (2, 1, "2026-11-16 02:00-03:00")
    assert (one["enterprise"]["code"], one["station"]["code"], one["quantity"]["code"]) == (
        "e1",
        "st1",
        "a21002",
    )
    assert (one["limit"]["kind"], one["limit"]["standard"], one["limit"]["reference_o2"]) == (
        "permit",
        "排污许可证",
        9.0,
    )
    assert one["marks"] == []
    assert items[STACK, "2026-11-16T01:00:00+08:00"]["marks"][0]["state"] == "fallen_back"
    assert items[STACK, "2026-11-16T04:00:00+08:00"]["run"] == 1
    assert items[STACK, "2026-11-21T00:00:00+08:00"]["exceeding_days"] == 2
    assert items[FENCE, "2026-11-18T00:00:00+08:00"]["limit"]["standard"] == "GB 16297-2026"
    cod = items[COD, "2026-11-16T00:00:00+08:00"]
    assert (cod["period"], cod["end"]) == ("day", "2026-11-17T00:00:00+08:00")


def test_a_run_and_its_days_reach_back_before_the_period(week, as_role):
    for n in (1, 2, 3):
        record(week, STACK, MONDAY - n * HOUR, 60)
    record(week, STACK, MONDAY - 29 * DAY, 60)
    record(week, STACK, MONDAY - 30 * DAY, 60)
    week.execute("update record set mean = 55 where sensor_id = %s and start = %s", [STACK, MONDAY])
    week.commit()
    items = listed(as_role("bureau"), "&station=st1&quantity=a21002&sort=time")["items"]
    first = items[-1]
    assert (first["start"], first["run"], first["exceeding_days"]) == ("2026-11-16T00:00:00+08:00", 4, 3)


def test_an_exceedance_that_stood_when_its_hour_closed_stays_live_when_its_value_is_revised(week, as_role):
    week.execute(
        "update record set revision = 2, cause = 'correction 4', mean = 64, made_at = %s where sensor_id = %s and start = %s",
        [MONDAY + 3 * DAY, STACK, MONDAY + 2 * HOUR],
    )
    earlier(week, STACK, MONDAY + 2 * HOUR, 66, replaced=MONDAY + 3 * DAY)
    week.commit()
    one = next(x for x in listed(as_role("bureau"))["items"] if x["value"] == 64.0)
    assert (one["late"], one["revision"], one["cause"]) == (False, 2, "correction 4")


def test_the_list_comes_in_pages_and_by_filters(week, as_role):
    bureau = as_role("bureau")
    whole = listed(bureau)["items"]
    first = listed(bureau, "&limit=4")
    rest = listed(bureau, f"&limit=4&cursor={first['next']}")
    assert first["items"] + rest["items"] == whole
    assert rest["next"] is None
    for filters, count in (
        ("&period=day", 1),
        ("&enterprise=e2", 2),
        ("&quantity=a21002", 4),
        ("&station=fe2", 1),
        ("&park=no", 0),
    ):
        assert len(listed(bureau, filters)["items"]) == count, filters
    times = [one["start"] for one in listed(bureau, "&sort=time")["items"]]
    assert times == sorted(times, reverse=True)


def test_an_enterprise_sees_its_own_alone(week, as_role):
    clerk = as_role("enterprise")
    assert {one["enterprise"]["code"] for one in listed(clerk)["items"]} == {"e1"}
    sheet = clerk.get(f"{P}/exceedances/compliance?{WEEK}").json()
    assert {one["enterprise"]["code"] for one in sheet["items"]} == {"e1"}


def test_the_file_says_what_the_page_says_in_the_words_of_its_reader(week, as_role):
    bureau = as_role("bureau")
    answer = bureau.get(f"{P}/exceedances?{WEEK}&format=csv", headers={"Accept-Language": "zh-CN"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.content.startswith("\ufeff企业".encode())
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["超标倍数"] for row in rows] == [one["factor"] for one in listed(bureau)["items"]]
    assert (
        rows[1] | {"企业": "甲化工", "监测时段": "2026-11-16 02:00-03:00", "浓度": "66.0", "限值": "50"}
        == rows[1]
    )


def test_the_compliance_rate_counts_judgeable_records_alone(week, as_role):
    sheet = as_role("bureau").get(f"{P}/exceedances/compliance?{WEEK}").json()
    nox = next(one for one in sheet["items"] if one["sensor_id"] == STACK)
    assert (nox["hours_judged"], nox["hours_over"], nox["hours_rate"]) == (6, 4, pytest.approx(2 / 6))
    assert (nox["max_factor"], nox["max_value"], nox["max_limit"]) == ("0.32", 66.0, 50.0)
    assert (sheet["total"]["hours_judged"], sheet["total"]["hours_over"], sheet["total"]["days_over"]) == (
        9,
        6,
        1,
    )
    assert [one["enterprise"]["code"] for one in sheet["enterprises"]] == ["e1", "e2"]
    assert sheet["enterprises"][0]["days_rate"] is None


def test_outlets_that_nothing_is_held_against_are_named_and_none_that_a_limit_of_either_form_holds(
    week, as_role
):
    def told(query=""):
        sheet = as_role("bureau").get(f"{P}/exceedances/compliance?{WEEK}{query}").json()
        return [
            (one["station"]["code"], one["partly"], [q["code"] for q in one["quantities"]])
            for one in sheet["unjudged"]
        ]

    record(week, 2005, MONDAY, 9)  # oxygen is no pollutant
    week.commit()
    assert told() == []
    week.execute("delete from limit_value where code in ('so2', 'cod')")
    record(week, COD, MONDAY, 66.0, judgeable=False)
    week.commit()
    assert told() == [("st1", True, ["a21026"])]  # of the other outlet no hour is valid
    record(week, COD, MONDAY + HOUR, 66.0)
    week.commit()
    assert told() == [("st1", True, ["a21026"]), ("ww2", False, ["w01018"])]
    assert told("&enterprise=e2&period=day") == [("ww2", False, ["w01018"])]
    sheet = as_role("enterprise").get(f"{P}/exceedances/compliance?{WEEK}").json()
    assert [one["enterprise"]["code"] for one in sheet["unjudged"]] == ["e1"]


def minutes(conn, sensor, hour, values):
    for n, value in enumerate(values):
        at = hour + n * timedelta(minutes=1)
        conn.execute(
            "insert into minute (sensor_id, time, n, n_valid, total, min, max, last, last_at, flags) values (%s, %s, 1, 1, %s, %s, %s, %s, %s, 'N')",
            [sensor, at, value, value, value, value, at],
        )


def test_the_running_hour_says_what_its_rest_must_stay_below(week, as_role, monkeypatch):
    hour = MONDAY + 8 * DAY + 8 * HOUR
    stopped = SimpleNamespace(now=lambda: (hour + timedelta(minutes=30)).astimezone(UTC))
    monkeypatch.setattr(exceedances, "clock", stopped)
    minutes(week, STACK, hour, [58.0] * 30)
    minutes(week, MEASURED, hour, [30.0] * 30)
    minutes(week, 2005, hour, [12.0] * 30)
    week.commit()
    found = as_role("bureau").get(f"{P}/hour-projection").json()
    assert (found["start"], found["minutes_passed"]) == ("2026-11-24T08:00:00+08:00", 30.0)
    assert [one["sensor_id"] for one in found["items"]] == [STACK, MEASURED, FENCE]
    nox, so2, fence = found["items"]
    assert (nox["mean"], nox["rest_below"], nox["outlook"], nox["on_course"]) == (58.0, 42.0, "open", False)
    assert nox["text_zh"] == (
        "11-24 08:00-09:00 氮氧化物(折算)至今均值 58.0 mg/m³，余下 30 分钟均值不高于 42.0 mg/m³ 方可不超限值 50 mg/m³（排污许可证 表1）"
    )
    assert (so2["mean"], so2["converted"]) == (40.0, True)
    assert (fence["mean"], fence["outlook"]) == (None, "no data")


@pytest.mark.parametrize(
    ("mean", "passed", "outlook"),
    [(90.0, 50, "cannot be met"), (1.0, 55, "cannot be exceeded"), (45.0, 10, "open")],
)
def test_the_outlook_of_an_hour(mean, passed, outlook):
    row = {
        "limit": {"value": 50.0, "standard": "S", "clause": "1"},
        "quantity": {"name_zh": "x", "name_en": "x", "unit": "mg/m³", "decimals": 1},
        "mean": mean,
        "oxygen": None,
        "converted": False,
        "minutes": passed,
        "period_s": 60,
        "span_high": 500.0,
        "form": "",
        "reference_o2": None,
        **dict.fromkeys(("sensor_id", "enterprise", "station")),
    }
    shown = running_hours.shown(row, Span("hour", MONDAY, MONDAY + HOUR), passed)
    assert shown["outlook"] == outlook
    assert "50 mg/m³" in shown["text_zh"]


def test_the_alert_that_speaks_of_an_hour_is_named(week, as_role):
    number = park.raise_alert(week, 1, rule="stack_hour")
    week.execute(
        "insert into alert_period values (%s, %s, 'stack_hour', 'hour', %s, 1, 58, true)",
        [number, STACK, MONDAY + HOUR],
    )
    week.commit()
    named = [one["alert"] for one in listed(as_role("bureau"))["items"] if one["alert"]]
    assert [one["id"] for one in named] == [number]
