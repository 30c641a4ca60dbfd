"""Data loggers as people see them: the list, their frames and reports, and who sees them."""

import base64
from datetime import timedelta

import pytest

from smartpark import clock
from tests.api import park
from tests.api.park import one, quarantine

pytestmark = pytest.mark.integration
P = "/api/v1"
PERIOD = "from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z"
ALL = "from=2026-11-22T00:00:00Z&to=2027-11-22T00:00:00Z"


def test_a_logger_is_listed_with_what_waits_and_what_is_missing_but_never_its_password(as_role, park_conn):
    quarantine(park_conn, park.MN, b"##x")
    operator = as_role("operator")
    listed = {row["mn"]: row for row in operator.get(f"{P}/loggers").json()["items"]}
    first = listed[park.MN]
    assert (first["station"]["code"], first["enterprise"]["code"]) == ("s1", "e1")
    assert (first["waiting"], first["open_gaps"], first["deviations"]) == (1, 1, ["no_flag"])
    assert (first["has_password"], listed[park.OTHER_MN]["has_password"], first["has_key"]) == (
        True,
        False,
        False,
    )
    for path in ("/loggers", f"/loggers/{park.MN}", f"/loggers/{park.MN}/frames?{PERIOD}"):
        assert "123456" not in as_role("viewer").get(P + path).text, path
    assert [row["mn"] for row in operator.get(f"{P}/loggers?station=s2").json()["items"]] == [park.OTHER_MN]
    assert operator.get(f"{P}/loggers?admitted=true").json()["items"] == []
    page = operator.get(f"{P}/loggers?limit=1").json()
    rest = operator.get(f"{P}/loggers?limit=1&cursor={page['next']}").json()
    assert [row["mn"] for row in page["items"] + rest["items"]] == [park.MN, park.OTHER_MN]


def test_one_logger_tells_its_connections_gaps_and_requests(readers):
    found = readers("operator").get(f"{P}/loggers/{park.MN}").json()
    assert [one["closed_by"] for one in found["sessions"]] == ["network"]
    assert [(gap["state"], gap["period"]) for gap in found["gaps"]] == [
        ("found", "hour"),
        ("filled", "minute"),
    ]
    command = found["commands"][0]
    assert list(command["parameters"]) == ["BeginTime", "EndTime"]  # the order of the standard
    assert (command["name_en"], command["exe_rtn_zh"]) == ("Minute data", "执行成功")


def test_frames_are_shown_as_they_came_and_their_bytes_to_those_who_may_command(readers):
    path = f"{P}/loggers/{park.MN}/frames?{PERIOD}"
    items = readers("bureau").get(path).json()["items"]
    assert [one["text"] is None for one in items] == [True, False]
    assert (items[0]["base64"], items[0]["bytes"]) == ("IyP/AA==", 4)
    assert "PW=******;MN=8888" in items[1]["text"]
    assert {one["base64"] for one in readers("viewer").get(path).json()["items"]} == {None}
    first = readers("bureau").get(f"{path}&limit=1").json()
    rest = readers("bureau").get(f"{path}&limit=1&cursor={first['next']}").json()
    assert first["items"] + rest["items"] == items
    by_data = f"{P}/loggers/{park.MN}/frames?by=data&from=2026-11-22T00:00:00Z&to=2026-11-22T00:00:30Z"
    assert [one["bytes"] > 4 for one in readers("bureau").get(by_data).json()["items"]] == [True]


@pytest.mark.parametrize("head", ["; PW=654321", ",PW=654321", ";PW =654321", ";PW=654321CP=&&x"])
def test_the_password_of_a_frame_is_read_by_an_administrator_alone(as_role, park_conn, head):
    kept = f"##0101QN=1{head};MN={park.MN};Flag=5;CP=&&x&&ABCD".encode()
    park_conn.execute("update raw_frame set frame = %s where mn = %s", [kept, park.MN])
    quarantine(park_conn, park.MN, kept)
    number = one(park_conn, "select max(id) from quarantine")[0]
    for role in ("admin", "operator", "bureau", "enterprise", "viewer"):
        told = as_role(role).get(f"{P}/loggers/{park.MN}/frames?{PERIOD}").json()["items"]
        if role != "enterprise":  # the message above is of no station yet
            refused = as_role(role).get(f"{P}/quarantine/{number}").json()
            told.append({"text": refused["text"], "base64": refused["payload_base64"]})
        exact = [base64.b64decode(row["base64"]) for row in told if row["base64"]]
        assert all("654321" not in row["text"] for row in told), role
        assert [b"654321" in frame for frame in exact] == [role == "admin"] * len(exact), role
        assert len(exact) == {"enterprise": 0, "viewer": 1}.get(role, 3), role


def test_reports_carry_the_name_of_their_command(readers):
    items = readers("operator").get(f"{P}/loggers/{park.MN}/reports?{PERIOD}").json()["items"]
    assert [(one["cn"], one["name_en"], one["data"]) for one in items] == [
        ("2081", "Start time of the logger", {"RestartTime": "20261122080000"})
    ]


def test_a_logger_that_moves_brings_its_new_owner_nothing_of_the_one_before(as_role, park_conn):
    """Frames, connections, requests, gaps and reports stay what the former owner's were; what comes now is seen."""
    operator, new_owner = as_role("operator"), as_role("enterprise")

    def seen(reader) -> tuple[int, ...]:
        told = reader.get(f"{P}/loggers/{park.OTHER_MN}").json()
        lists = [
            reader.get(f"{P}/loggers/{park.OTHER_MN}/{name}?{ALL}").json() for name in ("frames", "reports")
        ]
        lists.append(reader.get(f"{P}/logger-commands?mn={park.OTHER_MN}").json())
        counts = [len(told[name]) for name in ("sessions", "gaps", "commands")]
        return (*counts, *(len(one["items"]) for one in lists))

    def tells(at: str) -> None:
        for text in (
            "insert into raw_frame (received_at, mn, cn, data_time, resent, source, frame) values (%(at)s, %(mn)s, '2011', %(at)s, false, 'tcp', '##')",
            "insert into logger_report (mn, cn, time, digest, data, resent, received_at) values (%(mn)s, '2081', %(at)s, %(digest)s, '{}', false, %(at)s)",
            "insert into logger_session (mn, peer, opened_at, last_at) values (%(mn)s, 'x', %(at)s, %(at)s)",
            "insert into logger_command (mn, cn, cause, state, requested_by, requested_at) values (%(mn)s, '1011', 'person', 'done', 'x', %(at)s)",
            "insert into logger_gap (mn, period, from_time, to_time, found_at, next_at) values (%(mn)s, 'hour', %(at)s, %(at)s, %(at)s, %(at)s)",
        ):
            park_conn.execute(text.encode(), {"at": at, "mn": park.OTHER_MN, "digest": at.encode()})
        park_conn.commit()

    tells((clock.now() - timedelta(hours=1)).isoformat())
    before = seen(operator)
    assert min(before) >= 1
    assert new_owner.get(f"{P}/loggers/{park.OTHER_MN}").status_code == 404
    park_conn.execute("update logger set station_id = 1 where mn = %s", [park.OTHER_MN])
    park_conn.commit()
    assert seen(new_owner) == (0, 0, 0, 0, 0, 0)
    tells((clock.now() + timedelta(seconds=1)).isoformat())
    assert seen(new_owner) == (1, 1, 1, 1, 1, 1)
    assert seen(operator) == tuple(count + 1 for count in before)
    assert (
        new_owner.get(f"{P}/loggers/{park.MN}/frames?{PERIOD}").json()["items"] != []
    )  # its own, that never moved


def test_a_logger_that_moves_within_its_enterprise_keeps_what_it_said(park_conn):
    park_conn.execute("update station set enterprise_id = 1 where id = 3")
    park_conn.execute("update logger set station_id = 3 where mn = %s", [park.MN])
    assert one(park_conn, "select station_since from logger where mn = %s", park.MN) == (None,)
