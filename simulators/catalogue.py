"""The park of the catalogue as the simulators see it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from math import ceil, log10
from typing import Literal
from zoneinfo import ZoneInfo

from simulators.park import PARK_GATEWAY, Park, Point, Station
from smartpark import places
from smartpark.catalogue.reader import read
from smartpark.quantities import registry

Way = Literal["mqtt", "hj212", "either"]

__all__ = ["multiplied", "of", "read"]

# quantity: the attribute of its station that says what is usual, and how much of the registry's unit one of it is
_USUAL = {
    "x_level": ("normal_level", 1.0),
    "x_pressure": ("normal_mpa", 1.0),
    "x_temp": ("normal_temp", 1.0),
    "w00000": ("normal_m3_h", 1 / 3.6),
    "w00001": ("normal_m3_h", 1.0),
    "x_water": ("normal_m3_h", 1.0),
    "x_water_total": ("normal_m3_h", 1.0),
    "x_gas": ("normal_m3_h", 1.0),
    "x_gas_total": ("normal_m3_h", 1.0),
    "x_steam": ("normal_t_h", 1.0),
    "x_steam_total": ("normal_t_h", 1.0),
    "x_power": ("normal_kw", 1.0),
    "x_energy": ("normal_kw", 1.0),
    "a21002": ("held_nox", 1.0),
    "w01018": ("normal_cod", 1.0),
    "w21003": ("normal_nh3_n", 1.0),
    "w21001": ("normal_tn", 1.0),
    "w21011": ("normal_tp", 1.0),
}
_REFERENCE_O2_PCT = {"ultra_low": 6.0, "boiler": 9.0, "heater": 3.0, "coking": 8.0, "incinerator": 11.0}


def multiplied(catalogue: places.Catalogue, sensors: int) -> places.Catalogue:
    """Return the catalogue with copies of its stations until it has that many sensors; ``ST01`` becomes ``ST01-2``."""
    by_station: dict[str, list[places.Sensor]] = {}
    for sensor in catalogue.sensors:
        by_station.setdefault(sensor.station, []).append(sensor)
    stations, more = list(catalogue.stations), list(catalogue.sensors)
    for station, number in ((s, n) for n in count(2) for s in catalogue.stations if s.code in by_station):
        if len(more) >= sensors:
            break
        code = f"{station.code}-{number}"
        shift_deg = 0.0001 * (number - 1)
        stations.append(replace(station, code=code, lat=station.lat + shift_deg, lon=station.lon + shift_deg))
        more += [replace(s, station=code) for s in by_station[station.code]]
    return replace(catalogue, stations=tuple(stations), sensors=tuple(more))


def of(catalogue: places.Catalogue, way: Way = "mqtt") -> Park:
    """Return the park of a catalogue: what should deliver by MQTT, by loggers of HJ 212, or either way."""
    with_logger = {logger.station for logger in catalogue.loggers}
    stations = {
        s.code: _station(s)
        for s in catalogue.stations
        if way == "either" or (s.code in with_logger) == (way == "hj212")
    }
    described = {s.code: s for s in catalogue.stations}
    offset = datetime(2026, 1, 1, tzinfo=UTC).astimezone(ZoneInfo(catalogue.park.timezone)).utcoffset()
    points = tuple(_points((s for s in catalogue.sensors if s.station in stations), described))
    delivering = {p.station for p in points}
    return Park(
        code=catalogue.park.code,
        utc_offset_s=int(offset.total_seconds()) if offset else 0,
        lat=catalogue.park.lat,
        lon=catalogue.park.lon,
        stations={code: s for code, s in stations.items() if code in delivering},
        points=points,
        enterprises=tuple(e.code for e in catalogue.enterprises),
        zones=tuple(z.code for z in catalogue.zones),
    )


def _station(station: places.Station) -> Station:
    return Station(
        code=station.code,
        kind=station.kind,
        gateway=station.enterprise or PARK_GATEWAY,
        feed=station.feed,
        lat=station.lat,
        lon=station.lon,
        height_m=station.height_m or 2.0,
        name_zh=station.name_zh,
        outlet_kind=station.outlet_kind or "",
        substance=str(station.attributes.get("substance") or station.attributes.get("gas") or ""),
    )


def _points(sensors: Iterable[places.Sensor], stations: dict[str, places.Station]) -> Iterable[Point]:
    quantities = registry()
    for sensor in sensors:
        if sensor.due_since is None or sensor.due_until is not None:
            continue
        station = stations[sensor.station]
        known = quantities.get(sensor.quantity)
        name, factor = _USUAL.get(sensor.quantity, ("", 1.0))
        usual = station.attributes.get(name)
        normal = factor * usual if isinstance(usual, int | float) else None
        has_span = sensor.span_low is not None and sensor.span_high is not None
        yield Point(
            station=sensor.station,
            kind=station.kind,
            quantity=sensor.quantity,
            form=sensor.form,
            period_s=sensor.period_s,
            decimals=_decimals(known.decimals if known else 3, sensor.factor),
            span=(float(sensor.span_low or 0.0), float(sensor.span_high or 0.0)) if has_span else None,
            factor=sensor.factor,
            shift=sensor.shift,
            reference_o2_pct=_REFERENCE_O2_PCT.get(station.outlet_kind or "", 6.0)
            if sensor.form or sensor.quantity == "a21002"
            else None,
            normal=normal,
        )


def _decimals(shown: int, factor: float) -> int:
    """Return how many digits a sender in a coarser unit shows, so that as much is known as in the registry's."""
    return shown + max(0, ceil(log10(abs(factor) or 1.0)))
