"""Reports by themselves and on demand: what is due, what is made anew, and what never changes."""

import hashlib
from datetime import datetime, timedelta

import pytest

from records.reports import conduct, keeping, making, printing
from records.reports.contents import Subject, compose
from records.reports.facts import KINDS
from records.reports.keeping import make
from records.reports.making import Making, due
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


@pytest.fixture
def one_format(monkeypatch) -> None:
    monkeypatch.setattr(making, "_BY_ITSELF", dict.fromkeys(KINDS, ("xlsx",)))


def made(conn, now=place.NOW, formats=("xlsx", "docx"), subject=OWN):
    conn.commit()
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


def test_a_report_of_a_running_period_is_one_draft_that_the_next_revision_replaces(here):
    early, later = (datetime(2026, 10, day, 9, 20, tzinfo=place.ZONE) for day in (20, 21))
    first = made(here, now=early)
    assert made(here, now=early + timedelta(minutes=20)) == first
    second = made(here, now=later, formats=("xlsx",))
    assert second.revision == 1
    assert not set(second.files) & set(first.files)
    assert [one[:2] for one in kept(here)] == [(1, "xlsx")]
    assert made(here, formats=("docx",)).revision == 1
    assert [one[:2] for one in kept(here)] == [(1, "docx")]
    place.revise(here, place.COD, "day", place.MONTH, 47.0, at=place.NOW)
    assert made(here, formats=("docx",)).revision == 2
    assert len(kept(here)) == 2


def test_a_report_is_told_as_it_stood_at_one_instant(here, db_dsn, monkeypatch):
    rates = conduct.Whose.rates

    def changed_meanwhile(self, pass_rate):
        with db.connect(db_dsn, name="tests") as other:
            other.execute("update record set mean = 99 where sensor_id = 11")
            other.execute("delete from missing_hour")
        return rates(self, pass_rate)

    alone = compose(here, OWN, OCTOBER, place.NOW, 75.0).digest()
    here.commit()
    monkeypatch.setattr(conduct.Whose, "rates", changed_meanwhile)
    made(here)
    (digest,) = here.execute("select distinct facts_sha256 from report").fetchone()
    assert digest == alone


def test_who_was_overtaken_keeps_nothing(here, db_dsn, monkeypatch):
    whole = keeping.written

    def overtaken(facts, name):
        monkeypatch.setattr(keeping, "written", whole)
        with db.connect(db_dsn, name="tests") as other:
            made(other, now=place.NOW + timedelta(minutes=1))
        return whole(facts, name)

    monkeypatch.setattr(keeping, "written", overtaken)
    with pytest.raises(keeping.OvertakenError, match="ask again"):
        made(here)
    assert len(kept(here)) == 2


def test_the_table_of_a_signed_report_cannot_be_emptied_at_once(here):
    made(here)
    here.execute("truncate report")
    here.rollback()
    here.execute("update report set signed_by = 'leader', signed_at = now() where id = 1")
    here.commit()
    with pytest.raises(db.Error, match="finalised or signed stay"):
        here.execute("truncate report")
    here.rollback()
    with pytest.raises(db.Error, match="finalised or signed stay"):
        here.execute("truncate enterprise cascade")


def periods_due(conn, now: datetime) -> set[tuple[str, str, int | None]]:
    return {(period.kind, period.stamp, subject.enterprise_id) for subject, period in due(conn, now)}


def due_days(conn, now: datetime) -> list[tuple[str, int | None]]:
    return [(stamp, owner) for kind, stamp, owner in periods_due(conn, now) if kind == "daily"]


def test_yesterday_is_due_half_an_hour_after_midnight_and_the_month_at_two(here):
    day = datetime(2026, 11, 1, tzinfo=place.ZONE)
    assert ("daily", "2026-10-31", 1) not in periods_due(here, day + timedelta(minutes=29))
    early = periods_due(here, day + timedelta(minutes=31))
    assert {one for one in early if one[1] == "2026-10-31"} == {
        ("daily", "2026-10-31", n) for n in (1, 2, None)
    }
    assert not [one for one in early if one[:2] == ("monthly", "2026-10")]
    late = periods_due(here, day + timedelta(hours=2, minutes=1))
    assert {one for one in late if one[0] == "monthly"} == {("monthly", "2026-10", n) for n in (1, 2, None)}


def test_days_that_were_missed_are_made_up_for_a_week(here):
    found = due_days(here, place.NOW)
    assert {stamp for stamp, _ in found} == {f"2026-10-{day}" for day in range(25, 32)}
    assert due(here, place.NOW)[0][1].stamp == "2026-10-31"


def test_nothing_is_due_of_a_time_without_records(here):
    assert periods_due(here, datetime(2027, 6, 1, 9, tzinfo=place.ZONE)) == {
        ("annual", "2026", n) for n in (1, 2, None)
    }


def test_a_period_is_due_once_all_its_hours_have_their_records(here):
    for until, is_due in (("2026-10-31 23:00+08", False), ("2026-11-01 00:00+08", True)):
        here.execute("update record_progress set done_until = %s where job = 'record hours'", [until])
        assert (("2026-10-31", 1) in due_days(here, place.NOW)) is is_due
        assert ("2026-10-30", 1) in due_days(here, place.NOW)
    here.execute("delete from record_progress where job = 'record hours'")
    assert due(here, place.NOW) == []


def test_a_period_is_due_once_its_missing_hours_have_what_stands_for_them(here):
    here.execute("update record_progress set done_until = '2026-10-31 23:59+08' where job = 'substitution'")
    found = due_days(here, place.NOW)
    assert ("2026-10-31", 1) not in found
    assert ("2026-10-31", None) not in found
    assert ("2026-10-31", 2) in found  # nothing of it is weighed
    assert ("2026-10-30", 1) in found


def test_a_period_waits_for_hours_that_are_to_be_made_anew_of_whom_they_are(here):
    here.execute(
        "insert into record_due (sensor_id, hour, cause, noted_at) values (31, '2026-10-31 08:00+08', 'late', now())"
    )
    found = due_days(here, place.NOW)
    assert ("2026-10-31", 1) in found
    assert ("2026-10-31", 2) not in found
    assert ("2026-10-31", None) not in found
    assert ("2026-10-30", 2) in found


def test_a_turn_makes_what_is_due_once(here, one_format):
    round_ = Making(75.0)
    assert [round_.turn(here, place.NOW + timedelta(minutes=n)) for n in range(3)] == [12, 12, 0]


def test_a_draft_or_a_report_made_before_its_time_is_made_again_by_itself(here, one_format):
    for now in (place.NOW - timedelta(days=5), place.NOW - timedelta(hours=2, minutes=59)):
        made(here, now=now, formats=("xlsx",))
    assert ("monthly", "2026-10", 1) in periods_due(here, place.NOW)


def test_a_month_that_is_finalised_is_made_again_as_the_finalised_one(here, one_format):
    round_ = Making(75.0)
    for _ in range(2):
        round_.turn(here, place.NOW)
    number = place.seal(here, at=place.NOW + timedelta(days=8))
    assert round_.turn(here, place.NOW + timedelta(hours=1)) == 1
    (one,) = here.execute(
        "select revision, made_by from report where sealed_month_id = %s and kind = 'monthly'", [number]
    ).fetchall()
    assert one == (2, "system")


def failing(monkeypatch, error: Exception, *owners: int | None) -> None:
    whole = keeping.compose

    def fails(conn, subject, *rest):
        if subject.enterprise_id in owners:
            raise error
        return whole(conn, subject, *rest)

    monkeypatch.setattr(keeping, "compose", fails)


@pytest.mark.parametrize("error", [ValueError("broken"), db.UnfitError("22P02")])
def test_reports_that_fail_do_not_keep_back_the_others(here, one_format, monkeypatch, error):
    monkeypatch.setattr(making, "_A_TURN", 1)
    failing(monkeypatch, error, 1, None)
    round_ = Making(75.0)
    for n in range(27):
        round_.turn(here, place.NOW + timedelta(seconds=n))
    assert here.execute("select distinct enterprise_id, count(*) from report group by 1").fetchall() == [
        (2, 8)
    ]


def test_a_report_that_fails_rests_ever_longer(here, one_format, monkeypatch):
    failing(monkeypatch, ValueError("broken"), 1, 2, None)
    asked = []
    whole = making.make
    monkeypatch.setattr(
        making, "make", lambda *a, now, **more: asked.append(now) or whole(*a, now=now, **more)
    )
    monkeypatch.setattr(making, "due", lambda *_: [(OWN, OCTOBER)])
    round_ = Making(75.0)
    for n in range(24 * 4):
        round_.turn(here, place.NOW + timedelta(minutes=15 * n))
    hours = [(at - place.NOW) / place.HOUR for at in asked]
    assert hours == [0, 0.25, 0.75, 1.75, 3.75, 7.75, 13.75, 19.75]


def test_a_connection_that_is_gone_ends_the_round(here, one_format, monkeypatch):
    def gone(conn, *_):
        conn.close()
        raise db.Error("terminating connection")

    monkeypatch.setattr(keeping, "compose", gone)
    with pytest.raises(db.Error, match="terminating"):
        Making(75.0).turn(here, place.NOW)


def test_a_format_that_fails_leaves_the_other_made_and_is_tried_again(here, monkeypatch):
    writers = dict(keeping._WRITERS)

    def broken(*_):
        raise ValueError("broken")

    monkeypatch.setattr(keeping, "_WRITERS", writers | {"docx": broken})
    monkeypatch.setattr(making, "_A_TURN", 1)
    round_ = Making(75.0)
    assert round_.turn(here, place.NOW) == 0
    assert [one[1] for one in kept(here)] == ["xlsx"]
    monkeypatch.setattr(keeping, "_WRITERS", writers)
    monkeypatch.setattr(making, "_A_TURN", 1)
    assert round_.turn(here, place.NOW + place.HOUR) == 1
    assert [one[:2] for one in kept(here)] == [(1, "xlsx"), (1, "docx")]
