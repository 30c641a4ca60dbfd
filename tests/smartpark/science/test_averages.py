"""Means of wind and sound, against plain definitions."""

from math import cos, hypot, isfinite, log10, nan, radians, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartpark.science import averages


def test_the_mean_of_winds_around_north_is_north():
    assert averages.vector_wind([1.0, 1.0], [350.0, 10.0])[1] == pytest.approx(0, abs=1e-9)
    assert averages.vector_wind([3.0], [360.0]) == pytest.approx((3, 0), abs=1e-9)
    assert averages.vector_wind(1.0, [350.0, 30.0])[1] == pytest.approx(10)


def test_a_strong_wind_weighs_more_unless_every_direction_weighs_the_same():
    length, direction = averages.vector_wind([9.0, 1.0], [90.0, 180.0])
    assert (length, direction) == pytest.approx((hypot(4.5, 0.5), 96.3401917))
    assert averages.vector_wind(1.0, [90.0, 180.0])[1] == pytest.approx(135)


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


def test_many_hours_are_averaged_at_once():
    speed, direction = averages.vector_wind([[1.0, 1.0], [nan, nan]], [[350.0, 30.0], [1.0, 2.0]])
    assert direction == pytest.approx([10, nan], nan_ok=True)
    assert np.isnan(speed[1])
    levels = averages.energy_mean_db([[60.0, nan], [nan, nan]])
    assert levels == pytest.approx([60, nan], nan_ok=True)
