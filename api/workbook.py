"""Tables as an Excel workbook, written row by row to a temporary file; a sheet holds a million rows."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any, LiteralString

import xlsxwriter  # type: ignore[import-untyped] # it ships no types
from psycopg.rows import tuple_row

from smartpark import db, queries

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_A_SHEET = 1_000_000  # Excel's own end is 1,048,576
LOCAL_TIME = "local_time"  # columns of this name hold a date of Excel, which knows no offset
_CHUNK_BYTES = 256 * 1024
_FETCHED = 10_000
_Q = queries.load("api", "readings.sql")
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of Excel, which knows no time zone
# Text stays text: what begins with = is no formula.
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_READINGS = (
    ("time", 27),
    (LOCAL_TIME, 20),
    ("value", 12),
    ("flag", 6),
    ("mark", 6),
    ("lag_s", 8),
    ("sensor_id", 10),
)
_SENSORS = (("id", 10), ("station", 20), ("quantity", 12), ("form", 6), ("unit", 12))


@dataclass(frozen=True, slots=True)
class Table:
    """What stands on one sheet, or where it is ``long``, on as many as it takes: title 1, title 2 ...

    ``columns`` are (name, width); a row has a value for each, None leaves its cell empty. ``words`` are printed for names.
    """

    title: str
    columns: Sequence[tuple[str, int]]
    rows: Iterable[Sequence[Any]]
    long: bool = False
    words: Mapping[str, str] = field(default_factory=dict)


def workbook(
    conn: db.DictConnection, sensors: Sequence[Mapping[str, Any]], start: datetime, end: datetime
) -> Iterator[bytes]:
    """Yield a workbook of the readings of sensors over [start, end).

    ``time`` is text with its offset, ``local_time`` the same instant as a date of Excel, which knows no offset.
    """
    readings = Table("readings", _READINGS, _readings(conn, sensors, start, end), long=True)
    yield from of_tables([readings, named(sensors)])


def of_tables(tables: Iterable[Table]) -> Iterator[bytes]:
    """Yield a workbook of tables, one after another."""
    with tempfile.TemporaryDirectory(prefix="smartpark-") as folder:
        path = Path(folder) / "tables.xlsx"
        with xlsxwriter.Workbook(path, {**_OPTIONS, "tmpdir": folder}) as book:
            for table in tables:
                _write(book, table)
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk


def streamed(
    conn: db.DictConnection, query: LiteralString, values: Mapping[str, Any]
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query as the database sends them."""
    with conn.cursor(name="workbook", row_factory=tuple_row) as cursor:
        cursor.itersize = _FETCHED
        cursor.execute(query, values)
        yield from cursor


def days_of(time: datetime) -> float:
    """Return the local time of an instant as Excel counts it [days]."""
    return (time.replace(tzinfo=None) - _EPOCH) / timedelta(days=1)


def named(sensors: Sequence[Mapping[str, Any]]) -> Table:
    """Return the table of what each sensor number stands for."""
    return Table("sensors", _SENSORS, ([sensor[name] for name, _ in _SENSORS] for sensor in sensors))


def _readings(
    conn: db.DictConnection, sensors: Sequence[Mapping[str, Any]], start: datetime, end: datetime
) -> Iterator[tuple[Any, ...]]:
    for sensor in sensors:
        about = {"sensor": sensor["id"], "from": start, "to": end}
        for time, *rest in streamed(conn, _Q.rows_out, about):
            yield (time.isoformat(), days_of(time), *rest, sensor["id"])


def _write(book: Any, table: Table) -> None:
    rows, number = iter(table.rows), 0
    first = next(rows, None)
    while first is not None or number == 0:
        number += 1
        sheet = _sheet(book, f"{table.title} {number}" if table.long else table.title, table)
        room = ROWS_A_SHEET - 1 if table.long else None
        begun = () if first is None else (first,)
        for line, row in enumerate(chain(begun, islice(rows, room)), 1):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(line, column, value)
        first = next(rows, None)


def _sheet(book: Any, title: str, table: Table) -> Any:
    sheet = book.add_worksheet(title)
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    date = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for column, (name, width) in enumerate(table.columns):
        sheet.set_column(column, column, width, date if name == LOCAL_TIME else None)
        sheet.write_string(0, column, table.words.get(name, name), bold)
    return sheet
