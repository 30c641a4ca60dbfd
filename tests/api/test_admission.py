"""Letting in: data loggers with what waited for them, and codes that nobody has registered."""

from zoneinfo import ZoneInfo

import pytest

from api import waiting
from smartpark import clock
from smartpark.hj212.encode import Sender, encode
from smartpark.hj212.times import digits
from tests.api import park
from tests.api.park import catalogue, one, quarantine

pytestmark = pytest.mark.integration
P = "/api/v1"
SHANGHAI = ZoneInfo("Asia/Shanghai")
STRANGER = "88880000000000000000000C"


def frame(mn: str, us: int, value: float, pw: str = "123456", key: bytes | None = None) -> bytes:
    at = digits(us, SHANGHAI)
    cp = f"DataTime={at};a24088-Rtd={value},a24088-Flag=N"
    return encode(Sender(mn=mn, st="31", pw=pw, key=key), "2011", cp, flag=9 if key else 5, qn=f"{at}000")


def test_an_admitted_logger_belongs_to_its_station_and_what_waited_is_stored(as_role, park_conn):
    now_us = int(clock.now().timestamp()) * 1_000_000
    park_conn.execute("insert into logger (mn) values (%s)", [STRANGER])
    for n in range(3):
        quarantine(park_conn, STRANGER, frame(STRANGER, now_us - n * 60_000_000, 10.0 + n))
    before = catalogue(park_conn)
    operator = as_role("operator")
    body = {"station": "s3", "password": "123456", "edition": 2017, "minute_interval_min": 5}
    answer = operator.post(f"{P}/loggers/{STRANGER}/admit", json=body)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["released"] == {"messages": 3, "stored": 3, "duplicate": 0, "quarantined": 0, "left": 0}
    logger = found["logger"]
    assert (logger["admitted"], logger["admitted_by"], logger["has_password"]) == (True, "operator", True)
    assert (logger["station"]["code"], logger["minute_interval_min"], logger["waiting"]) == ("s3", 5, 0)
    assert one(park_conn, "select feed from station where id = 3") == ("gateway",)
    assert catalogue(park_conn) > before
    values = one(
        park_conn, "select count(*) from reading where sensor_id = 3 and time > now() - interval '1 hour'"
    )
    assert values == (3,)
    again = operator.post(f"{P}/loggers/{STRANGER}/admit", json={"station": "s3"}).json()["logger"]
    assert (again["admitted_at"], again["has_password"]) == (logger["admitted_at"], True)
    elsewhere = operator.post(f"{P}/loggers/{STRANGER}/admit", json={"station": "s1"})
    assert (elsewhere.status_code, "station s3" in elsewhere.json()["detail"]) == (409, True)
    told = [
        (row[0], "123456" in row[1])
        for row in park_conn.execute("select action, detail::text from audit order by id")
    ]
    assert told == [("logger.admit", False), ("quarantine.release", False)]


def test_what_waited_encrypted_is_let_in_with_the_key_that_its_logger_is_admitted_with(as_role, park_conn):
    now_us = int(clock.now().timestamp()) * 1_000_000
    park_conn.execute("insert into logger (mn) values (%s)", [STRANGER])
    for n in range(2):
        sent = frame(STRANGER, now_us - n * 60_000_000, 10.0 + n, key=b"0" * 16)
        quarantine(park_conn, STRANGER, sent, "bad_crc")
    operator, path = as_role("operator"), f"{P}/loggers/{STRANGER}/admit"
    body = {"station": "s3", "password": "123456"}
    assert operator.post(path, json=body).json()["released"]["messages"] == 0  # without a key it is damage
    answer = operator.post(path, json=body | {"encryption_key": "30" * 16}).json()
    assert answer["released"] == {"messages": 2, "stored": 2, "duplicate": 0, "quarantined": 0, "left": 0}
    assert (answer["logger"]["has_key"], answer["logger"]["waiting"]) == (True, 0)


def test_what_is_refused_again_waits_behind_the_rest(as_role, park_conn, monkeypatch):
    monkeypatch.setattr(waiting, "_AT_ONCE", 2)
    now_us = int(clock.now().timestamp()) * 1_000_000
    park_conn.execute("insert into logger (mn) values (%s)", [STRANGER])
    for n, pw in enumerate(("654321", "654321", "123456", "123456")):
        quarantine(park_conn, STRANGER, frame(STRANGER, now_us - n * 60_000_000, 10.0, pw))
    operator, path = as_role("operator"), f"{P}/loggers/{STRANGER}/admit"
    body = {"station": "s3", "password": "123456"}
    found = [operator.post(path, json=body).json()["released"] for _ in range(2)]
    assert [(part["stored"], part["quarantined"], part["left"]) for part in found] == [(0, 2, 2), (2, 0, 2)]
    assert operator.get(f"{P}/loggers/{STRANGER}").json()["waiting"] == 2


def test_a_dismissed_logger_gives_its_station_back(as_role, park_conn):
    operator = as_role("operator")
    operator.post(f"{P}/loggers/{park.MN}/admit", json={"station": "s3"})
    assert one(park_conn, "select feed from station where id = 3") == ("gateway",)
    answer = operator.post(f"{P}/loggers/{park.MN}/dismiss", json={"reason": "moved"})
    assert (answer.status_code, answer.json()["admitted"]) == (200, False)
    assert one(park_conn, "select feed from station where id = 3") == ("rest",)
    assert operator.post(f"{P}/loggers/{park.MN}/dismiss", json={"reason": "again"}).status_code == 409


@pytest.mark.parametrize(
    ("mn", "change", "status"),
    [
        ("nobody", {}, 404),
        (park.MN, {"station": "s1"}, 422),
        (park.MN, {"station": "nowhere"}, 404),
        (park.MN, {"edition": 2018}, 422),
        (park.MN, {"encryption_key": "short"}, 422),
        (park.MN, {"password": "a;b"}, 422),
        (park.MN, {"minute_interval_min": 7}, 422),
        (park.MN, {"more": 1}, 422),
    ],
)
def test_an_admission_that_does_not_fit_is_refused(readers, mn, change, status):
    answer = readers("operator").post(f"{P}/loggers/{mn}/admit", json={"station": "s3"} | change)
    assert answer.status_code == status, answer.text


def test_no_logger_shuts_off_a_station_of_safety(as_role, park_conn):
    operator = as_role("operator")
    refused = operator.post(
        f"{P}/loggers/{park.MN}/admit",
        json={"station": "s1", "reason": "x"},
        headers={"Accept-Language": "en"},
    )
    assert (refused.status_code, refused.json()["detail"].split(";")[0]) == (
        422,
        "Alpha 1 is a safety station",
    )
    assert one(park_conn, "select feed from station where id = 1") == ("safety",)
    assert [row["code"] for row in operator.get(f"{P}/logger-places").json()["items"]] == ["p1/s3"]


def test_what_shuts_another_way_needs_a_reason_that_is_kept(as_role, park_conn):
    now = clock.now()
    park_conn.execute("update latest set time = %s, received_at = %s where sensor_id = 3", [now, now])
    park_conn.commit()
    operator, path = as_role("operator"), f"{P}/loggers/{park.MN}/admit"
    assert operator.get(f"{P}/logger-places").json()["items"][0]["other_at"] is not None
    refused = operator.post(path, json={"station": "s3"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "body.reason")
    assert operator.post(path, json={"station": "s3", "reason": "gateway replaced"}).status_code == 200
    told = one(park_conn, "select detail from audit where action = 'logger.admit'")[0]
    assert (told["reason"], told["shuts"]) == ("gateway replaced", "other feed")


def test_a_logger_comes_back_to_its_station_without_a_warning(as_role, park_conn):
    """What is newest there came from itself, before it was dismissed."""
    now = clock.now()
    park_conn.execute("update logger set station_id = 3 where mn = %s", [park.MN])
    park_conn.execute("update latest set time = %s, received_at = %s where sensor_id = 3", [now, now])
    park_conn.execute(
        "insert into raw_frame (received_at, mn, cn, resent, source, frame) values (%s, %s, '2011', false, 'tcp', '##')",
        [now, park.MN],
    )
    park_conn.commit()
    operator = as_role("operator")
    assert operator.get(f"{P}/logger-places").json()["items"][0]["other_at"] is None
    assert operator.post(f"{P}/loggers/{park.MN}/admit", json={"station": "s3"}).status_code == 200


def test_a_logger_that_waits_says_who_it_is_by_its_newest_message(as_role, park_conn):
    now_us = int(clock.now().timestamp()) * 1_000_000
    park_conn.execute("insert into logger (mn) values (%s)", [STRANGER])
    quarantine(park_conn, STRANGER, frame(STRANGER, now_us, 1.0))
    park_conn.execute("update quarantine set peer = '10.9.9.9:1' where source = 'hj212'")
    park_conn.commit()
    operator = as_role("operator")
    found = operator.get(f"{P}/loggers/{STRANGER}").json()
    assert (found["system"], found["edition"], found["peer"], found["waiting"]) == (
        "31",
        2017,
        "10.9.9.9:1",
        1,
    )
    assert found["first_seen"]
    assert found["last_seen"]
    held = operator.get(f"{P}/loggers/{STRANGER}/held").json()["items"]
    assert ["PW=******" in row["text"] for row in held] == [True]
    assert [row["reason"] for row in held] == ["not_admitted"]
    assert "123456" not in operator.get(f"{P}/loggers/{STRANGER}/held").text
    sealed = frame(STRANGER, now_us + 1_000_000, 1.0, key=b"0" * 16)
    quarantine(park_conn, STRANGER, sealed, "bad_crc")
    park_conn.execute("update quarantine set last_seen_at = now() + interval '1 s' where reason = 'bad_crc'")
    park_conn.commit()
    found = operator.get(f"{P}/loggers/{STRANGER}").json()
    assert (found["system"], found["edition"]) == ("31", 2025)


def test_why_messages_stay_in_quarantine_is_said(as_role, park_conn):
    now_us = int(clock.now().timestamp()) * 1_000_000
    park_conn.execute("insert into logger (mn) values (%s)", [STRANGER])
    quarantine(park_conn, STRANGER, frame(STRANGER, now_us, 10.0, "654321"))
    sealed = frame(STRANGER, now_us - 60_000_000, 10.0, key=b"1" * 16)
    quarantine(park_conn, STRANGER, sealed, "bad_crc")
    body = {"station": "s3", "password": "123456", "encryption_key": "30" * 16}
    found = as_role("operator").post(f"{P}/loggers/{STRANGER}/admit", json=body).json()
    assert {row["reason"]: row["messages"] for row in found["held"]} == {"wrong_key": 1, "wrong_password": 1}


def test_a_logger_that_is_not_wanted_waits_out_of_sight_until_somebody_reconsiders(as_role, park_conn):
    park_conn.execute("insert into logger (mn) values (%s)", [STRANGER])
    park_conn.commit()
    operator, path = as_role("operator"), f"{P}/loggers/{STRANGER}"
    refused = operator.post(f"{path}/refuse", json={"reason": "a test device"}).json()
    assert refused["refused_by"] == "operator"
    assert operator.post(f"{path}/reconsider").json()["refused_at"] is None
    operator.post(f"{path}/refuse", json={"reason": "again"})
    admitted = operator.post(f"{path}/admit", json={"station": "s3"}).json()["logger"]
    assert (admitted["admitted"], admitted["refused_at"]) == (True, None)
    assert operator.post(f"{path}/refuse", json={"reason": "x"}).status_code == 409
    told = [row[0] for row in park_conn.execute("select action from audit order by id")]
    assert told == ["logger.refuse", "logger.reconsider", "logger.refuse", "logger.admit"]


def test_a_logger_is_admitted_to_no_station_that_had_to_be_guessed(as_role, park_conn):
    """A code stands in several parks, a number may be the code of another station."""
    park_conn.execute(
        "insert into park (id, code, name_zh, name_en, timezone, lat, lon) values (2, 'p2', 'x', 'x', 'Asia/Shanghai', 39, 106)"
    )
    park_conn.execute(
        "insert into station (id, park_id, code, kind, name_zh, name_en, lat, lon, feed, stream_class) values"
        " (7, 2, 's3', 'air', 'x', 'x', 39, 106, 'rest', 'ambient'), (8, 2, '1', 'air', 'x', 'x', 39, 106, 'rest', 'ambient')"
    )
    park_conn.execute("insert into logger (mn) values (%s)", [STRANGER])
    park_conn.commit()
    operator, path = as_role("operator"), f"{P}/loggers/{STRANGER}/admit"
    for said, names in (("s3", "p1/s3 or p2/s3"), ("1", "p1/s1 or p2/1")):
        refused = operator.post(path, json={"station": said})
        assert refused.status_code == 422
        assert (
            refused.json()["detail"] == f"body.station: {said} may be one of several stations; write {names}"
        )
    assert operator.get(f"{P}/loggers/{STRANGER}").json()["station"] is None
    admitted = operator.post(path, json={"station": "p2/s3"}).json()["logger"]
    assert admitted["station"]["id"] == 7
