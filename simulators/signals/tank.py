"""Tanks: filled, kept, drawn down; pressure is held, temperature follows the air."""

import numpy as np
from numpy.typing import NDArray

from simulators.chance import Floats, Keys, uniform, wander

_HOUR_S = 3600.0
_MEAN_AIR_C = 9.0


def level(keys: Keys, time_s: Floats, normal: Floats) -> Floats:
    """Return the level around its usual one [% or the unit of ``normal``]: cycles of 16-40 h between two marks."""
    half_s = (8.0 + 12.0 * uniform(keys, np.asarray(-1))) * _HOUR_S
    place = time_s / half_s + uniform(keys, np.asarray(-2))
    left = np.floor(place)
    index = left.astype(np.int64)
    here, there = _mark(keys, index), _mark(keys, index + 1)
    share = here + (there - here) * (place - left) + 0.003 * wander(keys, time_s, 120.0)
    return np.asarray(normal * (1.0 + share))


def pressure(keys: Keys, time_s: Floats, normal: Floats) -> Floats:
    """Return the gauge pressure, held within 6 % of its usual value."""
    slow, quick = wander(keys, time_s, 3 * _HOUR_S), wander(keys, time_s, 60.0)
    return np.asarray(normal * (1.0 + 0.013 * slow + 0.003 * quick))


def temperature(keys: Keys, time_s: Floats, normal: Floats, air_c: Floats) -> Floats:
    """Return the temperature [degC]: the usual one, with a tenth of the weather and a slow wandering."""
    return np.asarray(normal + 0.10 * (air_c - _MEAN_AIR_C) + 0.4 * wander(keys, time_s, 6 * _HOUR_S))


def _mark(keys: Keys, index: NDArray[np.int64]) -> Floats:
    # even indices are low marks, odd ones high marks, as shares off the usual level
    return np.asarray(np.where(index % 2 == 0, -0.26, 0.02) + 0.10 * uniform(keys, index))
