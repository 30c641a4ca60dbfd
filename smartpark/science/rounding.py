"""Rounding after GB/T 8170-2008: to the nearest, a tie to the even digit, on the decimal number that is written."""

from decimal import ROUND_HALF_EVEN, Context, Decimal

Number = Decimal | float | int | str

_DIGITS = 12  # of a float that are a number; those behind them are the arithmetic of a mean or of a unit
_EXACT = Context(prec=1_100, rounding=ROUND_HALF_EVEN)  # every binary float has fewer digits


def written(number: Number) -> Decimal:
    """Return the decimal number as it is written; of a float twelve significant digits, so 0.1 * 3 is three tenths.

    Raises:
        ValueError: it is not a finite number.

    """
    text = f"{number:.{_DIGITS}g}" if isinstance(number, float) else str(number)
    try:
        decimal = Decimal(text)
    except ArithmeticError as error:
        raise ValueError(f"{number!r} is not a number; write digits such as 12.5") from error
    if not decimal.is_finite():
        raise ValueError(f"{number!r} is not a finite number; leave a missing value out")
    return decimal


def half_even(number: Number, decimals: int = 0) -> Decimal:
    """Return a number rounded to ``decimals`` places (below 0: tens, hundreds); GB/T 8170-2008, 3.2.

    Raises:
        ValueError: it is not a finite number.

    """
    rounded = written(number).quantize(Decimal(1).scaleb(-decimals), context=_EXACT)
    return rounded or rounded.copy_abs()
