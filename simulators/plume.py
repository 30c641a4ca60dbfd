"""What a release does downwind: Gaussian plume, Gaussian puff, and a train of puffs that the wind carries.

Dispersion coefficients: Briggs 1973 for open country, as in CCPS 1999, Guidelines for Consequence Analysis, table 2.
Puff coefficients: Slade 1968, the same book, p. 101. Both hold from about 100 m to 10 km.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulators.chance import Floats
from simulators.weather import Weather

# class: a of sigma_y = a x / sqrt(1 + 0.0001 x); b, c, n of sigma_z = b x (1 + c x) ** n
_BRIGGS = {
    "A": (0.22, 0.20, 0.0, 0.0),
    "B": (0.16, 0.12, 0.0, 0.0),
    "C": (0.11, 0.08, 0.0002, -0.5),
    "D": (0.08, 0.06, 0.0015, -0.5),
    "E": (0.06, 0.03, 0.0003, -1.0),
    "F": (0.04, 0.016, 0.0003, -1.0),
}
# class: sigma_y = a x ** b; sigma_z = c x ** d
_SLADE = {
    "A": (0.18, 0.92, 0.60, 0.75),
    "B": (0.14, 0.92, 0.53, 0.73),
    "C": (0.10, 0.92, 0.34, 0.71),
    "D": (0.06, 0.92, 0.15, 0.70),
    "E": (0.04, 0.92, 0.10, 0.65),
    "F": (0.02, 0.89, 0.05, 0.61),
}
EARTH_M = 6_371_000.0  # mean radius
_TRACK_EVERY_S = 5.0
_FORGOTTEN_S = 7200.0
# Edges of the ages of puffs [s]: each puff is a tenth of its age long, shorter than one and a half of its sigmas.
_AGES = np.concatenate([[0.0], 0.2 * 1.1 ** np.arange(115)])


def plume_sigmas_m(stability: str, distance_m: Floats) -> tuple[Floats, Floats]:
    """Return sigma_y and sigma_z [m] of a plume at distances downwind [m]; Briggs 1973, open country."""
    a, b, c, n = _BRIGGS[stability]
    return a * distance_m / np.sqrt(1 + 0.0001 * distance_m), b * distance_m * (1 + c * distance_m) ** n


def puff_sigmas_m(stability: str, distance_m: Floats) -> tuple[Floats, Floats]:
    """Return sigma_y (= sigma_x) and sigma_z [m] of a puff after a way downwind [m]; Slade 1968."""
    a, b, c, d = _SLADE[stability]
    return a * distance_m**b, c * distance_m**d


def plume_kg_m3(rate_kg_s: float, speed_m_s: float, sigma_y_m: Floats, sigma_z_m: Floats) -> Floats:
    """Return the ground-level concentration under the centre line of a ground release [kg/m3]; CCPS 1999 p. 97."""
    return np.asarray(rate_kg_s / (np.pi * speed_m_s * sigma_y_m * sigma_z_m))


def puff_kg_m3(mass_kg: float, sigma_y_m: Floats, sigma_z_m: Floats) -> Floats:
    """Return the ground-level concentration at the centre of a ground puff [kg/m3]; CCPS 1999 p. 101."""
    return np.asarray(mass_kg / (np.sqrt(2 * np.pi) * np.pi * sigma_y_m**2 * sigma_z_m))


@dataclass(frozen=True)
class Release:
    """A leak of constant rate, carried by the wind of the hour as a train of puffs."""

    lat: float
    lon: float
    rate_kg_s: float
    starts_s: float
    ends_s: float
    weather: Weather
    height_m: float = 2.0
    opens_s: float = 0.0  # how long the leak takes to reach its full rate [s]
    source_m: float = 0.5  # how wide the cloud is where it begins: a jet, a pool, the wake of a building
    held: str | None = None  # Pasquill class, where the open country around is not what decides

    @cached_property
    def stability(self) -> str:
        """Return the Pasquill class, of the moment when the release begins unless it is held."""
        return self.held or self.weather.stability(self.starts_s)

    def mg_m3(self, east_m: Floats, north_m: Floats, height_m: float, time_s: Floats) -> Floats:
        """Return concentrations [n] at places [n] (metres east and north of the source) and instants [n].

        Args:
            east_m, north_m: places relative to the source [m].
            height_m: of every sensor above ground [m].
            time_s: an instant for each place [s since 1970-01-01T00:00Z].

        """
        out = np.zeros(np.broadcast_shapes(east_m.shape, time_s.shape))
        alive = (time_s > self.starts_s) & (time_s < self.ends_s + _FORGOTTEN_S)
        if not alive.any():
            return out
        for moment in np.unique(time_s[alive]):
            here = time_s == moment
            out[here] = self._sum(east_m[here], north_m[here], height_m, float(moment))
        return out * 1e6

    def _sum(self, east_m: Floats, north_m: Floats, height_m: float, moment: float) -> Floats:
        young, old = _AGES[:-1], _AGES[1:]
        out_s = np.clip(
            np.minimum(old, moment - self.starts_s) - np.maximum(young, moment - self.ends_s), 0.0, None
        )
        born_s = moment - (young + old) / 2
        open_share = np.clip((born_s - self.starts_s) / max(self.opens_s, 1.0), 0.0, 1.0)
        mass_kg = self.rate_kg_s * out_s * open_share
        x, y = self._way_m(born_s, moment)
        way = np.maximum(np.hypot(x, y), 1.0)
        sigma_y, sigma_z = plume_sigmas_m(self.stability, way)
        sigma_y, sigma_z = np.hypot(sigma_y, self.source_m), np.hypot(sigma_z, self.source_m)
        across = (east_m[:, None] - x) ** 2 + (north_m[:, None] - y) ** 2
        flat = np.exp(-across / (2 * sigma_y**2))
        up = np.exp(-((height_m - self.height_m) ** 2) / (2 * sigma_z**2)) + np.exp(
            -((height_m + self.height_m) ** 2) / (2 * sigma_z**2)
        )
        return np.asarray((mass_kg / ((2 * np.pi) ** 1.5 * sigma_y**2 * sigma_z) * flat * up).sum(axis=1))

    @cached_property
    def _track(self) -> tuple[Floats, Floats, Floats]:
        grid = np.arange(
            self.starts_s - _TRACK_EVERY_S, self.ends_s + _FORGOTTEN_S + _TRACK_EVERY_S, _TRACK_EVERY_S
        )
        east, north = self.weather.drift_m_s(grid)
        return grid, np.cumsum(east) * _TRACK_EVERY_S, np.cumsum(north) * _TRACK_EVERY_S

    def _way_m(self, born_s: Floats, moment: float) -> tuple[Floats, Floats]:
        grid, east, north = self._track
        return (
            np.interp(moment, grid, east) - np.interp(born_s, grid, east),
            np.interp(moment, grid, north) - np.interp(born_s, grid, north),
        )


def metres_between(lat_from: float, lon_from: float, lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
    """Return how far east and north places lie from a point [m]; a plane is exact enough within a park."""
    return (
        np.radians(lon - lon_from) * EARTH_M * np.cos(np.radians(lat_from)),
        np.radians(lat - lat_from) * EARTH_M,
    )
