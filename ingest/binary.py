"""Columns to the binary format of COPY, without a Python object per row."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
_EPOCH_2000_US = 946_684_800_000_000

INT4, FLOAT8, CHAR, TIMESTAMPTZ, TEXT8 = ">i4", ">f8", "u1", ">i8", "S8"


def timestamps(us: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return instants [us since 1970] as the database counts them [us since 2000]."""
    return us - _EPOCH_2000_US


def rows(columns: Sequence[tuple[str, NDArray[np.generic]]]) -> bytes:
    """Return one binary COPY stream of columns (type, values [n]) of fixed width without nulls; text is padded with spaces."""
    layout: list[tuple[str, str]] = [("fields", ">i2")]
    for number, (kind, _) in enumerate(columns):
        layout += [(f"length{number}", ">i4"), (f"value{number}", kind)]
    table = np.empty(len(columns[0][1]), np.dtype(layout))
    table["fields"] = len(columns)
    for number, (kind, values) in enumerate(columns):
        table[f"length{number}"] = np.dtype(kind).itemsize
        table[f"value{number}"] = values
    return HEADER + table.tobytes() + TRAILER
