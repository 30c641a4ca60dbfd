"""Who may take a mark back, and the terms that are told before one is filed."""

from datetime import timedelta

import pytest

from smartpark import clock

pytestmark = pytest.mark.integration
P = "/api/v1"
START = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=5)
SAID = {
    "station": "s1",
    "kind": "device",
    "code": "fault",
    "starts_at": START.isoformat(),
    "ends_at": (START + timedelta(hours=2)).isoformat(),
    "reason": "analyser broke down",
}


def filed(client) -> int:
    answer = client.post(f"{P}/marks", json=SAID)
    assert answer.status_code == 201, answer.text
    number: int = answer.json()["id"]
    return number


def withdrawn(client, number: int):
    return client.post(f"{P}/marks/{number}/withdraw", json={})


def test_whoever_files_a_mark_may_take_it_back(as_role):
    for role in ("enterprise", "operator", "bureau"):
        assert withdrawn(as_role(role), filed(as_role(role))).json()["state"] == "withdrawn"


@pytest.mark.parametrize("role", ["operator", "bureau", "leader"])
def test_others_do_not_take_back_the_mark_of_an_enterprise(as_role, role):
    enterprise = as_role("enterprise")
    number = filed(enterprise)
    refused = withdrawn(as_role(role), number)
    assert (refused.status_code, "only who filed it" in refused.json()["detail"]) == (403, True)
    assert enterprise.get(f"{P}/marks?state=filed").json()["items"][0]["id"] == number


def test_a_colleague_of_the_same_enterprise_and_an_administrator_may(as_role, park_conn):
    park_conn.execute(
        "insert into account (username, name, name_en, role, enterprise_id, password_hash, token_version)"
        " select 'colleague', name, name_en, role, enterprise_id, password_hash, token_version"
        " from account where username = 'enterprise'"
    )
    park_conn.commit()
    assert withdrawn(as_role("colleague"), filed(as_role("enterprise"))).status_code == 200
    assert withdrawn(as_role("admin"), filed(as_role("enterprise"))).status_code == 200


def test_an_enterprise_does_not_take_back_what_the_bureau_filed_of_its_data(as_role):
    assert withdrawn(as_role("enterprise"), filed(as_role("bureau"))).status_code == 403


def test_the_terms_of_a_mark_are_told_before_it_is_filed(as_role):
    told = as_role("enterprise").get(f"{P}/mark-codes").json()
    assert (told["mark_days"], told["voucher_day"], told["next"]) == (10, 10, None)
    assert told["items"]
