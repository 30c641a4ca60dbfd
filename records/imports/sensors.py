"""The sensors that a file's columns can be, as the catalogue has them; pure, with the nearest name beside a wrong one."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from records.imports.mapping import ImportMapping, MappingError, Target, nearest
from smartpark import flag_use
from smartpark import units as conversions
from smartpark.quantities import by_old_code


class SensorRow(NamedTuple):
    """One sensor of the park; the plausible range in its quantity's unit."""

    sensor_id: int
    station_id: int
    station: str
    quantity: str
    form: str
    period_s: int
    stream_class: str
    unit: str
    molar_mass: float | None
    plausible_low: float | None
    plausible_high: float | None
    live_since: datetime | None  # it delivers by itself, or ought to; None: it never did


class TargetError(ValueError):
    """No sensor is meant by this; the message says what to write instead."""


class Targets:
    """The sensors that a mapping names, as growing columns; a cell of the file points to one by its number.

    A sensor has a number for each unit in which the file has its values.
    """

    def __init__(self, sensors: Iterable[SensorRow], mapping: ImportMapping) -> None:
        self._known = {(one.station, one.quantity, one.form): one for one in sensors}
        self._units = {one.quantity: one for one in self._known.values()}
        self._stations = sorted({station for station, _, _ in self._known})
        self._rows: list[SensorRow] = []
        self._factor: list[float] = []
        self._shift: list[float] = []
        self._number: dict[Target, int] = {}
        self._mapping = mapping
        self._words: dict[tuple[str, str], int | TargetError] = {}
        self._resolve()

    def _resolve(self) -> None:
        """Look up everything that the mapping names; what only the rows name is looked up as they come."""
        problems = []
        for one in self._mapping.wide:
            try:
                self.number(one.target)
            except TargetError as error:
                problems.append(f"{one.where}: {error}")
        if len({one.sensor_id for one in self._rows}) < len(self._mapping.wide) and not problems:
            problems.append("columns: two columns are the same sensor; leave one of them out")
        long = self._mapping.long
        if long is not None:
            problems += [
                f"{long.where}: {self._no_station(code)}"
                for code in long.stations.values()
                if code not in self._stations
            ]
            for word, (quantity, _, unit) in long.quantities.items():
                try:
                    self._conversion(quantity, unit or long.unit)
                except TargetError as error:
                    problems.append(f"{long.where}: {word}: {error}")
        if problems:
            raise MappingError("\n".join(problems))

    def number(self, target: Target) -> int:
        """Return the number of a sensor in a unit.

        Raises:
            TargetError: it is not in the catalogue, or its unit does not convert.

        """
        if target not in self._number:
            row = self._known.get((target.station, target.quantity, target.form))
            if row is None:
                raise TargetError(self._no_sensor(target))
            conversion = self._conversion(target.quantity, target.unit)
            self._number[target] = len(self._rows)
            self._rows.append(row)
            self._factor.append(conversion.factor)
            self._shift.append(conversion.shift)
        return self._number[target]

    def of_words(self, station: str, quantity: str) -> int | TargetError:
        """Return the number of the sensor that a row of a long file names, or why there is none."""
        key = (station, quantity)
        if key not in self._words:
            long = self._mapping.long
            code, form, own = (long.quantities if long else {}).get(quantity, (quantity, "", None))
            unit = own or (long.unit if long else None)
            old = by_old_code().get(code)
            place = (long.stations if long else {}).get(station, station)
            if old is not None and (place, code, form) not in self._known:
                code = old.code
            try:
                self._words[key] = self.number(Target(place, code, form, unit))
            except TargetError as error:
                self._words[key] = error
        return self._words[key]

    @property
    def sensor_id(self) -> NDArray[np.int32]:
        """The sensor of each number [k]."""
        return np.asarray([one.sensor_id for one in self._rows], np.int32)

    @property
    def station_id(self) -> NDArray[np.int64]:
        """The station of each number [k]."""
        return np.asarray([one.station_id for one in self._rows], np.int64)

    @property
    def class_number(self) -> NDArray[np.int64]:
        """The class of its stream, as flag_use numbers them [k]."""
        return np.asarray([flag_use.class_number(one.stream_class) for one in self._rows], np.int64)

    @property
    def slot_s(self) -> NDArray[np.int64]:
        """How often each should deliver, at most once a minute [k] [s]."""
        return np.asarray([max(60, one.period_s // 60 * 60) for one in self._rows], np.int64)

    @property
    def units(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Factor and shift from the file's unit to the registry's [k]."""
        return np.asarray(self._factor, np.float64), np.asarray(self._shift, np.float64)

    @property
    def plausible(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Both ends of the plausible range [k], registry unit; infinite where none is known."""
        low = [-np.inf if one.plausible_low is None else one.plausible_low for one in self._rows]
        high = [np.inf if one.plausible_high is None else one.plausible_high for one in self._rows]
        return np.asarray(low), np.asarray(high)

    @property
    def live_us(self) -> NDArray[np.int64]:
        """Since when each delivers by itself [k] [us since 1970]; the greatest number where it never did."""
        never = np.iinfo(np.int64).max
        live = [one.live_since for one in self._rows]
        return np.asarray(
            [never if at is None else round(at.timestamp() * 1_000_000) for at in live], np.int64
        )

    def _conversion(self, quantity: str, unit: str | None) -> conversions.Conversion:
        row = self._units.get(quantity)
        if row is None:
            advice = nearest(quantity, self._units, "see the catalogue for the quantities of this park")
            raise TargetError(f"no station measures quantity {quantity!r}; {advice}")
        try:
            return conversions.conversion(row.unit if unit is None else unit, row.unit, row.molar_mass)
        except conversions.UnitError as error:
            raise TargetError(f"unit of {quantity}: {error}") from error

    def _no_station(self, code: str) -> str:
        advice = nearest(code, self._stations, "see the catalogue for the codes of stations")
        return f"station {code!r} is not known; {advice}"

    def _no_sensor(self, target: Target) -> str:
        if target.station not in self._stations:
            return self._no_station(target.station)
        here = [
            f"{quantity}-{form}" if form else quantity
            for station, quantity, form in self._known
            if station == target.station
        ]
        word = f"{target.quantity}-{target.form}" if target.form else target.quantity
        advice = nearest(word, here, f"write one of: {', '.join(here)}")
        return f"station {target.station} has no sensor of {word}; {advice}"
