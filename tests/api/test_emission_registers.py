"""Permits, cuts, declared and calculated amounts are entered by those who may, checked, and kept with what they were before."""

import pytest
from jsonschema import Draft202012Validator

from api.roles import MAY, ROLES

pytestmark = pytest.mark.integration
P = "/api/v1"
ALLOWANCE = {
    "enterprise": "e1",
    "station": "s1",
    "pollutant": "COD",
    "year": 2026,
    "kg": 1200.5,
    "permit": "91150300X001P",
    "valid_from": "2026-01-01",
    "valid_to": "2030-12-31",
    "document": "许可证副本 表5",
}
REDUCTION = {
    "pollutant": "NOx",
    "base_year": 2025,
    "base_kg": 360000,
    "cut_percent": 8,
    "due_year": 2026,
    "document": "任务书",
}
DECLARED = {
    "enterprise": "e1",
    "pollutant": "COD",
    "year": 2026,
    "quarter": 3,
    "kg": 300,
    "document": "执行报告",
}
CALCULATED = {
    "enterprise": "e1",
    "pollutant": "VOC",
    "month": "2026-10-01",
    "source": "储罐",
    "kg": 90,
    "method": "公式法",
    "document": "核算表",
}
REGISTERS = {
    "/allowances": (ALLOWANCE, "officiate", "allowance"),
    "/reductions": (REDUCTION, "officiate", "reduction"),
    "/declared-emissions": (DECLARED, "mark", "declaration"),
    "/calculated-emissions": (CALCULATED, "officiate", "calculation"),
}


@pytest.mark.parametrize("path", REGISTERS)
def test_an_entry_is_listed_changed_and_audited(as_role, park_conn, document, path):
    body, _, word = REGISTERS[path]
    bureau = as_role("bureau")
    made = bureau.post(P + path, json=body)
    assert made.status_code == 201, made.text
    first = made.json()
    assert {key: first[key] for key in body} == body
    assert first["changed_by"] == "bureau"
    again = bureau.post(P + path, json=body)
    assert again.status_code == 409, again.text
    amount = "base_kg" if path == "/reductions" else "kg"
    changed = bureau.put(f"{P}{path}/{first['id']}", json=body | {amount: 7})
    assert (changed.status_code, changed.json()[amount]) == (200, 7)
    listed = bureau.get(P + path).json()
    assert listed["items"] == [changed.json()]
    schema = document["paths"][P + path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert not list(
        Draft202012Validator({**schema, "components": document["components"]}).iter_errors(listed)
    )
    trail = park_conn.execute(
        "select actor, action, detail from audit where object = %s order by id", [f"{word}/{first['id']}"]
    ).fetchall()
    assert [(actor, action) for actor, action, _ in trail] == [
        ("bureau", f"{word}.add"),
        ("bureau", f"{word}.change"),
    ]
    assert (trail[1][2]["before"][amount], trail[1][2]["after"][amount]) == (body[amount], 7)
    assert bureau.put(f"{P}{path}/999", json=body).status_code == 404


@pytest.mark.parametrize("path", REGISTERS)
def test_each_role_may_enter_what_the_table_says(as_role, path):
    body, permission, _ = REGISTERS[path]
    for role in ROLES:
        answer = as_role(role).post(P + path, json=body | {"pollutant": "CO2"})
        assert answer.status_code == (422 if permission in MAY[role] else 403), (role, answer.text)


def test_an_enterprise_declares_its_own_and_sees_nobody_elses(as_role):
    own, bureau = as_role("enterprise"), as_role("bureau")
    assert own.post(f"{P}/declared-emissions", json=DECLARED).status_code == 201
    assert own.post(f"{P}/declared-emissions", json=DECLARED | {"enterprise": "e2"}).status_code == 404
    other = bureau.post(f"{P}/declared-emissions", json=DECLARED | {"enterprise": "e2"}).json()
    assert own.put(f"{P}/declared-emissions/{other['id']}", json=DECLARED).status_code == 404
    for path in ("/allowances", "/calculated-emissions"):
        body = REGISTERS[path][0] | {"enterprise": "e2"}
        assert (
            bureau.post(
                P + path, json={**body, **({"station": "s2"} if "station" in body else {})}
            ).status_code
            == 201
        )
        assert own.get(P + path).json()["items"] == []
    assert [one["enterprise"] for one in own.get(f"{P}/declared-emissions").json()["items"]] == ["e1"]


def test_a_quarter_and_its_months_are_not_both_declared(as_role):
    bureau = as_role("bureau")
    month = {key: value for key, value in DECLARED.items() if key != "quarter"}
    first = bureau.post(f"{P}/declared-emissions", json=month | {"month": 7}).json()
    assert bureau.post(f"{P}/declared-emissions", json=month | {"month": 8}).status_code == 201
    assert bureau.post(f"{P}/declared-emissions", json=DECLARED).status_code == 409
    assert bureau.post(f"{P}/declared-emissions", json=DECLARED | {"quarter": 2}).status_code == 201
    assert bureau.post(f"{P}/declared-emissions", json=month | {"month": 6}).status_code == 409
    assert bureau.put(f"{P}/declared-emissions/{first['id']}", json=month | {"month": 9}).status_code == 200
    assert bureau.put(f"{P}/declared-emissions/{first['id']}", json=month | {"month": 8}).status_code == 409


@pytest.mark.parametrize(
    ("path", "change", "field", "words"),
    [
        ("/allowances", {"station": "s2"}, "body.station", "不是 e1 的排口"),
        ("/allowances", {"valid_to": "2025-01-01"}, "body.valid_to", "不得早于"),
        ("/allowances", {"year": 2031}, "body.year", "有效期"),
        ("/allowances", {"kg": -1}, "body.kg", ""),
        ("/allowances", {"pollutant": "x"}, "body.pollutant", "SO2 NOx PM VOC COD NH3-N TN TP"),
        ("/reductions", {"due_year": 2025}, "body.due_year", "必须晚于"),
        ("/reductions", {"cut_percent": 101}, "body.cut_percent", ""),
        ("/declared-emissions", {"month": 7}, "body.quarter", "之一"),
        ("/declared-emissions", {"quarter": None}, "body.quarter", "之一"),
        ("/calculated-emissions", {"month": "2026-10-02"}, "body.month", "2026-10-01"),
    ],
)
def test_what_does_not_fit_is_refused_in_chinese_with_what_to_write(as_role, path, change, field, words):
    body = REGISTERS[path][0] | change
    answer = as_role("bureau").post(P + path, json=body, headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 422, answer.text
    errors = answer.json()["errors"]
    assert [one["field"] for one in errors] == [field]
    assert words in errors[0]["detail"]


def test_a_change_into_another_entry_is_refused(as_role):
    bureau = as_role("bureau")
    for path in ("/allowances", "/calculated-emissions", "/reductions"):
        body = REGISTERS[path][0]
        assert bureau.post(P + path, json=body).status_code == 201
        other = bureau.post(P + path, json=body | {"pollutant": "TP"}).json()
        assert bureau.put(f"{P}{path}/{other['id']}", json=body).status_code == 409


def test_an_enterprise_reads_no_cut_of_the_park(as_role):
    assert as_role("bureau").post(f"{P}/reductions", json=REDUCTION).status_code == 201
    assert as_role("viewer").get(f"{P}/reductions").json()["items"]
    assert as_role("enterprise").get(f"{P}/reductions").json()["items"] == []
