"""Official records: minutes, hours, days, months and years, and as they stood on an earlier day."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import orjson
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from api import files, official_files
from api.official_shapes import (
    STATUSES,
    ColumnPage,
    Comparison,
    RecordPage,
    RecordPeriod,
    Status,
    status_words,
)
from api.problems import InputProblem, not_found
from api.routes.places import Code, Kinds
from api.visit import From, Id, Instant, Paging, Reads, To, Visit, as_json, check_period
from smartpark import clock, db, queries

router = APIRouter(tags=["records"])
_Q = queries.load("api", "official.sql")
_READINGS = queries.load("api", "readings.sql")

_DAY = timedelta(days=1)
_STEPS: dict[RecordPeriod, str] = {name: f"1 {name}" for name in ("minute", "hour", "day", "month", "year")}
_DEFAULT: dict[RecordPeriod, timedelta] = {
    "minute": _DAY,
    "hour": 7 * _DAY,
    "day": 31 * _DAY,
    "month": 366 * _DAY,
    "year": 3660 * _DAY,
}
_SHORTEST: dict[RecordPeriod, timedelta] = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": _DAY,
    "month": 28 * _DAY,
    "year": 365 * _DAY,
}
_MOST_IN_COLUMNS = 400_000  # records an answer: 45 sensors over a year of hours

_CONTENT: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for _, kind in official_files.FILES.values()
        }
    }
}


class Which(BaseModel):
    """The sensors that are meant."""

    sensors: list[int] | None
    station: str | None
    quantity: str | None
    form: str | None
    enterprise: str | None
    kind: list[str] | None


def _which(
    *,
    sensor: Annotated[
        list[Id] | None, Query(max_length=500, description="sensor numbers; may be given several times")
    ] = None,
    station: Code = None,
    quantity: Code = None,
    form: Annotated[str | None, Query(max_length=20, description="empty: measured; Zs: converted")] = None,
    enterprise: Code = None,
    kind: Kinds = None,
) -> Which:
    return Which(
        sensors=sensor, station=station, quantity=quantity, form=form, enterprise=enterprise,
        kind=list(kind) if kind else None,
    )  # fmt: skip


Wanted = Annotated[Which, Depends(_which)]
Period = Annotated[RecordPeriod, Query(description="minute: what arrived; the others are official records")]
AsOf = Annotated[
    Instant | None, Query(description="as the records stood at this instant; RFC 3339 with offset")
]
Statuses = Annotated[list[Status] | None, Query(description="may be given several times")]


@router.get("/records", response_model=RecordPage | ColumnPage, responses=_CONTENT)
def records(  # noqa: PLR0913 - which sensors, when, as of when, how
    visit: Reads,
    page: Paging,
    wanted: Wanted,
    *,
    period: Period = "hour",
    start: From = None,
    to: To = None,
    as_of: AsOf = None,
    status: Statuses = None,
    revisions: Annotated[bool, Query(description="earlier revisions as well, each with its cause")] = False,
    columns: Annotated[bool, Query(description="whole and by column, for a chart; not in pages")] = False,
    format: Annotated[  # noqa: A002 - the word of the contract
        Literal["json", "csv", "ndjson", "xlsx"], Query(description="json comes in pages, files come whole")
    ] = "json",
    lang: Annotated[Literal["zh", "en"], Query(description="of the words and headings in a file")] = "zh",
) -> Response:
    """Return the records of some sensors whose period begins in [from, to); at least one way of saying which is needed."""
    end = to or clock.now()
    begin = start or end - _DEFAULT[period]
    check_period(begin, end)
    _check(period, as_of, revisions=revisions, columns=columns)
    with visit.open() as conn:
        chosen = _chosen(conn, wanted)
        about: dict[str, Any] = {
            "period": period,
            "from": begin,
            "to": end,
            "as_of": as_of,
            "status": status,
            "revisions": revisions,
        }
        about |= {"step": _STEPS[period], "park_zone": chosen[0]["timezone"], "statuses": list(STATUSES)}
        if format == "json" and columns:
            return _columns(conn, visit, chosen, about)
        if format == "json":
            keys = page.after("records", int, datetime, int)
            after = dict(zip(("after_sensor", "after_start", "after_revision"), keys, strict=True))
            sensors = [one["id"] for one in chosen]
            values = {**about, **after, "sensors": sensors, "limit": page.limit + 1}
            rows = conn.execute(_Q.record_page, values).fetchall()
            for row in rows:
                _, row["status_zh"], row["status_en"] = STATUSES[row["status"]]
            answer = page.answer("records", rows, "sensor_id", "start", "revision")
            return as_json(
                {**answer, **_head(visit, about), **_span(visit, about), "sensors": _named(chosen)}
            )
    about["lang"] = lang
    about["words"] = [zh if lang == "zh" else en for _, zh, en in STATUSES.values()]
    return _file(visit, format, chosen, about)


@router.get("/records/compare", response_model=Comparison)
def compare_records(
    visit: Reads,
    wanted: Wanted,
    *,
    period: Period = "day",
    start: From = None,
    to: To = None,
    with_from: Annotated[
        Instant | None, Query(description="start of the second period; default: a year before `from`")
    ] = None,
    as_of: AsOf = None,
) -> Response:
    """Return the records of the same sensors over [from, to) and over a second period, by default a year earlier.

    The second period is as long as the first, on the clock of the park.
    """
    end = to or clock.now()
    begin = start or end - _DEFAULT[period]
    check_period(begin, end)
    _check(period, as_of, revisions=False, columns=True)
    with visit.open() as conn:
        chosen = _chosen(conn, wanted)
        zone = ZoneInfo(chosen[0]["timezone"])
        second = (with_from or _year_before(begin, zone)).astimezone(zone)
        until = (
            _year_before(end, zone)
            if with_from is None
            else second
            + (end.astimezone(zone).replace(tzinfo=None) - begin.astimezone(zone).replace(tzinfo=None))
        )
        check_period(second, until)
        about = {"period": period, "as_of": as_of, "status": None, "statuses": list(STATUSES)}
        spans = [
            _drawn(conn, visit, chosen, {**about, "from": low, "to": high})
            for low, high in ((begin, end), (second, until))
        ]
        head = {**_head(visit, about), "statuses": status_words()}
    return as_json({**head, "first": spans[0], "second": spans[1]})


def _chosen(conn: db.DictConnection, wanted: Which) -> list[dict[str, Any]]:
    """Return the sensors meant.

    Raises:
        Problem: nothing says which, or one of them is not there for this reader.

    """
    if wanted.sensors is None and not (wanted.station or wanted.enterprise or wanted.kind):
        raise InputProblem(
            "query.sensor",
            "请给出 sensor、station、enterprise 或 kind",
            "name sensors, a station, an enterprise or a kind of station",
        )
    chosen = conn.execute(_Q.chosen_sensors, wanted.model_dump()).fetchall()
    if not chosen or (wanted.sensors and not wanted.station and len(chosen) < len(set(wanted.sensors))):
        raise not_found("此传感器", "such sensor")
    return chosen


def _check(period: RecordPeriod, as_of: datetime | None, *, revisions: bool, columns: bool) -> None:
    if period == "minute" and (as_of or revisions):
        raise InputProblem(
            "query.period",
            "分钟数据没有修订版本; as_of 与 revisions 请用于 hour、day、month、year",
            "minutes have no revisions; ask for as_of and revisions of hours, days, months and years",
        )
    if revisions and (columns or as_of):
        raise InputProblem(
            "query.revisions",
            "不能与 columns 或 as_of 同时使用",
            "goes neither with columns nor with as_of; leave it out",
        )


def _columns(
    conn: db.DictConnection, visit: Visit, chosen: list[dict[str, Any]], about: dict[str, Any]
) -> Response:
    span = _drawn(conn, visit, chosen, about)
    return as_json({**_head(visit, about), "statuses": status_words(), **span})


def _drawn(
    conn: db.DictConnection, visit: Visit, chosen: list[dict[str, Any]], about: dict[str, Any]
) -> dict[str, Any]:
    """Return the columns of a period; those that the database wrote as JSON are taken as they are."""
    most = len(chosen) * ((about["to"] - about["from"]) / _SHORTEST[about["period"]])
    if most > _MOST_IN_COLUMNS:
        raise InputProblem(
            "query.from",
            f"columns 一次最多 {_MOST_IN_COLUMNS} 条记录; 请缩短时段或减少点位",
            f"columns hold at most {_MOST_IN_COLUMNS} records; ask for a shorter period or fewer sensors",
        )
    letters = "".join(letter for letter, _, _ in STATUSES.values())
    values = {**about, "sensors": [one["id"] for one in chosen], "letters": letters}
    found = {row["sensor_id"]: row for row in conn.execute(_Q.record_columns, values)}
    series = [{"sensor": sensor, **_fragments(found.get(sensor["id"]))} for sensor in _named(chosen)]
    return {**_span(visit, about), "series": series}


def _fragments(row: dict[str, Any] | None) -> dict[str, Any]:
    names = ("start", "mean", "min", "max", "revision")
    if row is None:
        some: dict[str, Any] = dict.fromkeys(("converted", "mean_8h", "amount", "mass"))
        return {**{name: [] for name in names}, **some, "status": "", "flag": []}
    written = (*names, "converted", "mean_8h", "amount", "mass")
    columns = {name: row[name] if row[name] is None else orjson.Fragment(row[name]) for name in written}
    return {**columns, "status": row["status"], "flag": row["flag"].split(",")}


def _head(visit: Visit, about: dict[str, Any]) -> dict[str, Any]:
    as_of = about["as_of"]
    return {
        "period": about["period"],
        "zone": visit.zone,
        "as_of": as_of.astimezone(ZoneInfo(visit.zone)) if as_of else None,
    }


def _span(visit: Visit, about: dict[str, Any]) -> dict[str, Any]:
    zone = ZoneInfo(visit.zone)
    return {"from": about["from"].astimezone(zone), "to": about["to"].astimezone(zone)}


def _named(chosen: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in one.items() if key != "timezone"} for one in chosen]


def _year_before(at: datetime, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone)
    leap = (local.month, local.day) == (2, 29)
    return local.replace(year=local.year - 1, day=28 if leap else local.day)


def _file(visit: Visit, kind: str, sensors: list[dict[str, Any]], about: dict[str, Any]) -> Response:
    writer, media_type = official_files.FILES[kind]

    def blocks() -> files.Blocks:
        """Yield the file in one transaction, which is what its reader saw when they asked."""
        with visit.open() as conn:
            conn.execute(_READINGS.without_hurry)
            yield from writer(conn, sensors, about)

    zone = ZoneInfo(visit.zone)
    what = f"records_{about['period']}_{sensors[0]['id']}"
    name = files.name_of(what, about["from"].astimezone(zone), about["to"].astimezone(zone), kind)
    return files.sent(blocks(), media_type, name, visit.house.metrics)
