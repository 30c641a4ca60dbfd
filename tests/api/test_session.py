"""Logging in and out: token, cookie with its CSRF word, keys, and what ends them."""

import jwt
import pytest
from fastapi.testclient import TestClient

from api.attempts import Attempts
from api.tokens import BadTokenError, Tokens
from smartpark import clock
from smartpark.settings import DEMO_SECRET

P = "/api/v1"
RIGHT = {"username": "operator", "password": "secret-demo"}
SECRET = "a secret of more than thirty-two characters"


def test_ten_failures_of_an_account_make_it_wait_and_time_heals():
    attempts = Attempts()
    for n in range(10):
        assert attempts.wait_s("operator", "10.0.0.1", float(n)) == 0
        attempts.failed("operator", "10.0.0.1", float(n))
    assert attempts.wait_s("operator", "10.0.0.1", 10.0) == 291
    assert attempts.wait_s("operator", "10.0.0.2", 10.0) == 0  # nobody locks out a colleague elsewhere
    assert attempts.wait_s("leader", "10.0.0.1", 10.0) == 0
    assert attempts.wait_s("operator", "10.0.0.1", 301.0) == 0


def test_guessing_over_many_accounts_makes_the_address_wait():
    attempts = Attempts()
    for n in range(60):
        attempts.failed(f"user{n}", "10.0.0.1", 0.0)
    assert attempts.wait_s("somebody", "10.0.0.1", 1.0) > 0


def test_a_success_forgets_the_failures_before_it():
    attempts = Attempts()
    for _ in range(9):
        attempts.failed("operator", "a", 0.0)
    attempts.succeeded("operator", "a")
    attempts.failed("operator", "a", 1.0)
    assert attempts.wait_s("operator", "a", 1.0) == 0


@pytest.mark.parametrize("purpose", ["bearer", "session"])
def test_a_token_is_good_for_its_purpose_alone(purpose):
    tokens = Tokens(SECRET, 1)
    token = tokens.sign("operator", 3, purpose, clock.now())
    claims = tokens.read(token, purpose)
    assert (claims.username, claims.token_version) == ("operator", 3)
    assert bool(claims.csrf) == (purpose == "session")
    with pytest.raises(BadTokenError):
        tokens.read(token, "session" if purpose == "bearer" else "bearer")


def test_a_token_of_another_secret_or_without_signature_is_refused():
    body = {"sub": "admin", "ver": 1, "use": "bearer", "exp": 4_000_000_000, "csrf": ""}
    foreign = jwt.encode(body, "another secret of more than thirty-two characters", algorithm="HS256")
    bare = jwt.encode(body, None, algorithm="none")
    longer = jwt.encode(body, SECRET * 2, algorithm="HS512")
    endless = jwt.encode({key: body[key] for key in body if key != "exp"}, SECRET, algorithm="HS256")
    for token in (foreign, bare, longer, endless, "", "a.b.c"):
        with pytest.raises(BadTokenError):
            Tokens(SECRET, 1).read(token, "bearer")


@pytest.mark.integration
def test_a_machine_logs_in_with_the_form_and_uses_its_token(client):
    token = client.post(f"{P}/token", data={**RIGHT, "grant_type": "password"}).json()
    assert token["token_type"] == "bearer"
    me = client.get(f"{P}/me", headers={"Authorization": f"Bearer {token['access_token']}"}).json()
    assert (me["user"]["username"], me["user"]["role"], me["csrf"]) == ("operator", "operator", None)


@pytest.mark.integration
@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "wrong"},
        {"username": "nobody"},
        {"username": "operator' or 1=1 --"},
        {"username": "OPERATOR"},
    ],
)
def test_a_wrong_name_or_password_is_the_same_refusal(client, wrong):
    answer = client.post(f"{P}/token", data=RIGHT | wrong)
    assert answer.status_code == 401
    assert answer.json()["detail"] == "用户名或密码不正确"


@pytest.mark.integration
def test_guessing_is_slowed_down(client):
    for _ in range(10):
        assert client.post(f"{P}/session", json=RIGHT | {"password": "x"}).status_code == 401
    answer = client.post(f"{P}/session", json=RIGHT)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.integration
def test_the_page_logs_in_acts_with_its_csrf_word_and_logs_out(client: TestClient, park_conn):
    answer = client.post(f"{P}/session", json=RIGHT)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    me = client.get(f"{P}/me").json()
    assert me["csrf"] == answer.json()["csrf"]
    assert "acknowledge" in me["permissions"]
    command = {"version": 2}
    for headers in ({}, {"X-CSRF-Token": "wrong"}, {"X-CSRF-Token": "世界"}):
        raw = {key: value.encode() for key, value in headers.items()}
        assert client.post(f"{P}/alerts/1/acknowledge", json=command, headers=raw).status_code == 403
    good = {"X-CSRF-Token": me["csrf"]}
    assert client.post(f"{P}/alerts/1/acknowledge", json=command, headers=good).status_code == 200
    assert client.delete(f"{P}/session", headers=good).status_code == 204
    assert client.get(f"{P}/me").status_code == 401
    actions = [row[0] for row in park_conn.execute("select action from audit order by id")]
    assert actions == ["login", "alert.acknowledge", "logout"]


@pytest.mark.integration
def test_a_token_ends_with_its_version_and_with_its_account(client, as_role, park_conn):
    operator, leader = as_role("operator"), as_role("leader")
    park_conn.execute("update account set token_version = 2 where username = 'operator'")
    park_conn.execute("update account set active = false where username = 'leader'")
    park_conn.commit()
    assert operator.get(f"{P}/me").status_code == 401
    assert leader.get(f"{P}/me").status_code == 401


@pytest.mark.integration
def test_a_key_is_shown_once_works_and_is_revoked(client, as_role, park_conn):
    admin = as_role("admin")
    made = admin.post(f"{P}/api-keys", json={"name": "bench", "role": "viewer"}).json()
    for headers in ({"X-API-Key": made["key"]}, {"Authorization": f"Bearer {made['key']}"}):
        assert client.get(f"{P}/me", headers=headers).json()["user"]["username"] == "key:bench"
    assert client.get(f"{P}/accounts", headers={"X-API-Key": made["key"]}).status_code == 403
    listed = admin.get(f"{P}/api-keys").json()["items"]
    assert made["key"] not in str(listed)
    secret = made["key"].split("_")[2]
    assert secret.encode() not in bytes(park_conn.execute("select hash from api_key").fetchone()[0])
    assert admin.delete(f"{P}/api-keys/{listed[0]['id']}").status_code == 204
    assert client.get(f"{P}/me", headers={"X-API-Key": made["key"]}).status_code == 401
    for bad in ("spk_", "spk_zz", "nonsense", "spk_00000000_x", made["key"][:-1] + "~"):
        assert client.get(f"{P}/me", headers={"X-API-Key": bad}).status_code == 401


@pytest.mark.integration
def test_a_key_of_an_enterprise_sees_its_own(client, as_role):
    body = {"name": "logger", "role": "enterprise", "enterprise": "e2"}
    key = as_role("admin").post(f"{P}/api-keys", json=body).json()["key"]
    found = client.get(f"{P}/stations", headers={"X-API-Key": key}).json()["items"]
    assert [one["code"] for one in found] == ["s2"]
    assert as_role("admin").post(f"{P}/api-keys", json=body).status_code == 422  # the name is taken


@pytest.mark.integration
def test_an_enterprise_reads_the_names_of_the_park_and_its_own_alone(as_role):
    operator = {one["username"]: one for one in as_role("operator").get(f"{P}/people").json()["items"]}
    assert {"operator", "enterprise"} <= set(operator)
    assert set(operator["operator"]) == {"username", "name", "name_en", "role"}
    seen = as_role("enterprise").get(f"{P}/people").json()["items"]
    own = as_role("enterprise").get(f"{P}/me").json()["user"]["username"]
    assert [one["username"] for one in seen if one["role"] == "enterprise"] == [own]


def test_the_demo_secret_is_long_enough_to_sign():
    assert len(DEMO_SECRET) >= 32
