"""Official records as files: formatted by the database, at constant memory, without a cap; status and flag in every row."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, LiteralString

from api import exports, workbook
from smartpark import db, queries

_Q = queries.load("api", "official.sql")
_FIELDS = (
    *(
        "start",
        "end",
        "mean",
        "min",
        "max",
        "expected",
        "received",
        "samples",
        "status",
        "status_words",
        "flag",
    ),
    *("judgeable", "converted", "reference_o2", "mean_8h", "amount", "mass", "method", "edition", "revision"),
    *("cause", "made_at", "replaced_at"),
)
_PLACE = ("sensor_id", "station", "quantity", "form", "unit")
_ZH: Mapping[str, str] = {
    "start": "开始时间",
    "end": "结束时间",
    "mean": "均值",
    "min": "最小值",
    "max": "最大值",
    "expected": "应测",
    "received": "实测",
    "samples": "有效",
    "status": "状态代码",
    "status_words": "状态",
    "flag": "数据标识",
    "judgeable": "可判定",
    "converted": "折算均值",
    "reference_o2": "基准氧含量%",
    "mean_8h": "8小时均值",
    "amount": "累计量",
    "mass": "排放量kg",
    "method": "均值方法",
    "edition": "依据标准",
    "revision": "版本",
    "cause": "生成原因",
    "made_at": "生成时间",
    "replaced_at": "替换时间",
    workbook.LOCAL_TIME: "当地时间",
    "sensor_id": "点位编号",
    "id": "点位编号",
    "station": "站点",
    "quantity": "因子",
    "form": "形式",
    "unit": "单位",
}
_MARK = "\ufeff"  # the byte order mark, by which Excel knows Chinese
_WIDE = {"start": 27, "end": 27, "edition": 18, "status_words": 18, "made_at": 27, "replaced_at": 27}
_COLUMNS = (
    *((name, _WIDE.get(name, 11)) for name in _FIELDS),
    (workbook.LOCAL_TIME, 20),
    ("sensor_id", 10),
)

Sensors = Sequence[Mapping[str, Any]]


def csv_header(lang: str) -> str:
    """Return the first line of a file: names of the contract in English, words in Chinese."""
    names = (*_FIELDS, *_PLACE)
    return (_MARK + ",".join(_ZH[name] for name in names) if lang == "zh" else ",".join(names)) + "\n"


def csv_lines(conn: db.DictConnection, sensors: Sensors, about: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield the records of sensors as CSV, sensor by sensor, each in order of time; values are in ``unit``."""
    yield csv_header(about["lang"]).encode()
    for sensor in sensors:
        yield from _copied(conn, _Q.records_csv, _of(sensor, about))


def ndjson_lines(conn: db.DictConnection, sensors: Sensors, about: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield the records of sensors, one JSON object a line."""
    for sensor in sensors:
        for block in _copied(conn, _Q.records_ndjson, _of(sensor, about)):
            yield block.replace(
                b"\\\\", b"\\"
            )  # COPY doubles each backslash; JSON has no other letter it escapes


def book(conn: db.DictConnection, sensors: Sensors, about: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield a workbook; times are text with their offset, ``local_time`` is the start as a date of Excel."""
    words, title, places = (_ZH, "记录", "点位") if about["lang"] == "zh" else ({}, "records", "sensors")
    records = workbook.Table(title, _COLUMNS, _rows(conn, sensors, about), long=True, words=words)
    yield from workbook.of_tables([records, replace(workbook.named(sensors), title=places, words=words)])


Writer = Callable[[db.DictConnection, Sensors, Mapping[str, Any]], Iterator[bytes]]
FILES: Mapping[str, tuple[Writer, str]] = {
    "csv": (csv_lines, exports.CSV_TYPE),
    "ndjson": (ndjson_lines, exports.NDJSON_TYPE),
    "xlsx": (book, workbook.MEDIA_TYPE),
}


def _copied(conn: db.DictConnection, query: LiteralString, values: Mapping[str, Any]) -> Iterator[bytes]:
    with conn.cursor().copy(query.rstrip(";"), values) as copy:
        yield from exports.in_blocks(copy)


def _of(sensor: Mapping[str, Any], about: Mapping[str, Any]) -> dict[str, Any]:
    place = {key: sensor[key] for key in ("station", "quantity", "form", "unit")}
    return {**about, **place, "sensor": sensor["id"]}


def _rows(conn: db.DictConnection, sensors: Sensors, about: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    for sensor in sensors:
        for row in workbook.streamed(conn, _Q.record_rows, _of(sensor, about)):
            told = (value.isoformat() if isinstance(value, datetime) else value for value in row)
            yield (*told, workbook.days_of(row[0]), sensor["id"])
