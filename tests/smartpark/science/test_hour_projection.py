"""The rest of the hour: what it must stay below, and when that no longer matters."""

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartpark.science.hour_projection import Outlook, project


def test_the_rest_must_make_up_for_what_was_too_much():
    got = project(60.0, 40, 20, 50.0)
    assert (got.outlook, got.rest_below, got.minutes_left) == (Outlook.OPEN, 30.0, 20)


def test_minutes_that_were_lost_count_for_neither():
    assert project(60.0, 30, 20, 50.0).rest_below == pytest.approx(35)


@pytest.mark.parametrize(
    ("mean", "so_far", "left", "span_high", "outlook"),
    [
        (100.0, 31, 29, None, Outlook.LOST),
        (100.0, 30, 30, None, Outlook.OPEN),  # only with zeros
        (10.0, 50, 10, 250.0, Outlook.SAFE),
        (10.0, 50, 10, 250.1, Outlook.OPEN),
        (50.0, 60, 0, None, Outlook.KEPT),
        (50.1, 60, 0, None, Outlook.EXCEEDED),
        (nan, 0, 60, None, Outlook.OPEN),
    ],
)
def test_the_outlook_of_the_hour_is_one_of_five(mean, so_far, left, span_high, outlook):
    got = project(mean, so_far, left, 50.0, span_high=span_high)
    assert got.outlook is outlook
    assert (got.rest_below is None) == (outlook is not Outlook.OPEN)


@pytest.mark.parametrize(("so_far", "left"), [(-1, 10), (10, -1), (0, 0), (40, 21)])
def test_minutes_outside_an_hour_are_refused(so_far, left):
    with pytest.raises(ValueError, match="within an hour"):
        project(1.0, so_far, left, 50.0)


def test_a_mean_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="finite"):
        project(nan, 10, 50, 50.0)
    with pytest.raises(ValueError, match="finite"):
        project(1.0, 10, 50, nan)


@given(st.floats(0, 1000), st.integers(0, 59), st.data())
def test_a_rest_at_the_ceiling_makes_the_hour_exactly_its_limit(mean, so_far, data):
    left = data.draw(st.integers(1, 60 - so_far))
    got = project(mean, so_far, left, 50.0)
    if got.outlook is Outlook.OPEN:
        hour = (mean * so_far + got.rest_below * left) / (so_far + left)
        assert hour == pytest.approx(50.0)
    else:
        assert mean * so_far > 50.0 * (so_far + left)
