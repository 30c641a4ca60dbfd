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


def test_what_waits_is_grouped_by_reason_and_sender(as_role, park_conn):
    for i in range(3):
        keep(park_conn, TOPIC, b"%d" % i, "unknown_station", f"PW of logger {i} is wrong")
    keep(park_conn, TOPIC, b"9", "bad_frame", "no frame")
    client = as_role("operator")
    first, *others = client.get(f"{P}/quarantine-groups").json()["items"]
    told = [first[name] for name in ("reason", "cause", "sender", "messages")]
    assert told == ["unknown_station", "wrong_password", TOPIC, 3]
    assert {(one["sender"], one["reason"]) for one in others} >= {(TOPIC, "bad_frame")}
    assert [one["reason"] for one in client.get(f"{P}/quarantine-groups?q=NO%20FRAME").json()["items"]] == [
        "bad_frame"
    ]
    assert len(client.get(f"{P}/quarantine?sender={TOPIC}&reason=unknown_station").json()["items"]) == 3
    assert len(client.get(f"{P}/quarantine?q={park.MN.lower()}").json()["items"]) == 4
    assert client.get(f"{P}/quarantine?q=nowhere").json()["items"] == []


def test_a_group_is_let_in_together_and_what_is_refused_again_is_tried_once(as_role, park_conn):
    topic = "smartpark/p1/gas/s1/readings"
    now = datetime.now(UTC).replace(microsecond=0)
    for second in range(3):
        payload = f'{{"time":"{now.isoformat()}","values":{{"x_lel":{second}}}}}'.encode()
        keep(park_conn, topic, payload, "unknown_quantity", "not known", 1)
    bad = keep(park_conn, topic, b"no JSON", "unknown_quantity", "not known", 1)
    body = {"reason": "unknown_quantity", "sender": "smartpark/p1/gas/s1"}
    assert as_role("viewer").post(f"{P}/quarantine-groups/release", json=body).status_code == 403
    client = as_role("operator")
    first = client.post(f"{P}/quarantine-groups/release", json=body).json()
    assert (first["messages"], first["left"], first["quarantined"]) == (4, 0, 1)
    again = client.post(f"{P}/quarantine-groups/release", json={**body, "before": first["before"]}).json()
    assert (again["messages"], again["left"]) == (0, 0)
    assert client.get(f"{P}/quarantine/{bad}").json()["released_at"] is not None
    actor, target, detail = park_conn.execute(
        "select actor, object, detail from audit where action = 'quarantine.release' order by id desc limit 1"
    ).fetchone()
    assert (actor, target, detail["messages"]) == ("operator", "quarantine/smartpark/p1/gas/s1", 4)
