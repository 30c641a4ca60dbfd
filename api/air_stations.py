"""What the air stations measured, as the AQI takes it: stations and their mean, values by station and start."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from api.problems import not_found
from records.air.indices import Measured, Period, Place, midnight
from records.air.sand import Episode
from smartpark import db, queries
from smartpark.science import aqi

_Q = queries.load("api", "air.sql")
_OZONE, _SULFUR = "a05024", "a21026"
_SULFUR_ABOVE_MG_M3 = 0.8  # HJ 633-2012 table 1: beyond it the 24 h mean speaks for the hour


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
    """The stations of one park that a reader may see."""

    park: str
    zone: ZoneInfo
    stations: tuple[Station, ...]

    def sensors(self, code: str | None = None) -> list[int]:
        """Return the numbers of all sensors, or of those of a quantity."""
        return [number for one in self.stations for number, its in one.sensors.items() if code in (None, its)]

    def places(self) -> list[tuple[dict[str, Any], Place]]:
        """Return each station as it is shown, then the mean of the park's own where there is more than one."""
        found = [
            (_shown("station", one.id, one.code, one.name_zh, one.name_en, [one]), one.place)
            for one in self.stations
        ]
        own = [one for one in self.stations if one.of_park]
        if len(own) > 1:
            left_out = frozenset.intersection(*(one.place.not_monitored for one in own))
            first = min(one.place.since for one in own)
            mean = Place(tuple(one.id for one in own), first, left_out)
            found.append((_shown("park", None, self.park, "园区平均", "Mean of the park", own), mean))
        return found


def network(conn: db.DictConnection, park: str | None, station: str | None) -> Network:
    """Return the air stations of a park, by default of the first, or one of them.

    Raises:
        Problem: 404, the reader may see none.

    """
    codes = list(aqi.POLLUTANT_OF)
    rows = conn.execute(_Q.air_stations, {"park": park, "station": station, "codes": codes}).fetchall()
    rows = [row for row in rows if row["park"] == rows[0]["park"]]
    if not rows:
        raise not_found("此空气站", "such air station")
    zone = ZoneInfo(rows[0]["timezone"])
    return Network(rows[0]["park"], zone, tuple(_station(row, zone) for row in rows))


def measured(
    conn: db.DictConnection,
    net: Network,
    period: Period,
    span: tuple[datetime, datetime],
    as_of: datetime | None,
) -> Measured:
    """Return the valid values of a network over [start, end)."""
    owner = {number: (one.id, code) for one in net.stations for number, code in one.sensors.items()}
    start, end = span
    about = {"from": start, "to": end, "as_of": as_of, "period": period, "ozone": net.sensors(_OZONE)}
    found = Measured()
    until = midnight(aqi.IN_FORCE_2026, net.zone)
    for row in conn.execute(_Q.air_values, {**about, "sensors": list(owner)}).fetchall():
        station, code = owner[row["sensor_id"]]
        at = row["start"].astimezone(UTC)
        found.add(station, at, code, row["value"])
        if period == "hour" and at < until and code == _SULFUR and row["value"] > _SULFUR_ABOVE_MG_M3:
            wanted = {"sensor": row["sensor_id"], "hour": at, "as_of": as_of}
            mean = (conn.execute(_Q.sulfur_day, wanted).fetchone() or {}).get("value")
            if mean is not None:
                found.second.setdefault(station, {})[at] = aqi.concentration_of(_SULFUR, mean)
    if period == "day" and start < until:
        for row in conn.execute(
            _Q.ozone_hours, {**about, "to": min(end, until), "zone": net.zone.key}
        ).fetchall():
            greatest = found.second.setdefault(owner[row["sensor_id"]][0], {})
            greatest[row["start"].astimezone(UTC)] = aqi.concentration_of(_OZONE, row["value"])
    return found


def episodes(
    conn: db.DictConnection, park: str, span: tuple[datetime, datetime], as_of: datetime | None
) -> tuple[list[dict[str, Any]], list[Episode]]:
    """Return the sand-dust episodes of a park that touch [start, end), as shown and as counted."""
    wanted = {"park": park, "from": span[0], "to": span[1], "as_of": as_of}
    rows = conn.execute(_Q.episodes_touching, wanted).fetchall()
    counted = [
        Episode(row["id"], row["starts_at"], row["ends_at"], frozenset(stations) if stations else None)
        for row in rows
        for stations in (row.pop("stations"),)
    ]
    return rows, counted


def _station(row: dict[str, Any], zone: ZoneInfo) -> Station:
    words = row["not_monitored"].replace(",", " ").split()
    left_out = frozenset(word for word in words if word in aqi.POLLUTANTS)
    since = row["since"].astimezone(zone).date() if row["since"] else date.min
    return Station(
        id=row["id"],
        code=row["code"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        of_park=row["of_park"],
        place=Place((row["id"],), since, left_out),
        sensors={int(number): code for number, code in row["sensors"].items()},
    )


def _shown(  # noqa: PLR0917 - the members of a place
    kind: str, number: int | None, code: str, zh: str, en: str, behind: Sequence[Station]
) -> dict[str, Any]:
    left_out = frozenset.intersection(*(one.place.not_monitored for one in behind))
    return {
        "kind": kind,
        "id": number,
        "code": code,
        "name_zh": zh,
        "name_en": en,
        "stations": [one.code for one in behind],
        "not_monitored": sorted(left_out),
    }
