"""Ambient limits are dated: the same value may be lawful one day and not the next."""

from datetime import date
from itertools import groupby, pairwise

import pytest

from smartpark.science.ambient import ambient_limits

OLD, TRANSITION, FINAL = date(2026, 2, 28), date(2026, 3, 1), date(2031, 1, 1)


def limit_of(pollutant, average, klass, day):
    wanted = (pollutant, average, klass)
    found = [
        one
        for one in ambient_limits()
        if (one.pollutant, one.average, one.klass) == wanted and one.holds_on(day)
    ]
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize(
    ("pollutant", "average", "values"),
    [
        ("SO2", "year", (60, 60, 20)),
        ("SO2", "1h", (500, 500, 150)),
        ("NO2", "day", (80, 80, 50)),
        ("CO", "day", (4, 4, 4)),
        ("O3", "8h", (160, 160, 160)),
        ("PM10", "day", (150, 120, 100)),
        ("PM2.5", "year", (35, 30, 25)),
        ("PM2.5", "day", (75, 60, 50)),
    ],
)
def test_the_limit_is_that_of_the_day_of_the_data(pollutant, average, values):
    got = [limit_of(pollutant, average, 2, day) for day in (OLD, TRANSITION, FINAL)]
    assert [limit.value for limit in got] == list(values)
    assert all(limit.verified for limit in got)


def test_the_transition_ends_with_its_last_day():
    assert limit_of("PM2.5", "day", 2, date(2030, 12, 31)).value == 60
    assert limit_of("PM2.5", "day", 1, date(2031, 1, 1)).value == 25


def test_particles_have_no_limit_of_an_hour_and_before_2016_nothing_is_known():
    assert limit_of("PM10", "1h", 2, FINAL) is None
    assert limit_of("PM10", "day", 2, date(2015, 12, 31)) is None


def test_the_editions_of_a_limit_follow_each_other_without_gap_or_overlap():
    def place(limit):
        return (limit.pollutant, limit.average, limit.klass)

    for _, group in groupby(sorted(ambient_limits(), key=place), key=place):
        editions = sorted(group, key=lambda limit: limit.valid_from)
        assert editions[-1].valid_to is None
        for earlier, later in pairwise(editions):
            assert (later.valid_from - earlier.valid_to).days == 1


def test_class_one_is_never_laxer_and_no_limit_grows():
    for limit in ambient_limits():
        assert limit_of(limit.pollutant, limit.average, 1, limit.valid_from).value <= limit.value or (
            limit.klass == 1
        )
        before = limit_of(limit.pollutant, limit.average, limit.klass, OLD)
        assert limit.value <= before.value
        assert limit.unit == ("mg/m³" if limit.pollutant == "CO" else "µg/m³")


def test_what_was_not_read_in_the_standard_is_reference_only():
    assert {limit.source for limit in ambient_limits() if not limit.verified} == {
        "GB 3095-2012 table 2 (repealed)"
    }
