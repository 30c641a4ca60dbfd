"""The weather over the park: one air mass, so that every station feels the same wind, warmth and sun."""

from dataclasses import dataclass

import numpy as np

from simulators.chance import Floats, key, uniform, wander

_HOUR_S = 3600.0
_DAY_S = 86400.0
_YEAR_S = 365.25 * _DAY_S


@dataclass(frozen=True, slots=True)
class Air:
    """The air at given instants; every array has the shape of the instants."""

    temperature_c: Floats
    humidity_pct: Floats
    pressure_hpa: Floats
    wind_speed_m_s: Floats
    wind_from_deg: Floats
    sun_w_m2: Floats
    rain_mm_h: Floats


@dataclass(frozen=True, slots=True)
class Weather:
    """A semi-arid climate near 39.45 N, 1100 m above sea: cold dry winters, hot summers, wind in the afternoon.

    Climate figures after the 1991-2020 normals of Wuhai, China Meteorological Administration: January -8.6 degC,
    July 26.3 degC, mean wind 2.6 m/s; station pressure about 890 hPa.
    """

    seed: int
    lat_deg: float = 39.45
    lon_deg: float = 106.68
    wind_from_deg: float | None = None  # fixed by a scenario
    wind_speed_m_s: float | None = None
    rain_mm_h: float = 0.0  # a desert: it rains when a scenario says so

    def at(self, time_s: Floats) -> Air:
        """Return the air at instants [s since 1970-01-01T00:00Z]."""
        hour = self.solar_hour(time_s)
        season = np.cos(2 * np.pi * (time_s / _YEAR_S - 0.045))  # 1 in mid January, -1 in mid July
        warm = np.cos(2 * np.pi * (hour - 15.0) / 24.0)
        front = self._wander("front", time_s, 36 * _HOUR_S)
        temperature = 9.0 - 17.0 * season + 6.0 * warm + 3.0 * front
        sun = self.sun_w_m2(time_s)
        return Air(
            temperature,
            np.clip(
                44.0 - 14.0 * warm - 5.0 * front + 6.0 * self._wander("humid", time_s, 8 * _HOUR_S), 8.0, 96.0
            ),
            890.0 + 5.0 * season - 3.0 * front + 2.0 * self._wander("press", time_s, 20 * _HOUR_S),
            self._speed(time_s, warm),
            self._direction(time_s),
            sun,
            np.full_like(sun, self.rain_mm_h),
        )

    def drift_m_s(self, time_s: Floats) -> tuple[Floats, Floats]:
        """Return the eastward and northward speed of the air [m/s]."""
        hour = self.solar_hour(time_s)
        speed = self._speed(time_s, np.cos(2 * np.pi * (hour - 15.0) / 24.0))
        towards = np.radians(self._direction(time_s) + 180.0)
        return speed * np.sin(towards), speed * np.cos(towards)

    def stability(self, time_s: float) -> str:
        """Return the Pasquill class A-F at an instant.

        Source: Pasquill 1961 table as printed by Turner 1970, AP-26, table 3-1 (sun strong > 700, moderate > 350 W/m2).
        """
        moment = np.asarray([time_s])
        air = self.at(moment)
        column = int(np.searchsorted([2.0, 3.0, 5.0, 6.0], float(air.wind_speed_m_s[0]), side="right"))
        sun = float(air.sun_w_m2[0])
        row = "AABCC" if sun > 700 else "ABBCD" if sun > 350 else "BCCDD" if sun > 20 else "FFEDD"
        return row[column]

    def solar_hour(self, time_s: Floats) -> Floats:
        """Return the mean solar time of day [h]."""
        return np.asarray((time_s / _HOUR_S + self.lon_deg / 15.0) % 24.0)

    def sun_w_m2(self, time_s: Floats) -> Floats:
        """Return global radiation on the ground under a mostly clear sky [W/m2] (Haurwitz 1945)."""
        day = 2 * np.pi * ((time_s / _DAY_S) % 365.25 - 79.5) / 365.25
        declination = np.radians(23.45) * np.sin(day)
        angle = np.pi * (self.solar_hour(time_s) - 12.0) / 12.0
        lat = np.radians(self.lat_deg)
        up = np.sin(lat) * np.sin(declination) + np.cos(lat) * np.cos(declination) * np.cos(angle)
        up = np.clip(up, 1e-3, None)
        clear = 1098.0 * up * np.exp(-0.059 / up)
        cloud = np.clip(0.92 + 0.08 * self._wander("cloud", time_s, 2 * _HOUR_S), 0.35, 1.0)
        return np.asarray(clear * cloud)

    def _speed(self, time_s: Floats, warm: Floats) -> Floats:
        if self.wind_speed_m_s is not None:
            return np.full_like(time_s, self.wind_speed_m_s)
        gusts = 0.5 * self._wander("gust", time_s, 240.0)
        return np.clip(2.6 + 1.0 * warm + 0.9 * self._wander("wind", time_s, 5 * _HOUR_S) + gusts, 0.4, None)

    def _direction(self, time_s: Floats) -> Floats:
        meander = 6.0 * self._wander("meander", time_s, 300.0)
        if self.wind_from_deg is not None:
            return np.asarray((self.wind_from_deg + 0.5 * meander) % 360.0)
        turn = 360.0 * float(uniform(np.asarray(key(self.seed, "weather/side")), np.asarray(0)))
        veer = 45.0 * self._wander("veer", time_s, 12 * _HOUR_S)
        return np.asarray((turn + veer + meander) % 360.0)

    def _wander(self, name: str, time_s: Floats, memory_s: float) -> Floats:
        return wander(np.asarray(key(self.seed, f"weather/{name}")), time_s, memory_s)
