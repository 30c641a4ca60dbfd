"""Readings as files: csv and newline-delimited JSON, formatted by the database, at constant memory, without a cap."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from smartpark import db, queries

_Q = queries.load("api", "readings.sql")
_CHUNK_BYTES = 256 * 1024
CSV_HEADER = "time,value,flag,mark,lag_s,sensor_id,station,quantity,form,unit\n"
CSV_TYPE = "text/csv; charset=utf-8"
NDJSON_TYPE = "application/x-ndjson"


@dataclass(frozen=True, slots=True)
class Format:
    """How the letters between the columns are written: V before the value, F flag, M mark, L lag."""

    value: bytes
    flag: bytes
    mark: bytes
    lag: bytes
    quoted_time: bool


_CSV = Format(b",", b",", b",", b",", quoted_time=False)
_NDJSON = Format(b',"value":', b',"flag":"', b'","mark":"', b'","lag_s":', quoted_time=True)


def csv_lines(
    conn: db.DictConnection, sensors: Sequence[Mapping[str, Any]], start: datetime, end: datetime
) -> Iterator[bytes]:
    """Yield the readings of sensors over [start, end) as CSV, sensor by sensor, each in order of time.

    ``lag_s`` is received - time [s]; values are in ``unit``.
    """
    yield CSV_HEADER.encode()
    for sensor in sensors:
        tail = io.StringIO()
        columns = [sensor[key] for key in ("id", "station", "quantity", "form", "unit")]
        csv.writer(tail, lineterminator="\n").writerow(columns)
        ending = b"," + tail.getvalue().encode()
        for block in _copied(conn, sensor["id"], start, end):
            yield _worded(block, _CSV).replace(b"\n", ending)


def ndjson_lines(
    conn: db.DictConnection, sensors: Sequence[Mapping[str, Any]], start: datetime, end: datetime
) -> Iterator[bytes]:
    """Yield the readings of sensors over [start, end), one JSON object a line."""
    for sensor in sensors:
        constant = {key: sensor[key] for key in ("station", "quantity", "form", "unit")}
        about = orjson.dumps({"sensor_id": sensor["id"], **constant})[1:]
        for block in _copied(conn, sensor["id"], start, end):
            lines = _worded(block, _NDJSON).removesuffix(b"\n")
            yield b'{"time":' + lines.replace(b"\n", b"," + about + b'\n{"time":') + b"," + about + b"\n"


def in_blocks(lines: Iterable[bytes | bytearray | memoryview]) -> Iterator[bytes]:
    """Yield lines in blocks of some 256 KiB."""
    block: list[bytes] = []
    size = 0
    for line in lines:
        block.append(bytes(line))
        size += len(line)
        if size >= _CHUNK_BYTES:
            yield b"".join(block)
            block, size = [], 0
    if block:
        yield b"".join(block)


def _copied(conn: db.DictConnection, sensor: int, start: datetime, end: datetime) -> Iterator[bytes]:
    """Yield whole lines of one sensor in blocks of some 256 KiB."""
    with conn.cursor().copy(_Q.copy_out.rstrip(";"), {"sensor": sensor, "from": start, "to": end}) as copy:
        yield from in_blocks(copy)


def _worded(block: bytes, form: Format) -> bytes:
    if not form.quoted_time:
        block = block.replace(b'"', b"")
    return (
        block.replace(b"|V|", form.value)
        .replace(b"|F|", form.flag)
        .replace(b"|M|", form.mark)
        .replace(b"|L|", form.lag)
    )
