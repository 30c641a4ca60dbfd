"""A finalised month never changes; what touches it later is listed beside it."""

import json

import pytest

from records.corrections import chain, links
from tests.api import park

pytestmark = pytest.mark.integration
P = "/api/v1"
OUTLET = """
insert into quantity (code, name_zh, name_en, unit, source) values
  ('a21026', '二氧化硫', 'SO2', 'mg/m³', 'HJ 212'), ('a00000', '流量', 'flow', 'm³/h', 'HJ 212');
insert into station (id, park_id, enterprise_id, code, kind, name_zh, name_en, lat, lon, feed, stream_class)
values (10, 1, 1, 'k1', 'stack', '一号炉', 'Stack 1', 39.4, 106.6, 'gateway', 'emission'),
       (20, 1, 2, 'k2', 'stack', '二号炉', 'Stack 2', 39.4, 106.6, 'gateway', 'emission');
insert into sensor (id, station_id, quantity, period_s, due_since, unit) values
  (10, 10, 'a21026', 60, '2026-09-30 16:00Z', 'mg/m³'), (20, 20, 'a21026', 60, '2026-09-30 16:00Z', 'mg/m³'),
  (11, 10, 'a00000', 60, null, 'm³/h');
insert into record (sensor_id, period, start, status, judgeable, mean, expected, received, samples, flag, mass, method, edition, cause, made_at)
select 10, 'hour', h, case when h < '2026-10-01 00:00Z' then 'none' when h < '2026-10-01 02:00Z' then 'short' else 'valid' end,
       h >= '2026-10-01 02:00Z', case when h >= '2026-10-01 02:00Z' then 20 end, 60,
       case when h < '2026-10-01 00:00Z' then 0 else 60 end, 60, 'N', 1.5, 'arithmetic', 'HJ 212-2017', 'closed', '2026-11-01Z'
from generate_series('2026-09-30 16:00Z'::timestamptz, '2026-10-31 15:00Z', interval '1 hour') h;
insert into record (sensor_id, period, start, status, judgeable, mean, expected, received, samples, flag, mass, method, edition, cause, made_at)
values (10, 'month', '2026-09-30 16:00Z', 'valid', true, 20, 31, 31, 30, 'N', 1100.5, 'sum', 'HJ 212-2017', 'closed', '2026-11-01Z');
insert into record (sensor_id, period, start, status, judgeable, mean, expected, received, samples, flag, mass, method, edition, cause, made_at)
select 10, 'day', d, 'valid', true, 20, 24, 24, 24, 'N', 35.5, 'sum', 'HJ 212-2017', 'closed', '2026-11-01Z'
from generate_series('2026-09-30 16:00Z'::timestamptz, '2026-10-30 16:00Z', interval '1 day') d;
insert into missing_hour (station_id, hour, due, present, cause, minutes, evidence, decided_at)
select 10, h, 60, 0, 'platform', '{"platform": 60}', '[]', '2026-11-01Z'
from generate_series('2026-09-30 16:00Z'::timestamptz, '2026-09-30 17:00Z', interval '1 hour') h;
"""
MARK = """
insert into data_mark (station_id, kind, code, starts_at, ends_at, reason, filed_by, filed_at, voucher_due, state)
values (10, 'device', 'x', '2026-10-05Z', '2026-10-05 01:00Z', 'service', 'li', '2026-10-05Z', '2026-11-10Z', 'filed')
"""
LATE = """
insert into record_revision select sensor_id, period, start, revision, status, judgeable, mean, min, max, expected, received, samples, flag,
  converted, reference_o2, mean_8h, amount, mass, method, edition, cause, made_at, '2030-01-01Z' from record
  where sensor_id = 10 and start = '2026-10-01 00:00Z';
update record set status = 'valid', mean = 25, mass = 1.75, revision = 2, cause = 'late', made_at = '2030-01-01Z'
  where sensor_id = 10 and start = '2026-10-01 00:00Z';
"""


@pytest.fixture(autouse=True)
def outlet(park_conn):
    """October of an outlet: two hours lost by us, six missing, two too short, the rest valid."""
    park_conn.execute(OUTLET.encode())
    park_conn.commit()


INLET = """
update enterprise set sector = 'sewage' where id = 1;
insert into quantity (code, name_zh, name_en, unit, source) values
  ('w01018', '化学需氧量', 'COD', 'mg/L', 'HJ 212'), ('w00000', '流量', 'flow', 'L/s', 'HJ 212');
insert into station (id, park_id, enterprise_id, code, kind, outlet_kind, name_zh, name_en, lat, lon, feed, stream_class)
values (30, 1, 1, 'w-in', 'wastewater', 'plant_inlet', '进水口', 'Inlet', 39.4, 106.6, 'gateway', 'emission'),
       (40, 1, 1, 'w-out', 'wastewater', 'plant', '出水口', 'Outlet', 39.4, 106.6, 'gateway', 'emission');
insert into sensor (id, station_id, quantity, period_s, due_since, unit) values
  (30, 30, 'w01018', 60, '2026-09-30 16:00Z', 'mg/L'), (31, 30, 'w00000', 60, null, 'L/s'),
  (40, 40, 'w01018', 60, '2026-09-30 16:00Z', 'mg/L'), (41, 40, 'w00000', 60, null, 'L/s');
insert into record (sensor_id, period, start, status, judgeable, mean, expected, received, samples, flag, mass, method, edition, cause, made_at)
select s, p, '2026-09-30 16:00Z', 'valid', true, 20, 24, 24, 24, 'N', s, 'sum', 't', 'closed', '2026-11-01Z'
from unnest(array[30, 40]) s, unnest(array['day', 'month']) p;
"""


def run(conn, text):
    conn.execute(text.encode())
    conn.commit()


def finalise(asker, month="2026-10", **said):
    return asker.post(f"{P}/months/e1/{month}/finalise", json=said)


def test_the_sheet_is_frozen_with_its_digest_and_a_late_hour_is_listed_beside_it(as_role, park_conn):
    bureau = as_role("bureau")
    draft = bureau.get(f"{P}/months/e1/2026-10").json()
    assert (draft["state"], draft["blockers"]) == ("draft", {"unclosed": [], "marks": [], "corrections": []})
    made = finalise(bureau)
    assert made.status_code == 201, made.text
    sheet = made.json()
    (outlet,) = sheet["figures"]["outlets"]
    assert {key: outlet["rates"][key] for key in ("due", "received", "valid", "effective")} == {
        "due": 742,
        "received": 736,
        "valid": 734,
        "effective": 98.92,
    }
    assert outlet["sensors"][0]["record"]["mass"] == 1100.5
    assert sheet["figures"]["masses"][0]["measured"] == 1100.5
    assert sheet["figures"] == draft["figures"] | {
        "from": sheet["figures"]["from"],
        "to": sheet["figures"]["to"],
        "outlets": sheet["figures"]["outlets"],
    }
    assert sheet["sha256"] == links.sha256(sheet["figures"])
    assert json.loads(sheet["entries"][0]["content"])["sha256"] == sheet["sha256"]
    run(park_conn, LATE)
    after = bureau.get(f"{P}/months/e1/2026-10").json()
    assert (after["figures"], after["sha256"]) == (sheet["figures"], sheet["sha256"])
    (change,) = after["changes"]
    assert (change["period"], change["start"], change["cause"]) == (
        "hour",
        "2026-10-01T08:00:00+08:00",
        "late",
    )
    assert (change["before"]["status"], change["after"]["status"]) == ("short", "valid")
    assert (change["before"]["mass"], change["after"]["mass"]) == (1.5, 1.75)
    assert chain.verify(park_conn).holds
    run(park_conn, "update sealed_month set figures = jsonb_set(figures, '{masses}', '[]')")
    assert chain.verify(park_conn).defects == (
        "month 1 was changed behind the chain: figures differ from entry 1",
    )


def test_what_stands_in_the_way_is_named(as_role, park_conn):
    bureau = as_role("bureau")
    run(park_conn, MARK)
    run(
        park_conn,
        "insert into record_due (sensor_id, hour, cause, noted_at) values (10, '2026-10-09Z', 'late', '2026-11-01Z')",
    )
    span = {"from": "2026-10-02T00:00:00Z", "to": "2026-10-02T01:00:00Z"}
    said = {"sensor": 10, "kind": "exclude", "reason": "calibration gas was open"}
    assert as_role("operator").post(f"{P}/corrections", json=said | span).status_code == 201
    refused = finalise(bureau)
    assert refused.status_code == 409
    assert refused.json()["detail"] == (
        "2026-10 cannot be finalised; records are not closed: k1 a21026; corrections wait: 1; marks wait: 1"
    )
    assert [one["waiting"] for one in refused.json()["blockers"]["unclosed"]] == [1]
    run(park_conn, "delete from record_due")
    bureau.post(f"{P}/corrections/1/refuse", json={"note": "no proof"})
    assert finalise(bureau, force=True).status_code == 422
    assert finalise(bureau).json()["detail"] == "2026-10 cannot be finalised; marks wait: 1"
    forced = finalise(bureau, force=True, reason="voucher is promised for Monday")
    assert forced.status_code == 201, forced.text
    content = json.loads(forced.json()["entries"][0]["content"])
    assert (content["marks"], content["reason"]) == ([1], "voucher is promised for Monday")


def test_a_month_is_finalised_once_when_it_is_over_by_who_may(as_role, park_conn):
    for role in ("operator", "enterprise", "viewer"):
        assert finalise(as_role(role)).status_code == 403
    leader = as_role("leader")
    assert finalise(leader, "2099-01").json()["detail"] == "2099-01 is not over yet"
    assert leader.post(f"{P}/months/e9/2026-10/finalise", json={}).status_code == 404
    assert leader.post(f"{P}/months/e1/2026-13/finalise", json={}).status_code == 422
    assert finalise(leader).status_code == 201
    assert finalise(leader).json()["detail"] == "2026-10 is finalised already"
    run(park_conn, "delete from record where sensor_id = 10 and start = '2026-10-31 15:00Z'")
    assert (
        leader.post(f"{P}/months/e2/2026-10/finalise", json={})
        .json()["detail"]
        .endswith("not closed: k2 a21026")
    )


def test_the_months_of_a_year_are_listed_with_their_state(as_role, park_conn):
    run(park_conn, MARK)
    bureau = as_role("bureau")

    def states(asker, query):
        items = asker.get(f"{P}/months?{query}").json()["items"]
        return {(one["enterprise"]["code"], one["month"]): one for one in items}

    before = states(bureau, "year=2026")
    assert before["e1", "2026-10"]["state"] == "waiting"
    assert before["e1", "2026-10"]["marks"] == 1
    assert before["e2", "2026-10"]["state"] == "ready"
    assert before["e1", "2026-11"]["state"] == "open"
    assert finalise(bureau, force=True, reason="voucher is promised for Monday").status_code == 201
    run(park_conn, LATE)
    after = states(bureau, "year=2026&enterprise=e1")
    assert {code for code, _ in after} == {"e1"}
    assert (after["e1", "2026-10"]["state"], after["e1", "2026-10"]["changes"]) == ("sealed", 1)
    own = states(as_role("enterprise"), "year=2026")
    assert {code for code, _ in own} == {"e1"}
    assert own["e1", "2026-10"]["changes"] == 1
    assert as_role("enterprise").get(f"{P}/months/e2/2026-10").status_code == 404
    assert as_role("enterprise").get(f"{P}/months/e1/2026-10").json()["changes"] != []
    assert park.one(park_conn, "select count(*) from audit where action = 'month.finalise'")[0] == 1


def test_what_flows_into_the_plant_is_no_mass_of_the_enterprise_that_runs_it(as_role, park_conn):
    run(park_conn, INLET)
    figures = as_role("bureau").get(f"{P}/months/e1/2026-10").json()["figures"]
    assert {one["quantity"]: one["measured"] for one in figures["masses"]} == {
        "a21026": 1100.5,
        "w01018": 40.0,
    }
    assert {one["code"] for one in figures["outlets"]} == {"k1", "w-in", "w-out"}


@pytest.mark.parametrize(
    "retired", ["sensor set active = false where id = 10", "station set active = false where id = 10"]
)
def test_an_outlet_that_went_out_of_use_since_stays_in_the_month_that_it_owed(as_role, park_conn, retired):
    bureau = as_role("bureau")
    before = bureau.get(f"{P}/months/e1/2026-10").json()["figures"]
    run(park_conn, f"update {retired}")
    after = bureau.get(f"{P}/months/e1/2026-10").json()
    assert after["figures"] == before
    assert bureau.get(f"{P}/months/e1/2026-11").json()["figures"]["outlets"] == []
    run(
        park_conn, "delete from record where sensor_id = 10 and start = '2026-10-31 15:00Z'"
    )  # it went on the last day
    assert finalise(bureau).status_code == 201
