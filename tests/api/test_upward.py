"""What goes upward: a rate with both of its numbers, the backlog, and the list behind each number."""

import pytest

pytestmark = pytest.mark.integration
P = "/api/v1"
DAY = "from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z"


def test_a_receiver_tells_its_rate_and_both_numbers(readers):
    (one,) = readers("viewer").get(f"{P}/upward?{DAY}").json()["items"]
    counts = {name: one[name] for name in ("due", "no_data", "sent", "confirmed", "timely", "backlog")}
    assert counts == {"due": 5, "no_data": 1, "sent": 3, "confirmed": 2, "timely": 2, "backlog": 2}
    assert one["upload_rate"] == one["timely_rate"] == 2 / 4
    assert (one["connected"], one["stations"], one["backlog_ever"]) == (True, 2, 2)
    assert one["oldest_backlog"] == "2026-11-22T08:01:00+08:00"
    assert [(part["period"], part["due"], part["upload_rate"]) for part in one["periods"]] == [
        ("minute", 4, 1 / 3),
        ("hour", 1, 1.0),
    ]
    assert (one["counted_from"], one["counted_to"]) == (
        "2026-11-22T08:00:00+08:00",
        "2026-11-22T09:00:00+08:00",
    )
    assert "secret" not in readers("admin").get(f"{P}/upward").text


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("mqtts://up:s3cret@10.1.1.1:8883", "mqtts://up:******@10.1.1.1:8883"),
        ("up:s3/cr@et@10.1.1.1:9000", "up:******@10.1.1.1:9000"),
        ("mqtt://up@10.1.1.1", "mqtt://up@10.1.1.1"),
    ],
)
def test_a_password_in_an_address_is_shown_to_nobody(as_role, park_conn, address, shown):
    park_conn.execute("update upward_receiver set address = %s", [address])
    park_conn.execute("update upward_state set last_error = %s", [f"{address} cannot be reached"])
    park_conn.commit()
    (found,) = as_role("admin").get(f"{P}/upward").json()["items"]
    assert (found["address"], found["last_error"]) == (shown, f"{shown} cannot be reached")


def test_a_day_without_items_has_no_rate_and_still_tells_the_backlog(readers):
    (one,) = (
        readers("viewer").get(f"{P}/upward?from=2026-11-23T00:00:00Z&to=2026-11-24T00:00:00Z").json()["items"]
    )
    assert (one["due"], one["upload_rate"], one["periods"], one["backlog_ever"]) == (0, None, [], 2)
    assert (one["counted_from"], one["counted_to"]) == (None, None)


def test_every_number_has_its_list(readers):
    viewer = readers("viewer")
    (one,) = viewer.get(f"{P}/upward?{DAY}").json()["items"]
    path = f"{P}/upward/region/items?{DAY}"
    for name, states in (
        ("due", ""),
        ("no_data", "&state=no_data"),
        ("sent", "&state=sent&state=confirmed"),
        ("confirmed", "&state=confirmed"),
        ("backlog", "&state=due&state=sent"),
    ):
        assert len(viewer.get(path + states).json()["items"]) == one[name], name
    items = viewer.get(path).json()["items"]
    assert (items[-1]["start"], items[-1]["mn"]) == ("2026-11-22T08:00:00+08:00", "UP1")
    first = viewer.get(f"{path}&limit=2").json()
    rest = viewer.get(f"{path}&limit=5&cursor={first['next']}").json()
    assert first["items"] + rest["items"] == items
    assert [row["period"] for row in viewer.get(f"{path}&period=hour").json()["items"]] == ["hour"]
    assert viewer.get(f"{P}/upward/nowhere/items").status_code == 404


def test_what_a_receiver_refuses_says_why_and_its_newest_error_when(as_role, park_conn):
    park_conn.execute("update upward_item set refusal = 'it answers 400' where start = '2026-11-22 00:01Z'")
    park_conn.execute("update upward_state set last_error = 'x', last_error_at = '2026-11-22 02:00Z'")
    park_conn.commit()
    viewer = as_role("viewer")
    items = viewer.get(f"{P}/upward/region/items?{DAY}&state=sent").json()["items"]
    assert [one["refusal"] for one in items] == ["it answers 400"]
    (one,) = viewer.get(f"{P}/upward?{DAY}").json()["items"]
    assert (one["last_error"], one["last_error_at"]) == ("x", "2026-11-22T10:00:00+08:00")
