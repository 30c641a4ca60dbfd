"""Meters: a load that follows the shifts, and a register that only grows."""

import numpy as np

from simulators.chance import Floats, Keys, uniform, wander

_DAY_S = 86400.0
# Registers were set to zero on 2020-01-01T00:00 in China, 2019-12-31T16:00Z.
_ZERO_S = 1_577_808_000.0


def rate_h(keys: Keys, time_s: Floats, hour: Floats, mean_h: Floats | float) -> Floats:
    """Return what flows through [unit of the register per hour]."""
    shape = 1.0 + 0.12 * np.cos(2 * np.pi * (hour - 14.0) / 24.0)
    return np.asarray(mean_h * shape * (1 + 0.04 * wander(keys, time_s, 1800.0)))


def register(time_s: Floats, hour: Floats, mean_h: Floats | float) -> Floats:
    """Return the reading of the register: the integral of the mean daily shape since the start of 2020."""
    swing = 0.12 * _DAY_S / (2 * np.pi)
    days = time_s - _ZERO_S + swing * np.sin(2 * np.pi * (hour - 14.0) / 24.0)
    return np.asarray(mean_h * (days + swing) / 3600.0)


def mean_h(keys: Keys, size: Floats | float) -> Floats:
    """Return what flows through on average where only a typical size is known: half of it to one and a half."""
    return np.asarray(size * (0.5 + uniform(keys, np.asarray(-1))))
