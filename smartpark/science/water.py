"""Waste water from flow and concentration to volume, load and the mean that weighs by flow; HJ 212-2017 appendix D.

The printed equations 5 to 7 lose a factor of 1000; the examples of the standard prove the form used here. Every function
takes numbers or arrays that broadcast.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def slice_volume_m3(flow_l_s: ArrayLike, seconds: ArrayLike) -> Floats:
    """Return the volume of a slice [m³] from its mean flow [L/s] and its length [s]: Q * T / 1000.

    A flow below zero is no discharge that can be counted: NaN.
    """
    flow = np.asarray(flow_l_s, np.float64)
    return np.where(flow >= 0, flow, np.nan) * np.asarray(seconds, np.float64) / 1000


def load_kg(concentration_mg_l: ArrayLike, volume_m3: ArrayLike) -> Floats:
    """Return the load of a slice [kg] from its concentration [mg/L] and volume [m³]: C * D / 1000.

    Zero-flow rule: without water there is no load, whatever the analyser shows, nothing included. A concentration below
    zero is invalid: NaN. The load of an hour or a day is the sum of its slices.
    """
    concentration, volume = _sound(concentration_mg_l, volume_m3)
    return np.where(volume == 0, 0.0, concentration * volume / 1000)


def flow_weighted_mean_mg_l(concentration_mg_l: ArrayLike, volume_m3: ArrayLike) -> Floats:
    """Return the mean concentration [mg/L] over the last axis, weighed by volume [m³]: G / D * 1000.

    Slices without a valid concentration or volume are left out of both sums. Zero-flow rule: a slice without water has no
    weight, and a period without any has no concentration: NaN, not zero.
    """
    concentration, volume = _sound(concentration_mg_l, volume_m3)
    counted = np.isfinite(concentration) & np.isfinite(volume)
    water = np.where(counted, volume, 0.0).sum(axis=-1)
    mass = np.where(counted, concentration * volume, 0.0).sum(axis=-1)
    return np.where(water > 0, mass / np.where(water > 0, water, 1.0), np.nan)


def _sound(concentration_mg_l: ArrayLike, volume_m3: ArrayLike) -> tuple[Floats, Floats]:
    """Return both as arrays of the common shape, NaN for what is below zero."""
    concentration, volume = np.broadcast_arrays(
        np.asarray(concentration_mg_l, np.float64), np.asarray(volume_m3, np.float64)
    )
    return np.where(concentration >= 0, concentration, np.nan), np.where(volume >= 0, volume, np.nan)
