"""A park, a seed and a plot become readings; the same three always become the same readings."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from simulators.chance import Floats
from simulators.effects import Effect
from simulators.faults import Faults
from simulators.park import Park
from simulators.signals.ordinary import Ordinary
from simulators.timetable import due
from simulators.weather import Weather

NORMAL, OVER_RANGE = ord("N"), ord("T")


@dataclass(frozen=True, slots=True)
class Outage:
    """The gateway of some stations is dead from ``from_s`` to ``to_s``; then it sends what it has kept."""

    stations: frozenset[str]
    from_s: int
    to_s: int


@dataclass(frozen=True, slots=True)
class Plot:
    """What a scenario makes of a day: effects on signals, outages of gateways, the wind it needs."""

    name: str
    lasts_s: int
    effects: tuple[Effect, ...] = ()
    outages: tuple[Outage, ...] = ()
    weather: Weather | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """Columns [k] of readings as they leave the sensors, ordered by instant, then point.

    ``sent`` is in the sender's unit, ``stored`` what the platform must hold, ``flag`` an ASCII code.
    """

    which: NDArray[np.intp]
    time_s: NDArray[np.int64]
    sent: Floats
    stored: Floats
    flag: NDArray[np.uint8]


@dataclass(frozen=True)
class Play:
    """A scenario in a park."""

    park: Park
    seed: int
    plot: Plot
    faults: Faults = field(default_factory=Faults)
    ordinary: Ordinary = field(init=False, repr=False)

    def __post_init__(self) -> None:
        weather = self.plot.weather or weather_of(self.park, self.seed)
        object.__setattr__(self, "ordinary", Ordinary(self.park, self.seed, weather))

    def readings(self, from_s: int, to_s: int) -> Sent:
        """Return what is due in the half-open period [from_s, to_s) [s since 1970]."""
        return self.shown(*due(self.park, from_s, to_s))

    def shown(self, which: NDArray[np.intp], time_s: NDArray[np.int64]) -> Sent:
        """Return what points [k] show at instants [k] [s since 1970]."""
        value = self._signal(which, time_s)
        high = self.park.span_high[which]
        flag = np.where(value > high, OVER_RANGE, NORMAL).astype(np.uint8)
        value = np.minimum(value, high)
        scale, factor, shift = (
            column[which] for column in (self.park.scale, self.park.factor, self.park.shift)
        )
        sent = np.round((value - shift) / factor * scale) / scale + 0.0
        return Sent(which, time_s, sent, sent * factor + shift, flag)

    def _signal(self, which: NDArray[np.intp], time_s: NDArray[np.int64]) -> Floats:
        keys = self.ordinary.keys[which]
        hour_s = time_s - time_s % 3600
        shown_s = np.where(self.faults.chance("stuck", keys, hour_s // 3600), hour_s, time_s)
        value = self.ordinary.values(which, shown_s[:, None].astype(np.float64))[:, 0]
        for effect in self.plot.effects:
            value = effect(which, shown_s, value)
        return self.faults.bend(keys, time_s, value)


def weather_of(park: Park, seed: int) -> Weather:
    """Return the weather of a park on a seed."""
    return Weather(seed, park.lat, park.lon)


def with_wind(weather: Weather, from_deg: float, speed_m_s: float) -> Weather:
    """Return the weather with its wind held."""
    return replace(weather, wind_from_deg=from_deg, wind_speed_m_s=speed_m_s)
