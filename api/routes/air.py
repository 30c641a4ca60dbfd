"""Air quality: AQI by the edition of the data's day, and compliance with GB 3095, with sand and without it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response

from api import air_stations
from api.air_shapes import AqiAnswer, AqiLevel, ComplianceAnswer
from api.problems import InputProblem
from api.routes import roses, sand
from api.routes.places import Code
from api.visit import From, Instant, Reads, To, as_json, check_period
from records.air import compliance, indices, network, tally
from records.air.indices import Item, Measured, Span
from records.air.network import Network
from records.air.sand import RULE_EN, RULE_ZH
from smartpark import clock, db, queries
from smartpark.science import aqi as science
from smartpark.science.ambient import AmbientLimit

router = APIRouter(tags=["air"])
router.include_router(sand.router)
router.include_router(roses.router)
_Q = queries.load("api", "air.sql")
_DAY = timedelta(days=1)
_LONGEST = {"hour": 93 * _DAY, "day": 3660 * _DAY}
_DEFAULT = {"hour": _DAY, "day": 31 * _DAY}
_OUT_BY = {
    "hour": timedelta(hours=1),
    "day": _DAY / 2,
}  # HJ 633: an hour is out within the next, a day by noon

AsOf = Annotated[Instant | None, Query(description="as records and episodes stood at this instant")]
Verdict = compliance.Counted | compliance.Yearly
_LEVELS = [{name: getattr(level, name) for name in AqiLevel.model_fields} for level in science.levels()]


@router.get("/aqi", response_model=AqiAnswer)
def aqi(
    visit: Reads,
    *,
    period: Literal["hour", "day"] = "day",
    park: Code = None,
    station: Code = None,
    start: From = None,
    to: To = None,
    as_of: AsOf = None,
) -> Response:
    """Return the AQI of each air station and of their mean, for the whole hours or days of [from, to).

    Days come with their counts: in all, by level, good-day ratio, with sand and without it, month by month.
    """
    now = clock.now()
    end = to or now
    begin = start or end - _DEFAULT[period]
    check_period(begin, end)
    if end - begin > _LONGEST[period]:
        days = _LONGEST[period].days
        raise InputProblem("query.from", f"一次最多 {days} 天", f"at most {days} days at once")
    with visit.open() as conn:
        net = air_stations.network(conn, park, station).since(begin)
        measured = network.measured(conn, net, period, (begin, end), as_of)
        shown, counted = network.episodes(conn, net.park, (begin, end), as_of)
    known = _known(measured, period, as_of or now)
    zone = ZoneInfo(visit.zone)
    spans = _told_in(zone, indices.spans(begin, min(end, known), period, net.zone))
    series = []
    for place, behind in air_stations.places(net):
        items = indices.items(behind, measured, spans, period, counted)
        statistics = _statistics(items) if period == "day" else None
        told = [_item(item) for item in items]
        series.append({"place": place, "items": told, "statistics": statistics})
    head = {"from": begin.astimezone(zone), "to": end.astimezone(zone), "period": period, "zone": visit.zone}
    return as_json(
        {**head, **_about(shown, as_of, zone), "units": indices.UNITS, "levels": _LEVELS, "places": series}
    )


@router.get("/air/compliance", response_model=ComplianceAnswer)
def air_compliance(
    visit: Reads,
    *,
    year: Annotated[int | None, Query(ge=2016, le=2100, description="default: this year")] = None,
    park: Code = None,
    station: Code = None,
    class_: Annotated[
        int, Query(alias="class", ge=1, le=2, description="of GB 3095; industrial areas are class 2")
    ] = 2,
    as_of: AsOf = None,
) -> Response:
    """Return a year of ambient air against GB 3095, each value against the limit of its own day."""
    now = as_of or clock.now()
    with visit.open() as conn:
        net = air_stations.network(conn, park, station)
        which = year or now.astimezone(net.zone).year
        begin, end = (indices.midnight(date(one, 1, 1), net.zone) for one in (which, which + 1))
        today = indices.midnight(now.astimezone(net.zone).date(), net.zone)
        until = max(min(end, today), begin)
        net = net.since(begin)
        measured = network.measured(conn, net, "day", (begin, until), as_of)
        shown, counted = network.episodes(conn, net.park, (begin, end), as_of)
        hours = _hours(conn, net, class_, (begin, until), as_of)
    zone = ZoneInfo(visit.zone)
    spans = _told_in(zone, indices.spans(begin, until, "day", net.zone))
    last = (until - _DAY / 2).astimezone(net.zone).date() if until > begin else date(which, 1, 1)
    series = []
    for place, behind in air_stations.places(net):
        days = indices.items(behind, measured, spans, "day", counted)
        told = _compliance(days, class_, which, last)
        if place["kind"] == "station":
            told += hours.get(place["id"], [])
        series.append({"place": place, "items": told})
    head = {"year": which, "from": begin.astimezone(zone), "to": until.astimezone(zone), "class": class_}
    return as_json({**head, "zone": visit.zone, **_about(shown, as_of, zone), "places": series})


def _told_in(zone: ZoneInfo, spans: Iterator[Span]) -> list[Span]:
    """Return spans with their instants in a zone; the local day stays that of the park."""
    return [(start.astimezone(zone), end.astimezone(zone), day) for start, end, day in spans]


def _known(measured: Measured, period: Literal["hour", "day"], now: datetime) -> datetime:
    """Return the instant up to which there is an AQI: to the newest value, and at the latest when it ought to be out."""
    newest = [max(starts) for starts in measured.values.values()]
    length = _DAY if period == "day" else timedelta(hours=1)
    return min(max([now - _OUT_BY[period], *(at + length for at in newest)]), now)


def _item(item: Item) -> dict[str, Any]:
    result = item.result
    return {
        "start": item.start,
        "end": item.end,
        "edition": result.edition,
        "aqi": result.aqi,
        "level": result.level.number if result.level else None,
        "primary": result.primary,
        "missing": result.missing,
        "iaqi": dict(result.iaqi),
        "concentrations": {name: indices.shown(value, name) for name, value in item.values.items()},
        "sand": item.sand,
    }


def _statistics(items: list[Item]) -> dict[str, Any]:
    months = [{"month": month, **_both(both)} for month, both in tally.by_month(items)]
    return {**_both(tally.columns(items)), "months": months}


def _both(columns: tally.Columns) -> dict[str, Any]:
    return {"with_sand": columns.with_sand, "without_sand": columns.without_sand}


def _about(shown: list[dict[str, Any]], as_of: datetime | None, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "as_of": as_of.astimezone(zone) if as_of else None,
        "episodes": shown,
        "sand_rule": {"zh": RULE_ZH, "en": RULE_EN},
    }


def _compliance(days: list[Item], klass: int, year: int, last: date) -> list[dict[str, Any]]:
    first, until = date(year, 1, 1), date(year, 12, 31)
    kept = [day for day in days if not day.sand]
    told = []
    for pollutant, average in compliance.DAILY:
        known = compliance.steps(pollutant, average, klass, first, until)
        values, clear = (compliance.daily_values(some, pollutant) for some in (days, kept))
        both: Verdict = compliance.counted(values, known)
        without: Verdict = compliance.counted(clear, known, excluded=len(values) - len(clear))
        told.append(_against(pollutant, average, known, both, without))
    for pollutant in compliance.YEARLY:
        known = compliance.steps(pollutant, "year", klass, first, until)
        both = compliance.yearly(days, pollutant, known, last)
        without = compliance.yearly(days, pollutant, known, last, without_sand=True)
        told.append(_against(pollutant, "year", known, both, without))
    return told


def _against(
    pollutant: str,
    average: str,
    known: compliance.Steps,
    both: Verdict,
    without: Verdict | None = None,
) -> dict[str, Any]:
    return {
        "pollutant": pollutant,
        "average": average,
        "unit": indices.UNITS[pollutant],
        "limits": [_step(limit) for limit in known.limits],
        "next": _step(known.next) if known.next else None,
        "with_sand": both,
        "without_sand": without if pollutant in compliance.PARTICLES else None,
    }


def _step(limit: AmbientLimit) -> dict[str, Any]:
    return {
        "value": float(limit.value),
        "valid_from": limit.valid_from,
        "valid_to": limit.valid_to,
        "source": limit.source,
    }


def _hours(
    conn: db.DictConnection,
    net: Network,
    klass: int,
    span: tuple[datetime, datetime],
    as_of: datetime | None,
) -> dict[int, list[dict[str, Any]]]:
    """Return the hours of each station against the hourly limits; only those above the lowest limit are read one by one."""
    year = span[0].astimezone(net.zone).year
    known = {
        name: compliance.steps(name, "1h", klass, date(year, 1, 1), date(year, 12, 31))
        for name in compliance.HOURLY
    }
    asked: list[tuple[int, float, int, str, str]] = []
    for one in net.stations:
        for number, code in one.sensors.items():
            pollutant = science.POLLUTANT_OF[code]
            if pollutant in known:
                steps = known[pollutant]
                lowest = min(float(limit.value) for limit in (*steps.limits, *filter(None, [steps.next])))
                asked.append(
                    (number, lowest if pollutant == "CO" else lowest / 1000, one.id, code, pollutant)
                )
    about = {"sensors": [one[0] for one in asked], "thresholds": [one[1] for one in asked]}
    values = {**about, "from": span[0], "to": span[1], "as_of": as_of}
    rows = {row["sensor_id"]: row for row in conn.execute(_Q.hours_near, values)}
    found: dict[int, list[dict[str, Any]]] = {}
    for number, _, station, code, pollutant in asked:
        row = rows.get(number, {"valid": 0, "above": []})
        above = [
            (at.astimezone(net.zone).date(), at, science.concentration_of(code, mean))
            for at, mean in ((datetime.fromisoformat(when), mean) for when, mean in row["above"])
        ]
        counts = compliance.counted(above, known[pollutant], valid=row["valid"])
        told = _against(pollutant, "1h", known[pollutant], counts)
        found.setdefault(station, []).append(told)
    return found
