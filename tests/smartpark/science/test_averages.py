"""Means of wind, sound and sliding hours, against plain definitions."""

from math import cos, hypot, isfinite, log10, nan, radians, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartpark.science import averages

gappy = st.lists(st.one_of(st.just(nan), st.integers(0, 400).map(float)), max_size=80)


def test_the_mean_of_winds_around_north_is_north():
    assert averages.vector_wind([1.0, 1.0], [350.0, 10.0])[1] == pytest.approx(0, abs=1e-9)
    assert averages.vector_wind([3.0], [360.0]) == pytest.approx((3, 0), abs=1e-9)
    assert averages.unit_vector_from_deg([350.0, 30.0]) == pytest.approx(10)


def test_a_strong_wind_weighs_more_unless_every_direction_weighs_the_same():
    length, direction = averages.vector_wind([9.0, 1.0], [90.0, 180.0])
    assert (length, direction) == pytest.approx((hypot(4.5, 0.5), 96.3401917))
    assert averages.unit_vector_from_deg([90.0, 180.0]) == pytest.approx(135)


def test_winds_that_cancel_have_no_direction_and_no_wind_is_not_calm():
    length, direction = averages.vector_wind([2.0, 2.0], [0.0, 180.0])
    assert length == 0
    assert np.isnan(direction)
    assert np.isnan(averages.vector_wind([0.0], [90.0])[1])
    assert np.isnan(averages.vector_wind([nan, 2.0], [90.0, nan])).all()
    assert averages.vector_wind([nan, 2.0], [90.0, 45.0]) == pytest.approx((2, 45))


@given(st.lists(st.tuples(st.floats(0.1, 60), st.floats(0, 360)), min_size=1, max_size=30))
def test_the_vector_mean_is_the_mean_of_the_components(winds):
    length, direction = averages.vector_wind(*zip(*winds, strict=True))
    east = sum(s * sin(radians(d)) for s, d in winds) / len(winds)
    north = sum(s * cos(radians(d)) for s, d in winds) / len(winds)
    assert length == pytest.approx(hypot(east, north), abs=1e-6)
    if isfinite(direction):
        assert 0 <= direction < 360
        assert (length * sin(radians(direction)), length * cos(radians(direction))) == pytest.approx(
            (east, north), abs=1e-6
        )


def test_levels_are_averaged_as_energy():
    assert averages.energy_mean_db([60.0, 60.0]) == pytest.approx(60)
    assert averages.energy_mean_db([60.0, 70.0, nan]) == pytest.approx(10 * log10((1e6 + 1e7) / 2))
    assert np.isnan(averages.energy_mean_db([nan]))
    assert averages.energy_mean_db([5000.0, 0.0]) == pytest.approx(5000 - 3.0103, abs=1e-3)


@given(gappy)
def test_a_sliding_mean_needs_six_of_its_eight_hours(hours):
    got = averages.sliding_8h_mean(np.array(hours))
    for end, value in enumerate(got):
        window = [hour for hour in hours[max(0, end - 7) : end + 1] if isfinite(hour)]
        expected = sum(window) / len(window) if len(window) >= 6 else nan
        assert value == pytest.approx(expected, nan_ok=True)


@given(gappy, st.integers(0, 23))
def test_the_daily_maximum_is_that_of_the_windows_that_end_in_the_day(hours, first_hour):
    day = np.array([(first_hour + hour) // 24 for hour in range(len(hours))], np.int64)
    eight = averages.sliding_8h_mean(hours)
    days, greatest, count = averages.daily_maximum_8h(hours, day)
    assert days.tolist() == sorted(set(day.tolist()))
    for number, value, valid in zip(days, greatest, count, strict=True):
        inside = [mean for mean, of in zip(eight, day, strict=True) if of == number and isfinite(mean)]
        assert value == pytest.approx(max(inside, default=nan), nan_ok=True)
        assert valid == len(inside)


def test_the_evening_before_counts_in_the_windows_of_the_morning():
    hours = np.zeros(48)
    hours[23] = 80.0
    days, greatest, count = averages.daily_maximum_8h(hours, np.repeat([5, 6], 24))
    assert days.tolist() == [5, 6]
    assert greatest.tolist() == [10, 10]
    assert count.tolist() == [19, 24]


def test_days_that_do_not_ascend_are_refused():
    with pytest.raises(ValueError, match="ascending"):
        averages.daily_maximum_8h([1.0, 2.0], np.array([2, 1]))
    with pytest.raises(ValueError, match="ascending"):
        averages.daily_maximum_8h([1.0, 2.0], np.array([1]))


def test_the_factor_says_by_how_many_times_the_limit_it_is_exceeded():
    assert averages.exceedance_factor([75.0, 150.0, 30.0], 60.0) == pytest.approx([0.25, 1.5, -0.5])
    assert np.isnan(averages.exceedance_factor(1.0, 0.0))
