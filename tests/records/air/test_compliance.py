"""GB 3095 by the day of the data: the limits step on 2026-03-01 and in 2031, values are rounded before they are compared."""

from datetime import date
from decimal import Decimal

import pytest

from records.air import compliance
from records.air.sand import Episode
from tests.records.air.test_indices import at, judged, measured

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def test_the_limits_of_a_year_are_told_with_their_next_step():
    known = compliance.steps("PM2.5", "day", 2, *YEAR)
    assert [(int(one.value), one.valid_from.isoformat()) for one in known.limits] == [
        (75, "2016-01-01"), (60, "2026-03-01"),
    ]  # fmt: skip
    assert known.next is not None
    assert (known.next.value, known.next.valid_from) == (50, date(2031, 1, 1))
    later = compliance.steps("PM2.5", "day", 2, date(2031, 1, 1), date(2031, 12, 31))
    assert ([int(one.value) for one in later.limits], later.next) == ([50], None)


def test_an_edition_that_repeats_a_limit_is_no_step():
    before = compliance.steps("SO2", "day", 2, date(2025, 1, 1), date(2025, 12, 31))
    assert before.next is not None
    assert (before.next.value, before.next.valid_from) == (50, date(2031, 1, 1))  # 150 goes on in 2026
    assert compliance.steps("CO", "day", 2, date(2025, 1, 1), date(2025, 12, 31)).next is None


@pytest.mark.parametrize(
    ("value", "day", "compliant"),
    [
        (70.0, (2, 28), 1),
        (70.0, (3, 1), 0),
        (60.4, (3, 1), 1),
        (60.5, (3, 1), 1),
        (60.6, (3, 1), 0),
        (61.5, (3, 1), 0),
    ],
)
def test_each_day_is_held_against_its_own_limit_after_rounding(value, day, compliant):
    days = judged(measured({at(*day): {"a34004": value}}), at(*day), at(3, 2))[:1]
    known = compliance.steps("PM2.5", "day", 2, *YEAR)
    found = compliance.counted(compliance.daily_values(days, "PM2.5"), known)
    assert (found.valid, found.compliant) == (1, compliant)


def test_the_step_of_2031_is_counted_over_the_same_days():
    days = judged(measured({at(4, 1): {"a34004": 55.0}, at(4, 2): {"a34004": 50.0}}), at(4, 1), at(4, 3))
    known = compliance.steps("PM2.5", "day", 2, *YEAR)
    found = compliance.counted(compliance.daily_values(days, "PM2.5"), known)
    assert (found.compliant, found.over_next, found.rate) == (2, 1, 1.0)
    assert found.worst is not None
    assert (found.worst.value, found.worst.limit) == (55, 60)


def test_hours_far_below_a_limit_need_not_be_given_one_by_one():
    known = compliance.steps("SO2", "1h", 2, *YEAR)
    found = compliance.counted(
        [(date(2026, 4, 1), at(4, 1), Decimal(200)), (date(2026, 4, 1), at(4, 1), Decimal(501))],
        known,
        valid=100,
    )
    assert (found.valid, found.compliant, found.over_next, found.rate) == (100, 99, 2, 0.99)


def test_a_year_is_told_with_its_counts_its_limit_and_without_sand():
    storm = Episode(5, at(4, 2), at(4, 3))
    what = measured({at(4, 1): {"a34002": 50.0}, at(4, 2): {"a34002": 500.0}, at(4, 3): {"a34002": 60.0}})
    days = judged(what, at(4, 1), at(4, 4), episodes=[storm])
    known = compliance.steps("PM10", "year", 2, *YEAR)
    both = compliance.yearly(days, "PM10", known, date(2026, 4, 3))
    without = compliance.yearly(days, "PM10", known, date(2026, 4, 3), without_sand=True)
    assert (both.mean, both.limit, both.compliant, both.days) == (203, 60, False, 3)
    assert (without.mean, without.compliant, without.next_compliant, without.days, without.excluded) == (
        55, True, False, 2, 1,
    )  # fmt: skip
    assert both.by_month == without.by_month == (0, 0, 0, 3, *(0,) * 8)
    assert both.enough is False


def test_the_mean_of_a_year_takes_the_limit_of_its_last_day():
    days = judged(measured({at(2, 1): {"a34002": 65.0}}), at(2, 1), at(2, 2))
    known = compliance.steps("PM10", "year", 2, *YEAR)
    assert compliance.yearly(days, "PM10", known, date(2026, 2, 28)).compliant is True
    assert compliance.yearly(days, "PM10", known, date(2026, 3, 1)).compliant is False


def test_a_year_without_days_has_no_verdict():
    found = compliance.yearly([], "PM10", compliance.steps("PM10", "year", 2, *YEAR), date(2026, 3, 1))
    assert (found.mean, found.compliant, found.next_compliant) == (None, None, None)
