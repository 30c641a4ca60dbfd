"""What a reading may do is decided by its flag, the platform's mark and the class of its stream, in one table.

``flag_use.csv`` lists the rows; the first that fits a combination decides, ``*`` fits every letter. A reading that
is past a limit under a flag that may not raise is ``marked over``: an item of its own.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product

import numpy as np
from numpy.typing import NDArray

FLAGS = "NFMSDCTB"  # HJ 212-2017 table 8
MARKS = (
    "-OUILKR"  # none, over span, under span, implausible, flat, clock, a mean that the logger has reported
)
STREAM_CLASSES = ("safety", "emission", "ambient", "meter")

# Bits of a use, as the look-up arrays hold them.
RAISE = 1
CLEAR = 2
AVERAGE = 4
REPORT = 8
OVER_RANGE = 16  # raises HH whatever the value
MARKED_UPPER = 32  # past an upper limit: an item of its own
MARKED_LOWER = 64  # past a lower limit: likewise
MARKED = MARKED_UPPER | MARKED_LOWER

_LETTERS = 128


@dataclass(frozen=True, slots=True)
class FlagUse:
    """One row of the table."""

    stream_class: str
    flag: str
    mark: str
    bits: int
    source: str

    def fits(self, stream_class: str, flag: str, mark: str) -> bool:
        """Return whether the row speaks of this combination."""
        return self.stream_class == stream_class and self.flag in {flag, "*"} and self.mark in {mark, "*"}


@cache
def table() -> tuple[FlagUse, ...]:
    """Read the rows in their order."""
    text = files("smartpark").joinpath("flag_use.csv").read_text(encoding="utf-8")
    return tuple(_row(row) for row in csv.DictReader(text.splitlines()))


def use_of(stream_class: str, flag: str, mark: str) -> FlagUse:
    """Return the row that decides.

    Raises:
        LookupError: no row speaks of the combination.

    """
    for row in table():
        if row.fits(stream_class, flag, mark):
            return row
    raise LookupError(f"flag_use.csv has no row for {stream_class}, flag {flag!r}, mark {mark!r}")


def class_number(stream_class: str) -> int:
    """Return the number by which ``uses`` knows a stream class."""
    return STREAM_CLASSES.index(stream_class)


@cache
def _bits() -> NDArray[np.uint8]:
    """Return the uses [classes * 128 * 128]; a letter outside the vocabulary may do nothing."""
    bits = np.zeros((len(STREAM_CLASSES), _LETTERS, _LETTERS), np.uint8)
    for stream_class, flag, mark in product(STREAM_CLASSES, FLAGS, MARKS):
        use = use_of(stream_class, flag, mark)
        bits[class_number(stream_class), ord(flag), ord(mark)] = use.bits
    return bits.reshape(-1)


def uses(
    class_numbers: NDArray[np.int64], flag: NDArray[np.uint8], mark: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Return the bits of n readings [n]: class numbers [n], flags and marks as ASCII codes [n]."""
    where = (class_numbers * _LETTERS + flag) * _LETTERS + mark
    found: NDArray[np.uint8] = _bits()[where]
    return found


def _row(row: dict[str, str]) -> FlagUse:
    bits = RAISE * int(row["may_raise"]) | CLEAR * int(row["may_clear"])
    bits |= AVERAGE * int(row["may_average"]) | REPORT * int(row["may_report"])
    bits |= OVER_RANGE if row["raises_as"] == "HH" else 0
    bits |= {"none": 0, "upper": MARKED_UPPER, "both": MARKED}[row["marked_over"]]
    return FlagUse(row["stream_class"], row["flag"], row["mark"], bits, row["source"])
