"""Series in compact notation: ``0.2x5 1.2:M 0+0.5x10 _x3`` is five times 0.2, one 1.2 flagged M, a ramp, a gap of three."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NUMBER = r"-?\d+(?:\.\d+)?"
_TOKEN = re.compile(
    rf"(?:(?P<gap>_)|(?P<value>{_NUMBER})(?P<step>[+-]\d+(?:\.\d+)?)?(?::(?P<flag>[NFMSDCTB]))?)(?:x(?P<times>\d+))?"
)


class SeriesError(ValueError):
    """A token is none of the notation."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The value at one period; None where nothing arrives."""

    position: int
    value: float | None
    flag: str


def samples(notation: str) -> Iterator[Sample]:
    """Yield one sample a period.

    Raises:
        SeriesError: a token cannot be read.

    """
    position = 0
    for token in notation.split():
        match = _TOKEN.fullmatch(token)
        if match is None:
            raise SeriesError(f"{token!r} cannot be read; write 1.5, 1.5x10, 1.5:Mx3, 0+0.5x10 or _x5")
        for repeat in range(int(match["times"] or 1)):
            value = None if match["gap"] else float(match["value"]) + repeat * float(match["step"] or 0)
            yield Sample(position, value, match["flag"] or "N")
            position += 1
