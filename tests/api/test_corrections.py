"""Corrections: two people, nothing overwritten, everything touched is listed."""

import pytest

from records.corrections import chain
from tests.api import park
from tests.records.evidence import outlet

pytestmark = pytest.mark.integration
P = "/api/v1"
HALF = {"from": "2026-11-22T00:10:00Z", "to": "2026-11-22T00:40:00Z"}
SCALE = {**HALF, "sensor": 1, "kind": "scale", "factor": 1.1, "reason": "标气复核后量程系数有误"}
RECORDS = """
insert into record (sensor_id, period, start, status, judgeable, mean, min, max, expected, received, samples, flag, method, edition,
                    revision, cause, made_at)
select 1, p, s::timestamptz, 'valid', true, 12.5, 11, 17, 60, 60, 60, 'N', 'arithmetic', 'HJ 212-2017', 2, 'late', '2026-11-22 02:00Z'
from (values ('hour', '2026-11-22 00:00Z'), ('hour', '2026-11-22 01:00Z'), ('day', '2026-11-21 16:00Z'), ('month', '2026-10-31 16:00Z'),
             ('year', '2025-12-31 16:00Z'), ('month', '2026-09-30 16:00Z')) as x (p, s)
"""


@pytest.fixture(autouse=True)
def records(park_conn):
    """Records of sensor 1, made before anybody corrected."""
    park_conn.execute(RECORDS.encode())
    park_conn.commit()


def counts(conn):
    """How many minutes and readings there are, and what they say."""
    return park.one(
        conn,
        "select (select md5(string_agg(m::text, ',' order by sensor_id, time)) from minute m),"
        " (select md5(string_agg(r::text, ',' order by sensor_id, time)) from reading r)",
    )


def test_a_correction_waits_for_another_person_and_then_makes_its_hours_due(as_role, park_conn):
    before = counts(park_conn)
    made = as_role("operator").post(f"{P}/corrections", json=SCALE)
    assert made.status_code == 201, made.text
    found = made.json()
    assert (found["state"], found["made_by"], found["decided_by"]) == ("waiting_second", "operator", None)
    assert park.one(park_conn, "select count(*) from record_due")[0] == 0
    confirmed = as_role("bureau").post(f"{P}/corrections/1/confirm", json={"note": "已核对标定记录"})
    assert confirmed.status_code == 200, confirmed.text
    assert confirmed.json()["decided_by"] == "bureau"
    due = park_conn.execute(b"select sensor_id, hour at time zone 'UTC', cause from record_due").fetchall()
    assert [(sensor, str(hour), cause) for sensor, hour, cause in due] == [
        (1, "2026-11-22 00:00:00", "correction 1")
    ]
    assert [entry["action"] for entry in confirmed.json()["entries"]] == ["propose", "confirm"]
    assert chain.verify(park_conn).holds
    assert counts(park_conn) == before
    audited = park_conn.execute(b"select actor, action, object from audit order by id").fetchall()
    assert audited[-2:] == [
        ("operator", "correction.propose", "correction/1"),
        ("bureau", "correction.confirm", "correction/1"),
    ]


def test_what_it_touches_is_listed_with_its_revision(as_role, park_conn):
    park_conn.execute(
        b"insert into sealed_month (enterprise_id, month, sealed_by, sealed_at, figures, sha256)"
        b" values (1, '2026-11-01', 'bureau', '2026-12-02Z', '{}', '\\x00'), (2, '2026-11-01', 'bureau', '2026-12-02Z', '{}', '\\x00')"
    )
    park_conn.commit()
    found = as_role("operator").post(f"{P}/corrections", json=SCALE).json()
    touched = [(one["period"], one["start"], one["before"]["revision"]) for one in found["records"]]
    assert touched == [
        ("hour", "2026-11-22T08:00:00+08:00", 2),
        ("day", "2026-11-22T00:00:00+08:00", 2),
        ("month", "2026-11-01T00:00:00+08:00", 2),
        ("year", "2026-01-01T00:00:00+08:00", 2),
    ]
    assert found["records"][0]["before"]["mean"] == found["records"][0]["now"]["mean"] == 12.5
    assert [one["id"] for one in found["alerts"]] == [1]
    assert [(one["id"], one["month"]) for one in found["months"]] == [(1, "2026-11")]
    park_conn.execute(b"update record set mean = 13.75, revision = 3 where sensor_id = 1 and period = 'hour'")
    park_conn.commit()
    hour = as_role("operator").get(f"{P}/corrections/1").json()["records"][0]
    assert (hour["before"]["mean"], hour["now"]["mean"], hour["now"]["revision"]) == (12.5, 13.75, 3)


def test_nobody_decides_their_own_and_nobody_decides_twice(as_role, park_conn):
    assert as_role("bureau").post(f"{P}/corrections", json=SCALE).status_code == 201
    own = as_role("bureau").post(f"{P}/corrections/1/confirm", json={})
    assert own.status_code == 409
    assert own.json()["detail"] == "who proposed it may not decide it; another person has to"
    assert own.json()["correction"]["state"] == "waiting_second"
    assert as_role("leader").post(f"{P}/corrections/1/withdraw", json={}).status_code == 409
    assert as_role("leader").post(f"{P}/corrections/1/refuse", json={}).status_code == 422
    assert as_role("leader").post(f"{P}/corrections/1/refuse", json={"note": "no proof"}).status_code == 200
    again = as_role("admin").post(f"{P}/corrections/1/confirm", json={})
    assert (again.status_code, again.json()["detail"]) == (409, "correction 1 is refused already")
    assert park.one(park_conn, "select count(*) from record_due")[0] == 0


def test_who_proposed_may_withdraw_and_propose_anew(as_role):
    operator = as_role("operator")
    operator.post(f"{P}/corrections", json=SCALE)
    clash = operator.post(f"{P}/corrections", json={**SCALE, "kind": "exclude", "factor": None})
    assert clash.status_code == 409
    assert clash.json()["correction"]["id"] == 1
    beside = {**SCALE, "from": HALF["to"], "to": "2026-11-22T00:50:00Z"}
    assert operator.post(f"{P}/corrections", json=beside).status_code == 201
    assert operator.post(f"{P}/corrections/1/withdraw", json={}).json()["state"] == "withdrawn"
    assert operator.post(f"{P}/corrections", json=SCALE).status_code == 201


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"sensor": 99}, "body.sensor", "there is no sensor 99"),
        ({"factor": 0}, "body.factor", "write a factor other than 0"),
        ({"factor": None}, "body.factor", "write a factor other than 0"),
        ({"factor": 1, "shift": 0}, "body.factor", "factor 1 without a shift changes nothing"),
        ({"value": 3}, "body.value", "scale takes no value"),
        ({"to": "2026-11-22T00:10:00Z"}, "body.to", "must be later than from"),
        (
            {"to": "2099-11-22T00:00:00Z", "from": "2099-11-21T00:00:00Z"},
            "body.to",
            "what lies ahead cannot be corrected",
        ),
        ({"from": "2026-10-01T00:00:00Z"}, "body.to", "at most 31 days at once"),
        ({"from": "2026-11-22T00:10:30Z"}, "body.from", "the period begins and ends on whole minutes"),
        ({"reason": "  because  "}, "body.reason", "say why in at least 10 characters"),
        ({"kind": "enter", "factor": None}, "body.value", "write the value to enter"),
        (
            {"kind": "enter", "factor": None, "value": 400},
            "body.value",
            "400 is outside the plausible range 0 to 100 %LEL",
        ),
    ],
)
def test_nonsense_is_refused_with_one_sentence(as_role, park_conn, change, field, sentence):
    park_conn.execute(b"update quantity set plausible_low = 0, plausible_high = 100 where code = 'x_lel'")
    park_conn.commit()
    answer = as_role("operator").post(f"{P}/corrections", json=SCALE | change)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"] == [{"field": field, "detail": sentence}]
    assert park.one(park_conn, "select count(*) from correction")[0] == 0


def test_an_enterprise_proposes_for_its_own_and_decides_nothing(as_role):
    enterprise = as_role("enterprise")
    assert enterprise.post(f"{P}/corrections", json={**SCALE, "sensor": 2}).status_code == 422
    made = enterprise.post(f"{P}/corrections", json=SCALE)
    assert made.status_code == 201, made.text
    assert [one["action"] for one in made.json()["entries"]] == ["propose"]
    as_role("operator").post(f"{P}/corrections", json={**SCALE, "sensor": 2})
    assert [one["id"] for one in enterprise.get(f"{P}/corrections").json()["items"]] == [1]
    assert enterprise.get(f"{P}/corrections/2").status_code == 404
    assert enterprise.post(f"{P}/corrections/2/withdraw", json={}).status_code == 404
    assert enterprise.post(f"{P}/corrections/1/confirm", json={}).status_code == 403
    assert as_role("viewer").post(f"{P}/corrections", json=SCALE).status_code == 403


def test_the_list_is_filtered_and_paged(as_role):
    operator = as_role("operator")
    for hour in range(3):
        span = {"from": f"2026-11-22T0{hour}:00:00Z", "to": f"2026-11-22T0{hour}:30:00Z"}
        assert operator.post(f"{P}/corrections", json=SCALE | span).status_code == 201
    as_role("bureau").post(f"{P}/corrections/2/confirm", json={})

    def ids(query):
        return [one["id"] for one in operator.get(f"{P}/corrections?{query}").json()["items"]]

    assert ids("") == [3, 2, 1]
    assert ids("state=confirmed") == [2]
    assert ids("state=confirmed&state=waiting_second&sensor=1&station=s1&enterprise=e1") == [3, 2, 1]
    assert ids("enterprise=e2") == []
    assert ids("from=2026-11-22T00:30:00Z&to=2026-11-22T02:00:00Z") == [2]
    first = operator.get(f"{P}/corrections?limit=2").json()
    rest = operator.get(f"{P}/corrections?limit=2&cursor={first['next']}").json()
    assert [one["id"] for one in first["items"] + rest["items"]] == [3, 2, 1]
    assert rest["next"] is None


def test_the_chain_is_looked_through_on_request(as_role, park_conn):
    as_role("operator").post(f"{P}/corrections", json=SCALE)
    sound = as_role("bureau").get(f"{P}/chain").json()
    assert (sound["entries"], sound["holds"], sound["defects"]) == (1, True, [])
    assert sound["last"] == chain.last_digest(park_conn).hex()
    park_conn.execute(b"update correction set factor = 5")
    park_conn.commit()
    broken = as_role("bureau").get(f"{P}/chain").json()
    assert broken["defects"] == ["correction 1 was changed behind the chain: factor differ from entry 1"]
    assert as_role("operator").get(f"{P}/chain").status_code == 403


def test_what_it_would_change_is_computed_and_nothing_of_it_stays(as_role, park_conn):
    outlet.found(park_conn)
    before = park.one(
        park_conn, "select md5(string_agg(r::text, ',' order by sensor_id, period, start)) from record r"
    )
    span = {"from": "2026-11-20T05:00:00Z", "to": "2026-11-20T06:00:00Z"}
    said = {"sensor": outlet.FLOW, "kind": "scale", "factor": 0.5, "reason": "flow meter shows double"}
    found = as_role("operator").post(f"{P}/corrections", json=said | span)
    assert found.status_code == 201, found.text
    after = {
        one["sensor_id"]: one for one in found.json()["records"] if one["period"] == "hour" and one["after"]
    }
    assert after.keys() == {outlet.SO2, outlet.FLOW}  # half the flow is half the mass
    so2 = after[outlet.SO2]
    assert so2["after"]["mass"] == pytest.approx(so2["before"]["mass"] / 2)
    assert so2["after"]["mean"] == so2["before"]["mean"] == so2["now"]["mean"]
    assert so2["after"]["revision"] == so2["now"]["revision"] + 1
    assert (
        park.one(
            park_conn, "select md5(string_agg(r::text, ',' order by sensor_id, period, start)) from record r"
        )
        == before
    )
    assert chain.verify(park_conn).holds


def test_it_says_which_exceedances_appear_and_which_disappear(as_role, park_conn):
    outlet.found(park_conn)
    operator = as_role("operator")
    span = {"from": "2026-11-20T05:00:00Z", "to": "2026-11-20T06:00:00Z", "sensor": outlet.SO2}

    def told(factor, limit):
        park_conn.execute("update limit_value set value = %s where code = 'so2-old'", [limit])
        park_conn.commit()
        said = {**span, "kind": "scale", "factor": factor, "reason": "span gas was wrong"}
        found = operator.post(f"{P}/corrections", json=said).json()
        operator.post(f"{P}/corrections/{found['id']}/withdraw", json={})
        return found, [(one["period"], one["form"], one["appears"]) for one in found["exceedances"]]

    park_conn.execute("update correction set state = 'withdrawn' where state = 'waiting_second'")
    park_conn.commit()
    found, changes = told(2, 100)
    assert changes == [("hour", "Zs", True)]
    assert (found["exceedances"][0]["sensor_id"], found["exceedances"][0]["start"]) == (
        outlet.SO2,
        "2026-11-20T13:00:00+08:00",
    )
    assert {(one["quantity"]["code"], one["form"], one["quantity"]["unit"]) for one in found["records"]} == {
        ("a21026", "", "mg/m³")
    }
    assert told(0.1, 20)[1] == [("hour", "Zs", False)]
    assert told(1.01, 20)[1] == []
    assert told(1.01, 500)[1] == []
