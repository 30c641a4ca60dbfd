"""02:38: an enterprise goes dark with an orange alarm open, and comes back with what its gateway kept."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from smartpark import clock
from tests.stories.product import wait_until

pytestmark = pytest.mark.browser

LIST = '[data-part="alert-list"]'


def gas_points(product, count):
    """Return (station, quantity, sensor id, H, HH) of detectors of one enterprise other than the chlorine story's."""
    return product.rows(
        "select st.code, s.quantity, s.id, h.value, hh.value from sensor s join station st on st.id = s.station_id"
        " join enterprise e on e.id = st.enterprise_id"
        " join limit_value h on h.quantity = s.quantity and h.stage = 'H' and h.kind = 'setpoint' and h.verified"
        " join limit_value hh on hh.quantity = s.quantity and hh.stage = 'HH' and hh.kind = 'setpoint' and hh.verified"
        " where e.code = 'sl' and st.kind = 'gas' and h.station_id is null and hh.station_id is null"
        " and s.quantity = 'a21001' order by st.code limit %s",
        count,
    )


def alerts_of(product, station, rule="gas_toxic"):
    return product.rows(
        "select a.id, a.level, a.condition, a.origin, a.acked, a.annunciated_at, a.text_zh, a.ended_at from alert a"
        " join station st on st.id = a.station_id where st.code = %s and a.rule = %s order by a.id",
        station,
        rule,
    )


def test_an_open_alarm_becomes_unknown_and_what_was_kept_is_one_item_without_sound(
    product, hand, visit, pictures
):
    (lit, quantity, _, high, _), (dark, _, _, _, highest) = gas_points(product, 2)
    page = visit("operator", 1920, 1080)
    expect(page.locator('[data-part="plan"]')).to_be_visible()

    hand.send("gas", dark, {quantity: 0.5})
    hand.send("gas", lit, {quantity: (high + highest) / 2})
    opened = wait_until(lambda: alerts_of(product, lit), what="the orange alarm")[0]
    row = page.locator(f'{LIST} [data-alert="{opened[0]}"]')
    expect(row).to_have_attribute("data-level", "orange")

    # Silence: one item for the enterprise; the alarm stays and says that nothing is known.
    expect(row).to_have_attribute("data-condition", "unknown", timeout=30_000)
    expect(row).to_contain_text("状态不明")
    silence = product.rows(
        "select a.id, a.text_zh from alert a join enterprise e on e.id = a.enterprise_id"
        " where a.rule = 'silence' and a.ended_at is null and e.code = 'sl'"
    )
    assert len(silence) == 1
    assert "离线" in silence[0][1]
    page.screenshot(path=pictures / "dark-1920.png")

    # It comes back with forty minutes of the dark detector, three of them far above HH.
    now = clock.now()
    begin = now - timedelta(minutes=40)
    kept = [
        {
            "time": (begin + timedelta(seconds=30 * i)).isoformat(),
            "values": {quantity: highest * 1.5 if 20 <= i < 26 else 0.5},
        }
        for i in range(70)
    ]
    hand.send("gas", dark, {quantity: 0.5}, at=begin - timedelta(seconds=30))
    hand.publish("gas", dark, kept)
    found = wait_until(
        lambda: [a for a in alerts_of(product, dark) if a[3] == "retrospective"],
        what="the retrospective item",
    )
    assert len(found) == 1
    assert found[0][1] == "red"
    assert found[0][5] is None, "old data never sound"
    assert not found[0][4]
    item = page.locator(f'{LIST} [data-alert="{found[0][0]}"]')
    expect(item).to_have_attribute("data-origin", "retrospective")
    expect(item).to_contain_text("补报超限")

    # Nothing is lost: the ledger says so.
    status, ledger = product.ask("/ingest/ledger")
    assert status == 200
    assert ledger["total"]["balanced"] is True
