"""The park as the simulators see it: stations with points that are due at their period."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

PARK_GATEWAY = "park"


@dataclass(frozen=True, slots=True)
class Station:
    """A place with sensors; ``gateway`` is whose connection carries it."""

    code: str
    kind: str
    gateway: str
    feed: str
    lat: float
    lon: float
    height_m: float = 2.0
    name_zh: str = ""
    outlet_kind: str = ""
    substance: str = ""

    @property
    def enterprise(self) -> str:
        """Return the code of its enterprise; empty for the park's own."""
        return "" if self.gateway == PARK_GATEWAY else self.gateway


@dataclass(frozen=True, slots=True)
class Point:
    """One sensor: what a reading of it means to sender (``sent``) and platform (``stored = sent * factor + shift``)."""

    station: str
    kind: str
    quantity: str
    form: str
    period_s: int
    decimals: int
    span: tuple[float, float] | None
    factor: float = 1.0
    shift: float = 0.0
    reference_o2_pct: float | None = None
    normal: float | None = None  # what the plant calls usual, registry unit

    @property
    def name(self) -> str:
        """Return the name that seeds its chance and shows in the truth."""
        return f"{self.station}/{self.quantity}" + (f"-{self.form}" if self.form else "")

    @property
    def word(self) -> str:
        """Return the key under which a message carries it."""
        return f"{self.quantity}-{self.form}" if self.form else self.quantity


@dataclass(frozen=True)
class Park:
    """All stations and points, in the catalogue's order."""

    code: str
    utc_offset_s: int
    lat: float
    lon: float
    stations: dict[str, Station]
    points: tuple[Point, ...]
    enterprises: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()

    @cached_property
    def period_s(self) -> NDArray[np.int64]:
        """Return the period of every point [n] [s]."""
        return np.asarray([p.period_s for p in self.points], np.int64)

    @cached_property
    def offset_s(self) -> NDArray[np.int64]:
        """Return when within its period every point is due [n] [s]; one station speaks at one moment."""
        return np.asarray([crc32(p.station.encode()) % p.period_s for p in self.points], np.int64)

    @cached_property
    def factor(self) -> NDArray[np.float64]:
        """Return what a sent value is multiplied with on arrival [n]."""
        return np.asarray([p.factor for p in self.points])

    @cached_property
    def shift(self) -> NDArray[np.float64]:
        """Return what is added on arrival [n]."""
        return np.asarray([p.shift for p in self.points])

    @cached_property
    def scale(self) -> NDArray[np.float64]:
        """Return ten to the power of the decimals that a sender shows [n]."""
        return np.asarray([10.0**p.decimals for p in self.points])

    @cached_property
    def span_high(self) -> NDArray[np.float64]:
        """Return the top of every span [n]; infinite where none is known."""
        return np.asarray([p.span[1] if p.span else np.inf for p in self.points])

    @cached_property
    def places_deg(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return latitude and longitude of every point [n] [deg]."""
        at = [self.stations[p.station] for p in self.points]
        return np.asarray([s.lat for s in at]), np.asarray([s.lon for s in at])

    def of_station(self, code: str) -> list[int]:
        """Return the indices of the points of a station."""
        return [n for n, p in enumerate(self.points) if p.station == code]

    def where(self, *, kinds: Iterable[str] = (), quantities: Iterable[str] = ()) -> list[int]:
        """Return the indices of the points of these kinds and quantities; empty means any."""
        kinds, quantities = set(kinds), set(quantities)
        return [
            n
            for n, p in enumerate(self.points)
            if (not kinds or p.kind in kinds) and (not quantities or p.quantity in quantities)
        ]
