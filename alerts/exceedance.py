"""When an official value is over its limit, by how much, and how both are printed.

The exceedance factor is (C - C0) / C0, in decimal arithmetic on the numbers as they are written. Full values are compared
(GB/T 8170-2008, 4.3.2); a difference in the thirteenth digit is the arithmetic of the mean, not a measurement.
"""

from decimal import Decimal

from smartpark.science.rounding import half_even, written

NOISE = 1e-12  # of the limit
_DIGITS = 12
_PLACES = 2


def is_over(value: float, limit: float, sign: int) -> bool:
    """Return whether a value is above (sign 1) or below (sign -1) its limit, both in one unit; equal is within."""
    return sign * value > sign * limit + abs(limit) * NOISE


def factor(value: float, limit: float) -> Decimal | None:
    """Return (C - C0) / C0 [1] of a value over an upper limit; None where the limit is not above zero."""
    edge = written(limit)
    return (_measured(value) - edge) / edge if edge > 0 else None


def printed_factor(value: float, limit: float) -> str | None:
    """Return the exceedance factor with two decimals, with as many more as a small one needs to be seen."""
    exact = factor(value, limit)
    if exact is None:
        return None
    rounded = half_even(exact, _PLACES)
    if not rounded and exact:
        rounded = half_even(exact, 1 - exact.adjusted())
    return f"{rounded:f}"


def printed_value(value: float, limit: float, decimals: int) -> str:
    """Return a value with the decimals of its quantity, and with as many more as tell it from its limit."""
    exact, edge = _measured(value), written(limit)
    rounded = half_even(exact, decimals)
    while rounded == edge != exact and decimals < _DIGITS:
        decimals += 1
        rounded = half_even(exact, decimals)
    return f"{rounded:f}"


def _measured(value: float) -> Decimal:
    return written(f"{value:.{_DIGITS}g}")
