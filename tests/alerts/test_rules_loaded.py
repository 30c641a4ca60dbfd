"""Rules and limits of a folder in the database: new versions, what a person changed, and what does not fit."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from alerts import check
from alerts.load import LoadError, load
from tests.alerts import small_park
from tests.alerts.rule_folder import GOOD, HEADER, ROW, written

pytestmark = pytest.mark.integration

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_loading_twice_changes_nothing(conn):
    small_park.build(conn, rules=False)
    conn.execute("delete from limit_value")
    conn.execute(
        "insert into quantity (code, name_zh, name_en, unit, source) values ('a21022', 'x', 'x', 'mg/m³', 't')"
    )
    revision = "select version from revision where name = 'rules'"
    before = conn.execute(revision).fetchone()[0]
    rules, limits = _of(conn)
    first = load(conn, rules, limits, NOW)
    assert (first.rules_new, first.limits_new, first.changed) == (1, 1, True)
    second = load(conn, rules, limits, NOW)
    assert (second.same, second.changed) == (2, False)
    assert conn.execute(revision).fetchone()[0] == before + 1


def _of(conn, rule=GOOD, row=ROW, folder=None):
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        rules, limits = check.shipped([written(Path(folder or name), rule=rule, limits=(row,))])
    return [one.rule for one in rules], limits


def test_a_changed_rule_is_a_new_version_and_a_changed_limit_counts_up(conn):
    small_park.build(conn, rules=False)
    conn.execute(
        "insert into quantity (code, name_zh, name_en, unit, source) values ('a21022', 'x', 'x', 'mg/m³', 't')"
    )
    load(conn, *_of(conn), NOW)
    changed = load(conn, *_of(conn, GOOD.replace("orange", "red"), ROW.replace(",1,", ",0.9,")), NOW)
    assert (changed.rules_changed, changed.limits_changed) == (1, 1)
    rules = conn.execute(
        "select version, retired_at from rule where code = 'gas_test' order by version"
    ).fetchall()
    assert rules == [(1, NOW), (2, None)]
    assert conn.execute("select value, version from limit_value where code = 'one'").fetchone() == (0.9, 2)


def test_what_a_person_changed_in_the_database_stays(conn):
    small_park.build(conn, rules=False)
    conn.execute(
        "insert into quantity (code, name_zh, name_en, unit, source) values ('a21022', 'x', 'x', 'mg/m³', 't')"
    )
    load(conn, *_of(conn), NOW)
    conn.execute("update limit_value set value = 0.5, changed_by = 'leader' where code = 'one'")
    conn.execute("update rule set enabled = false, created_by = 'leader' where code = 'gas_test'")
    again = load(conn, *_of(conn), NOW)
    assert again.kept == ["rule gas_test, changed by leader", "limit one, changed by leader"]
    assert conn.execute("select value from limit_value where code = 'one'").fetchone()[0] == 0.5


def test_a_limit_of_a_station_that_is_not_there_stops_the_load(conn, tmp_path):
    small_park.build(conn, rules=False)
    row = ROW.replace("one,", "one,g0l,")
    written(tmp_path)
    (tmp_path / "limits.csv").write_text(
        HEADER.replace("code,", "code,station,") + f"\n{row}\n", encoding="utf-8"
    )
    rules, limits = check.shipped([tmp_path])
    with pytest.raises(LoadError, match="station 'g0l' is not in the catalogue; did you mean g01"):
        load(conn, [one.rule for one in rules], limits, NOW)
    assert conn.execute("select count(*) from rule").fetchone()[0] == 0
