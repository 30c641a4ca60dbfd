"""An ordinary day of the whole park: every point has a family, every family one function."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from simulators.chance import Floats, Keys, bell, key, uniform, wander
from simulators.park import Park
from simulators.signals import families, meter, stack, tank
from simulators.signals.levels import level
from simulators.weather import Air, Weather

Which = NDArray[np.intp]


class Ordinary:
    """The signals of a park on which nothing happens; the same (seed, point, time) gives the same value."""

    def __init__(self, park: Park, seed: int, weather: Weather) -> None:
        self.park = park
        self.weather = weather
        points = park.points
        self.keys = self._keys(seed, [f"{p.station}/{families.stream(p)}" for p in points])
        self.station_keys = self._keys(seed, [f"{p.station}/load" for p in points])
        self.oxygen_keys = self._keys(seed, [f"{p.station}/{families.OXYGEN}" for p in points])
        levels = [level(p.kind, p.quantity, p.span) for p in points]
        said = np.asarray([np.nan if p.normal is None else p.normal for p in points])
        unsaid = np.isnan(said)
        self.base = np.where(unsaid, [one.base for one in levels], said)
        self.spread = np.where(unsaid, [one.spread for one in levels], 0.0)
        self.swing = np.asarray([one.swing for one in levels])
        self.peak_hour = np.asarray([one.peak_hour for one in levels])
        self.noise = np.asarray([one.noise for one in levels])
        self.memory_s = np.asarray([one.memory_s for one in levels])
        self.floor = np.asarray([-np.inf if one.floor is None else one.floor for one in levels])
        self.low = np.asarray([p.span[0] if p.span else 0.0 for p in points])
        self.width = np.asarray([p.span[1] - p.span[0] if p.span else 1.0 for p in points])
        self.normal = np.asarray([families.usual(p) for p in points])
        self.reference_o2 = np.asarray([p.reference_o2_pct or 0.0 for p in points])
        typical = np.asarray([families.meter_size(p) for p in points])
        self.mean_h = np.where(unsaid, meter.mean_h(self.keys, typical), said)
        names = [families.family(p) for p in points]
        self._families = sorted(set(names))
        self._family = np.asarray([self._families.index(name) for name in names], np.int8)
        self._functions: dict[str, Callable[[Which, Floats], Floats]] = {
            "cycle": self._cycle,
            "gas": self._gas,
            "level": self._level,
            "pressure": self._pressure,
            "warmth": self._warmth,
            "oxygen": self._oxygen,
            "flow": self._flow,
            "stack": self._stack,
            "converted": self._converted,
            "held": self._held,
            "held converted": self._held_converted,
            "rate": self._rate,
            "register": self._register,
            "rest": self._rest,
            "run": self._run,
            "ozone": self._ozone,
            "runoff": self._runoff,
        } | {name: self._weather_like(name) for name in families.WEATHER}

    def values(self, which: Which, time_s: Floats) -> Floats:
        """Return values [k, m] of points [k] at instants that broadcast to [k, m], in the registry's unit."""
        out = np.empty(np.broadcast_shapes((len(which), 1), time_s.shape))
        for number, name in enumerate(self._families):
            rows = np.flatnonzero(self._family[which] == number)
            if len(rows):
                moments = time_s if time_s.shape[0] == 1 else time_s[rows]
                out[rows] = self._functions[name](which[rows], moments)
        return out

    @staticmethod
    def _keys(seed: int, names: list[str]) -> Keys:
        return np.asarray([key(seed, name) for name in names], np.uint64)

    def _trait(self, which: Which) -> Floats:
        """Return what makes a station differ from its likes, -1..1."""
        return np.asarray(2.0 * uniform(self.keys[which], np.asarray(-9)) - 1.0)

    def _hour(self, time_s: Floats) -> Floats:
        return np.asarray((time_s + self.park.utc_offset_s) / 3600.0 % 24.0)

    def _cycle(self, which: Which, time_s: Floats) -> Floats:
        day = self.swing[which][:, None] * np.cos(
            2 * np.pi * (self._hour(time_s) - self.peak_hour[which][:, None]) / 24.0
        )
        return self._around(which, time_s, 1.0 + day)

    def _around(self, which: Which, time_s: Floats, shape: Floats) -> Floats:
        keys = self.keys[which][:, None]
        slow = wander(keys, time_s, self.memory_s[which][:, None])
        quick = 0.25 * bell(keys, time_s.astype(np.int64))
        middle = self.base[which] * (1.0 + self.spread[which] * self._trait(which))
        value = middle[:, None] * shape * (1.0 + self.noise[which][:, None] * (slow + quick))
        return np.asarray(np.maximum(value, self.floor[which][:, None]))

    def _gas(self, which: Which, time_s: Floats) -> Floats:
        keys = self.keys[which][:, None]
        share = 0.003 * (wander(keys, time_s, 6 * 3600.0) + 0.5 * bell(keys, time_s.astype(np.int64)))
        return np.asarray(self.low[which][:, None] + self.width[which][:, None] * np.maximum(share, 0.0))

    def _level(self, which: Which, time_s: Floats) -> Floats:
        return tank.level(self.keys[which][:, None], time_s, self.normal[which][:, None])

    def _pressure(self, which: Which, time_s: Floats) -> Floats:
        return tank.pressure(self.keys[which][:, None], time_s, self.normal[which][:, None])

    def _warmth(self, which: Which, time_s: Floats) -> Floats:
        keys, air = self.keys[which][:, None], self._air(time_s).temperature_c
        return tank.temperature(keys, time_s, self.normal[which][:, None], air)

    def _o2(self, which: Which, time_s: Floats) -> Floats:
        boilers, keys = self.station_keys[which][:, None], self.oxygen_keys[which][:, None]
        return stack.oxygen_pct(boilers, keys, time_s, self._hour(time_s))

    def _oxygen(self, which: Which, time_s: Floats) -> Floats:
        return self._o2(which, time_s)

    def _flow(self, which: Which, time_s: Floats) -> Floats:
        boilers, keys = self.station_keys[which][:, None], self.keys[which][:, None]
        return stack.flow_m3_h(boilers, keys, time_s, self._hour(time_s))

    def _stack(self, which: Which, time_s: Floats) -> Floats:
        load = stack.load_share(self.station_keys[which][:, None], time_s, self._hour(time_s))
        return self._around(which, time_s, 0.8 + 0.25 * load)

    def _converted(self, which: Which, time_s: Floats) -> Floats:
        measured = self._stack(which, time_s)
        return stack.to_reference_o2(measured, self._o2(which, time_s), self.reference_o2[which][:, None])

    def _held_converted(self, which: Which, time_s: Floats) -> Floats:
        return stack.held(self.keys[which][:, None], time_s, self.normal[which][:, None])

    def _held(self, which: Which, time_s: Floats) -> Floats:
        converted = self._held_converted(which, time_s)
        return stack.from_reference_o2(converted, self._o2(which, time_s), self.reference_o2[which][:, None])

    def _rate(self, which: Which, time_s: Floats) -> Floats:
        keys = self.keys[which][:, None]
        return meter.rate_h(keys, time_s, self._hour(time_s), self.mean_h[which][:, None])

    def _register(self, which: Which, time_s: Floats) -> Floats:
        return meter.register(time_s, self._hour(time_s), self.mean_h[which][:, None])

    def _rest(self, which: Which, time_s: Floats) -> Floats:
        return np.zeros(np.broadcast_shapes((len(which), 1), time_s.shape))

    def _run(self, which: Which, time_s: Floats) -> Floats:
        return np.ones(np.broadcast_shapes((len(which), 1), time_s.shape))

    def _ozone(self, which: Which, time_s: Floats) -> Floats:
        sun = self._air(time_s).sun_w_m2
        return self._around(which, time_s, 0.35 + 0.85 * np.sqrt(np.clip(sun, 0, 900) / 900.0))

    def _runoff(self, which: Which, time_s: Floats) -> Floats:
        area = 5.0 + 10.0 * uniform(self.keys[which][:, None], np.asarray(-1))
        return self._air(time_s).rain_mm_h * area

    def _air(self, time_s: Floats) -> Air:
        if time_s.shape[1] > 1 or time_s.shape[0] == 1:
            return self.weather.at(time_s)
        moments, inverse = np.unique(time_s[:, 0], return_inverse=True)  # one air mass for all
        air = self.weather.at(moments)
        return Air(*(getattr(air, name)[inverse][:, None] for name in Air.__slots__))

    def _weather_like(self, name: str) -> Callable[[Which, Floats], Floats]:
        field, local, scale = families.WEATHER[name]

        def function(which: Which, time_s: Floats) -> Floats:
            keys = self.keys[which][:, None]
            park_wide = getattr(self._air(time_s), field) * scale
            here = local * (self._trait(which)[:, None] + 0.15 * bell(keys, time_s.astype(np.int64)))
            value = park_wide + here + np.zeros((len(which), 1))
            if field == "wind_from_deg":
                return np.asarray(value % 360.0)
            floor = 0.0 if field in {"wind_speed_m_s", "rain_mm_h", "sun_w_m2", "humidity_pct"} else -np.inf
            return np.asarray(np.clip(value, floor, 100.0 if field == "humidity_pct" else np.inf))

        return function
