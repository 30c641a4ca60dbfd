"""The AQI of the park's air stations, by the edition of each day, with the sand-dust episodes that were declared."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from records.reports.facts import Air
from records.reports.periods import Span, following
from smartpark import queries
from smartpark.science import aqi

_Q = queries.load("records.reports", "contents.sql")
Found = dict[str, Any]


def air(conn: psycopg.Connection[Any], park: int, span: Span) -> tuple[Air, ...]:
    """Return the AQI of every hour of a day, else of every day, of each air station."""
    step = "hour" if span.kind == "daily" else "day"
    about: dict[str, Any] = {"park": park, "from": span.start, "to": span.end, "period": step}
    with conn.cursor(row_factory=dict_row) as cursor:
        sensors = cursor.execute(_Q.air_sensors, about | {"quantities": list(aqi.POLLUTANT_OF)}).fetchall()
        about["sensors"] = [one["id"] for one in sensors]
        found = cursor.execute(_Q.air_values, about, prepare=False).fetchall()
        sand = cursor.execute(_Q.sand, about).fetchall()
    by_id = {one["id"]: one for one in sensors}
    values: dict[tuple[int, datetime], dict[str, Found]] = defaultdict(dict)
    for one in found:
        sensor = by_id[one["sensor_id"]]
        values[sensor["station_id"], one["start"]][sensor["quantity"]] = one
    stations: dict[int, list[Found]] = defaultdict(list)
    for one in sensors:
        stations[one["station_id"]].append(one)
    made = []
    for number, there in stations.items():
        measured = {aqi.POLLUTANT_OF[one["quantity"]] for one in there}
        unmeasured = [name for name in aqi.POLLUTANTS if name not in measured]
        for at in sorted(start for station, start in values if station == number):
            start = at.astimezone(span.start.tzinfo)
            end = following(start, step)
            index = _aqi(values[number, at], start, step, unmeasured)
            made.append(
                _air(there[0]["station"], (start, end), index, sandy=_sandy(sand, number, start, end))
            )
    return tuple(made)


def _aqi(values: dict[str, Found], start: datetime, step: str, unmeasured: Sequence[str]) -> aqi.Aqi:
    edition = aqi.edition_of(start.date())
    means = {aqi.POLLUTANT_OF[code]: _concentration(code, one, step) for code, one in values.items()}
    if step == "hour":
        return aqi.hourly(edition, means, not_monitored=unmeasured)
    ozone = values.get("a05024")
    highest = aqi.concentration_of("a05024", ozone["max"]) if ozone and ozone["max"] is not None else None
    return aqi.daily(edition, means, ozone_hour=highest, not_monitored=unmeasured)


def _concentration(code: str, one: Found, step: str) -> Any:
    value = one["mean_8h"] if step == "day" and aqi.POLLUTANT_OF[code] == "O3" else one["mean"]
    return None if value is None else aqi.concentration_of(code, value)


def _air(station: str, period: tuple[datetime, datetime], one: aqi.Aqi, *, sandy: bool) -> Air:
    return Air(
        station=station,
        start=period[0],
        end=period[1],
        aqi=one.aqi,
        level=one.level.name_zh if one.level else "",
        rgb=one.level.rgb if one.level else None,
        primary="、".join(one.primary),
        edition=str(one.edition),
        why=f"缺 {'、'.join(one.missing)}" if one.missing else "",
        sand=sandy,
    )


def _sandy(episodes: Sequence[Found], station: int, start: datetime, end: datetime) -> bool:
    return any(
        one["starts_at"] < end
        and one["ends_at"] > start
        and (one["stations"] is None or station in one["stations"])
        for one in episodes
    )
