"""Roses (玫瑰图): where the wind came from, and what was measured with it; valid hours only, calm apart."""

from datetime import datetime, timedelta
from math import isfinite
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import numpy as np
from fastapi import APIRouter, Query, Response

from api.air_shapes import PollutionRose, WindRose
from api.problems import InputProblem, Problem, not_found
from api.visit import From, Reads, To, Visit, as_json, check_period
from smartpark import clock, db, queries
from smartpark.science import roses as science

router = APIRouter(tags=["air"])
_Q = queries.load("api", "air.sql")
_HOUR = timedelta(hours=1)
_DEFAULT, _LONGEST = timedelta(days=30), timedelta(days=1100)
_WIDTH = 360.0 / len(science.SECTORS)
_SECTORS = [
    {"code": code, "zh": zh, "from_deg": (n - 0.5) * _WIDTH % 360, "to_deg": (n + 0.5) * _WIDTH}
    for n, (code, zh) in enumerate(zip(science.SECTORS, science.SECTORS_ZH, strict=True))
]

Station = Annotated[str, Query(max_length=100)]
OtherStation = Annotated[
    str | None, Query(max_length=100, description="where the wind is measured; default: the same station")
]


@router.get("/roses/wind", response_model=WindRose)
def wind_rose(visit: Reads, station: Station, *, start: From = None, to: To = None) -> Response:
    """Return the wind rose of a station over [from, to), by default the last 30 days."""
    begin, end = _period(start, to)
    with visit.open() as conn:
        place = _place(conn, station, None)
        speed, direction, _ = _winds(conn, place, None, begin, end)
    rose = science.wind_rose(speed, direction)
    if rose.count == 0:
        raise _no_wind(place)
    edges = [float(edge) if isfinite(edge) else None for edge in rose.edges_m_s]
    frequencies = {"frequency_pct": rose.frequency_pct.tolist(), "calm_pct": rose.calm_pct}
    return as_json(
        {
            **_head(visit, begin, end, rose.count),
            "station": _ref(place),
            "edges_m_s": edges,
            **frequencies,
        }
    )


@router.get("/roses/pollution", response_model=PollutionRose)
def pollution_rose(
    visit: Reads,
    station: Station,
    quantity: Annotated[str, Query(max_length=100)],
    *,
    wind: OtherStation = None,
    start: From = None,
    to: To = None,
) -> Response:
    """Return the mean of a quantity by the sector the wind comes from, over [from, to), by default the last 30 days."""
    begin, end = _period(start, to)
    with visit.open() as conn:
        place = _place(conn, station, quantity)
        if place["quantity"] is None:
            raise not_found(f"{station} 的监测因子 {quantity}", f"quantity {quantity} at {station}")
        windy = _place(conn, wind, None) if wind else place
        speed, direction, value = _winds(conn, windy, place["quantity"], begin, end)
    if science.wind_rose(speed, direction).count == 0:
        raise _no_wind(windy)
    rose = science.pollution_rose(speed, direction, value)
    used = int(rose.count.sum()) + rose.calm_count
    if used == 0:
        raise Problem(
            422,
            f"{place['name_zh']} 此时段没有与有效风同时的有效 {quantity} 小时值, 不能绘制污染玫瑰图; 请换一个时段",
            f"{place['code']} has no valid hour of {quantity} beside a valid wind in this period; ask for another one",
        )
    values = [_mean(mean, count) for mean, count in zip(rose.mean.tolist(), rose.count.tolist(), strict=True)]
    about = {"station": _ref(place), "wind_station": _ref(windy), "quantity": quantity, "unit": place["unit"]}
    calm = _mean(rose.calm_mean, rose.calm_count)
    return as_json({**_head(visit, begin, end, used), **about, "values": values, "calm": calm})


def _period(start: datetime | None, to: datetime | None) -> tuple[datetime, datetime]:
    end = to or clock.now()
    begin = start or end - _DEFAULT
    check_period(begin, end)
    if end - begin > _LONGEST:
        raise InputProblem("query.from", "一次最多三年", "at most three years at once")
    return begin, end


def _place(conn: db.DictConnection, station: str, quantity: str | None) -> dict[str, Any]:
    found = conn.execute(_Q.rose_station, {"station": station, "quantity": quantity}).fetchone()
    if found is None:
        raise not_found(f"站点 {station}", f"station {station}")
    return found


def _winds(
    conn: db.DictConnection, place: dict[str, Any], quantity: int | None, begin: datetime, end: datetime
) -> list[science.Floats]:
    """Return speeds, directions and values of the valid hours, NaN where one is missing.

    Raises:
        Problem: 422, the station measures no wind.

    """
    if place["speed"] is None or place["direction"] is None:
        raise Problem(
            422,
            f"{place['name_zh']} 不监测风速风向; 请用 wind 指定气象站",
            f"{place['code']} measures no wind speed and direction; name a weather station",
        )
    about = {"speed": place["speed"], "direction": place["direction"], "quantity": quantity}
    rows = conn.execute(_Q.winds, {**about, "from": begin, "to": end}).fetchall()
    return [
        np.array([row[name] for row in rows], dtype=np.float64) for name in ("speed", "direction", "value")
    ]


def _no_wind(place: dict[str, Any]) -> Problem:
    return Problem(
        422,
        f"{place['name_zh']} 此时段没有有效的风小时值, 不能绘制玫瑰图; 请换一个时段或站点",
        f"{place['code']} has no valid hour of wind in this period; ask for another period or station",
    )


def _head(visit: Visit, begin: datetime, end: datetime, used: int) -> dict[str, Any]:
    zone = ZoneInfo(visit.zone)
    hours = max(round((end - begin) / _HOUR), 1)
    return {
        "from": begin.astimezone(zone),
        "to": end.astimezone(zone),
        "zone": visit.zone,
        "sectors": _SECTORS,
        "calm_below_m_s": science.CALM_BELOW_M_S,
        "hours": hours,
        "used": used,
        "share": used / hours,
    }


def _ref(place: dict[str, Any]) -> dict[str, Any]:
    return {key: place[key] for key in ("id", "code", "name_zh", "name_en")}


def _mean(mean: float, hours: int) -> dict[str, Any]:
    return {"mean": mean if hours else None, "hours": hours}
