"""The AQI of the park's air stations over a period, with the sand-dust episodes that were declared."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

from records.air.indices import Item, Measured, Period, Place, items, midnight, spans
from records.air.sand import Episode
from records.reports.facts import Air
from records.reports.periods import Span
from smartpark import queries
from smartpark.science import aqi

_Q = queries.load("records.reports", "contents.sql")
_OZONE = "a05024"
Found = dict[str, Any]


def air(conn: psycopg.Connection[Any], park: int, span: Span, until: datetime) -> tuple[Air, ...]:
    """Return the AQI of every hour of a day, else of every day, of each air station; hours and days that are over."""
    period: Period = "hour" if span.kind == "daily" else "day"
    zone = ZoneInfo(str(span.start.tzinfo))
    about = {"park": park, "from": span.start, "to": span.end, "period": period}
    with conn.cursor(row_factory=dict_row) as cursor:
        stations = cursor.execute(_Q.air_stations, about | {"quantities": list(aqi.POLLUTANT_OF)}).fetchall()
        sand = cursor.execute(_Q.sand, about).fetchall()
    measured = _measured(conn, stations, about, zone)
    episodes = [_episode(one) for one in sand]
    parts = list(spans(span.start, until, period, zone))
    return tuple(
        _air(one["name_zh"], item, zone)
        for one in stations
        for item in items(_place(one, zone), measured, parts, period, episodes)
    )


def _measured(
    conn: psycopg.Connection[Any], stations: list[Found], about: Mapping[str, Any], zone: ZoneInfo
) -> Measured:
    owner = {int(number): (one["id"], code) for one in stations for number, code in one["sensors"].items()}
    ozone = [number for number, (_, code) in owner.items() if code == _OZONE]
    wanted = {**about, "sensors": list(owner), "ozone": ozone, "zone": zone.key}
    found = Measured()
    with conn.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute(_Q.air_values, wanted, prepare=False):
            station, code = owner[row["sensor_id"]]
            found.add(station, row["start"].astimezone(UTC), code, row["value"])
        if about["period"] == "day" and about["from"] < midnight(aqi.IN_FORCE_2026, zone):
            for row in cursor.execute(_Q.ozone_hours, wanted, prepare=False):
                greatest = found.second.setdefault(owner[row["sensor_id"]][0], {})
                greatest[row["start"].astimezone(UTC)] = aqi.concentration_of(_OZONE, row["value"])
    return found


def _place(station: Found, zone: ZoneInfo) -> Place:
    named = station["not_monitored"].replace(",", " ").split()
    left_out = frozenset(name for name in named if name in aqi.POLLUTANTS)
    since = station["since"].astimezone(zone).date() if station["since"] else date.min
    return Place((station["id"],), since, left_out)


def _episode(row: Found) -> Episode:
    stations = frozenset(row["stations"]) if row["stations"] else None
    return Episode(row["id"], row["starts_at"], row["ends_at"], stations)


def _air(station: str, item: Item, zone: ZoneInfo) -> Air:
    one = item.result
    return Air(
        station=station,
        start=item.start.astimezone(zone),
        end=item.end.astimezone(zone),
        aqi=one.aqi,
        level=one.level.name_zh if one.level else "",
        rgb=one.level.rgb if one.level else None,
        primary="、".join(one.primary),
        edition=str(one.edition),
        why=f"缺 {'、'.join(one.missing)}" if one.missing else "",
        sand=bool(item.sand),
    )
