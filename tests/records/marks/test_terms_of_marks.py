"""Until when a mark has to be proved, and what it may say."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from records.marks.codes import codes
from records.marks.terms import days_left, month_of, next_month, voucher_due

PARK = ZoneInfo("Asia/Shanghai")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARK)


@pytest.mark.parametrize(
    ("starts_at", "filed_at", "due"),
    [
        ("2026-10-31T23:59", "2026-11-01T08:00", "2026-11-11T00:00"),
        ("2026-11-01T00:00", "2026-11-01T08:00", "2026-12-11T00:00"),
        ("2026-12-15T10:00", "2026-12-15T11:00", "2027-01-11T00:00"),
        ("2026-10-31T20:00", "2026-11-12T08:00", "2026-11-13T00:00"),
    ],
)
def test_a_voucher_is_due_by_the_end_of_the_tenth_of_the_next_month_never_before_the_day_of_filing(
    starts_at, filed_at, due
):
    assert voucher_due(local(starts_at), local(filed_at), PARK, 10) == local(due)


def test_days_are_counted_to_the_last_day_of_the_deadline():
    due = voucher_due(local("2026-10-05T00:00"), local("2026-10-05T01:00"), PARK, 10)
    left = [
        days_left(due, local(now), PARK)
        for now in ("2026-11-01T00:00", "2026-11-10T23:59", "2026-11-11T00:00")
    ]
    assert left == [9, 0, -1]


def test_a_month_begins_at_local_midnight():
    assert month_of(datetime(2026, 10, 31, 16, tzinfo=UTC), PARK) == local("2026-11-01T00:00")
    assert next_month(local("2026-12-01T00:00")) == local("2027-01-01T00:00")


def test_every_code_has_a_kind_an_effect_and_a_source():
    assert {one.kind for one in codes().values()} == {"device", "condition"}
    for one in codes().values():
        allowed = {"device": {"invalid"}, "condition": {"exempt", "stopped"}}[one.kind]
        assert one.effect in allowed, one
        assert one.source.strip()
        assert one.verified is False  # the text of the announcement was not at hand
