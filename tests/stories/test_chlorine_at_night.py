"""03:12: chlorine at a chlor-alkali plant. One glance, one key."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.stories.product import wait_until

pytestmark = pytest.mark.browser

CL2 = "a21022"
LIST = '[data-part="alert-list"]'


def detectors(product, count=3):
    rows = product.rows(
        "select st.code, e.code, s.id from sensor s join station st on st.id = s.station_id"
        " join enterprise e on e.id = st.enterprise_id"
        " where st.kind = 'gas' and s.quantity = %s and e.code = 'hy' order by st.code limit %s",
        CL2,
        count,
    )
    return [row[0] for row in rows]


def open_alert(product, sensor_code, rule="gas_toxic"):
    return product.rows(
        "select a.id, a.level, a.stage, a.acked, a.condition, a.state, a.version, a.text_zh from alert a"
        " join station st on st.id = a.station_id where a.ended_at is null and st.code = %s and a.rule = %s",
        sensor_code,
        rule,
    )


def row_of(page: Page, alert_id: int):
    return page.locator(f'{LIST} [data-alert="{alert_id}"]')


def pick(page: Page, alert_id: int):
    """Walk to a row with the arrow key, as somebody without a mouse does."""
    row = row_of(page, alert_id)
    page.keyboard.press("Home")
    for _ in range(200):
        if row.get_attribute("aria-selected") == "true":
            return
        page.keyboard.press("ArrowDown")
    pytest.fail("the row cannot be reached with the keyboard")


def test_chlorine_stands_on_top_and_is_worked_with_keys_alone(product, hand, visit, pictures):
    first, _, third = detectors(product)
    page, colleague = visit("operator"), visit("operator2", 1920, 1080)
    expect(page.locator('[data-part="plan"]')).to_be_visible()
    expect(colleague.locator('[data-part="plan"]')).to_be_visible()

    for value in (0.1, 1.2, 2.3):
        hand.send("gas", first, {CL2: value})
    alert = wait_until(lambda: open_alert(product, first), what="the alert")[0]
    assert alert[1:3] == ("red", "HH")
    row = row_of(page, alert[0])
    expect(row).to_be_visible()
    expect(row).to_contain_text("氯气")
    expect(row).to_contain_text(re.compile(r"2\.3"))
    expect(row).to_contain_text("高限报警(二级)")
    expect(row).to_have_attribute("data-word", "unacknowledged")
    assert len(open_alert(product, first)) == 1, "one row, not one a limit"

    # A second detector is saturated: it says T, and that is the worst news, not silence.
    hand.send("gas", third, {CL2: 3.0}, flags={CL2: "T"})
    saturated = wait_until(lambda: open_alert(product, third), what="the saturated detector")[0]
    assert saturated[1:3] == ("red", "HH")
    assert "超量程" in saturated[7]

    # The value falls before anybody has acknowledged: the row stays.
    for value in (0.1, 0.1, 0.1):
        hand.send("gas", first, {CL2: value})
    hand.flush()
    page.screenshot(path=pictures / "chlorine-1366.png")
    colleague.screenshot(path=pictures / "chlorine-1920.png")
    expect(row).to_be_visible()

    pick(page, alert[0])
    expect(page.locator(f'[data-part="alert-panel"][data-alert="{alert[0]}"]')).to_be_visible()
    expect(page.locator('[data-part="limit-chart"] [data-loaded="true"]').first).to_be_visible()
    page.keyboard.press("Enter")
    wait_until(
        lambda: product.rows("select 1 from alert where id = %s and acked", alert[0]),
        what="the acknowledgement",
    )
    expect(row_of(colleague, alert[0])).not_to_have_attribute("data-word", "unacknowledged")
    expect(row_of(colleague, alert[0])).to_contain_text("值班员甲")


def test_a_second_operator_is_told_when_somebody_was_quicker(product, hand):
    code = detectors(product, 5)[3]
    hand.send("gas", code, {CL2: 2.5})
    alert = wait_until(lambda: open_alert(product, code), what="the alert")[0]
    alert_id = alert[0]
    status, seen = product.ask(f"/alerts/{alert_id}")
    assert status == 200
    status, _ = product.ask(f"/alerts/{alert_id}/acknowledge", body={"version": seen["version"]})
    assert status == 200
    status, problem = product.ask(
        f"/alerts/{alert_id}/acknowledge", username="operator2", body={"version": seen["version"]}
    )
    assert status == 409
    assert problem["alert"]["acked_by"] == "operator"


def test_a_maintenance_mark_does_not_silence_a_leak(product, hand, visit):
    code = detectors(product, 6)[4]
    page = visit("operator")
    hand.send("gas", code, {CL2: 2.8}, flags={CL2: "M"})
    item = wait_until(lambda: open_alert(product, code, "marked_over"), what="the item")[0]
    assert item[1] == "orange"
    assert "标记下超限" in item[7]
    expect(row_of(page, item[0])).to_be_visible()


def test_an_active_alert_cannot_be_closed_and_a_past_one_leaves_with_a_reason(product, hand, visit):
    code = detectors(product, 7)[5]
    page = visit("operator")
    hand.send("gas", code, {CL2: 2.5})
    alert_id = wait_until(lambda: open_alert(product, code), what="the alert")[0][0]
    status, seen = product.ask(f"/alerts/{alert_id}")
    status, problem = product.ask(
        f"/alerts/{alert_id}/close", body={"version": seen["version"], "reason": "false"}
    )
    assert status in {409, 422}, problem
    row = row_of(page, alert_id)
    expect(row).to_be_visible()
    pick(page, alert_id)
    page.keyboard.press("Enter")
    wait_until(
        lambda: product.rows("select 1 from alert where id = %s and acked", alert_id),
        what="the acknowledgement",
    )
    wait_until(
        lambda: (
            hand.send("gas", code, {CL2: 0.05})
            and product.rows("select 1 from alert where id = %s and condition = 'normal'", alert_id)
        ),
        within_s=40,
        what="the clearing",
    )
    expect(row).to_have_attribute("data-condition", "normal")
    pick(page, alert_id)
    page.keyboard.press("x")
    dialogue = page.locator('[data-part="alert-panel"]')
    dialogue.get_by_text("误报").first.click()
    page.keyboard.press("Enter")
    wait_until(
        lambda: product.rows(
            "select 1 from alert where id = %s and ended_at is not null and close_reason is not null",
            alert_id,
        ),
        what="the closing",
    )
    expect(row).to_have_count(0)
