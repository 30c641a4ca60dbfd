"""What was refused, and which cause of several it is; a sender's messages are let in together."""

from datetime import UTC, datetime

import pytest

from ingest.batch import Origin
from ingest.decode import Decoder
from ingest.directory import LoggerRow, SensorRow, StationRow, build
from smartpark.hj212.encode import Sender, encode
from tests.api import park

pytestmark = pytest.mark.integration
P = "/api/v1"
CP = "DataTime=20261126075900;a21026-Rtd=1.0"
KEY, OTHER_KEY = bytes(range(16)), bytes(16)
TOPIC = f"smartpark/p1/hj212/{park.MN}"


def refusal(raw: bytes, *, admitted: bool = True, key: bytes | None = None):
    """The refusal as ingest words it."""
    stations = [StationRow(1, "p1", "s1", "stack", "gateway", "emission")]
    logger = LoggerRow(park.MN, "p1", "s1", "123456", key, 10, admitted=admitted, zone="Asia/Shanghai")
    sensors = [SensorRow(1, 1, "a21026", "", [], 1.0, 0.0, None, None, None, None)]
    decoder = Decoder(build({"p1": 1}, stations, sensors, [], [logger]), "gateway")
    batch = decoder.batch()
    decoder.add(batch, Origin(TOPIC, raw, 1_795_651_200_000_000))
    (one,) = batch.refusals
    return one


def frame(pw: str = "123456", key: bytes | None = None) -> bytes:
    return encode(Sender(park.MN, "31", pw, key), "2011", CP, flag=8 if key else 4).rstrip()


def keep(conn, topic: str, payload: bytes, reason: str, detail: str, station: int | None = None) -> int:
    row = conn.execute(
        "insert into quarantine (digest, topic, payload, reason, detail, source, station_id, items, received_at, last_seen_at)"
        " values (%s, %s, %s, %s, %s, 'hj212', %s, 1, now(), now()) returning id",
        [Origin(topic, payload, 0).digest, topic, payload, reason, detail, station],
    ).fetchone()
    conn.commit()
    return int(row[0])


def test_each_cause_of_a_refused_frame_is_told_apart(as_role, park_conn):
    plain = frame()
    cases = {
        "not_admitted": refusal(plain, admitted=False),
        "wrong_password": refusal(frame("654321")),
        "wrong_key": refusal(frame(key=KEY), key=OTHER_KEY),
        "no_key": refusal(plain[:-4] + b"0000"),
        "wrong_check": refusal(plain[:-4] + b"00"),
    }
    client = as_role("operator")
    for cause, one in cases.items():
        number = keep(park_conn, TOPIC, cause.encode(), one.reason, one.detail)
        found = client.get(f"{P}/quarantine/{number}").json()
        assert found["cause"] == cause, one.detail
        assert [logger["mn"] for logger in found["loggers"]] == [park.MN]
    listed = client.get(f"{P}/quarantine").json()["items"]
    assert {one["cause"] for one in listed} >= set(cases)


def test_a_station_that_a_logger_has_taken_over_says_since_when(as_role, park_conn):
    since = datetime(2026, 11, 24, 14, tzinfo=UTC)
    place, kind = park_conn.execute(
        "update logger set admitted_at = %s, admitted = true where mn = %s returning station_id,"
        " (select kind from station where id = station_id)",
        [since, park.MN],
    ).fetchone()
    number = keep(park_conn, f"smartpark/p1/{kind}/s1/readings", b"{}", "wrong_feed", "old words", place)
    found = as_role("operator").get(f"{P}/quarantine/{number}").json()
    assert found["cause"] == "logger_delivers"
    (logger,) = [one for one in found["loggers"] if one["mn"] == park.MN]
    assert (logger["admitted"], datetime.fromisoformat(logger["since"])) == (True, since)


def test_another_kind_of_topic_has_no_further_cause(as_role, park_conn):
    number = keep(park_conn, "smartpark/p1/meter/s1/readings", b"{}", "wrong_feed", "is of kind gas", 1)
    found = as_role("operator").get(f"{P}/quarantine/{number}").json()
    assert (found["cause"], found["loggers"]) == (None, [])
