"""What official records say of emission and air, on four cards: the figures of the pages behind them, never a second total."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from modules.frame import Card, Words, card
from modules.park_view import ParkView
from records.air import indices
from records.air.indices import Measured, Place
from records.emissions import totals
from records.emissions.accounts import share
from records.emissions.totals import Scope, Span
from records.marks.terms import month_of
from records.validity.rates import COUNTED, Hours, percent
from smartpark import queries
from smartpark.science import aqi

_Q = queries.load("modules.environment")
_RECORDS = ("官方记录", "official records")
_WEEK, _DAY, _HOUR = timedelta(days=7), timedelta(days=1), timedelta(hours=1)
_LATE_S = 2 * 3600.0  # an hour closes five minutes after its end
_AIR_BACK = timedelta(hours=4)
_NEAR_PERCENT, _FULL_PERCENT = 80.0, 100.0
_CLEAN = 2  # levels of the AQI: excellent and good
_PASS_PERCENT = 75.0  # of the effective rate, as assessed since 2014


def cards(view: ParkView) -> tuple[Card, ...]:
    """Return exceedances of a week, effective rate of last month, the fullest allowance, and the AQI."""
    return (exceeded(view), _effective(view), _allowance(view), air(view))


def exceeded(view: ParkView) -> Card:
    """Return the hours over a limit of a week."""
    found = view.row(_Q.exceeded_hours, **{"from": view.now - _WEEK})
    hours = found["hours"]
    label = ("近 7 天超标小时", "Hours over a limit, 7 days")
    said = (
        (f", {found['enterprises']} 家企业", f", {found['enterprises']} enterprises") if hours else ("", "")
    )
    source = (_RECORDS[0] + said[0], _RECORDS[1] + said[1])
    status = "orange" if hours else "normal"
    return view.counted(
        card("exceeded_hours", label, hours, source, unit="h", status=status, link="/exceedances")
    )


def _effective(view: ParkView) -> Card:
    month = month_of(view.now, view.zone)
    before = month_of(month - _DAY, view.zone)
    hours, at = Hours(), None
    rows = view.rows(_Q.rated_hours, quantities=list(COUNTED), **{"from": before, "to": month})
    for row in rows:
        hours.add(row["class"], row["cause"], row["status"], row["came"], row["number"])
        at = max(at or row["at"], row["at"])
    value = percent(hours.valid, hours.due)
    one = card(
        "effective_rate",
        (f"{before:%m}月传输有效率", f"Effective rate, {before:%Y-%m}"),
        value,
        _RECORDS,
        unit="%",
        decimals=1,
        status="yellow" if value is not None and value < _PASS_PERCENT else "normal",
        link="/effective-rates",
        stale_after_s=_DAY.total_seconds() * 31,
        reason=("上月没有应测小时的记录", "no records of hours that were due"),
    )
    return view.measured(one, at)


def _allowance(view: ParkView) -> Card:
    today = view.day_start.date()
    scope = Scope(view.park_id)
    about = {"park_id": view.park_id, "enterprise_id": None, "station_id": None, "pollutant": None}
    permits = totals.rows(view.conn, totals.Q.allowances, about | {"year": today.year, "day": today})
    allowed: dict[tuple[int, str], float] = {}
    for row in permits:
        if row["station_id"] is None:
            key = (row["enterprise_id"], row["pollutant"])
            allowed[key] = allowed.get(key, 0.0) + row["kg"]
    year = Span(totals.year_of(view.now, view.zone), view.now, view.zone)
    used: dict[tuple[int | None, str], float] = dict.fromkeys(allowed, 0.0)
    for one in totals.amounts(view.conn, scope, year, "year", only=allowed.keys()) if allowed else ():
        key_of = (one.enterprise_id, one.pollutant)
        used[key_of] = used.get(key_of, 0.0) + one.mass.total_kg
    shares = {key: percent for key, kg in allowed.items() if (percent := share(used[key], kg)) is not None}
    label = ("最紧许可量(年初至今)", "Fullest allowance of the year")
    if not shares:
        reason = ("未录入许可排放量", "no allowance is entered")
        return view.measured(
            card("allowance", label, None, _RECORDS, unit="%", link="/emissions", reason=reason), None
        )
    (owner, pollutant), value = max(shares.items(), key=lambda item: item[1])
    return view.counted(
        card(
            "allowance",
            label,
            value,
            _owner(view, owner, pollutant),
            unit="%",
            decimals=1,
            status="red" if value > _FULL_PERCENT else "orange" if value > _NEAR_PERCENT else "normal",
            link="/emissions",
        )
    )


def _owner(view: ParkView, enterprise_id: int, pollutant: str) -> Words:
    names = view.row(_Q.enterprise, id=enterprise_id)
    return (
        f"{names['name_zh']} {pollutant}, {_RECORDS[0]}",
        f"{names['name_en']} {pollutant}, {_RECORDS[1]}",
    )


def air(view: ParkView) -> Card:
    """Return the AQI of the newest hour of the park."""
    label = ("空气质量指数(最近小时)", "AQI of the newest hour")
    since = view.now - _AIR_BACK
    measured, places = Measured(), dict[int, Place]()
    for row in view.rows(_Q.air_hours, quantities=list(aqi.POLLUTANT_OF), **{"from": since}):
        station = row["station_id"]
        measured.add(station, row["start"].astimezone(UTC), row["quantity"], row["value"])
        left_out = frozenset(row["not_monitored"].split())
        places[station] = Place((station,), row["since"].astimezone(view.zone).date(), left_out)
    item = _newest(view, measured, places)
    if item is None or item.result.aqi is None:
        reason = ("没有完整的小时数据", "no hour has every pollutant")
        return view.measured(card("aqi", label, None, _RECORDS, link="/air", reason=reason), None)
    level = item.result.level
    source = ("园区空气站小时均值", "hour means of the park's stations")
    one = card("aqi", label, item.result.aqi, source, link="/air", stale_after_s=_LATE_S)
    if level is not None and level.number > _CLEAN:
        one = replace(one, status="yellow")
    return view.measured(one, item.end)


def _newest(view: ParkView, measured: Measured, places: Mapping[int, Place]) -> indices.Item | None:
    """Return the newest hour of the mean of the stations that has an index."""
    if not places:
        return None
    left_out = frozenset.intersection(*(one.not_monitored for one in places.values()))
    mean = Place(tuple(sorted(places)), min(one.since for one in places.values()), left_out)
    hours = list(indices.spans(view.now - _AIR_BACK, _whole(view.now), "hour", view.zone))
    found = indices.items(mean, measured, hours, "hour", ())
    return next((one for one in reversed(found) if one.result.aqi is not None), None)


def _whole(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
