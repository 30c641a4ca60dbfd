"""What ingest knows of the park: stations by topic, sensors by key, and their properties as columns.

``row`` is the position of a sensor in the columns; it is valid for one directory only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from smartpark.flag_use import class_number


class SensorRow(NamedTuple):
    """A sensor as the catalogue holds it; spans and plausible ends are in the registry's unit, None where open."""

    sensor_id: int
    station_id: int
    quantity: str
    form: str
    old_codes: Sequence[str]
    factor: float
    shift: float
    span_low: float | None
    span_high: float | None
    plausible_low: float | None
    plausible_high: float | None


class UnitRow(NamedTuple):
    """From ``valid_from_us`` on, stored = sent * factor + shift."""

    sensor_id: int
    valid_from_us: int
    factor: float
    shift: float


class StationRow(NamedTuple):
    """A station as the catalogue holds it."""

    station_id: int
    park: str
    code: str
    kind: str
    feed: str
    stream_class: str


class LoggerRow(NamedTuple):
    """A data logger as the catalogue holds it; ``zone`` is that of its park, an IANA name."""

    mn: str
    park: str
    station: str | None
    password: str | None
    key: bytes | None
    minute_interval_min: int
    admitted: bool
    zone: str
    admitted_at: datetime | None = None


@dataclass(slots=True)
class Station:
    """A station and the rows of its sensors by the key that a message uses for them."""

    station_id: int
    code: str
    kind: str
    feed: str
    stream_class: str
    keys: dict[str, int] = field(default_factory=dict)
    shapes: dict[tuple[str, ...], list[int]] = field(default_factory=dict)  # remembered answers of rows_of
    plans: dict[object, object] = field(default_factory=dict)  # how frames of its logger are read

    @property
    def safety(self) -> bool:
        """Whether a value of it may be dangerous."""
        return self.stream_class == "safety"

    def rows_of(self, keys: tuple[str, ...]) -> list[int] | None:
        """Return the rows of all keys, or None when one is unknown."""
        rows = self.shapes.get(keys)
        if rows is None and all(key in self.keys for key in keys):
            rows = [self.keys[key] for key in keys]
            if len(self.shapes) < 64:
                self.shapes[keys] = rows
        return rows


@dataclass(frozen=True, slots=True)
class Logger:
    """A data logger that we know; ``station`` is None until it is admitted to one."""

    mn: str
    park: str
    station: Station | None
    password: str | None
    key: bytes | None
    minute_us: int  # length of its minute periods
    zone: ZoneInfo
    since: datetime | None = None  # when it was admitted


@dataclass(frozen=True, slots=True)
class Directory:
    """Stations by (park, code), and columns of n sensors sorted by id; open ends are infinite."""

    parks: Mapping[str, int]
    stations: Mapping[tuple[str, str], Station]
    quantity: Sequence[str]
    sensor_id: NDArray[np.int32]
    station_id: NDArray[np.int32]
    factor: NDArray[np.float64]
    shift: NDArray[np.float64]
    span_low: NDArray[np.float64]
    span_high: NDArray[np.float64]
    plausible_low: NDArray[np.float64]
    plausible_high: NDArray[np.float64]
    safety: NDArray[np.bool_]
    stream_class: NDArray[np.int64]  # as smartpark.flag_use numbers them
    is_dated: NDArray[np.bool_]
    dated: Mapping[int, tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]]
    loggers: Mapping[str, Logger]

    def __len__(self) -> int:
        return len(self.sensor_id)

    def stored(
        self, row: NDArray[np.intp], time_us: NDArray[np.int64], sent: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the values [n] in the registry's unit, by the sender's unit at the data's time."""
        with np.errstate(over="ignore", invalid="ignore"):
            value = sent * self.factor[row] + self.shift[row]
            candidates = np.flatnonzero(self.is_dated[row])
            for dated_row in np.unique(row[candidates]):
                since, factor, shift = self.dated[int(dated_row)]
                which = candidates[row[candidates] == dated_row]
                at = np.searchsorted(since, time_us[which], side="right") - 1
                which, at = which[at >= 0], at[at >= 0]
                value[which] = sent[which] * factor[at] + shift[at]
        return value


def build(
    parks: Mapping[str, int],
    stations: Sequence[StationRow],
    sensors: Sequence[SensorRow],
    units: Sequence[UnitRow],
    loggers: Sequence[LoggerRow] = (),
) -> Directory:
    """Make the directory; stations of every feed are in it so that strays can be named."""
    by_id = {s.station_id: Station(s.station_id, s.code, s.kind, s.feed, s.stream_class) for s in stations}
    ordered = sorted((s for s in sensors if s.station_id in by_id), key=lambda s: s.sensor_id)
    row_of = {sensor.sensor_id: row for row, sensor in enumerate(ordered)}
    for sensor in ordered:
        for key in _exact_keys(sensor):
            by_id[sensor.station_id].keys[key] = row_of[sensor.sensor_id]
    for sensor in ordered:
        for old in sensor.old_codes:
            for key in _suffixed(old, sensor.form):
                by_id[sensor.station_id].keys.setdefault(key, row_of[sensor.sensor_id])
    of = [by_id[s.station_id] for s in ordered]
    dated = _dated(units, row_of, ordered)
    by_code = {(s.park, s.code): by_id[s.station_id] for s in stations}
    return Directory(
        parks=parks,
        stations=by_code,
        quantity=[s.quantity for s in ordered],
        sensor_id=np.array([s.sensor_id for s in ordered], np.int32),
        station_id=np.array([s.station_id for s in ordered], np.int32),
        factor=np.array([s.factor for s in ordered], np.float64),
        shift=np.array([s.shift for s in ordered], np.float64),
        span_low=_ends([s.span_low for s in ordered], -np.inf),
        span_high=_ends([s.span_high for s in ordered], np.inf),
        plausible_low=_ends([s.plausible_low for s in ordered], -np.inf),
        plausible_high=_ends([s.plausible_high for s in ordered], np.inf),
        safety=np.array([s.safety for s in of], np.bool_),
        stream_class=np.array([class_number(s.stream_class) for s in of], np.int64),
        is_dated=np.array([row in dated for row in range(len(ordered))], np.bool_),
        dated=dated,
        loggers={logger.mn: _logger(logger, by_code) for logger in loggers},
    )


def _logger(row: LoggerRow, stations: Mapping[tuple[str, str], Station]) -> Logger:
    station = stations.get((row.park, row.station or "")) if row.admitted else None
    minute_us = row.minute_interval_min * 60_000_000
    return Logger(
        row.mn, row.park, station, row.password, row.key, minute_us, ZoneInfo(row.zone), row.admitted_at
    )


def _exact_keys(sensor: SensorRow) -> list[str]:
    return _suffixed(sensor.quantity, sensor.form)


def _suffixed(code: str, form: str) -> list[str]:
    """Return how a message may name it: ``a21026``, ``a21026-Rtd``; converted: ``a21026-Zs``, ``a21026-ZsRtd``."""
    return [f"{code}-{form}", f"{code}-{form}Rtd"] if form else [code, f"{code}-Rtd"]


def _ends(values: Sequence[float | None], open_end: float) -> NDArray[np.float64]:
    return np.array([open_end if value is None else value for value in values], np.float64)


def _dated(
    units: Sequence[UnitRow], row_of: Mapping[int, int], sensors: Sequence[SensorRow]
) -> dict[int, tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]]:
    by_row: dict[int, list[UnitRow]] = {}
    for unit in sorted(units, key=lambda u: u.valid_from_us):
        if unit.sensor_id in row_of:
            by_row.setdefault(row_of[unit.sensor_id], []).append(unit)
    return {
        row: (
            np.array([u.valid_from_us for u in changes], np.int64),
            np.array([u.factor for u in changes], np.float64),
            np.array([u.shift for u in changes], np.float64),
        )
        for row, changes in by_row.items()
        if any((u.factor, u.shift) != (sensors[row].factor, sensors[row].shift) for u in changes)
    }
