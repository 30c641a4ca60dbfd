"""Which sensors records are made of, and which of their neighbours each one needs; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from records.periods.rules import HOUR_SLOTS, Averaging, Method, averaging_of, medium_of

# Units of a concentration, in milligrams per the volume that stands beside them.
_MG = {"mg/m³": 1.0, "µg/m³": 1e-3, "ng/m³": 1e-6, "mg/L": 1.0, "µg/L": 1e-3}
_WATER_FLOW, GAS_FLOW, _WIND, _OXYGEN = "w00000", "a00000", "a01007", "a19001"
NO, NO2, NOX = "a21003", "a21004", "a21002"
_OZONE = "a05024"
TEMPERATURE, PRESSURE, MOISTURE, BAROMETER = "a01012", "a01013", "a01014", "a01006"


class Reference(NamedTuple):
    """The reference oxygen [%] of a limit that is in force over [since, until)."""

    since: datetime
    until: datetime
    oxygen: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """One sensor as the database has it; ``step_min`` is how far apart its data come [min]."""

    id: int
    station_id: int
    kind: str
    quantity: str
    form: str
    unit: str
    step_min: int
    due_since: datetime | None
    due_until: datetime | None
    timezone: str
    gas_state: str = "dry_standard"
    references: tuple[Reference, ...] = ()  # where its measured value is judged at reference oxygen

    @property
    def medium(self) -> str:
        """gas, water, air or other."""
        return medium_of(self.kind)

    @property
    def slides(self) -> bool:
        """Whether its hours carry eight-hour means: ozone of ambient air."""
        return self.quantity == _OZONE and self.medium == "air"

    @property
    def slots(self) -> int:
        """How many samples a whole hour has."""
        return max(1, HOUR_SLOTS // self.step_min)

    def reference_o2(self, instant: datetime) -> float | None:
        """Return the reference oxygen [%] at which its value of an instant is judged; None: at none."""
        return next((one.oxygen for one in self.references if one.since <= instant < one.until), None)

    @property
    def averaging(self) -> Averaging:
        """How it is averaged by itself."""
        return averaging_of(self.quantity)

    @property
    def milligrams(self) -> float | None:
        """Milligrams of one unit of a measured concentration; None for anything else."""
        return _MG.get(self.unit) if self.form == "" else None


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Sensors of the same station that a record needs, by id; None: there is none."""

    flow: int | None = None
    wind: int | None = None
    oxygen: int | None = None
    no: int | None = None
    no2: int | None = None
    temperature: int | None = None
    pressure: int | None = None
    moisture: int | None = None
    barometer: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Every sensor by id, its neighbours, and the sensors of each station."""

    sensors: Mapping[int, Sensor]
    neighbours: Mapping[int, Neighbours]
    of_station: Mapping[int, tuple[int, ...]]

    @classmethod
    def of(cls, sensors: Iterable[Sensor]) -> "Plan":
        """Put sensors together by station."""
        known = {sensor.id: sensor for sensor in sensors}
        stations: dict[int, dict[tuple[str, str], Sensor]] = {}
        for sensor in known.values():
            stations.setdefault(sensor.station_id, {})[sensor.quantity, sensor.form] = sensor
        neighbours = {
            sensor.id: _neighbours(sensor, stations[sensor.station_id]) for sensor in known.values()
        }
        members = {
            station: tuple(sorted(sensor.id for sensor in some.values()))
            for station, some in stations.items()
        }
        return cls(known, neighbours, members)

    def method(self, sensor_id: int) -> Method:
        """Return how the minutes of a sensor become an hour."""
        sensor = self.sensors[sensor_id]
        weighted = sensor.medium == "water" and sensor.milligrams is not None
        if weighted and self.neighbours[sensor_id].flow is not None:
            return "flow_weighted"
        return sensor.averaging.method


def _neighbours(sensor: Sensor, station: Mapping[tuple[str, str], Sensor]) -> Neighbours:
    def id_of(quantity: str) -> int | None:
        found = station.get((quantity, ""))
        return None if found is None else found.id

    concentration = sensor.milligrams is not None and sensor.medium in {"gas", "water"}
    gas = sensor.medium == "gas"
    nox = sensor.quantity == NOX and sensor.form == ""
    raw = gas and sensor.gas_state != "dry_standard" and (concentration or sensor.quantity == GAS_FLOW)
    return Neighbours(
        flow=id_of(GAS_FLOW if gas else _WATER_FLOW) if concentration else None,
        wind=id_of(_WIND) if sensor.averaging.method == "vector" else None,
        oxygen=id_of(_OXYGEN) if gas and sensor.quantity != _OXYGEN else None,
        no=id_of(NO) if nox else None,
        no2=id_of(NO2) if nox else None,
        temperature=id_of(TEMPERATURE) if raw else None,
        pressure=id_of(PRESSURE) if raw else None,
        moisture=id_of(MOISTURE) if raw else None,
        barometer=id_of(BAROMETER) if raw else None,
    )
