"""Alerts over the API: filters and pages, commands and their refusals, health figures, pictures."""

from datetime import timedelta

import pytest

from smartpark import clock
from tests.api import park

pytestmark = pytest.mark.integration
P = "/api/v1"


def test_the_list_is_filtered_and_paged_newest_first(as_role, park_conn):
    for n in range(5):
        park.raise_alert(
            park_conn,
            1 + n % 2,
            park.T0 + timedelta(minutes=n // 2),
            target_id=100 + n,
            level="red",
            drill=n == 4,
        )
    park.clear_alert(park_conn, 1)
    park_conn.commit()
    operator = as_role("operator")

    def ids(query: str) -> list[int]:
        return [one["id"] for one in operator.get(f"{P}/alerts{query}").json()["items"]]

    assert ids("?open=false") == []
    assert len(ids("?open=true")) == 7
    assert len(ids("?level=red&level=yellow")) == 5
    assert len(ids("?station=s1")) == len(ids("?enterprise=e1")) == 4
    assert len(ids("?drill=true")) == 1
    assert len(ids("?sensor=2")) == 3
    assert ids("?class=reminder") == []
    assert ids("?from=2026-11-22T00:01:00Z&to=2026-11-22T00:02:00Z&station=s1") == [5]
    found, cursor = [], None
    while True:
        page = operator.get(
            f"{P}/alerts", params={"limit": 2} | ({"cursor": cursor} if cursor else {})
        ).json()
        found += [(one["raised_at"], one["id"]) for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(found) == 7
    assert found == sorted(found, reverse=True)


def test_an_alert_is_worked_to_its_end_and_its_story_is_kept(as_role, park_conn):
    operator, leader = as_role("operator"), as_role("leader")

    def do(command: str, who=operator, **body: object):
        version = operator.get(f"{P}/alerts/1").json()["version"]
        return who.post(f"{P}/alerts/1/{command}", json={"version": version, **body})

    assert do("acknowledge").json()["word"] == "acknowledged"
    assert do("close", reason="true").status_code == 409  # it is active
    assert do("assign", to="patrol").json()["assigned_to"] == "patrol"
    assert do("comment", text="on my way").status_code == 200
    assert do("shelve", leader, reason="noise", once=True).json()["word"] == "shelved"
    assert do("unshelve").json()["word"] == "acknowledged"
    park.clear_alert(park_conn, 1, clock.now())
    park_conn.commit()
    closed = do("close", reason="true", note="flange tightened").json()
    assert (closed["word"], closed["close_reason"], closed["closed_by"]) == ("closed", "true", "operator")
    story = [event["type"] for event in operator.get(f"{P}/alerts/1").json()["events"]]
    assert story == [
        "raised",
        "annunciated",
        "acknowledged",
        "assigned",
        "commented",
        "shelved",
        "unshelved",
        "cleared",
        "closed",
    ]


def test_a_stale_command_is_told_how_the_alert_stands(as_role):
    assert as_role("operator").post(f"{P}/alerts/1/acknowledge", json={"version": 2}).status_code == 200
    second = as_role("operator2").post(f"{P}/alerts/1/acknowledge", json={"version": 2})
    assert second.status_code == 409
    assert second.json()["alert"]["acked_by"] == "operator"
    assert second.json()["alert"]["version"] == 3


def test_what_does_not_fit_is_said_in_words(as_role):
    operator = as_role("operator")
    until = (clock.now() + timedelta(hours=9)).isoformat()
    answer = operator.post(f"{P}/alerts/1/shelve", json={"version": 2, "reason": "noise", "until": until})
    assert (answer.status_code, "8 hours" in answer.json()["detail"]) == (422, True)
    answer = operator.post(f"{P}/alerts/1/close", json={"version": 2, "reason": "bored"})
    assert (answer.status_code, "true, false" in answer.json()["detail"]) == (422, True)


def test_a_red_alarm_is_shelved_by_two(as_role, park_conn):
    number = park.raise_alert(park_conn, 1, target_id=70, level="red")
    park_conn.commit()
    body = {"version": 2, "reason": "sensor replaced"}
    operator, address = as_role("operator"), f"{P}/alerts/{number}/shelve"
    assert operator.post(address, json=body).status_code == 403
    for username in ("operator", "viewer"):
        second = {"username": username, "password": "secret-demo"}
        assert operator.post(address, json=body | {"second": second}).status_code == 403
    wrong = {"username": "operator2", "password": "x"}
    assert operator.post(address, json=body | {"second": wrong}).status_code == 401
    right = {"username": "operator2", "password": "secret-demo"}
    assert operator.post(address, json=body | {"second": right}).status_code == 200


def test_a_picture_is_given_to_those_who_may_see_its_alert(as_role, park_conn):
    park_conn.execute(
        "insert into snapshot (camera_id, alert_id, phase, taken_at, media_type, image)"
        " values (2, 2, 'raised', now(), 'image/png', '\\x89504e47')"
    )
    park_conn.commit()
    assert as_role("operator").get(f"{P}/alerts/2").json()["snapshots"][0]["camera_id"] == 2
    picture = as_role("operator").get(f"{P}/alerts/2/snapshots/1")
    assert (picture.content, picture.headers["content-type"]) == (b"\x89PNG", "image/png")
    assert as_role("enterprise").get(f"{P}/alerts/2/snapshots/1").status_code == 404
    assert as_role("operator").get(f"{P}/alerts/1/snapshots/1").status_code == 404


def test_health_counts_floods_and_leaves_drills_out(as_role, park_conn):
    for n in range(12):
        park.raise_alert(park_conn, 1, park.T0 + timedelta(minutes=25, seconds=n), target_id=200 + n)
    for n in range(3):
        park.raise_alert(park_conn, 2, park.T0 + timedelta(minutes=1), target_id=300 + n, drill=True)
    park_conn.commit()
    query = f"{P}/alerts/health?from=2026-11-22T00:00:00Z&to=2026-11-22T01:00:00Z"
    health = as_role("operator").get(query).json()
    assert (health["annunciated"], health["ten_minute_windows"]) == (14, 6)
    assert (health["max_per_window"], health["flood_windows"]) == (12, 1)
    assert health["flood_share"] == pytest.approx(1 / 6)
    assert health["open"] == health["unacknowledged"] == 14
    assert sum(one["n"] for one in health["by_level"]) == 14
    assert health["enough_data"] is False
    assert all(one["source"] for one in health["definitions"])
