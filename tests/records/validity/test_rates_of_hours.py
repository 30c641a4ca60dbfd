"""Rates out of counted hours, and letters for their status."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.validity import letters
from records.validity.rates import Hours, figures, grade, percent

CLASSES = ("valid", "invalid", "missing", "platform", "stopped", "no_flow", "exempt")


def counted(**numbers: int) -> Hours:
    hours = Hours()
    for place, number in numbers.items():
        hours.add(place, "network" if place == "missing" else None, "short", place == "invalid", number)
    return hours


def test_transmission_times_validity_is_the_effective_rate():
    month = counted(valid=600, invalid=60, missing=40, stopped=20, exempt=4)
    found = figures(month, month, 75, 95)
    assert (found["hours"], found["due"], found["received"], found["valid"]) == (724, 700, 660, 600)
    assert (found["transmission"], found["validity"], found["effective"]) == (94.29, 90.91, 85.71)
    assert found["grade"] == "pass"
    assert found["running"] == round(100 * 704 / 724, 2)
    assert found["missing"] == {"enterprise": 0, "network": 40, "platform": 0, "unknown": 0}


def test_hours_that_this_platform_lost_leave_the_enterprise_alone_and_stay_in_the_raw_rate():
    month = counted(valid=97, platform=3)
    found = figures(month, month, 75, 95)
    assert (found["effective"], found["raw"]["effective"]) == (100.0, 97.0)
    assert (found["missing"]["platform"], found["due"], found["raw"]["due"]) == (3, 97, 100)


def test_an_hour_that_we_lost_in_part_was_received_in_the_raw_rate():
    month = Hours()
    month.add("valid", None, "valid", True, 8)  # noqa: FBT003
    month.add("platform", None, "short", True, 2)  # noqa: FBT003
    raw = figures(month, month, 75, 95)["raw"]
    assert (raw["received"], raw["transmission"], raw["validity"]) == (10, 100.0, 80.0)


def test_of_nothing_that_was_due_there_is_no_rate():
    month = counted(stopped=744)
    found = figures(month, month, 75, 95)
    assert (found["effective"], found["grade"], found["running"]) == (None, None, 0.0)


@given(st.lists(st.integers(0, 800), min_size=7, max_size=7))
def test_no_rate_is_below_nothing_or_above_a_hundred(numbers):
    month = counted(**dict(zip(CLASSES, numbers, strict=True)))
    found = figures(month, month, 75, 95)
    for rates in (found, found["raw"]):
        for name in ("transmission", "validity", "effective", "capture"):
            assert rates[name] is None or 0 <= rates[name] <= 100
    if found["effective"] is not None:
        assert found["effective"] >= found["raw"]["effective"]


def test_less_than_everything_is_never_shown_as_everything():
    assert (percent(99_999, 100_000), percent(3, 3), percent(0, 0)) == (99.99, 100.0, None)


@pytest.mark.parametrize(
    ("rate", "colour"), [(95.0, "good"), (94.99, "pass"), (75.0, "pass"), (74.99, "below")]
)
def test_a_bar_belongs_to_the_better_side(rate, colour):
    assert grade(rate, 75, 95) == colour


def test_a_day_is_written_hour_by_hour_and_what_was_not_due_is_a_dot():
    places = [(0, letters.ORDER.index("valid") + 1), (23, letters.ORDER.index("none") + 1)]
    assert letters.written(places, 24) == "V" + "." * 22 + "-"
    assert set(letters.WORDS_ZH) == {*letters.LETTERS.values(), letters.NOT_DUE}
