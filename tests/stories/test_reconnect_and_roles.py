"""A lost connection is said and caught up; people see what is theirs."""

import json

import pytest
from playwright.sync_api import expect

from tests.stories.product import wait_until

pytestmark = pytest.mark.browser

LIST = '[data-part="alert-list"]'
MODULES = ("economy", "energy", "safety", "environment", "logistics", "workforce", "services")


def test_after_a_dead_api_the_page_says_so_and_misses_nothing(product, hand, visit):
    page = visit("operator")
    expect(page.locator('[data-part="plan"]')).to_be_visible()
    product.kill("api")
    expect(page.locator('[data-band="blind"]').first).to_be_visible(timeout=15_000)
    code, quantity = product.rows(
        "select st.code, s.quantity from sensor s join station st on st.id = s.station_id"
        " where st.kind = 'gas' and s.quantity = 'a21028' order by st.code limit 1"
    )[0]
    hand.send("gas", code, {quantity: 25.0})
    alert_id = wait_until(
        lambda: product.rows(
            "select a.id from alert a join station st on st.id = a.station_id"
            " where st.code = %s and a.rule = 'gas_toxic' and a.ended_at is null",
            code,
        ),
        what="the alert, stored while nobody could look",
    )[0][0]
    expect(page.locator(f'{LIST} [data-alert="{alert_id}"]')).to_be_visible(timeout=40_000)
    expect(page.locator('[data-band="blind"]')).to_have_count(0, timeout=40_000)


def test_an_enterprise_sees_its_own_and_answers_it(product, hand):
    mine = product.rows("select enterprise_id from account where username = 'enterprise'")[0][0]
    status, stations = product.ask("/stations?limit=500", username="enterprise")
    assert status == 200
    assert stations["items"]
    assert {s["enterprise"]["id"] for s in stations["items"] if s["enterprise"]} == {mine}
    status, alerts = product.ask("/alerts?open=true", username="enterprise")
    assert status == 200
    assert {a["enterprise"]["id"] for a in alerts["items"]} <= {mine}
    foreign = product.rows("select id from alert where enterprise_id is distinct from %s limit 1", mine)
    if foreign:
        assert product.ask(f"/alerts/{foreign[0][0]}", username="enterprise")[0] == 404


def test_a_viewer_may_look_and_not_touch(product):
    status, alerts = product.ask("/alerts?open=true", username="viewer")
    assert status == 200
    first = alerts["items"][0]
    status, problem = product.ask(
        f"/alerts/{first['id']}/acknowledge", username="viewer", body={"version": first["version"]}
    )
    assert status == 403
    assert problem["status"] == 403
    assert problem["title"]


def test_every_module_has_its_page_and_says_what_it_does_not_have(product, visit, pictures):
    page = visit("leader", 1920, 1080)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for module in MODULES:
        page.goto(f"{product.url}/modules/{module}")
        expect(page.locator(f'[data-module="{module}"]')).to_be_visible()
        expect(page.locator('[data-part="missing"]')).to_be_visible()
        page.screenshot(path=pictures / f"module-{module}.png")
    page.goto(f"{product.url}/overview")
    expect(page.get_by_text("今日园区").first).to_be_visible()
    page.screenshot(path=pictures / "overview.png")
    assert complaints == []


def test_the_words_can_be_switched_to_english(product, visit):
    page = visit("operator")
    page.locator('[data-action="language"]').click()
    expect(page.get_by_text("Duty console").first).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"


def test_bad_messages_are_refused_in_one_sentence_and_harm_nothing(product, hand):
    before = product.rows("select coalesce(sum(received), 0) from ledger")[0][0]
    for payload in (
        b"\x00\xff\xfe noise",
        b"{",
        b'{"time": "2026-11-22T08:00:00", "values": {"a21001": 1}}',
        b"[" * 5000,
    ):
        hand.raw("smartpark/demo/gas/gas-hy-001/readings", payload)
    hand.raw(
        "smartpark/demo/gas/no-such-station/readings",
        json.dumps({"time": 0, "values": {"a21001": 1}}).encode(),
    )
    wait_until(
        lambda: product.rows("select coalesce(sum(received), 0) from ledger")[0][0] >= before + 5,
        what="the ledger",
    )
    found = product.rows("select reason, detail from quarantine")
    assert {"malformed", "no_offset", "unknown_station"} <= {reason for reason, _ in found}
    assert all(len(detail) > 20 for _, detail in found)
    total = product.rows(
        "select sum(received) - sum(stored) - sum(duplicate) - sum(quarantined) from ledger"
    )[0][0]
    assert total == 0
