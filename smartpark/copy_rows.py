"""Columns to the binary format of COPY, nulls included, without a Python object per row.

Source: the PostgreSQL manual, COPY, "Binary Format": a row is a count of fields, then each with its length in front,
-1 and nothing for a null; everything is big-endian.
"""

from collections.abc import Iterator
from typing import LiteralString

import numpy as np
from numpy.typing import NDArray

from smartpark import db

INT4, FLOAT8, TIMESTAMPTZ, CHAR, BOOL = ">i4", ">f8", ">i8", "u1", "u1"
_HEADER, _TRAILER = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
_EPOCH_2000_US = 946_684_800_000_000
_SLICE = 20_000  # rows a write

Column = tuple[str, NDArray[np.generic]]


def instants(us: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return instants [us since 1970] as the database counts them [us since 2000]."""
    return us - _EPOCH_2000_US


def text(width: int) -> str:
    """Return the type of a text column of at most so many bytes."""
    return f"S{width}"


def send(conn: db.Connection, statement: LiteralString, columns: list[Column]) -> None:
    """Copy columns (type, values [n]) by one ``copy ... from stdin with (format binary)``.

    A NaN of a FLOAT8 column is a null; no other column has any. Text is bytes.
    """
    with conn.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(_HEADER)
        for part in _rows(columns):
            copy.write(part)
        copy.write(_TRAILER)


def _rows(columns: list[Column]) -> Iterator[bytes]:
    layout: list[tuple[str, str]] = [("fields", ">i2")]
    for number, (kind, _) in enumerate(columns):
        layout += [(f"length{number}", ">i4"), (f"value{number}", kind)]
    shape = np.dtype(layout)
    for start in range(0, len(columns[0][1]), _SLICE):
        table = np.empty(len(columns[0][1][start : start + _SLICE]), shape)
        table["fields"] = len(columns)
        kept = np.ones((len(table), shape.itemsize), np.bool_)
        for number, (kind, values) in enumerate(columns):
            part = values[start : start + _SLICE]
            size = np.dtype(kind).itemsize
            table[f"length{number}"] = size
            table[f"value{number}"] = part
            place = slice(at := shape.fields[f"value{number}"][1] if shape.fields else 0, at + size)
            if kind == FLOAT8:
                null = np.isnan(np.asarray(part, np.float64))
                table[f"length{number}"][null] = -1
                kept[null, place] = False
            elif kind.startswith("S"):
                length = np.strings.str_len(table[f"value{number}"])
                table[f"length{number}"] = length
                kept[:, place] = np.arange(size) < length[:, None]
        if kept.all():
            yield table.tobytes()
        else:
            yield table.view(np.uint8).reshape(len(table), -1)[kept].tobytes()
