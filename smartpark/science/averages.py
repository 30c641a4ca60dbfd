"""Means that are not the arithmetic mean: wind and sound, over the last axis. A missing value is NaN and is left out."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_STILL = 1e-9  # below this share of the mean speed the winds cancel, and there is no direction


def vector_wind(speed_m_s: ArrayLike, from_deg: ArrayLike) -> tuple[Floats, Floats]:
    """Return the vector mean of winds [..., n]: speed [..., m/s] and where it comes from [..., °, 0 to below 360]; WMO-No. 8.

    Speeds [m/s] and directions [°, from where, clockwise from north]; speed-weighted. A pair with a NaN is left out. The
    direction is NaN where the winds cancel or none blows, both are NaN without any pair.
    """
    speed, angle = np.broadcast_arrays(
        np.asarray(speed_m_s, np.float64), np.radians(np.asarray(from_deg, np.float64))
    )
    counted = np.isfinite(speed) & np.isfinite(angle)
    speed, angle = np.where(counted, speed, 0.0), np.where(counted, angle, 0.0)
    count = counted.sum(axis=-1)
    with np.errstate(invalid="ignore"):
        east, north = ((speed * part).sum(axis=-1) / count for part in (np.sin(angle), np.cos(angle)))
        length = np.hypot(east, north)
        steady = length > _STILL * np.abs(speed).sum(axis=-1) / count
    direction = np.degrees(np.arctan2(east, north)) % 360.0
    direction = np.where(
        direction == 360.0, 0.0, direction
    )  # a tiny negative angle rounds up to the full circle
    still = np.where(count > 0, 0.0, np.nan)
    return np.where(steady, length, still), np.where(steady, direction, np.nan)


def energy_mean_db(level_db: ArrayLike) -> Floats:
    """Return the energy mean [..., dB] of levels [..., n, dB] of equally long periods: 10 lg(mean(10^(L/10))); GB 3096-2008.

    NaN is left out; without any level the mean is NaN.
    """
    level = np.asarray(level_db, np.float64)
    counted = np.isfinite(level)
    loudest = np.where(counted, level, -np.inf).max(axis=-1)  # taken out, so that no power overflows
    top = np.where(np.isfinite(loudest), loudest, 0.0)
    power = np.where(counted, 10 ** ((np.where(counted, level, 0.0) - top[..., None]) / 10), 0.0).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(counted.any(axis=-1), top + 10 * np.log10(power / counted.sum(axis=-1)), np.nan)
