"""Means that are not the arithmetic mean: wind, sound, sliding eight hours. A missing value is NaN and is left out."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from smartpark.science.ambient_validity import needed

Floats = NDArray[np.float64]

HOURS = 8
_STILL = 1e-9  # below this share of the mean speed the winds cancel, and there is no direction


def vector_wind(speed_m_s: ArrayLike, from_deg: ArrayLike) -> tuple[float, float]:
    """Return the vector mean of n winds: speed [m/s] and the direction it comes from [°, 0 to below 360].

    Speeds [n, m/s] and directions [n, °, from where, clockwise from north]; speed-weighted. A pair with a NaN is
    left out. The direction is NaN where the winds cancel or none blows, both are NaN without any pair.
    """
    speed, angle = np.asarray(speed_m_s, np.float64), np.radians(np.asarray(from_deg, np.float64))
    counted = np.isfinite(speed) & np.isfinite(angle)
    if not counted.any():
        return float("nan"), float("nan")
    speed, angle = speed[counted], angle[counted]
    east, north = float(np.mean(speed * np.sin(angle))), float(np.mean(speed * np.cos(angle)))
    length = float(np.hypot(east, north))
    if length <= _STILL * float(np.mean(np.abs(speed))):
        return 0.0, float("nan")
    return length, _compass_deg(east, north)


def unit_vector_from_deg(from_deg: ArrayLike) -> float:
    """Return the mean direction [°, 0 to below 360] of n directions [n, °], each of the same weight; NaN if they cancel."""
    angle = np.asarray(from_deg, np.float64)
    return vector_wind(np.ones_like(angle), angle)[1]


def energy_mean_db(level_db: ArrayLike) -> float:
    """Return the energy mean [dB] of n levels [n, dB] of equally long periods: 10 lg(mean(10^(L/10))); GB 3096-2008, equivalent level.

    NaN is left out; without any level the mean is NaN.
    """
    level = np.asarray(level_db, np.float64)
    level = level[np.isfinite(level)]
    if not level.size:
        return float("nan")
    loudest = float(level.max())  # taken out, so that no power overflows
    return loudest + 10 * float(np.log10(np.mean(10 ** ((level - loudest) / 10))))


def sliding_8h_mean(hour_mean: ArrayLike) -> Floats:
    """Return the mean of the eight hours that end with each hour [n], in the unit of the hourly means [n].

    The series is gapless in time, a missing hour is NaN. A mean needs 6 of its 8 hours (GB 3095-2026 table 4), else NaN. What
    lies before the series counts as missing: pass seven hours more than are wanted.
    """
    hours = np.asarray(hour_mean, np.float64)
    if not hours.size:
        return hours
    padded = np.concatenate([np.full(HOURS - 1, np.nan), hours])
    windows = np.lib.stride_tricks.sliding_window_view(padded, HOURS)
    count = np.isfinite(windows).sum(axis=1)
    total = np.where(np.isfinite(windows), windows, 0.0).sum(axis=1)
    return np.where(count >= needed()["8h"], total / np.maximum(count, 1), np.nan)


def daily_maximum_8h(
    hour_mean: ArrayLike, day: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Floats, NDArray[np.int64]]:
    """Return the days, the greatest sliding 8 h mean of each (NaN if none is valid) and how many valid means it has.

    Convention: a window belongs to the calendar day in which its last hour lies, so 0-8 h up to 16-24 h and also those that
    began the evening before. ``day`` [n] is the local calendar day in which each hourly mean [n] begins (any ascending
    number); the hour from 23 to 24 h is the last of its day. The count serves the rule of at least 14 eight-hour means.

    Raises:
        ValueError: the two series are not equally long, or the days do not ascend.

    """
    eight = sliding_8h_mean(hour_mean)
    if eight.shape != day.shape or np.any(np.diff(day) < 0):
        raise ValueError("every hourly mean needs the number of its day, in ascending order")
    days, first = np.unique(day, return_index=True)
    if not days.size:
        return days, eight, np.zeros(0, np.int64)
    valid = np.isfinite(eight)
    greatest = np.maximum.reduceat(np.where(valid, eight, -np.inf), first)
    count = np.add.reduceat(valid.astype(np.int64), first)
    return days, np.where(count > 0, greatest, np.nan), count


def exceedance_factor(value: ArrayLike, limit: ArrayLike) -> Floats:
    """Return by how many times the limit a value exceeds it, (C - C0) / C0; below zero where it does not. HJ 663.

    Both in one unit; a limit of zero or below gives NaN.
    """
    allowed = np.asarray(limit, np.float64)
    allowed = np.where(allowed > 0, allowed, np.nan)
    return (np.asarray(value, np.float64) - allowed) / allowed


def _compass_deg(east: float, north: float) -> float:
    degrees = float(np.degrees(np.arctan2(east, north))) % 360.0
    return 0.0 if degrees == 360.0 else degrees  # a tiny negative angle rounds up to the full circle
