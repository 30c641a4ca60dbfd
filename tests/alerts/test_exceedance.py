"""Factors and values as they are printed."""

import pytest

from alerts.exceedance import factor, is_over, printed_factor, printed_value


@pytest.mark.parametrize(
    ("value", "limit", "printed"),
    [
        (58, 50, "0.16"),
        (66, 60, "0.10"),
        (40, 30, "0.33"),
        (50.25, 50, "0.0050"),  # 0.005 rounds half to even, to nothing
        (50.0001, 50, "0.0000020"),
        (200, 50, "3.00"),
        (5, 0, None),
    ],
)
def test_a_factor_has_two_decimals_and_more_where_two_would_hide_it(value, limit, printed):
    assert printed_factor(value, limit) == printed


def test_the_factor_is_decimal_and_free_of_the_noise_of_a_mean():
    assert str(factor(0.1 + 0.2, 0.1)) == "2"
    assert printed_factor(0.11600000000000002, 0.1) == "0.16"


def test_the_noise_of_a_mean_is_no_exceedance():
    mean = 0.10000000000000003
    assert mean > 0.1
    assert not is_over(mean, 0.1, 1)
    assert is_over(0.1000001, 0.1, 1)
    assert is_over(5.99, 6, -1)
    assert not is_over(6, 6, -1)


def test_a_value_over_its_limit_never_prints_as_the_limit():
    assert printed_value(58.0, 50, 1) == "58.0"
    assert printed_value(50.004, 50, 1) == "50.004"
    assert printed_value(50.0, 50, 1) == "50.0"
