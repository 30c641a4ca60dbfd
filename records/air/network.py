"""What the air stations of a park measured, as the AQI takes it: for the pages and for reports alike."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, LiteralString
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

from records.air.indices import Measured, Period, Place, midnight
from records.air.sand import Episode
from smartpark import queries
from smartpark.science import aqi

_Q = queries.load("records.air", "network.sql")
_OZONE, _SULFUR = "a05024", "a21026"
_SULFUR_ABOVE_MG_M3 = 0.8  # HJ 633-2012 table 1: beyond it the 24 h mean speaks for the hour
Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Station:
    """An air station and its sensors of the six pollutants, by number."""

    id: int
    code: str
    name_zh: str
    name_en: str
    of_park: bool
    place: Place
    sensors: dict[int, str]


@dataclass(frozen=True, slots=True)
class Network:
    """The stations of one park that a connection may see."""

    park: str
    zone: ZoneInfo
    stations: tuple[Station, ...]

    def since(self, start: datetime) -> "Network":
        """Return it without the stations that went out of use before an instant."""
        day = start.astimezone(self.zone).date()
        kept = (one for one in self.stations if one.place.until is None or one.place.until >= day)
        return replace(self, stations=tuple(kept))

    def sensors(self, code: str | None = None) -> list[int]:
        """Return the numbers of all sensors, or of those of a quantity."""
        return [number for one in self.stations for number, its in one.sensors.items() if code in (None, its)]


def network(conn: Connection, park: str | None, station: str | None = None) -> Network | None:
    """Return the air stations of a park, by default of the first, or one of them; None: the connection may see none."""
    about = {"park": park, "station": station, "codes": list(aqi.POLLUTANT_OF)}
    rows = _rows(conn, _Q.air_stations, about)
    if not rows:
        return None
    rows = [row for row in rows if row["park"] == rows[0]["park"]]
    zone = ZoneInfo(rows[0]["timezone"])
    return Network(rows[0]["park"], zone, tuple(_station(row, zone) for row in rows))


def measured(
    conn: Connection,
    net: Network,
    period: Period,
    span: tuple[datetime, datetime],
    as_of: datetime | None = None,
) -> Measured:
    """Return the valid values of a network over [start, end)."""
    owner = {number: (one.id, code) for one in net.stations for number, code in one.sensors.items()}
    start, end = span
    about = {"from": start, "to": end, "as_of": as_of, "period": period, "ozone": net.sensors(_OZONE)}
    found = Measured()
    until = midnight(aqi.IN_FORCE_2026, net.zone)
    for row in _rows(conn, _Q.air_values, {**about, "sensors": list(owner)}):
        station, code = owner[row["sensor_id"]]
        at = row["start"].astimezone(UTC)
        found.add(station, at, code, row["value"])
        if period == "hour" and at < until and code == _SULFUR and row["value"] > _SULFUR_ABOVE_MG_M3:
            wanted = {"sensor": row["sensor_id"], "hour": at, "as_of": as_of}
            for mean in _rows(conn, _Q.sulfur_day, wanted):
                if mean["value"] is not None:
                    found.second.setdefault(station, {})[at] = aqi.concentration_of(_SULFUR, mean["value"])
    if period == "day" and start < until:
        for row in _rows(conn, _Q.ozone_hours, {**about, "to": min(end, until), "zone": net.zone.key}):
            greatest = found.second.setdefault(owner[row["sensor_id"]][0], {})
            greatest[row["start"].astimezone(UTC)] = aqi.concentration_of(_OZONE, row["value"])
    return found


def episodes(
    conn: Connection, park: str, span: tuple[datetime, datetime], as_of: datetime | None = None
) -> tuple[list[dict[str, Any]], list[Episode]]:
    """Return the sand-dust episodes of a park that touch [start, end), as shown and as counted."""
    rows = _rows(conn, _Q.episodes_touching, {"park": park, "from": span[0], "to": span[1], "as_of": as_of})
    counted = [
        Episode(row["id"], row["starts_at"], row["ends_at"], frozenset(stations) if stations else None)
        for row in rows
        for stations in (row.pop("stations"),)
    ]
    return rows, counted


def _rows(conn: Connection, query: LiteralString, about: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a query; planned anew, as a plan for any period would look into every chunk."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, about, prepare=False).fetchall()


def _station(row: Mapping[str, Any], zone: ZoneInfo) -> Station:
    words = row["not_monitored"].replace(",", " ").split()
    left_out = frozenset(word for word in words if word in aqi.POLLUTANTS)
    since = row["since"].astimezone(zone).date() if row["since"] else date.min
    until = row["until"].astimezone(zone).date() if row["until"] else None
    return Station(
        id=row["id"],
        code=row["code"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        of_park=row["of_park"],
        place=Place((row["id"],), since, left_out, until),
        sensors={int(number): code for number, code in row["sensors"].items()},
    )
