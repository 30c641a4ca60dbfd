"""The logger's own record beside ours: revisions, and differences with their counts."""

import csv
import io
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from api.routes import reported
from tests.api import park

pytestmark = pytest.mark.integration
P = "/api/v1"
PERIOD = "from=2026-11-22T00:00:00Z&to=2026-11-22T01:00:00Z"
COMPARE = f"{P}/reported-records/differences?station=s1&period=minute&{PERIOD}"


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """Let it be so many days after the beginning [d]."""

    def at(days):
        monkeypatch.setattr(reported, "clock", SimpleNamespace(now=lambda: park.T0 + timedelta(days=days)))

    at(1)
    return at


def test_the_newest_word_is_listed_and_every_word_on_request(readers):
    operator = readers("operator")
    newest = operator.get(f"{P}/reported-records?station=s1&period=minute&{PERIOD}").json()["items"]
    assert [(one["avg"], one["revision"]) for one in newest] == [(14.0, 1), (99.0, 1), (14.0, 2)]
    every = operator.get(f"{P}/reported-records?sensor=1&{PERIOD}&revisions=true").json()["items"]
    assert [(one["avg"], one["revision"], one["resent"]) for one in every[-2:]] == [
        (14.0, 2, True),
        (13.0, 1, False),
    ]
    first = operator.get(f"{P}/reported-records?sensor=1&{PERIOD}&revisions=true&limit=3").json()
    rest = operator.get(
        f"{P}/reported-records?sensor=1&{PERIOD}&revisions=true&limit=3&cursor={first['next']}"
    ).json()
    assert first["items"] + rest["items"] == every
    assert operator.get(f"{P}/reported-records?quantity=a24088&{PERIOD}").json()["items"] == []


def test_what_a_maker_calls_its_flag_is_no_formula_in_a_file(as_role, park_conn):
    park_conn.execute(
        "update reported_record set eflag = case revision when 1 then '=1+1' else '-3' end where sensor_id = 1"
    )
    park_conn.commit()
    text = as_role("operator").get(f"{P}/reported-records?sensor=1&format=csv&{PERIOD}&revisions=true").text
    assert {row["eflag"] for row in csv.DictReader(io.StringIO(text))} == {"'=1+1", "-3"}


def test_every_word_of_a_station_is_saved_as_a_file(readers):
    path = f"{P}/reported-records?station=s1&period=minute&revisions=true&format=csv&{PERIOD}"
    answer = readers("operator").get(path)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="reported_s1_2026' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    told = [(row["start"], row["avg"], row["flag"], row["revision"], row["received_at"]) for row in rows]
    assert told == [
        ("2026-11-22T08:00:00+08:00", "13", "N", "1", "2026-11-22T08:01:00+08:00"),
        ("2026-11-22T08:00:00+08:00", "14", "N", "2", "2026-11-22T08:05:00+08:00"),
        ("2026-11-22T08:01:00+08:00", "99", "D", "1", "2026-11-22T08:02:00+08:00"),
        ("2026-11-22T08:30:00+08:00", "14", "N", "1", "2026-11-22T08:31:00+08:00"),
    ]
    newest = readers("operator").get(path.replace("true", "false")).text
    assert newest.count("\n") == 1 + 3
    assert readers("enterprise").get(path.replace("s1", "s2")).status_code == 404  # not its own


def test_only_what_differs_is_listed_and_everything_is_counted(readers):
    found = readers("operator").get(COMPARE).json()
    assert found["summary"] == {
        "compared": 2,
        "equal": 1,
        "different": 1,
        "only_logger": 1,
        "only_ours": 8,
        "few": 0,
    }
    (one,) = found["items"]
    assert (one["logger"], one["flag"], one["n"], one["verdict"]) == (99.0, "D", 60, "different")
    assert one["difference"] == pytest.approx(99 - one["ours"])
    assert one["relative"] == pytest.approx(one["difference"] / one["ours"])
    assert one["start"] == "2026-11-22T08:01:00+08:00"


def test_each_verdict_has_its_list(readers):
    operator = readers("operator")
    counted = operator.get(COMPARE).json()["summary"]
    for verdict in ("equal", "different", "only_logger", "only_ours", "few"):
        listed = operator.get(f"{COMPARE}&show={verdict}").json()["items"]
        assert len(listed) == counted[verdict], verdict
    first = operator.get(f"{COMPARE}&show=only_ours&show=equal&limit=5").json()
    rest = operator.get(f"{COMPARE}&show=only_ours&show=equal&limit=5&cursor={first['next']}").json()
    assert len({one["start"] for one in first["items"] + rest["items"]}) == 9


def test_what_is_equal_depends_on_the_tolerance(readers):
    operator = readers("operator")
    assert operator.get(f"{COMPARE}&tolerance=0.9").json()["summary"]["different"] == 0
    assert (
        operator.get(f"{COMPARE}&tolerance=0").json()["summary"]["different"] == 1
    )  # 13.97 is printed as 14.0


def test_ours_of_an_hour_is_weighted_by_its_valid_readings(as_role, park_conn):
    park_conn.execute("delete from minute where sensor_id = 2")
    park_conn.execute("update sensor set period_s = 30 where id = 2")
    for minute, n, mean in ((0, 60, 10.0), (1, 30, 40.0), (2, 0, 0.0)):
        park_conn.execute(
            "insert into minute (sensor_id, time, n, n_valid, total, last_at, flags) values (2, %s, 60, %s, %s, %s, 'N')",
            [datetime.fromisoformat(f"2026-11-22T00:{minute:02}:00Z"), n, n * mean, park.T0],
        )
    park_conn.commit()
    path = f"{P}/reported-records/differences?station=s2&period=hour&show=different&from=2026-11-22T00:20:00Z&to=2026-11-22T01:30:00Z"
    found = as_role("operator").get(path).json()
    assert (found["from"], found["to"]) == ("2026-11-22T08:00:00+08:00", "2026-11-22T09:00:00+08:00")
    (one,) = found["items"]
    assert (one["ours"], one["n"], one["logger"]) == (20.0, 90, 15.0)


def test_a_day_begins_at_midnight_of_the_park(as_role, park_conn):
    park_conn.execute(
        "update sensor set period_s = 120 where id = 1"
    )  # ten minutes of readings are enough of a day
    park_conn.execute(
        "insert into reported_record (sensor_id, period, start, avg, flag, mn, resent, received_at)"
        " values (1, 'day', '2026-11-22 00:00+08', 14, 'N', %s, false, now())",
        [park.MN],
    )
    park_conn.commit()
    path = f"{P}/reported-records/differences?station=s1&period=day&show=equal&tolerance=0.1&tz=UTC"
    found = as_role("operator").get(f"{path}&from=2026-11-22T00:00:00Z&to=2026-11-23T12:00:00Z").json()
    assert (found["from"], found["to"]) == ("2026-11-22T00:00:00+08:00", "2026-11-23T00:00:00+08:00")
    assert [one["start"] for one in found["items"]] == ["2026-11-21T16:00:00+00:00"]


def test_a_comparison_needs_a_logger_and_a_bounded_period(readers):
    operator = readers("operator")
    assert operator.get(f"{P}/reported-records/differences?station=s3&{PERIOD}").status_code == 404
    long = "from=2026-01-01T00:00:00Z&to=2026-11-22T00:00:00Z"
    answer = operator.get(f"{P}/reported-records/differences?station=s1&period=minute&{long}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "query.from")
    assert operator.get(f"{P}/reported-records/differences?{PERIOD}").status_code == 422


def test_a_logger_is_not_compared_with_its_own_word(as_role, park_conn):
    minute = datetime.fromisoformat("2026-11-22T00:20:00Z")
    park_conn.execute("update sensor set period_s = 60 where id = 2")
    park_conn.execute(
        "insert into reported_record (sensor_id, period, start, avg, flag, mn, resent, received_at)"
        " values (2, 'minute', %s, 33, 'N', 'test', true, %s)",
        [minute, park.T0],
    )
    for time, value, mark in ((minute, 33, "R"), (minute + timedelta(seconds=30), 11, "-")):
        park_conn.execute(
            "insert into reading (sensor_id, lag_s, time, value, flag, mark) values (2, 0, %s, %s, 'N', %s)",
            [time, value, mark],
        )
    park_conn.execute(
        "insert into minute (sensor_id, time, n, n_valid, total, last_at, flags) values (2, %s, 2, 2, 44, %s, 'N')",
        [minute, park.T0],
    )
    park_conn.commit()
    url = f"{P}/reported-records/differences?station=s2&period=minute&show=different&show=only_logger"
    span = "&from=2026-11-22T00:20:00Z&to=2026-11-22T00:30:00Z"
    (found,) = as_role("operator").get(url + span).json()["items"]
    assert (found["logger"], found["ours"], found["n"]) == (33.0, 11.0, 1)
    park_conn.execute("delete from reading where sensor_id = 2 and time > %s", [minute])
    park_conn.execute(
        "update minute set n = 1, n_valid = 1, total = 33 where sensor_id = 2 and time = %s", [minute]
    )
    park_conn.commit()
    (found,) = as_role("operator").get(url + span).json()["items"]
    assert (found["verdict"], found["ours"]) == ("only_logger", None)


def test_what_is_older_than_the_readings_is_not_compared_for_nobody_knows_whose_means_ours_holds(
    readers, now
):
    operator = readers("operator")
    whole = operator.get(COMPARE).json()
    assert (whole["shortened"], whole["summary"]["compared"]) == (False, 2)
    now(90 + 0.5 / 1440)  # the first half of the first minute may have gone
    part = operator.get(COMPARE).json()
    assert (part["from"], part["shortened"]) == ("2026-11-22T00:01:00+00:00", True)
    assert part["summary"]["compared"] == whole["summary"]["compared"] - 1
    now(91)
    answer = operator.get(COMPARE)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "query.to")


@pytest.mark.parametrize(("samples", "verdict"), [(1, "few"), (8, "few"), (9, "different")])
def test_too_few_samples_of_ours_accuse_no_logger(as_role, park_conn, samples, verdict):
    minute = datetime.fromisoformat("2026-11-22T00:40:00Z")
    park_conn.execute("update sensor set period_s = 5 where id = 1")
    park_conn.execute(
        "insert into reported_record (sensor_id, period, start, avg, flag, mn, resent, received_at)"
        " values (1, 'minute', %s, 33, 'N', %s, false, %s)",
        [minute, park.MN, park.T0],
    )
    park_conn.execute(
        "insert into minute (sensor_id, time, n, n_valid, total, last_at, flags) values (1, %s, 12, %s, %s, %s, 'N')",
        [minute, samples, 11 * samples, park.T0],
    )
    park_conn.commit()
    path = f"{P}/reported-records/differences?station=s1&period=minute&show={verdict}"
    span = "&from=2026-11-22T00:40:00Z&to=2026-11-22T00:41:00Z"
    found = as_role("operator").get(path + span).json()
    (one,) = found["items"]
    assert (one["n"], one["expected"], one["ours"], one["mn"]) == (samples, 12, 11.0, park.MN)
    few = verdict == "few"
    assert (found["summary"]["few"], found["summary"]["compared"]) == (int(few), int(not few))


def test_a_comparison_is_saved_as_a_file_with_all_that_a_reader_asks(readers):
    operator = readers("operator")
    answer = operator.get(f"{COMPARE}&show=equal&show=different&format=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="compared_s1_minute_2026' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    listed = operator.get(f"{COMPARE}&show=equal&show=different").json()["items"][::-1]
    assert [row["start"] for row in rows] == [one["start"] for one in listed]
    last = rows[-1]
    told = {
        key: last[key] for key in ("enterprise", "station", "station_name", "mn", "quantity", "name", "unit")
    }
    assert told == {
        "enterprise": "甲化工",
        "station": "s1",
        "station_name": "甲一号",
        "mn": park.MN,
        "quantity": "x_lel",
        "name": "可燃气体",
        "unit": "%LEL",
    }
    assert (last["logger"], last["n"], last["expected"], last["verdict"]) == ("99.0", "60", "60", "不一致")
    assert (last["flag"], last["revision"], last["ours"]) == ("D", "1", str(round(listed[-1]["ours"], 3)))
    english = operator.get(f"{COMPARE}&show=few&show=different&format=csv&lang=en").text
    assert "different" in english
    assert operator.get(f"{COMPARE}&show=few&format=csv").text.count("\n") == 1
    assert readers("enterprise").get(COMPARE.replace("s1", "s2") + "&format=csv").status_code == 404
