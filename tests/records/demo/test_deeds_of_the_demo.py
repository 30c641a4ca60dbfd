"""What people did in the demo stands as if they had done it: in the chain, the audit and the notes for the engine, once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from records.corrections import chain
from records.demo import closing, filing, papers
from records.demo.filing import Desk, once
from records.demo.troubles import Trouble, chosen, deeds
from smartpark import db
from tests.records.reports import place

NOW = datetime(2026, 11, 4, 10, tzinfo=place.ZONE)
BEGIN = datetime(2026, 10, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
STAGES = {
    "marks": filing.marks,
    "corrections": filing.corrections,
    "checks": filing.checks,
    "declared": filing.declared,
}


def troubles() -> list[Trouble]:
    flags = ("C", "-", "F", "D", "M")
    return [
        Trouble(
            n,
            f"s{n}",
            n % 4,
            flags[n % 5],
            BEGIN + n * 24 * HOUR,
            BEGIN + n * 24 * HOUR + (1 + n % 3) * HOUR,
        )
        for n in range(40)
    ]


def test_about_a_dozen_troubles_are_marked_and_half_of_them_proved():
    some = chosen(troubles(), 1)
    assert 10 <= len(some) <= 14
    plan = deeds(some, BEGIN + timedelta(days=90))
    proved = {one.trouble for one in plan if one.step == "prove"}
    assert 0.4 <= len(proved) / len(some) <= 0.6
    fates = {one.fate for one in plan}
    assert fates == {"bare", "proved", "confirmed", "refused"}
    assert {one.trouble for one in plan if one.step == "decide"} <= proved


def test_nothing_is_done_before_what_it_rests_on_or_ahead_of_the_present():
    now = BEGIN + timedelta(days=30)
    plan = deeds([one for one in chosen(troubles(), None) if one.ends_at <= now], now)
    assert [one.at for one in plan] == sorted(one.at for one in plan)
    assert max(one.at for one in plan) <= now
    order: dict[Trouble, list[str]] = {}
    for one in plan:
        order.setdefault(one.trouble, []).append(one.step)
    wanted = ["file", "prove", "decide"]
    assert all(steps == wanted[: len(steps)] for steps in order.values())


def test_papers_begin_as_files_of_their_kind():
    assert papers.page("a", ["(one)"]).content.startswith(b"%PDF-")
    assert b"\\(one\\)" in papers.page("a", ["(one)"]).content
    assert papers.strip("b", [0.0, 1.0]).content.startswith(b"\x89PNG\r\n\x1a\n")
    assert papers.page("a", ["one"]).sha256 == papers.page("b", ["one"]).sha256


@pytest.fixture
def desk(conn: db.Connection) -> Desk:
    place.build(conn)
    conn.execute(
        "update record set mean = 40000 where sensor_id = 21 and period = 'hour'"
        " and start >= '2026-10-20 08:00+08' and start < '2026-10-20 11:00+08'"
    )
    conn.execute("update sensor set span_low = 0, span_high = 100 where id = 11")
    conn.commit()
    return Desk(conn, NOW, 1, "p1", place.ZONE, 1, 10, 19.0, 75.0)


def count(desk: Desk, table: str) -> int:
    row = desk.conn.execute(f"select count(*) from {table}".encode()).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.integration
def test_what_is_filed_holds_in_the_chain_and_makes_its_hours_due(desk):
    for name, work in STAGES.items():
        assert once(desk, name, work)
    assert chain.verify(desk.conn).holds
    (mark,) = desk.conn.execute("select code, state, filed_by from data_mark").fetchall()
    assert mark == ("calibration", "confirmed", "enterprise")
    causes = {row[0] for row in desk.conn.execute("select distinct cause from record_due")}
    assert causes == {"mark 1", "correction 1"}
    states = desk.conn.execute(
        "select kind, factor, state, made_by <> coalesce(decided_by, '') from correction"
    )
    assert states.fetchall() == [
        ("scale", 0.001, "confirmed", True),
        ("exclude", None, "waiting_second", True),
    ]
    hours = desk.conn.execute("select starts_at, ends_at from correction where id = 1").fetchone()
    assert hours == tuple(datetime(2026, 10, 20, hour, tzinfo=place.ZONE) for hour in (8, 11))
    assert count(desk, "drift_check") == 1
    assert count(desk, "declared_emission") > 0
    assert count(desk, "attachment") == 1


@pytest.mark.integration
def test_a_second_run_does_nothing(desk):
    for name, work in STAGES.items():
        once(desk, name, work)
    tables = (
        "data_mark",
        "correction",
        "chain_entry",
        "audit",
        "attachment",
        "declared_emission",
        "drift_check",
    )
    before = {table: count(desk, table) for table in tables}
    later = replace(desk, now=NOW + timedelta(days=3))
    assert [once(later, name, work) for name, work in STAGES.items()] == [""] * len(STAGES)
    assert {table: count(desk, table) for table in tables} == before


@pytest.mark.integration
def test_the_month_before_last_is_finalised_for_most_and_a_report_of_it_is_signed(desk, monkeypatch):
    monkeypatch.setattr(closing, "_OPEN", 1)
    later = replace(desk, now=datetime(2026, 12, 4, tzinfo=place.ZONE))
    assert once(later, "months", closing.months) == "1 months finalised"
    sealed = desk.conn.execute("select enterprise_id, month::text, sealed_by from sealed_month").fetchall()
    assert sealed == [(1, "2026-10-01", "bureau")]
    assert desk.conn.execute(
        "select distinct signed_by from report where signed_by is not null"
    ).fetchall() == [("bureau",)]
    assert chain.verify(desk.conn).holds


@pytest.mark.integration
def test_the_dustiest_day_becomes_an_episode_with_its_document(desk):
    assert once(desk, "sand", filing.sand) == "no sand"
    desk.conn.execute("update station set kind = 'air' where id = 14")
    desk.conn.execute(
        "update record set mean = 900 where sensor_id = 41 and period = 'hour'"
        " and start >= '2026-10-12 08:00+08' and start < '2026-10-12 20:00+08'"
    )
    assert once(desk, "sand again", filing.sand) == "a sand-dust episode"
    row = desk.conn.execute(
        "select starts_at, ends_at, attachment_id is not null from sand_episode"
    ).fetchone()
    assert row == (*(datetime(2026, 10, 12, hour, tzinfo=place.ZONE) for hour in (8, 20)), True)
    assert chain.verify(desk.conn).holds
