"""Reports by themselves and on demand: what is due, what is made anew, and what never changes."""

import hashlib
from datetime import datetime, timedelta

import pytest

from records.reports import making, printing
from records.reports.contents import Subject
from records.reports.facts import KINDS
from records.reports.making import Making, due, make
from records.reports.periods import span
from smartpark import db
from tests.records.reports import place

pytestmark = pytest.mark.integration
OWN = Subject(1, 1)
OCTOBER = span("monthly", place.MONTH.date(), "Asia/Shanghai")


@pytest.fixture
def here(conn) -> db.Connection:
    place.build(conn)
    return conn


@pytest.fixture(autouse=True)
def no_browser(monkeypatch) -> None:
    monkeypatch.setattr(printing, "_NAMES", ("no-such-browser",))


def made(conn, now=place.NOW, formats=("xlsx", "docx"), subject=OWN):
    one = make(conn, subject, OCTOBER, formats, now=now, by="bureau", pass_rate=75.0)
    conn.commit()
    return one


def kept(conn) -> list[tuple[object, ...]]:
    return conn.execute(
        "select revision, format, sha256, content, sealed_month_id from report order by id"
    ).fetchall()


def test_files_are_kept_with_their_checksums(here):
    one = made(here)
    assert (one.revision, len(one.files), one.lacking) == (1, 2, ())
    for _, _, digest, content, _ in kept(here):
        assert hashlib.sha256(content).digest() == digest


def test_the_same_facts_are_one_revision_and_a_format_may_join_it(here):
    first = made(here, formats=("xlsx",))
    again = made(here, now=place.NOW + timedelta(days=1), formats=("xlsx", "docx"))
    assert (first.revision, again.revision) == (1, 1)
    assert first.files[0] in again.files
    assert [(revision, form) for revision, form, *_ in kept(here)] == [(1, "xlsx"), (1, "docx")]
    assert len(here.execute("select distinct made_at from report").fetchall()) == 1


def test_what_changed_is_a_new_revision_and_the_old_file_keeps_its_bytes(here):
    place.seal(here)
    made(here)
    before = kept(here)
    place.revise(here, place.COD, "day", place.MONTH, 47.0, at=place.NOW + timedelta(days=1))
    assert made(here, now=place.NOW + timedelta(days=2)).revision == 2
    assert kept(here)[:2] == before


@pytest.mark.parametrize(
    "deed",
    [
        "update report set content = 'x'",
        "update report set revision = 9",
        "update report set made_by = 'nobody'",
        "delete from report",
    ],
)
def test_the_database_itself_refuses_to_touch_a_finalised_file(here, deed):
    place.seal(here)
    made(here)
    with pytest.raises(db.Error, match="report 1"):
        here.execute(deed.encode())
    here.rollback()


def test_a_signature_is_the_one_thing_that_is_added_and_stays(here):
    made(here)
    here.execute("update report set signed_by = 'leader', signed_at = now() where id = 1")
    with pytest.raises(db.Error, match="does not change"):
        here.execute("update report set signed_by = null, signed_at = null where id = 1")
    here.rollback()
    here.execute("delete from report where id = 2")


def test_a_format_that_cannot_be_made_keeps_back_no_other(here):
    one = made(here, formats=("pdf", "docx"))
    assert [form for _, form, *_ in kept(here)] == ["docx"]
    assert [name for name, _ in one.lacking] == ["pdf"]


def periods_due(conn, now: datetime) -> set[tuple[str, str, int | None]]:
    return {(period.kind, period.stamp, subject.enterprise_id) for subject, period in due(conn, now)}


def test_yesterday_is_due_half_an_hour_after_midnight_and_the_month_at_two(here):
    day = datetime(2026, 11, 1, tzinfo=place.ZONE)
    assert ("daily", "2026-10-31", 1) not in periods_due(here, day + timedelta(minutes=29))
    early = periods_due(here, day + timedelta(minutes=31))
    assert {one for one in early if one[0] == "daily"} == {("daily", "2026-10-31", n) for n in (1, 2, None)}
    assert not [one for one in early if one[:2] == ("monthly", "2026-10")]
    late = periods_due(here, day + timedelta(hours=2, minutes=1))
    assert {one for one in late if one[0] == "monthly"} == {("monthly", "2026-10", n) for n in (1, 2, None)}


def test_nothing_is_due_of_a_time_without_records(here):
    assert periods_due(here, datetime(2027, 6, 1, 9, tzinfo=place.ZONE)) == {
        ("annual", "2026", n) for n in (1, 2, None)
    }


def test_a_turn_makes_what_is_due_once(here, monkeypatch):
    monkeypatch.setattr(making, "_BY_ITSELF", dict.fromkeys(KINDS, ("xlsx",)))
    round_ = Making(75.0)
    assert round_.turn(here, place.NOW) == 6
    assert round_.turn(here, place.NOW + timedelta(minutes=5)) == 0


def test_a_month_that_is_finalised_is_made_again_as_the_finalised_one(here, monkeypatch):
    monkeypatch.setattr(making, "_BY_ITSELF", dict.fromkeys(KINDS, ("xlsx",)))
    round_ = Making(75.0)
    round_.turn(here, place.NOW)
    number = place.seal(here, at=place.NOW + timedelta(days=8))
    assert round_.turn(here, place.NOW + timedelta(hours=1)) == 1
    (one,) = here.execute(
        "select revision, made_by from report where sealed_month_id = %s and kind = 'monthly'", [number]
    ).fetchall()
    assert one == (2, "system")


def test_a_report_that_fails_does_not_keep_back_the_others(here, monkeypatch):
    monkeypatch.setattr(making, "_BY_ITSELF", dict.fromkeys(KINDS, ("xlsx",)))
    whole = making.compose

    def fails_for_one(conn, subject, *rest):
        if subject.enterprise_id == 1:
            raise ValueError("broken")
        return whole(conn, subject, *rest)

    monkeypatch.setattr(making, "compose", fails_for_one)
    assert Making(75.0).turn(here, place.NOW) == 4
