"""Findings are looked at by the bureau, checks of drift are written down and judged."""

from datetime import timedelta

import pytest

from smartpark import clock

pytestmark = pytest.mark.integration
P = "/api/v1"


@pytest.fixture
def clues(park_conn):
    """Three findings: two of the first enterprise, one of the second."""
    park_conn.execute(
        "insert into data_finding (sensor_id, kind, starts_at, ends_at, evidence, text_zh, text_en, found_at) values"
        " (1, 'flat_line', '2026-11-22Z', '2026-11-22 03:00Z', '{\"value\": 3}', '待核查线索: 甲', 'a', '2026-11-23Z'),"
        " (2, 'sentinel', '2026-11-22Z', '2026-11-22 03:00Z', '{}', '待核查线索: 乙', 'b', '2026-11-23Z'),"
        " (1, 'sentinel', '2026-11-23Z', '2026-11-23 03:00Z', '{}', '待核查线索: 丙', 'c', '2026-11-24Z')"
    )
    park_conn.commit()


@pytest.mark.usefixtures("clues")
def test_findings_are_listed_with_their_words_and_counted_by_kind(as_role):
    found = as_role("bureau").get(f"{P}/data-findings?waiting=true").json()
    assert [one["text_en"] for one in found["items"]] == ["c", "b", "a"]
    assert (found["items"][2]["kind_zh"], found["items"][2]["evidence"]) == ("数值恒定", {"value": 3})
    assert {one["kind"]: one["waiting"] for one in found["kinds"] if one["waiting"]} == {
        "flat_line": 1,
        "sentinel": 2,
    }
    chosen = as_role("bureau").get(f"{P}/data-findings?kind=sentinel&enterprise=e1").json()["items"]
    assert [one["text_en"] for one in chosen] == ["c"]
    page = as_role("bureau").get(f"{P}/data-findings?limit=2").json()
    rest = as_role("bureau").get(f"{P}/data-findings?limit=2&cursor={page['next']}").json()
    assert len(page["items"] + rest["items"]) == 3


@pytest.mark.usefixtures("clues")
def test_an_enterprise_sees_a_finding_only_when_it_is_asked(as_role, park_conn):
    enterprise, bureau = as_role("enterprise"), as_role("bureau")
    assert enterprise.get(f"{P}/data-findings").json()["items"] == []
    assert enterprise.post(f"{P}/data-findings/1/review", json={"outcome": "dismissed"}).status_code == 403
    said = bureau.post(
        f"{P}/data-findings/1/review", json={"outcome": "ask_enterprise", "note": "why?"}
    ).json()
    assert (said["outcome"], said["reviewed_by"], said["note"]) == ("ask_enterprise", "bureau", "why?")
    bureau.post(f"{P}/data-findings/2/review", json={"outcome": "ask_enterprise"})
    assert [one["id"] for one in enterprise.get(f"{P}/data-findings").json()["items"]] == [1]
    assert park_conn.execute("select distinct action from audit").fetchall() == [("finding.review",)]
    assert bureau.post(f"{P}/data-findings/99/review", json={"outcome": "device"}).status_code == 404


def check(**more: object) -> dict:
    at = clock.now().replace(microsecond=0).isoformat()
    return {"sensor": 3, "kind": "zero", "at": at, "standard": 0.0, "measured": 2.6, "span": 100.0, **more}


def test_a_check_is_written_down_once_and_judged_where_a_limit_is_known(as_role, park_conn):
    park_conn.execute(
        "insert into quantity (code, name_zh, name_en, unit, source) values ('a21026', 'x', 'SO2', 'mg/m3', 't')"
    )
    park_conn.execute(
        "insert into sensor (id, station_id, quantity, period_s, unit, span_low, span_high) values (9, 1, 'a21026', 60, 'mg/m3', 0, 200)"
    )
    park_conn.commit()
    enterprise = as_role("enterprise")
    made = enterprise.post(f"{P}/drift-checks", json=check(sensor=9, span=None)).json()
    assert (made["span"], made["drift"], made["passed"], made["verified"]) == (200, 1.3, True, False)
    assert (
        enterprise.post(f"{P}/drift-checks", json=check(sensor=9, span=None, at=made["at"])).status_code
        == 409
    )
    failed = enterprise.post(
        f"{P}/drift-checks", json=check(sensor=9, kind="span", standard=160, measured=150)
    ).json()
    assert (failed["drift"], failed["passed"], failed["in_control"]) == (-10.0, False, True)
    assert as_role("bureau").post(f"{P}/drift-checks", json=check()).json()["passed"] is None
    listed = enterprise.get(f"{P}/drift-checks?station=s1").json()["items"]
    assert {one["id"] for one in listed} == {made["id"], failed["id"]}
    assert as_role("bureau").get(f"{P}/drift-checks?sensor=3").json()["items"][0]["limit"] is None


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"sensor": 2}, 404),
        ({"sensor": 1, "span": None}, 422),
        ({"sensor": 1, "at": (clock.now() + timedelta(hours=1)).isoformat()}, 422),
        ({"sensor": 1, "span": -1}, 422),
    ],
)
def test_a_check_that_cannot_be_is_refused(as_role, more, status):
    assert as_role("enterprise").post(f"{P}/drift-checks", json=check(**more)).status_code == status
