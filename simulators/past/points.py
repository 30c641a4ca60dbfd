"""The points that have a past of records, as arrays: how each is averaged, and which points stand beside it; pure."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulators.park import Park
from simulators.signals.families import family
from smartpark.quantities import registry

MEDIA: Mapping[str, str] = {
    "stack": "gas",
    "wastewater": "water",
    "air": "air",
    "weather": "air",
}
AMOUNTS: Mapping[str, float] = {
    "w00000": 3.6,
    "a00000": 1.0,
    "x_power": 1.0,
    "x_steam": 1.0,
    "x_gas": 1.0,
    "x_water": 1.0,
    "x_flow": 1.0,
}
_MG = {"mg/m³": 1.0, "µg/m³": 1e-3, "ng/m³": 1e-6, "mg/L": 1.0, "µg/L": 1e-3}
_SAFETY = frozenset({"gas", "hazard", "process"})
_FLOWS = {"gas": "a00000", "water": "w00000"}
_WIND, _DIRECTION, _OZONE = "a01007", "a01008", "a05024"
_LEVELS = frozenset({"LA", "Leq"})


class Rule(NamedTuple):
    """When a period is valid, and the standard that a record names."""

    need: int
    need_february: int
    spoils: bool
    edition: str


@cache
def rules() -> Mapping[tuple[str, str], Rule]:
    """Return the rule of every medium and period."""
    text = files("simulators.past").joinpath("rules.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {
        (row["medium"], row["period"]): Rule(
            int(row["need"]), int(row["need_february"]), row["spoils"] == "1", row["edition"]
        )
        for row in rows
    }


@dataclass(frozen=True)
class Points:
    """Points [k] of a park with a past, by the id of their sensor; ``slots`` is how many samples an hour of each has."""

    park: Park
    which: NDArray[np.intp]
    sensor_id: NDArray[np.int32]
    slots: NDArray[np.int32]

    @classmethod
    def of(cls, park: Park, known: Mapping[tuple[str, str, str], tuple[int, int]]) -> "Points":
        """Choose the points that are no safety stream and that the database knows as (id, slots)."""
        found = [
            (known[key], n)
            for n, p in enumerate(park.points)
            if p.kind not in _SAFETY and (key := (p.station, p.quantity, p.form)) in known
        ]
        found.sort()
        return cls(
            park,
            np.asarray([n for _, n in found], np.intp),
            np.asarray([sensor for (sensor, _), _ in found], np.int32),
            np.asarray([slots for (_, slots), _ in found], np.int32),
        )

    def __len__(self) -> int:
        return len(self.which)

    def only(self, kept: NDArray[np.bool_]) -> "Points":
        """Return some of them."""
        return Points(self.park, self.which[kept], self.sensor_id[kept], self.slots[kept])

    @cached_property
    def medium(self) -> list[str]:
        """gas, water, air or other."""
        return [MEDIA.get(self.park.points[n].kind, "other") for n in self.which]

    @cached_property
    def station(self) -> list[str]:
        """The station of each."""
        return [self.park.points[n].station for n in self.which]

    @cached_property
    def quantity(self) -> list[str]:
        """The quantity of each."""
        return [self.park.points[n].quantity for n in self.which]

    @cached_property
    def sliding(self) -> NDArray[np.intp]:
        """Where those are whose hours carry eight-hour means: ozone of ambient air."""
        pairs = zip(self.quantity, self.medium, strict=True)
        return np.flatnonzero(np.asarray([pair == (_OZONE, "air") for pair in pairs]))

    @cached_property
    def milligrams(self) -> NDArray[np.float64]:
        """Milligrams of one unit of a concentration; NaN of anything else and of what is converted already."""
        known = registry()
        units = [known[quantity].unit if quantity in known else "" for quantity in self.quantity]
        converted = [bool(self.park.points[n].form) for n in self.which]
        return np.asarray(
            [np.nan if zs else _MG.get(unit, np.nan) for unit, zs in zip(units, converted, strict=True)]
        )

    @cached_property
    def concentration(self) -> NDArray[np.bool_]:
        """Which are concentrations, converted ones as well."""
        zs = np.asarray([bool(self.park.points[n].form) for n in self.which], np.bool_)
        return ~np.isnan(self.milligrams) | zs

    @cached_property
    def flow(self) -> NDArray[np.intp]:
        """Where the flow beside each concentration of gas or water is; -1: there is none."""
        measured = ~np.isnan(self.milligrams)
        return self._beside(
            [_FLOWS.get(m, "") if c else "" for m, c in zip(self.medium, measured, strict=True)]
        )

    @cached_property
    def wind(self) -> NDArray[np.intp]:
        """Where the wind speed beside each direction is; -1: there is none."""
        return self._beside([_WIND if quantity == _DIRECTION else "" for quantity in self.quantity])

    @cached_property
    def method(self) -> list[str]:
        """How each is averaged."""
        return [self._method(at) for at in range(len(self))]

    def of_method(self, method: str) -> NDArray[np.intp]:
        """Return where the points of one method are."""
        return np.flatnonzero(np.asarray(self.method) == method)

    def _method(self, at: int) -> str:
        point = self.park.points[self.which[at]]
        if family(point) == "register":
            return "counted"
        if point.quantity == _DIRECTION:
            return "vector"
        if point.quantity in _LEVELS:
            return "energy"
        return "flow_weighted" if self.medium[at] == "water" and self.flow[at] >= 0 else "arithmetic"

    def _beside(self, wanted: list[str]) -> NDArray[np.intp]:
        place = {
            (station, quantity): at
            for at, (station, quantity, n) in enumerate(
                zip(self.station, self.quantity, self.which, strict=True)
            )
            if not self.park.points[n].form
        }
        return np.asarray(
            [place.get((s, q), -1) if q else -1 for s, q in zip(self.station, wanted, strict=True)], np.intp
        )
