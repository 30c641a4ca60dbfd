"""Registers and monthly figures: simulated ones say so, drafts stay off the cards, past targets are closed."""

from datetime import date, timedelta

import pytest

from modules import demo
from modules.economy.indicators import indicators
from modules.economy.summary import summary as economy
from modules.economy.targets import targets
from modules.services.summary import summary as services
from modules.workforce.summary import summary as workforce
from tests.modules.world import NOW, SEED, card, table

TODAY = date(2026, 11, 22)


@pytest.mark.integration
def test_filling_the_demo_again_changes_nothing(world):
    counts = "select count(*) from register_row", "select count(*), sum(value) from figure"
    before = [world.conn.execute(one).fetchall() for one in counts]
    demo.fill(world.conn, "demo", NOW, SEED)
    assert [world.conn.execute(one).fetchall() for one in counts] == before
    assert world.one("select bool_and(demo) from register_row")


@pytest.mark.integration
def test_the_demo_never_overwrites_what_people_entered(world):
    world.conn.execute(
        """update register_row set demo = false, data = '{"staff": 5, "contractors": 0}' where key = 'hy'
           and register = 'headcount'"""
    )
    world.conn.execute(
        "update figure set demo = false, value = 1 where indicator = 'tax' and enterprise_id is null"
    )
    demo.fill(world.conn, "demo", NOW, SEED)
    assert (
        world.one("select data ->> 'staff' from register_row where key = 'hy' and register = 'headcount'")
        == "5"
    )
    assert world.one("select max(value) from figure where indicator = 'tax' and enterprise_id is null") == 1


@pytest.mark.integration
def test_headcounts_equal_the_register_and_are_said_to_be_simulated(world, view):
    page = workforce(view())
    truth = "select sum((data ->> 'staff')::int) from register_row where register = 'headcount'"
    assert card(page, "staff").value == world.one(truth)
    assert "模拟" in card(page, "staff").source
    assert len(table(page, "headcounts").rows) == card(page, "reporting").value == 40


@pytest.mark.integration
def test_certificates_expire_on_the_day_after_their_last(world, view):
    world.conn.execute(
        "update register_row set due = %s where register = 'certificate'", [TODAY + timedelta(days=400)]
    )
    for key, due in (
        ("hy-principal", TODAY - timedelta(days=1)),
        ("ts-principal", TODAY),
        ("rx-principal", TODAY + timedelta(days=89)),
    ):
        world.conn.execute("update register_row set due = %s where key = %s", [due, key])
    page = workforce(view())
    assert (card(page, "expired").value, card(page, "expiring").value) == (1, 2)
    assert [one["days"] for one in table(page, "due").rows] == [-1, 0, 89]


@pytest.mark.integration
def test_empty_registers_are_unknown_with_a_reason(world, view):
    world.conn.execute("delete from register_row")
    world.conn.execute("delete from figure")
    for page in (workforce(view()), services(view()), economy(view())):
        for one in page.cards:
            if one.key != "targets_running":
                assert one.value is None, one.key
                assert one.reason_zh
                assert one.reason_en


@pytest.mark.integration
def test_open_and_overdue_requests_are_counted(world, view):
    world.conn.execute(
        """update register_row set data = data || '{"closed": "2026-11-20"}' where register = 'request'"""
    )
    for key, due in (("request-001", TODAY - timedelta(days=1)), ("request-002", TODAY)):
        world.conn.execute(
            """update register_row set data = data || '{"closed": null}', due = %s where key = %s""",
            [due, key],
        )
    page = services(view())
    assert (card(page, "open_requests").value, card(page, "late_requests").value) == (2, 1)
    assert [one["state"]["zh"] for one in table(page, "requests").rows[:2]].count("超期未办") == 1


@pytest.mark.integration
def test_a_draft_never_stands_on_a_card_or_in_a_chart(world, view):
    page = economy(view())
    drafts = world.one("select max(month) from figure where status = 'draft'")
    confirmed = world.one(
        "select value from figure where indicator = 'output' and enterprise_id is null and status <> 'draft'"
        " order by month desc limit 1"
    )
    assert drafts == date(2026, 10, 1)
    assert card(page, "output").value == confirmed
    assert "2026年09月, 园区已核" in card(page, "output").source
    (chart,) = (one for one in page.charts if one.key == "output")
    assert dict(chart.series[-1].points)["10月"] is None
    assert {one["status"]["zh"] for one in table(page, "figures").rows} == {"待核", "园区已核", "统计已核"}


@pytest.mark.integration
def test_the_park_is_the_sum_of_what_its_enterprises_report(world):
    sums = world.conn.execute(
        "select max(value) filter (where enterprise_id is null), sum(value) filter (where enterprise_id is not null)"
        " from figure where indicator in ('output', 'tax') group by indicator, month"
    ).fetchall()
    assert len(sums) == 48
    for park, enterprises in sums:
        assert park == pytest.approx(enterprises, abs=1e-3)


def test_a_target_past_its_date_is_closed_and_a_yearly_one_runs_on():
    by_code = {one.code: one for one in targets()}
    assert by_code["w22-output"].is_closed(date(2026, 1, 1))
    assert not by_code["w22-output"].is_closed(date(2025, 12, 31))
    assert by_code["w25-industries"].due_next(TODAY) == date(2026, 12, 31)
    assert not by_code["w25-industries"].is_closed(TODAY)


def test_every_target_and_indicator_names_its_source():
    assert len({one.code for one in targets()}) == len(targets()) >= 70
    assert all(one.source and one.title and one.scope_zh for one in targets())
    assert all(one.source and one.unit for one in indicators().values())
    assert [one.code for one in targets() if one.attribute] == ["a21-water"]
    assert {one.wanted[0] for one in targets() if one.code.startswith("a21-budget")} == {
        "≥ 20 %/a",
        "≥ 30 %/a",
    }
