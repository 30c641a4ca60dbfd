"""Missing hours: where something due is missing, why, and what each cause explains in all."""

import pytest

pytestmark = pytest.mark.integration
P = "/api/v1"
DAY = "from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z"


def test_missing_hours_are_listed_with_their_causes_and_evidence(readers):
    operator = readers("operator")
    found = operator.get(f"{P}/missing-hours?{DAY}").json()
    assert [(one["station"]["code"], one["cause"]) for one in found["items"]] == [
        ("s3", "platform"),
        ("s2", "enterprise"),
        ("s1", "network"),
    ]
    last = found["items"][-1]
    assert (last["due"], last["present"], last["minutes"]) == (60, 10, {"network": 40, "unknown": 10})
    assert (last["enterprise"]["code"], last["evidence"]) == ("e1", [{"kind": "session"}])
    assert [(one["sensor_due"], one["sensor_present"]) for one in found["items"]] == [(None, None)] * 2 + [
        (120, 20)
    ]
    first = operator.get(f"{P}/missing-hours?{DAY}&limit=2").json()
    rest = operator.get(f"{P}/missing-hours?{DAY}&limit=2&cursor={first['next']}").json()
    assert first["items"] + rest["items"] == found["items"]


def test_each_cause_is_counted_by_what_it_explains(readers):
    totals = readers("operator").get(f"{P}/missing-hours?{DAY}&cause=network").json()["totals"]
    assert totals == [
        {"cause": "enterprise", "hours": 1, "minutes": 60},
        {"cause": "network", "hours": 1, "minutes": 40},
        {"cause": "platform", "hours": 1, "minutes": 60},
        {"cause": "unknown", "hours": 0, "minutes": 10},
    ]


@pytest.mark.parametrize(
    ("filters", "stations"),
    [
        ("&station=s1", ["s1"]),
        ("&enterprise=e2", ["s2"]),
        ("&cause=platform", ["s3"]),
        ("&resolved=true", ["s3"]),
        ("&resolved=false", ["s2", "s1"]),
    ],
)
def test_missing_hours_are_filtered(readers, filters, stations):
    items = readers("operator").get(f"{P}/missing-hours?{DAY}{filters}").json()["items"]
    assert [one["station"]["code"] for one in items] == stations


@pytest.mark.parametrize("role", ["operator", "enterprise"])
def test_a_page_says_from_when_and_until_when_hours_are_decided(as_role, park_conn, role):
    park_conn.execute("insert into record_progress values ('missing hours', '2026-11-22 05:00Z')")
    park_conn.commit()
    found = as_role(role).get(f"{P}/missing-hours?{DAY}").json()
    assert (found["since"], found["until"]) == ("2026-11-22T08:00:00+08:00", "2026-11-22T13:00:00+08:00")
