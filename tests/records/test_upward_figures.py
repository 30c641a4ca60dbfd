"""From minutes to figures: what is sent under which flag."""

from dataclasses import replace

import pytest

from records.upward.figures import Figures, Slice, figures

GOOD = Slice(60, 60, 240, 240, 10.0, 8.0, 12.0, 10.0, 8.0, 12.0, "N")
MINUTE = Slice(1, 1, 4, 4, 10.0, 8.0, 12.0, 10.0, 8.0, 12.0, "N")
NOTHING_VALID = Slice(1, 0, 4, 0, None, None, None, 3.0, 2.0, 4.0, "M")


@pytest.mark.parametrize(
    ("period_name", "slices", "water", "flag"),
    [
        ("minute", [MINUTE], False, "N"),
        ("minute", [replace(MINUTE, n_valid=3, flags="DN")], False, "N"),
        ("minute", [replace(MINUTE, n_valid=3, flags="DN", sound=0)], True, "D"),
        ("minute", [replace(MINUTE, n_valid=2, flags="MN")], False, "D"),
        ("minute", [replace(MINUTE, n_valid=2, flags="MN", sound=0)], True, "M"),
        ("minute", [NOTHING_VALID], False, "M"),
        ("minute", [NOTHING_VALID], True, "M"),
        ("minute", [replace(NOTHING_VALID, flags="T")], False, "T"),
        ("minute", [replace(NOTHING_VALID, flags="FM")], False, "D"),
        ("minute", [replace(NOTHING_VALID, flags="FM")], True, "F"),
        ("minute", [replace(NOTHING_VALID, flags="N")], True, "D"),  # normal by its word, implausible by ours
        ("hour", [GOOD], False, "N"),
        ("hour", [replace(GOOD, sound=45, flags="DN")], False, "N"),
        ("hour", [replace(GOOD, sound=44)], False, "D"),
        ("hour", [replace(GOOD, sound=59, flags="CN")], True, "C"),
        ("hour", [replace(GOOD, sound=44)], True, "D"),
        ("hour", [replace(GOOD, sound=0, mean=None, low=None, high=None, flags="C")], False, "C"),
        ("day", [GOOD] * 24, False, "N"),
        ("day", [GOOD] * 20, True, "N"),
        ("day", [GOOD] * 19 + [replace(GOOD, sound=44)] * 5, False, "D"),
        ("day", [GOOD] * 23 + [replace(GOOD, sound=59, flags="NT")], True, "T"),
        ("day", [GOOD] * 23 + [replace(GOOD, sound=59, flags="NT")], False, "N"),
    ],
)
def test_the_flag_follows_the_roll_up_of_the_standard(period_name, slices, water, flag):
    assert figures(period_name, slices, water=water).flag == flag


def test_values_without_a_valid_one_are_sent_under_their_flag():
    assert figures("minute", [NOTHING_VALID], water=False) == Figures(3.0, 2.0, 4.0, "M")


def test_a_day_is_the_mean_of_its_valid_hours_and_their_extremes():
    bad = replace(NOTHING_VALID, any_mean=900.0, any_low=900.0, any_high=900.0)
    day = figures("day", [GOOD, replace(GOOD, mean=20.0, low=1.0, high=30.0), bad], water=False)
    assert (day.mean, day.low, day.high) == (15.0, 1.0, 30.0)
