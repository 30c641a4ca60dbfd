"""Drills, maintenance windows, ledger, quarantine: what people declare and read beside the alerts."""

from datetime import timedelta

import pytest

from smartpark import clock

pytestmark = pytest.mark.integration
P = "/api/v1"


def revision(conn) -> int:
    row = conn.execute("select version from revision where name = 'windows'").fetchone()
    conn.commit()
    return row[0]


def test_a_drill_is_declared_runs_and_ends_early_and_judging_is_told(as_role, park_conn):
    leader, before = as_role("leader"), revision(park_conn)
    end = (clock.now() + timedelta(hours=1)).isoformat()
    drill = leader.post(
        f"{P}/drills", json={"park": "p1", "station": "s1", "ends_at": end, "reason": "gas drill"}
    ).json()
    assert (drill["running"], drill["station"], drill["declared_by"]) == (True, "s1", "leader")
    assert revision(park_conn) == before + 1
    running = leader.get(f"{P}/drills?running=true").json()["items"]
    assert drill["id"] in [one["id"] for one in running]
    ended = leader.post(f"{P}/drills/{drill['id']}/end").json()
    assert ended["running"] is False
    assert leader.post(f"{P}/drills/{drill['id']}/end").status_code == 409
    assert revision(park_conn) == before + 2
    actions = [row[0] for row in park_conn.execute("select action from audit order by id")]
    assert actions == ["drill.declare", "drill.end"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"park": "nowhere"}, 404),
        ({"station": "nowhere"}, 404),
        ({"ends_at": "2020-01-01T00:00:00Z"}, 422),
        ({"ends_at": "2027-12-31T00:00:00Z", "starts_at": "2027-12-01T00:00:00Z"}, 422),
        ({"ends_at": "2026-12-31T00:00:00"}, 422),
        ({"reason": "  "}, 422),
        ({"more": 1}, 422),
    ],
)
def test_a_drill_that_does_not_fit_is_refused(readers, change, status):
    body = {"park": "p1", "ends_at": (clock.now() + timedelta(hours=1)).isoformat(), "reason": "x"}
    assert readers("leader").post(f"{P}/drills", json=body | change).status_code == status


def test_a_window_is_filed_for_no_station_that_had_to_be_guessed(as_role, park_conn):
    park_conn.execute("update station set code = '1' where id = 3")
    park_conn.commit()
    body = {"station": "1", "kind": "maintenance", "reason": "x"}
    body["ends_at"] = (clock.now() + timedelta(hours=2)).isoformat()
    refused = as_role("operator").post(f"{P}/maintenance-windows", json=body)
    assert (refused.status_code, "write p1/s1 or p1/1" in refused.json()["detail"]) == (422, True)
    filed = as_role("operator").post(f"{P}/maintenance-windows", json=body | {"station": "p1/1"}).json()
    assert filed["station_id"] == 3
    own = as_role("enterprise").post(f"{P}/maintenance-windows", json=body)
    assert own.json()["station_id"] == 1  # of those that it sees there is one


def test_a_window_is_filed_for_a_station_or_one_sensor_and_cancelled(as_role, park_conn):
    enterprise, before = as_role("enterprise"), revision(park_conn)
    body = {"station": "s1", "sensor": 1, "kind": "calibration", "reason": "zero and span"}
    body["ends_at"] = (clock.now() + timedelta(hours=2)).isoformat()
    window = enterprise.post(f"{P}/maintenance-windows", json=body).json()
    assert (window["running"], window["sensor_id"], window["filed_by"]) == (True, 1, "enterprise")
    assert enterprise.post(f"{P}/maintenance-windows", json=body | {"sensor": 2}).status_code == 404
    cancelled = enterprise.post(f"{P}/maintenance-windows/{window['id']}/cancel").json()
    assert (cancelled["running"], cancelled["cancelled_at"] is not None) == (False, True)
    assert enterprise.post(f"{P}/maintenance-windows/{window['id']}/cancel").status_code == 409
    assert revision(park_conn) == before + 2


def test_the_ledger_balances_in_its_rows_and_in_its_total(as_role, park_conn):
    park_conn.execute("insert into ledger values ('2026-11-22 00:01Z', 'mqtt', 0, 5, 4, 0, 0, 2)")
    park_conn.commit()
    query = f"{P}/ingest/ledger?from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z"
    operator = as_role("operator")
    ledger = operator.get(query).json()
    assert [one["balanced"] for one in ledger["items"]] == [False, True, True]
    assert ledger["items"][0]["station"] is None
    assert ledger["total"] == {
        "received": 35,
        "stored": 32,
        "duplicate": 1,
        "quarantined": 1,
        "gap": 2,
        "balanced": False,
    }
    first = operator.get(f"{query}&limit=1").json()
    rest = operator.get(f"{query}&cursor={first['next']}").json()
    assert first["items"] + rest["items"] == ledger["items"]
    assert operator.get(f"{query}&station=s2").json()["total"]["received"] == 20


def test_a_refused_message_is_shown_whole_even_when_it_is_no_text(readers):
    operator = readers("operator")
    listed = operator.get(f"{P}/quarantine?reason=malformed").json()["items"]
    assert [one["id"] for one in listed] == [2, 1]
    assert operator.get(f"{P}/quarantine/1").json()["text"] == '{"values":{}}'
    binary = operator.get(f"{P}/quarantine/2").json()
    assert (binary["text"], binary["payload_base64"], binary["bytes"]) == (None, "/wA=", 2)


def test_a_released_message_is_decoded_again_and_stored(as_role, park_conn):
    at = (clock.now() - timedelta(minutes=3)).isoformat()
    payload = f'{{"time": "{at}", "values": {{"x_lel": 3.5}}}}'.encode()
    row = park_conn.execute(
        "insert into quarantine (digest, topic, payload, reason, detail, source, station_id, items, received_at, last_seen_at)"
        " values ('\\x03', 'smartpark/p1/gas/s1/readings', %s, 'unknown_quantity', 'no such', 'mqtt', 1, 1, now(), now())"
        " returning id",
        [payload],
    ).fetchone()
    park_conn.commit()
    operator = as_role("operator")
    answer = operator.post(f"{P}/quarantine/{row[0]}/release")
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"received": 1, "stored": 1, "duplicate": 0, "quarantined": 0}
    shown = operator.get(f"{P}/quarantine/{row[0]}").json()
    assert (shown["released_by"], shown["released_at"] is not None) == ("operator", True)
    assert operator.post(f"{P}/quarantine/{row[0]}/release").status_code == 409
    actions = [one[0] for one in park_conn.execute("select action from audit")]
    assert actions == ["quarantine.release"]
    assert operator.get(f"{P}/parks").status_code == 200  # the connection went back as it was lent
