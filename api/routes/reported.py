"""What loggers have computed themselves (上报记录), beside what we make of their readings (自产记录)."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from api import comparison, exports, files
from api.logger_shapes import Period
from api.problems import InputProblem, not_found
from api.routes.places import Code
from api.shapes import Listing
from api.visit import From, Id, Paging, Reads, To, Visit, as_json, check_period
from smartpark import clock, queries

router = APIRouter(tags=["reported"])
_Q = queries.load("api", "reported.sql")
_READINGS = queries.load("api", "readings.sql")
_DAY = timedelta(days=1)
_LONGEST: dict[Period, timedelta] = {
    "minute": timedelta(days=31),
    "hour": timedelta(days=366),
    "day": timedelta(days=3660),
}
_DEFAULT: dict[Period, timedelta] = {"minute": _DAY, "hour": 7 * _DAY, "day": 31 * _DAY}
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

_CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"content": {exports.CSV_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
}

Verdict = Literal["different", "equal", "only_logger", "only_ours", "few"]
_AT_ONCE = 5_000  # rows of a file
_SHARE = 0.75  # of the samples that a sensor owes, as HJ 75-2017 asks 45 minutes of a valid hour


class ReportedRecord(BaseModel):
    """A value that a logger computed over a period; a second, different word about it is a new revision."""

    sensor_id: int
    station: str
    quantity: str
    form: str
    name_zh: str
    name_en: str
    unit: str
    decimals: int
    period: Period
    start: datetime
    revision: int
    avg: float | None
    min: float | None
    max: float | None
    cou: float | None = Field(description="amount over the period, as sent")
    flag: str = Field(description="as received")
    eflag: str | None = Field(description="the maker's own flag")
    sample_time: datetime | None
    mn: str
    resent: bool
    received_at: datetime


class Difference(BaseModel):
    """The logger's mean of a period beside ours."""

    sensor_id: int
    quantity: str
    form: str
    name_zh: str
    name_en: str
    unit: str
    decimals: int
    start: datetime
    logger: float | None
    ours: float | None
    n: int = Field(description="valid readings behind ours")
    expected: int = Field(description="readings that the sensor's period_s asks for in this period")
    mn: str | None = Field(description="of the logger's record")
    flag: str | None = Field(description="of the logger's record, as received")
    revision: int | None
    resent: bool | None
    difference: float | None = Field(description="logger - ours")
    relative: float | None = Field(description="difference / |ours|")
    verdict: Verdict = Field(
        description="few: ours has less than 75 % of the expected readings, so the two are not compared"
    )


class Summary(BaseModel):
    """How many periods of all sensors compare how; compared = equal + different, and few is outside of it."""

    compared: int
    equal: int
    different: int
    only_logger: int
    only_ours: int
    few: int = Field(description="too few readings of ours to be compared: under 75 % of those expected")


class DifferencePage(Listing[Difference]):
    """One page of differences and the counts of the whole period."""

    from_: datetime = Field(alias="from")
    to: datetime
    period: Period
    shortened: bool = Field(
        description="from was moved: of periods before readings that are kept nobody can tell whether ours holds the"
        " logger's own means"
    )
    tolerance: float
    summary: Summary


@router.get("/reported-records", response_model=Listing[ReportedRecord], responses=_CONTENT)
def reported_records(  # noqa: PLR0913 - which sensors, when, which of several words
    visit: Reads,
    page: Paging,
    *,
    station: Code = None,
    sensor: Id | None = None,
    quantity: Code = None,
    period: Period | None = None,
    start: From = None,
    to: To = None,
    revisions: Annotated[bool, Query(description="all of them, not only the newest")] = False,
    format: Annotated[  # noqa: A002 - the word of the contract
        Literal["json", "csv"],
        Query(description="json comes in pages, newest first; a file comes whole, in order of time"),
    ] = "json",
) -> Response:
    """List what loggers have computed, of periods that begin in [from, to), by default the last day."""
    end = to or clock.now()
    begin = start or end - _DAY
    check_period(begin, end)
    keys = page.after("reported", datetime, int, str, int)
    after = dict(zip(("after_start", "after_sensor", "after_period", "after_revision"), keys, strict=True))
    wanted = {"station": station, "sensor": sensor, "quantity": quantity, "period": period}
    about = {**wanted, "from": begin, "to": end, "revisions": revisions}
    if format == "csv":
        return _file(visit, about)
    with visit.open() as conn:
        rows = conn.execute(_Q.records, {**about, **after, "limit": page.limit + 1}).fetchall()
    return as_json(page.answer("reported", rows, "start", "sensor_id", "period", "revision"))


@router.get("/reported-records/differences", response_model=DifferencePage, responses=_CONTENT)
def differences(  # noqa: PLR0913 - which sensors, when, how strictly
    visit: Reads,
    page: Paging,
    station: Annotated[str, Query(max_length=100)],
    *,
    quantity: Code = None,
    period: Period = "hour",
    start: From = None,
    to: To = None,
    tolerance: Annotated[float, Query(ge=0, le=1, description="of the larger of the two values")] = 0.01,
    show: Annotated[list[Verdict] | None, Query(description="default: different")] = None,
    format: Annotated[  # noqa: A002 - the word of the contract
        Literal["json", "csv"],
        Query(description="json comes in pages, newest first; a file comes whole, in order of time"),
    ] = "json",
    lang: Annotated[Literal["zh", "en"], Query(description="of the names and verdicts in a file")] = "zh",
) -> Response:
    """Compare a station's records by its logger with ours, period by period; only whole periods of [from, to).

    What is older than the readings that are kept is not compared.
    """
    with visit.open() as conn:
        found = conn.execute(_Q.compared_station, {"station": station}).fetchone()
        if found is None:
            raise not_found(f"有数采仪的站点 {station}", f"station {station} with a logger")
        zone, minutes = ZoneInfo(found["timezone"]), found["minute_interval_min"]
        end = _floored(to or clock.now(), period, zone, minutes)
        asked = _floored(start or end - _DEFAULT[period], period, zone, minutes)
        check_period(asked, end)
        _check_length(asked, end, period)
        begin = _kept(asked, end, _floored(_oldest(visit, period, minutes), period, zone, minutes))
        after_start, after_sensor = page.after("differences", datetime, int)
        after = {"after_start": after_start, "after_sensor": after_sensor, "limit": page.limit + 1}
        about = {"station_id": found["id"], "quantity": quantity, "period": period, "from": begin, "to": end}
        how = {
            "zone": found["timezone"],
            "minutes": minutes,
            "share": _SHARE,
            "tolerance": tolerance,
            "verdicts": show or ["different"],
        }
        if format == "csv":
            return _compared_file(visit, {**about, **how}, found, lang)
        rows = conn.execute(_Q.compare, {**about, **how, **after, "forward": False}).fetchall()
    totals = rows[0]["totals"]
    listed = [_difference(row) for row in rows if row["sensor_id"] is not None]
    answer = page.answer("differences", listed, "start", "sensor_id")
    span = {"from": begin, "to": end, "period": period, "shortened": begin > asked}
    return as_json({**answer, **span, "tolerance": tolerance, "summary": totals})


def _file(visit: Visit, about: dict[str, Any]) -> Response:
    sensor = None if about["sensor"] is None else [about["sensor"]]
    with visit.open() as conn:
        chosen = conn.execute(_READINGS.chosen, {**about, "sensors": sensor, "form": None}).fetchall()
    if not chosen:
        raise not_found("此站点或传感器", "such station or sensor")

    def blocks() -> files.Blocks:
        with visit.open() as conn:
            conn.execute(_READINGS.without_hurry)
            wanted = {**about, "sensors": [one["id"] for one in chosen]}
            with conn.cursor().copy(_Q.records_out.rstrip(";"), wanted) as copy:
                yield from exports.in_blocks(copy)

    what = f"reported_{chosen[0]['station']}" if about["station"] else "reported"
    name = files.name_of(what, about["from"], about["to"], "csv")
    return files.sent(blocks(), exports.CSV_TYPE, name, visit.house.metrics)


def _compared_file(visit: Visit, about: dict[str, Any], place: dict[str, Any], lang: str) -> Response:
    whole = {**about, "after_start": None, "after_sensor": None, "limit": None, "forward": True}

    def blocks() -> files.Blocks:
        with visit.open() as conn:
            conn.execute(_READINGS.without_hurry)
            with conn.cursor("comparison") as rows:
                rows.itersize = _AT_ONCE
                rows.execute(_Q.compare, whole)
                yield from exports.in_blocks(comparison.lines(rows, place, lang))

    name = files.name_of(f"compared_{place['code']}_{about['period']}", about["from"], about["to"], "csv")
    return files.sent(blocks(), exports.CSV_TYPE, name, visit.house.metrics)


def _difference(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "totals"}


def _floored(at: datetime, period: Period, zone: ZoneInfo, minutes: int) -> datetime:
    if period == "minute":
        return at - (at - _EPOCH) % timedelta(minutes=minutes)
    local = at.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    return local.replace(hour=0) if period == "day" else local


def _oldest(visit: Visit, period: Period, minutes: int) -> datetime:
    """Return an instant in the first period that lies behind the oldest reading that may have been dropped."""
    length = {"minute": timedelta(minutes=minutes), "hour": timedelta(hours=1), "day": _DAY}[period]
    return clock.now() - timedelta(days=visit.house.settings.ingest.readings_days) + length


def _kept(begin: datetime, end: datetime, oldest: datetime) -> datetime:
    if end <= oldest:
        raise InputProblem(
            "query.to",
            "原始数据保留期之前的时段无从比对",
            "nothing before the readings that are kept can be compared",
        )
    return max(begin, oldest.astimezone(begin.tzinfo))


def _check_length(begin: datetime, end: datetime, period: Period) -> None:
    longest = _LONGEST[period]
    if end - begin > longest:
        days = longest.days
        raise InputProblem(
            "query.from", f"此类比对最长 {days} 天; 请缩短时段", f"at most {days} days of this period at once"
        )
