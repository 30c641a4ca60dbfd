"""The overview shows the modules' own numbers; every figure says when, from where, and where its list is."""

import json
import subprocess
import sys

import pytest

import modules
from modules import MODULES, PAGES, page
from modules.overview import overview
from modules.park_view import ParkView, UnknownParkError
from modules.safety.summary import summary as safety
from tests.modules.world import NOW, card, table

pytestmark = pytest.mark.integration

FEED = {"alive": True}
LEDGER = {"received": 10, "stored": 8, "duplicate": 1, "quarantined": 1, "balanced": True}


def test_the_seven_modules_and_the_overview_answer_on_an_empty_park(view):
    assert list(MODULES) == [
        "economy",
        "energy",
        "safety",
        "environment",
        "logistics",
        "workforce",
        "services",
    ]
    for name, summary in PAGES.items():
        one = summary(view())
        assert one.module == name
        assert one.missing
        assert one.generated_at == NOW


def test_every_figure_has_a_source_a_link_and_an_instant_or_a_reason(world, view):
    world.all_heard()
    world.conn.execute("update camera set probed_at = %s", [NOW])
    for summary in PAGES.values():
        for one in summary(view()).cards:
            assert one.source, one.key
            assert one.source_en, one.key
            assert one.link, one.key
            if one.value is None:
                assert one.reason_zh, one.key
                assert one.reason_en, one.key
            else:
                assert one.at is not None, one.key
                assert one.age_s is not None, one.key
                assert one.age_s >= 0, one.key


def test_every_link_into_a_module_names_a_table_it_has(view):
    pages = {name: summary(view()) for name, summary in PAGES.items()}
    for one in pages.values():
        for figure in one.cards:
            if figure.link and "?table=" in figure.link:
                module, _, key = figure.link.removeprefix("/modules/").partition("?table=")
                assert key in {each.key for each in pages[module].tables}, figure.link


def test_the_overview_and_the_safety_page_show_the_same_numbers(world, view):
    world.all_heard()
    world.raise_alert("gas-hy-001", "a21022", level="red", acked=True)
    world.raise_alert("gas-hy-002", "a21022")
    world.raise_alert("gas-rx-001", "a21005", level="red", drill=True)
    whole, part = overview(view()), safety(view())
    for key in ("open_alarm", "open_warning", "open_reminder", "unacked", "cameras_online"):
        assert card(whole, key) == card(part, key)
    assert card(whole, "risk").value == "红色"
    assert (card(whole, "serious_handled").value, card(whole, "serious_handled").of) == (1, 2)


def test_a_drill_alone_leaves_the_park_calm(world, view):
    world.raise_alert("gas-hy-001", "a21022", level="red", drill=True)
    one = overview(view())
    assert (card(one, "risk").value, card(one, "risk").status) == ("无红橙报警", "normal")
    assert table(one, "worst").rows == ()


def test_the_worst_three_enterprises_stand_in_order(world, view):
    world.raise_alert("gas-hy-001", "a21022")
    world.raise_alert("gas-rx-001", "a21005", level="red")
    world.raise_alert("gas-zy-001", "x_lel", level="yellow")
    world.raise_alert("ww-ts", "w01018", level="blue")
    assert [one["id"] for one in table(overview(view()), "worst").rows] == ["rx", "hy", "zy"]


def test_feeds_and_ledger_are_those_of_the_live_stream(view):
    one = overview(view(), {"feeds": [FEED, {"alive": False}], "ledger": LEDGER})
    assert (card(one, "feeds").value, card(one, "feeds").of, card(one, "feeds").status) == (1, 2, "red")
    assert card(one, "ledger").value == "平衡"
    assert card(one, "risk").value == "无红橙报警, 部分数据中断"
    off = {**LEDGER, "stored": 7, "balanced": False}
    assert card(overview(view(), {"feeds": [FEED], "ledger": off}), "ledger").value == "差 1"
    assert "feeds" not in {each.key for each in overview(view()).cards}


def test_no_index_is_shown_without_official_hours(view):
    assert card(overview(view()), "aqi").value is None


def test_an_enterprise_sees_its_own_part_only(world):
    world.all_heard()
    world.raise_alert("gas-hy-001", "a21022", level="red")
    world.raise_alert("gas-rx-001", "a21005", level="red")
    world.event("gate", "1", NOW, gate="gate-1", direction="in", vehicle="car", enterprise="hy", people=1)
    world.event("gate", "2", NOW, gate="gate-1", direction="in", vehicle="car", enterprise="rx", people=1)
    world.conn.commit()
    hy = world.one("select id from enterprise where code = 'hy'")
    world.conn.execute("select set_config('smartpark.enterprise_id', %s, true)", [str(hy)])
    world.conn.execute("set local role smartpark_enterprise")
    own = {name: page(name, world.conn, "demo", NOW) for name in PAGES}
    assert card(own["safety"], "open_alarm").value == 1
    assert card(own["safety"], "sources").value == 2
    assert [one["id"] for one in table(own["overview"], "worst").rows] == ["hy"]
    assert card(own["logistics"], "in_today").value == 1
    assert [one["id"] for one in table(own["workforce"], "headcounts").rows] == ["hy"]
    assert {one["enterprise"]["zh"] for one in table(own["energy"], "electricity").rows} == {
        "恒源氯碱化工有限公司"
    }
    assert card(own["economy"], "output").value is None
    assert [one["id"] for one in table(own["economy"], "enterprises").rows] == ["hy"]
    assert card(own["services"], "notices").value == 5


def test_an_unknown_park_is_refused(world):
    with pytest.raises(UnknownParkError):
        ParkView.of(world.conn, "nowhere", NOW)


def test_a_page_is_plain_data(view):
    text = json.dumps(overview(view()).as_json(), default=str)
    assert json.loads(text)["cards"][0]["key"] == "risk"


def run(dsn: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "modules", *words],
        env={"PATH": "/usr/bin:/bin", "SMARTPARK_DB__DSN": dsn, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_fills_the_demo_and_refuses_elsewhere(world, db_dsn):
    world.conn.commit()
    dsn = world.conn.info.dsn + f" password={world.conn.info.password}"
    done = run(dsn, "demo")
    assert (done.returncode, done.stderr) == (0, "")
    assert "rows of registers" in done.stdout
    shown = run(dsn, "page", "economy")
    assert json.loads(shown.stdout)["module"] == "economy"
    empty = run(db_dsn, "demo")
    assert empty.returncode == 1
    assert "load a catalogue first" in empty.stderr
    real = run(dsn, "demo", SMARTPARK_MODE="production", SMARTPARK_API__SECRET="x" * 40)
    assert real.returncode == 1
    assert "in the demo only" in real.stderr


def test_the_registry_knows_nothing_else(world):
    assert set(modules.PAGES) - set(modules.MODULES) == {"overview"}
    with pytest.raises(KeyError):
        page("weather", world.conn, "demo", NOW)
