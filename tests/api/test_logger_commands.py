"""What is asked of loggers: only what may be sent, in the digits of the park, signed by a second person where it changes something."""

import pytest

from api.command_fields import FIELDS
from smartpark.hj212.commands import commands
from tests.api import park

pytestmark = pytest.mark.integration
P = "/api/v1"
ASK = f"{P}/loggers/{park.MN}/commands"
FETCH = {
    "cn": "2051",
    "parameters": {"BeginTime": "2026-11-22T00:00:00Z", "EndTime": "2026-11-22T09:30:00+08:00"},
    "reason": "gap of the night",
}
PURGE = {"cn": "3013", "parameters": {"PolId": "a24088"}, "reason": "fouled"}


@pytest.fixture
def admitted(park_conn):
    park_conn.execute("update logger set admitted = true where mn = %s", [park.MN])
    park_conn.commit()


def state(conn, number: int) -> tuple:
    row = conn.execute(
        "select state, second_by, parameters from logger_command where id = %s", [number]
    ).fetchone()
    conn.commit()
    return row


def test_what_may_be_asked_is_listed_with_its_fields(readers):
    kinds = {kind["cn"]: kind for kind in readers("viewer").get(f"{P}/logger-command-kinds").json()["items"]}
    assert set(kinds) == {one.cn for one in commands().values() if one.sendable}
    assert (kinds["3013"]["second"], kinds["2051"]["second"]) == (True, False)
    assert [(f["name"], f["kind"], f["required"]) for f in kinds["2051"]["fields"]] == [
        ("BeginTime", "time", True),
        ("EndTime", "time", True),
    ]
    assert [(f["name"], f["required"]) for f in kinds["1012"]["fields"]] == [("PolId", False)]
    assert (kinds["2051"]["longest_days"], kinds["1012"]["longest_days"]) == (366, None)
    assert (kinds["1062"]["fields"][0]["low"], kinds["1062"]["fields"][0]["high"]) == (30, 3600)


def test_every_field_of_every_command_is_known():
    wanted = {name for one in commands().values() if one.sendable for name in one.fields}
    assert wanted == set(FIELDS)


def test_a_request_is_queued_in_the_local_digits_of_the_park(as_role, park_conn, admitted):
    answer = as_role("operator").post(ASK, json=FETCH)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["state"], made["cause"], made["requested_by"], made["expires_at"]) == (
        "queued",
        "person",
        "operator",
        None,
    )
    assert made["parameters"] == {"BeginTime": "20261122080000", "EndTime": "20261122093000"}
    audit = park_conn.execute("select action, object from audit").fetchall()
    assert audit == [("logger_command.ask", f"logger_command/{made['id']}")]
    listed = (
        as_role("viewer").get(f"{P}/logger-commands?mn={park.MN}&state=queued&state=sent").json()["items"]
    )
    assert [one["id"] for one in listed] == [made["id"]]


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"cn": "9014", "parameters": {}}, 422, "body.cn"),
        ({"cn": "4999", "parameters": {}}, 422, "body.cn"),
        ({"parameters": {"BeginTime": "2026-11-22T00:00:00Z"}}, 422, "body.parameters.EndTime"),
        ({"parameters": {"BeginTime": "2026-11-22T00:00:00", "EndTime": "2026-11-22T01:00:00Z"}}, 422, "body.parameters.BeginTime"),
        ({"parameters": {"BeginTime": "2026-11-22T02:00:00Z", "EndTime": "2026-11-22T01:00:00Z"}}, 422, "body.parameters.EndTime"),
        ({"parameters": {"BeginTime": "2020-11-22T02:00:00Z", "EndTime": "2026-11-22T01:00:00Z"}}, 422, "body.parameters.EndTime"),
        ({"parameters": {"Begin": "x"}}, 422, "body.parameters.Begin"),
        ({"cn": "1012", "parameters": {"SystemTime": "2026-11-22T08:00:00+08:00"}}, 422, "body.parameters.SystemTime"),
        ({"cn": "1062", "parameters": {"RtdInterval": 29}}, 422, "body.parameters.RtdInterval"),
        ({"cn": "1064", "parameters": {"MinInterval": 7}}, 422, "body.parameters.MinInterval"),
        ({"cn": "1072", "parameters": {"NewPW": "a;b=cd"}}, 422, "body.parameters.NewPW"),
        ({"cn": "3011", "parameters": {"PolId": "&&"}}, 422, "body.parameters.PolId"),
        ({"reason": " "}, 422, "body.reason"),
    ],
)  # fmt: skip
def test_a_request_that_does_not_fit_is_refused_with_what_to_write(as_role, admitted, change, status, field):
    answer = as_role("operator").post(ASK, json=FETCH | change)
    assert answer.status_code == status, answer.text
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("cn", "parameters"),
    [
        ("1012", {}),
        ("1012", {"PolId": "a24088"}),
        ("1062", {"RtdInterval": 30}),
        ("1064", {"MinInterval": "10"}),
        ("3015", {}),
        ("3016", {"PolId": "w01018", "CstartTime": "083000", "CTime": 2}),
    ],
)
def test_a_request_that_fits_is_taken(as_role, admitted, cn, parameters):
    answer = as_role("leader").post(ASK, json={"cn": cn, "parameters": parameters, "reason": "x"})
    assert answer.status_code == 201, answer.text
    assert answer.json()["state"] == ("waiting_second" if commands()[cn].second else "queued")


def test_a_logger_that_is_not_admitted_is_asked_nothing(as_role):
    operator = as_role("operator")
    assert operator.post(ASK, json=FETCH).status_code == 409
    assert operator.post(f"{P}/loggers/nobody/commands", json=FETCH).status_code == 404


def test_who_asked_does_not_sign_and_another_person_does(as_role, park_conn, admitted):
    made = as_role("operator").post(ASK, json=PURGE).json()
    assert (made["state"], made["expires_at"] is not None) == ("waiting_second", True)
    path = f"{P}/logger-commands/{made['id']}/sign"
    assert as_role("operator").post(path).status_code == 403
    assert as_role("patrol").post(path).status_code == 403
    assert state(park_conn, made["id"])[:2] == ("waiting_second", None)
    signed = as_role("operator2").post(path).json()
    assert (signed["state"], signed["second_by"], signed["second_at"] is not None) == (
        "queued",
        "operator2",
        True,
    )
    again = as_role("leader").post(path)
    assert (again.status_code, again.json()["command"]["state"]) == (409, "queued")
    actions = [row[0] for row in park_conn.execute("select action from audit order by id")]
    assert actions == ["logger_command.ask", "logger_command.sign"]


def test_a_signature_is_too_late_after_a_day(as_role, park_conn, admitted):
    made = as_role("operator").post(ASK, json=PURGE).json()
    park_conn.execute(
        "update logger_command set requested_at = now() - interval '25 hours' where id = %s", [made["id"]]
    )
    park_conn.commit()
    late = as_role("operator2").post(f"{P}/logger-commands/{made['id']}/sign")
    assert (late.status_code, "24 hours" in late.json()["detail"]) == (409, True)


def test_a_bottle_of_the_sampler_takes_two_people():
    assert commands()["3012"].second
    assert commands()["3015"].second


def test_a_machine_asks_for_nothing_that_takes_two_people(as_role, park_conn, admitted):
    """Else its owner asks by the key and signs by name: two actors, one person."""
    key = as_role("admin").post(f"{P}/api-keys", json={"name": "robot", "role": "operator"}).json()["key"]
    robot = {"Authorization": f"Bearer {key}"}
    refused = as_role("operator").post(ASK, json=PURGE, headers=robot)
    assert (refused.status_code, refused.json()["detail"]) == (
        403,
        "3013 takes two people; log in to ask for it, a key may not",
    )
    assert park_conn.execute("select count(*) from logger_command where cn = '3013'").fetchone() == (0,)
    assert as_role("operator").post(ASK, json=FETCH, headers=robot).status_code == 201


def test_a_machine_signs_nothing(app, as_role, admitted):
    made = as_role("operator").post(ASK, json=PURGE).json()
    key = as_role("admin").post(f"{P}/api-keys", json={"name": "robot", "role": "operator"}).json()["key"]
    answer = as_role("operator").post(
        f"{P}/logger-commands/{made['id']}/sign", headers={"Authorization": f"Bearer {key}"}
    )
    assert (answer.status_code, "person" in answer.json()["detail"]) == (403, True)


def test_what_has_not_been_sent_may_be_cancelled(as_role, park_conn, admitted):
    operator = as_role("operator")
    made = operator.post(ASK, json=FETCH).json()
    path = f"{P}/logger-commands/{made['id']}/cancel"
    assert as_role("operator2").post(path).status_code == 403
    cancelled = as_role("leader").post(path).json()
    assert (cancelled["state"], cancelled["finished_at"] is not None) == ("cancelled", True)
    assert operator.post(path).status_code == 409
    sent = operator.post(ASK, json=FETCH).json()
    park_conn.execute("update logger_command set state = 'sent' where id = %s", [sent["id"]])
    park_conn.commit()
    assert operator.post(f"{P}/logger-commands/{sent['id']}/cancel").status_code == 409
    assert operator.post(f"{P}/logger-commands/999/cancel").status_code == 404


def test_a_new_password_is_shown_to_nobody(as_role, park_conn, admitted):
    body = {"cn": "1072", "parameters": {"NewPW": "Q9x8w7"}, "reason": "yearly"}
    made = as_role("admin").post(ASK, json=body).json()
    assert made["parameters"] == {"NewPW": "******"}
    assert state(park_conn, made["id"])[2] == {"NewPW": "Q9x8w7"}
    for path in ("/logger-commands", f"/loggers/{park.MN}"):
        assert "Q9x8w7" not in as_role("admin").get(P + path).text
    assert park_conn.execute("select count(*) from audit where detail::text like '%Q9x8w7%'").fetchone() == (
        0,
    )


def test_a_refusal_names_the_field_as_the_form_does(as_role, park_conn, admitted):
    del park_conn, admitted
    parameters = {"BeginTime": "2026-11-22T02:00:00Z", "EndTime": "2026-11-22T01:00:00Z"}
    body = {"cn": "2051", "parameters": parameters, "reason": "x"}
    answer = as_role("operator").post(ASK, json=body, headers={"Accept-Language": "zh-CN"})
    assert answer.json()["detail"] == "结束时间: 早于开始时间"
