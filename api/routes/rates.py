"""The effective rate of a month (传输有效率), and the hours behind every number of it."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response

from api import exports
from api.problems import InputProblem
from api.routes.places import Code
from api.shapes import Listing
from api.validity_shapes import EffectiveRates, RatedHour
from api.visit import Paging, Reads, Visit, as_json
from records.marks.codes import codes
from records.marks.terms import month_of, next_month
from records.validity.rates import COUNTED, RULES_EN, RULES_ZH, Hours, figures
from smartpark import clock, db, queries

router = APIRouter(tags=["validity"])
_Q = queries.load("api", "coverage.sql")

Month = Annotated[
    str | None, Query(pattern=r"^(19|20|21)\d\d-(0[1-9]|1[0-2])$", description="2026-10; default: last month")
]
Pollutants = Annotated[
    list[str] | None,
    Query(
        alias="pollutant",
        max_length=20,
        description="counted quantities; default COD, NH3-N, PM, SO2 and NOx",
    ),
]
What = Literal["missing", "invalid", "platform", "stopped", "no_flow", "exempt", "valid"]
_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {exports.CSV_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
}
_HEADER = (
    "企业", "排口", "月份", "小时", "停运", "无流量", "工况标记", "应测", "实测", "有效", "数据不足", "异常数据", "已标记无效",
    "缺失-企业", "缺失-网络", "缺失-平台", "缺失-不明", "传输率%", "有效率%", "传输有效率%", "设备运转率%", "季度有效捕集率%",
    "传输有效率%(不扣除平台原因)", "缺凭证标记",
)  # fmt: skip


@router.get("/effective-rates", response_model=EffectiveRates, responses=_CSV)
def effective_rates(
    visit: Reads,
    *,
    park: Code = None,
    station: Code = None,
    enterprise: Code = None,
    month: Month = None,
    pollutant: Pollutants = None,
    format: Literal["json", "csv"] = "json",  # noqa: A002 - the word of the contract
) -> Response:
    """Return transmission x validity = effective rate of every outlet and enterprise over a month, the worst first.

    Hours that this platform lost are not due of an enterprise; ``raw`` keeps them. The capture rate is of the quarter.
    """
    span = _Span(visit, park, month)
    wanted = {"park": park, "station": station, "enterprise": enterprise, "pollutant": pollutant}
    with visit.open() as conn:
        sensors = _sensors(conn, span, wanted)
        ids = {**span.about, "sensors": [one["id"] for one in sensors]}
        counts = conn.execute(_Q.counted_hours, ids, prepare=False).fetchall()
        until = conn.execute(_Q.made_until, ids, prepare=False).fetchone() or {}
        places = sorted({one["station_id"] for one in sensors})
        marks = conn.execute(_Q.marks_within, {**span.about, "stations": places}).fetchall()
    settings = visit.house.settings.records
    bars = (settings.pass_rate, settings.good_rate)
    outlets, sums = _outlets(sensors, counts, bars)
    for one in outlets:
        mine = [mark for mark in marks if mark["station_id"] == one["station"]["id"]]
        one["marks"] = [_mark(mark, span.zone) for mark in mine]
    outlets.sort(key=_worst_first)
    if format == "csv":
        return _csv(outlets, span)
    enterprises = _enterprises(sensors, sums, bars)
    total = figures(*_together(sums.values()), *bars)
    answer = {
        "month": span.name,
        "from": span.start,
        "to": span.end,
        "quarter_from": span.quarter,
        "until": until.get("until"),
        "pollutants": sorted({one["quantity"] for one in sensors}) or list(pollutant or COUNTED),
        "pass_rate": bars[0],
        "good_rate": bars[1],
        "rules_zh": RULES_ZH,
        "rules_en": RULES_EN,
    }
    return as_json({**answer, "items": outlets, "enterprises": enterprises, "total": total})


@router.get("/effective-rates/hours", response_model=Listing[RatedHour])
def rated_hours(
    visit: Reads,
    page: Paging,
    what: Annotated[
        What, Query(description="which number; missing and invalid without those of the platform")
    ],
    *,
    park: Code = None,
    station: Code = None,
    enterprise: Code = None,
    month: Month = None,
    pollutant: Pollutants = None,
) -> Response:
    """List the hours behind a number of the rates: as many as it says."""
    span = _Span(visit, park, month)
    wanted = {"park": park, "station": station, "enterprise": enterprise, "pollutant": pollutant}
    after_start, after_sensor = page.after("rated", datetime, int)
    with visit.open() as conn:
        ids = [one["id"] for one in _sensors(conn, span, wanted)]
        about = {**span.about, "sensors": ids, "classes": [what], "limit": page.limit + 1}
        after = {"after_start": after_start, "after_sensor": after_sensor}
        rows = conn.execute(_Q.hours_behind, {**about, **after}, prepare=False).fetchall()
    answer = page.answer("rated", rows, "start", "sensor_id")
    for row in answer["items"]:
        row["label"] = hour_label(row["start"])
    return as_json(answer)


def hour_label(start: datetime) -> str:
    """Return an hour of a day as it is printed; the last one ends at 24:00."""
    end = f"{start + timedelta(hours=1):%H:%M}"
    return f"{start:%H:%M}-{'24:00' if end == '00:00' else end}"


def sensor_ref(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is told of a sensor."""
    return {name: row[name] for name in ("id", "quantity", "form", "name_zh", "name_en")}


class _Span:
    """A month of the park and the quarter that it lies in, up to its end."""

    def __init__(self, visit: Visit, park: str | None, month: str | None) -> None:
        self.zone = ZoneInfo(visit.house.park_zone(park))
        this = month_of(clock.now(), self.zone)
        start = datetime.strptime(month, "%Y-%m").replace(tzinfo=self.zone) if month else month_of(this - timedelta(days=1), self.zone)  # fmt: skip
        if start > this:
            raise InputProblem(
                "query.month",
                "尚未开始; 请写本月或以前的月份",
                "has not begun; write this month or one before",
            )
        self.name = f"{start:%Y-%m}"
        quarter = start.replace(month=(start.month - 1) // 3 * 3 + 1)
        self.start, self.end, self.quarter = (
            at.astimezone(UTC) for at in (start, next_month(start), quarter)
        )
        behind = next_month(next_month(next_month(quarter))).astimezone(UTC)
        self.about = {"from": self.start, "to": self.end, "quarter": self.quarter, "quarter_end": behind}


def _sensors(conn: db.DictConnection, span: _Span, wanted: dict[str, Any]) -> list[dict[str, Any]]:
    about = {"from": span.start, "to": span.end, "streams": ["emission"], "kind": None}
    chosen = {**wanted, "quantities": wanted["pollutant"] or list(COUNTED)}
    del chosen["pollutant"]
    return conn.execute(_Q.sensors_due, {**about, **chosen}).fetchall()


_Pair = tuple[Hours, Hours]  # of the month, of the quarter


def _outlets(
    sensors: list[dict[str, Any]], counts: Iterable[dict[str, Any]], bars: tuple[float, float]
) -> tuple[list[dict[str, Any]], dict[int, _Pair]]:
    """Return the outlets, and the hours of each by station."""
    hours: dict[int, _Pair] = {one["id"]: (Hours(), Hours()) for one in sensors}
    for row in counts:
        of_month, of_quarter = hours[row["sensor_id"]]
        counted = (row["class"], row["cause"], row["status"], row["came"], row["number"])
        of_quarter.add(*counted)
        if row["in_month"]:
            of_month.add(*counted)
    by_station: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in sensors:
        by_station[one["station_id"]].append(one)
    sums = {station: _together(hours[one["id"]] for one in some) for station, some in by_station.items()}
    outlets = [
        {
            "station": some[0]["station"],
            "enterprise": some[0]["enterprise"],
            **figures(*sums[station], *bars),
            "sensors": [{"sensor": sensor_ref(one), **figures(*hours[one["id"]], *bars)} for one in some],
        }
        for station, some in by_station.items()
    ]
    return outlets, sums


def _enterprises(
    sensors: list[dict[str, Any]], sums: dict[int, _Pair], bars: tuple[float, float]
) -> list[dict[str, Any]]:
    owners = {one["station_id"]: one for one in sensors}
    by_owner: dict[int | None, list[int]] = defaultdict(list)
    for station, one in owners.items():
        by_owner[one["enterprise_id"]].append(station)
    found = [
        {
            "enterprise": owners[stations[0]]["enterprise"],
            "outlets": len(stations),
            **figures(*_together(sums[station] for station in stations), *bars),
        }
        for stations in by_owner.values()
    ]
    return sorted(found, key=_worst_first)


def _together(pairs: Iterable[_Pair]) -> _Pair:
    some = list(pairs)
    return Hours.together(pair[0] for pair in some), Hours.together(pair[1] for pair in some)


def _worst_first(one: dict[str, Any]) -> tuple[bool, float]:
    return one["effective"] is None, one["effective"] or 0.0


def _mark(mark: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    code = codes().get(mark["code"])
    waits = mark["state"] == "filed" and not mark["vouchers"]
    day = (mark["voucher_due"] - timedelta(microseconds=1)).astimezone(zone)
    return {
        **{name: value for name, value in mark.items() if name != "station_id"},
        "name_zh": code.name_zh if code else mark["code"],
        "name_en": code.name_en if code else mark["code"],
        "note_zh": f"缺凭证, {day.day} 日自动恢复" if waits else None,
        "note_en": f"no voucher, falls back after {day:%Y-%m-%d}" if waits else None,
    }


def _csv(outlets: Iterable[dict[str, Any]], span: _Span) -> Response:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(_HEADER)
    for one in outlets:
        invalid, missing = one["invalid"], one["missing"]
        table.writerow(
            [
                (one["enterprise"] or {}).get("name_zh", ""), one["station"]["name_zh"], span.name,
                *(one[name] for name in ("hours", "stopped", "no_flow", "exempt", "due", "received", "valid")),
                invalid["short"], invalid["abnormal"], invalid["marked"],
                missing["enterprise"], missing["network"], missing["platform"], missing["unknown"],
                *(one[name] for name in ("transmission", "validity", "effective", "running", "capture")),
                one["raw"]["effective"], sum(mark["note_zh"] is not None for mark in one["marks"]),
            ]
        )  # fmt: skip
    name = f"effective_rates_{span.name}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("\ufeff" + text.getvalue(), media_type=exports.CSV_TYPE, headers=headers)
