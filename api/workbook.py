"""Readings as an Excel workbook, written row by row to a temporary file; a sheet holds a million rows."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped] # it ships no types
from psycopg.rows import tuple_row

from smartpark import db, queries

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_A_SHEET = 1_000_000  # Excel's own end is 1,048,576
_CHUNK_BYTES = 256 * 1024
_FETCHED = 10_000
_Q = queries.load("api", "readings.sql")
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of Excel, which knows no time zone
_READINGS = (
    ("time", 27),
    ("local_time", 20),
    ("value", 12),
    ("flag", 6),
    ("mark", 6),
    ("lag_s", 8),
    ("sensor_id", 10),
)
_SENSORS = (("id", 10), ("station", 20), ("quantity", 12), ("form", 6), ("unit", 12))


def workbook(
    conn: db.DictConnection, sensors: Sequence[Mapping[str, Any]], start: datetime, end: datetime
) -> Iterator[bytes]:
    """Yield a workbook of the readings of sensors over [start, end).

    ``time`` is text with its offset, ``local_time`` the same instant as a date of Excel, which knows no offset.
    """
    with tempfile.TemporaryDirectory(prefix="smartpark-") as folder:
        path = Path(folder) / "readings.xlsx"
        with xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": folder}) as book:
            _write(book, _rows(conn, sensors, start, end))
            _name(book, sensors)
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk


def _rows(
    conn: db.DictConnection, sensors: Sequence[Mapping[str, Any]], start: datetime, end: datetime
) -> Iterator[tuple[Any, ...]]:
    for sensor in sensors:
        with conn.cursor(name="workbook", row_factory=tuple_row) as cursor:
            cursor.itersize = _FETCHED
            cursor.execute(_Q.rows_out, {"sensor": sensor["id"], "from": start, "to": end})
            for time, *rest in cursor:
                days = (time.replace(tzinfo=None) - _EPOCH) / timedelta(days=1)
                yield (time.isoformat(), days, *rest, sensor["id"])


def _write(book: Any, rows: Iterable[tuple[Any, ...]]) -> None:
    sheet, line, number = None, 0, 0
    for time, days, value, flag, mark, lag_s, sensor in rows:
        if sheet is None or line > ROWS_A_SHEET:
            number += 1
            sheet, line = _sheet(book, f"readings {number}", _READINGS), 1
        sheet.write_string(line, 0, time)
        sheet.write_number(line, 1, days)
        sheet.write_number(line, 2, value)
        sheet.write_string(line, 3, flag)
        sheet.write_string(line, 4, mark)
        sheet.write_number(line, 5, lag_s)
        sheet.write_number(line, 6, sensor)
        line += 1
    if sheet is None:
        _sheet(book, "readings 1", _READINGS)


def _name(book: Any, sensors: Sequence[Mapping[str, Any]]) -> None:
    """Write what each sensor number stands for, in the last sheet."""
    sheet = _sheet(book, "sensors", _SENSORS)
    for line, sensor in enumerate(sensors, 1):
        for column, (name, _) in enumerate(_SENSORS):
            sheet.write(line, column, sensor[name])


def _sheet(book: Any, title: str, columns: Sequence[tuple[str, int]]) -> Any:
    sheet = book.add_worksheet(title)
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    date = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for column, (name, width) in enumerate(columns):
        sheet.set_column(column, column, width, date if name == "local_time" else None)
        sheet.write_string(0, column, name, bold)
    return sheet
