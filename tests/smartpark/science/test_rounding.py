"""GB/T 8170 on the number that is written, not on its binary neighbour."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartpark.science.rounding import half_even, written


@pytest.mark.parametrize(
    ("number", "decimals", "expected"),
    [
        (0.5, 0, "0"),
        (1.5, 0, "2"),
        (2.5, 0, "2"),
        (2.675, 2, "2.68"),  # the double lies below the tie; the number that is written does not
        (1.005, 2, "1.00"),
        (1.015, 2, "1.02"),
        ("35.5000000000000000000000000000000000000001", 0, "36"),
        (Decimal("74.5"), 0, "74"),
        (np.float64(0.35), 1, "0.4"),
        (1.015 * 1000, -1, "1.02E+3"),  # 1014.9999999999999: a tie, and 1 is odd
        (np.float32(0.25), 1, "0.2"),
        (np.int64(35), 0, "35"),
        (-0.4, 0, "0"),
        (1250, -2, "1.2E+3"),
        (1e300, 2, None),
    ],
)
def test_a_tie_goes_to_the_even_digit(number, decimals, expected):
    rounded = half_even(number, decimals)
    assert str(rounded) == expected if expected else rounded == Decimal("1e300")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), "-inf", "twelve", ""])
def test_what_is_no_finite_number_is_refused(number):
    with pytest.raises(ValueError, match="number"):
        half_even(number)


@given(st.integers(-(10**9), 10**9), st.integers(0, 6), st.integers(0, 6))
def test_rounding_is_that_of_the_exact_fraction(digits, places, decimals):
    """Python rounds a Fraction half to even, exactly."""
    number = Fraction(digits, 10**places)
    got = half_even(Decimal(digits).scaleb(-places), decimals)
    assert Fraction(got) == round(number * 10**decimals) / Fraction(10**decimals)
    assert half_even(got, decimals) == got


@given(st.integers(-(10**12) + 1, 10**12 - 1), st.integers(0, 12))
def test_a_float_is_the_number_of_twelve_digits_that_it_was_written_as(digits, places):
    number = Decimal(digits).scaleb(-places)
    assert written(float(number)) == number


@given(st.integers(-(10**9), 10**9), st.integers(0, 6), st.sampled_from([-1e-15, 1e-15]))
def test_the_noise_of_arithmetic_moves_no_digit(digits, places, noise):
    number = Decimal(digits).scaleb(-places)
    assert half_even(float(number) * (1 + noise), places - 1) == half_even(number, places - 1)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_float_becomes_another_number(number):
    assert float(written(number)) == pytest.approx(number, rel=1e-11, abs=0)
