"""Every route answers in its declared shape, to the roles that may ask, and refuses the others in the one error shape."""

import re
from itertools import product

import pytest
from jsonschema import Draft202012Validator

from alerts.rights import COMMANDS
from api.roles import MAY, ROLES
from tests.api import park

pytestmark = pytest.mark.integration

P = "/api/v1"
PERIOD = "from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z"
READS = (
    "/me",
    "/parks",
    "/park/p1/plan",
    "/zones",
    "/enterprises",
    "/hazard-sources",
    "/stations",
    "/stations?include=sensors",
    "/stations/s1",
    "/sensors",
    "/quantities",
    "/access-list",
    "/cameras",
    "/limits",
    "/limits?sensor=1",
    "/rules",
    f"/readings?sensor=1&{PERIOD}",
    "/readings/latest",
    f"/series?sensor=1&{PERIOD}",
    f"/series?sensor=1&{PERIOD}&points=20000",
    "/alerts",
    "/alerts?open=true",
    "/alerts/1",
    "/alerts/health",
    f"/alerts/health?{PERIOD}",
    f"/ingest/ledger?{PERIOD}",
    "/ingest/conflicts",
    "/people",
    "/quarantine",
    "/quarantine-groups",
    "/quarantine/1",
    "/drills",
    "/maintenance-windows",
    "/loggers",
    f"/loggers/{park.MN}",
    f"/loggers/{park.MN}/frames?{PERIOD}",
    f"/loggers/{park.MN}/frames?{PERIOD}&by=data",
    f"/loggers/{park.MN}/reports?{PERIOD}",
    f"/loggers/{park.MN}/held",
    "/logger-places",
    "/logger-commands",
    "/logger-command-kinds",
    "/unregistered",
    "/units",
    f"/reported-records?{PERIOD}",
    f"/reported-records/differences?station=s1&period=minute&{PERIOD}",
    f"/upward?{PERIOD}",
    f"/upward/region/items?{PERIOD}",
    f"/missing-hours?{PERIOD}",
    f"/records?sensor=1&{PERIOD}",
    f"/records?sensor=1&columns=true&{PERIOD}",
    f"/records/compare?sensor=1&{PERIOD}",
    f"/coverage?{PERIOD}",
    "/effective-rates",
    "/effective-rates/hours?what=missing",
    "/marks",
    "/mark-codes",
    "/data-findings",
    "/drift-checks",
    "/emissions",
    "/emissions/series?pollutant=COD",
    "/substitutions",
    "/water-rates",
    "/allowances",
    "/reductions",
    "/declared-emissions",
    "/calculated-emissions",
    "/corrections",
    "/months",
    "/reports",
    "/sand-episodes",
    f"/exceedances?{PERIOD}",
    f"/exceedances/compliance?{PERIOD}",
    "/hour-projection",
    "/months/e1/2026-10",
)
OVERVIEWS = (
    "/overview",
    *(
        f"/modules/{m}"
        for m in ("economy", "energy", "safety", "environment", "logistics", "workforce", "services")
    ),
)
ADMINISTERS = ("/accounts", "/api-keys")


def routes(document) -> set[str]:
    return {path.removeprefix(P) for path in document["paths"]}


def template(path: str, document) -> str:
    bare = path.split("?", maxsplit=1)[0]
    for one in sorted(routes(document), key=lambda t: t.count("{")):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", one), bare):
            return one
    raise AssertionError(f"{path} is no route")


def check_shape(document, path: str, body: object) -> None:
    schema = document["paths"][P + template(path, document)]["get"]["responses"]["200"]["content"][
        "application/json"
    ]["schema"]
    errors = list(Draft202012Validator({**schema, "components": document["components"]}).iter_errors(body))
    assert not errors, errors[:3]


@pytest.mark.parametrize("path", [*READS, *OVERVIEWS])
def test_an_answer_has_the_shape_of_the_document(document, readers, path):
    answer = readers("operator").get(P + path)
    assert answer.status_code == 200, answer.text
    check_shape(document, path, answer.json())


def test_no_list_of_the_test_forgets_a_route(document):
    asked = {template(path, document) for path in (*READS, *OVERVIEWS, *ADMINISTERS)}
    gets = {path.removeprefix(P) for path, one in document["paths"].items() if "get" in one}
    elsewhere = {
        "/live",
        "/healthz",
        "/readyz",
        "/metrics",
        "/alerts/{alert_id}/snapshots/{snapshot_id}",
        "/attachments/{attachment_id}",
        "/reports/{report_id}/file",
        "/aqi",
        "/air/compliance",
        "/roses/wind",
        "/roses/pollution",
        "/chain",
        "/corrections/{correction_id}",
        "/evidence/{sensor_id}/{hour}",
        "/evidence/{sensor_id}/{hour}/pack",
    }
    assert gets - asked == elsewhere


def test_each_role_may_read_what_the_table_says(readers):
    found = {}
    for role in ROLES:
        one = readers(role)
        for path, permission in [
            (READS[6], "read"),
            (OVERVIEWS[0], "overview"),
            (ADMINISTERS[0], "administer"),
        ]:
            found[role, permission] = one.get(P + path).status_code == 200
    assert found == {(r, p): p in MAY[r] for r, p in product(ROLES, ("read", "overview", "administer"))}


def test_each_role_may_command_what_the_rights_say(as_role, park_conn):
    bodies = {
        "acknowledge": {},
        "confirm": {"cause": "leak"},
        "shelve": {"reason": "noise"},
        "unshelve": {},
        "comment": {"text": "seen"},
        "assign": {"to": "patrol"},
        "reset": {},
        "close": {"reason": "false"},
    }
    assert set(bodies) == set(COMMANDS)
    number = park.raise_alert(park_conn, 1, target_id=50)
    park_conn.commit()
    for role in ROLES:
        one = as_role(role)
        for command, body in bodies.items():
            answer = one.post(f"{P}/alerts/{number}/{command}", json={"version": 99, **body})
            assert answer.status_code == (409 if role in COMMANDS[command] else 403), (
                role,
                command,
                answer.text,
            )


def test_each_role_may_declare_and_release_what_the_table_says(readers):
    end = "2199-01-01T00:00:00+08:00"  # too far: whoever may ask is told so
    asked = {
        "drill": ("/drills", {"park": "p1", "ends_at": end, "reason": "x"}, 422),
        "maintain": (
            "/maintenance-windows",
            {"station": "s1", "kind": "shutdown", "ends_at": end, "reason": "x"},
            422,
        ),
        "release": ("/quarantine/999/release", {}, 404),
        "admit": (f"/loggers/{park.MN}/dismiss", {"reason": "x"}, 409),
        "command": (f"/loggers/{park.MN}/commands", {"cn": "1011", "reason": "x"}, 409),
        "administer": ("/api-keys", {"name": "k", "role": "enterprise"}, 422),
    }
    for role, (permission, (path, body, passes)) in product(ROLES, asked.items()):
        answer = readers(role).post(P + path, json=body)
        assert answer.status_code == (passes if permission in MAY[role] else 403), (role, path, answer.text)


def test_nobody_gets_in_without_a_name(document, readers):
    client = readers("viewer")
    del client.headers["Authorization"]
    open_to_all = {"/token", "/session", "/healthz", "/readyz", "/metrics"}
    for route in document["paths"]:
        if route.removeprefix(P) in open_to_all:
            continue
        for method in document["paths"][route]:
            path = re.sub(r"\{\w+\}", "1", route)
            answer = client.request(method, path)
            assert answer.status_code == 401, (method, path, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"


def test_an_enterprise_sees_only_its_own_everywhere(readers):
    enterprise = readers("enterprise")

    def items(path: str) -> list[dict]:
        answer = enterprise.get(P + path)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    assert [one["code"] for one in items("/enterprises")] == ["e1"]
    assert [one["code"] for one in items("/hazard-sources")] == ["h1"]
    assert [one["code"] for one in items("/stations?include=sensors")] == ["s1"]
    assert [one["id"] for one in items("/sensors")] == [1]
    assert [one["sensor_id"] for one in items("/access-list")] == [1]
    assert [one["code"] for one in items("/cameras")] == ["c1"]
    assert [one["code"] for one in items("/limits")] == ["gas-l1"]
    assert [one["sensor_id"] for one in items("/readings/latest")] == [1]
    assert {one["enterprise"]["code"] for one in items("/alerts")} == {"e1"}
    assert [one["reason"] for one in items("/maintenance-windows")] == ["own"]
    assert [one["reason"] for one in items("/drills")] == ["all"]
    assert [one["station"] for one in items("/quarantine")] == ["s1"]
    assert [one["station"] for one in items(f"/ingest/ledger?{PERIOD}")] == ["s1"]
    assert enterprise.get(f"{P}/ingest/ledger?{PERIOD}").json()["total"]["received"] == 10
    assert enterprise.get(f"{P}/alerts/health").json()["open"] == 1
    assert len(items(f"/readings?sensor=1&{PERIOD}")) == 500
    assert [one["mn"] for one in items("/loggers")] == [park.MN]
    assert [one["mn"] for one in items("/logger-commands")] == [park.MN]
    assert [one["station"]["code"] for one in items("/unregistered")] == ["s1"]
    assert {one["sensor_id"] for one in items(f"/reported-records?{PERIOD}")} == {1}
    assert [one["station"]["code"] for one in items(f"/missing-hours?{PERIOD}")] == ["s1"]
    assert enterprise.get(f"{P}/upward").status_code == 403
    others = (
        "/stations/s2",
        f"/readings?sensor=2&{PERIOD}",
        f"/readings?sensor=2&{PERIOD}&format=csv",
        f"/readings?station=s2&quantity=x_lel&{PERIOD}",
        f"/readings?sensor=1&sensor=2&{PERIOD}",
        f"/series?sensor=2&{PERIOD}",
        "/alerts/2",
        "/quarantine/2",
        f"/loggers/{park.OTHER_MN}",
        f"/loggers/{park.OTHER_MN}/frames?{PERIOD}",
        f"/loggers/{park.OTHER_MN}/reports?{PERIOD}",
        f"/loggers/{park.OTHER_MN}/held",
        f"/reported-records/differences?station=s2&{PERIOD}",
    )
    for path in others:
        assert enterprise.get(P + path).status_code == 404, path


def test_an_enterprise_answers_only_its_own(as_role):
    enterprise = as_role("enterprise")
    assert enterprise.post(f"{P}/alerts/2/confirm", json={"version": 2, "cause": "leak"}).status_code == 404
    answer = enterprise.post(f"{P}/alerts/1/confirm", json={"version": 2, "cause": "leak", "text": "flange"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["confirmed_by"] == "enterprise"
    assert answer.json()["acked"] is False
    window = {"station": "s2", "kind": "maintenance", "ends_at": "2199-01-01T00:00:00+08:00", "reason": "x"}
    window["starts_at"] = "2198-12-31T00:00:00+08:00"
    assert enterprise.post(f"{P}/maintenance-windows", json=window).status_code == 404
    assert enterprise.post(f"{P}/maintenance-windows", json=window | {"station": "s1"}).status_code == 201
    assert enterprise.post(f"{P}/maintenance-windows/2/cancel").status_code == 404


def test_an_enterprise_account_bound_to_nothing_sees_nothing(client, as_role, park_conn):
    park_conn.execute("alter table account drop constraint account_check")
    park_conn.execute("update account set enterprise_id = null where username = 'enterprise'")
    park_conn.commit()
    assert as_role("enterprise").get(f"{P}/stations").json()["items"] == []


def test_the_role_of_enterprises_has_no_way_to_other_tables(park_conn):
    park_conn.execute("set role smartpark_enterprise")
    for table in ("account", "api_key", "audit"):
        with pytest.raises(Exception, match="permission denied"):
            park_conn.execute(f"select * from {table}")
        park_conn.rollback()
        park_conn.execute("set role smartpark_enterprise")
    for table in (
        "station",
        "sensor",
        "alert",
        "alert_event",
        "latest",
        "enterprise",
        "quarantine",
        "ledger",
    ):
        assert park_conn.execute(f"select count(*) from {table}").fetchone() == (0,), table


def test_every_route_declares_the_problem_shape(document):
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            assert "default" in one["responses"], (method, path)
            assert "422" not in one["responses"], (method, path)


def test_every_name_of_an_operation_is_its_own(document):
    names = [one["operationId"] for methods in document["paths"].values() for one in methods.values()]
    assert len(names) == len(set(names))
