"""Where the wind comes from, and with which wind the pollution comes: counts over sixteen sectors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

SECTORS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
SECTORS_ZH = (
    *("北", "北东北", "东北", "东东北", "东", "东东南", "东南", "南东南"),
    *("南", "南西南", "西南", "西西南", "西", "西西北", "西北", "北西北"),
)
CALM_BELOW_M_S = 0.5  # a setting of this product, practice of the field: below it a vane shows nothing
SPEED_CLASSES_M_S = (2.0, 4.0, 6.0, 8.0)  # inner edges of the default classes
_WIDTH_DEG = 360.0 / len(SECTORS)


@dataclass(frozen=True, slots=True)
class WindRose:
    """Frequencies of winds: [16 sectors, speed classes] in %, and of calm in %; together 100.

    ``edges_m_s`` [classes + 1] are the ends of the speed classes, the lower one included; ``count`` is the number of winds.
    Without any wind every frequency is NaN: nothing measured is not calm.
    """

    frequency_pct: Floats
    calm_pct: float
    edges_m_s: Floats
    count: int


@dataclass(frozen=True, slots=True)
class PollutionRose:
    """Mean concentration by sector [16] in the unit of the input and the number of values behind each [16].

    A sector without values has NaN; calm stands apart.
    """

    mean: Floats
    count: Counts
    calm_mean: float
    calm_count: int


def sector_of(from_deg: ArrayLike) -> Counts:
    """Return the sector 0..15 of directions [°, from where]; 0 is N, from 348.75 to below 11.25.

    Every direction must be finite.
    """
    turned = np.floor_divide(np.asarray(from_deg, np.float64) + _WIDTH_DEG / 2, _WIDTH_DEG)
    return turned.astype(np.int64) % len(SECTORS)


def wind_rose(
    speed_m_s: ArrayLike, from_deg: ArrayLike, edges_m_s: Sequence[float] = SPEED_CLASSES_M_S
) -> WindRose:
    """Return the wind rose of n winds: speeds [n, m/s], directions [n, °, from where].

    Calm is below 0.5 m/s, with or without a direction; any other wind needs both, else it is left out. ``edges_m_s`` are
    the inner ends of the speed classes; the lowest class begins at 0.5 m/s, the highest is open.

    Raises:
        ValueError: the edges do not ascend from above 0.5 m/s.

    """
    edges = np.array([CALM_BELOW_M_S, *edges_m_s, np.inf])
    if np.any(np.diff(edges) <= 0):
        raise ValueError(
            f"the speed classes {list(edges_m_s)} do not ascend; write edges above {CALM_BELOW_M_S} m/s"
        )
    speed, sector, calm = _sorted_out(speed_m_s, from_deg)
    counts = np.zeros((len(SECTORS), len(edges) - 1))
    blowing = sector >= 0
    np.add.at(counts, (sector[blowing], np.searchsorted(edges, speed[blowing], side="right") - 1), 1)
    total = int(blowing.sum() + calm.sum())
    share = 100.0 / total if total else np.nan
    return WindRose(counts * share, float(calm.sum() * share), edges, total)


def pollution_rose(speed_m_s: ArrayLike, from_deg: ArrayLike, concentration: ArrayLike) -> PollutionRose:
    """Return the mean concentration by wind sector of n hours: speeds [n, m/s], directions [n, °], concentrations [n].

    An hour without a concentration is left out; wind and calm are told as in ``wind_rose``.
    """
    value = np.asarray(concentration, np.float64)
    _, sector, calm = _sorted_out(speed_m_s, from_deg)
    known = np.isfinite(value)
    blowing, calm = (sector >= 0) & known, calm & known
    count = np.bincount(sector[blowing], minlength=len(SECTORS)).astype(np.int64)
    total = np.bincount(sector[blowing], weights=value[blowing], minlength=len(SECTORS))
    mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    calm_mean = float(value[calm].mean()) if calm.any() else float("nan")
    return PollutionRose(mean, count, calm_mean, int(calm.sum()))


def _sorted_out(speed_m_s: ArrayLike, from_deg: ArrayLike) -> tuple[Floats, Counts, NDArray[np.bool_]]:
    """Return the speeds, the sector of each wind (-1: calm or not known) and which are calm, all [n]."""
    speed, angle = np.asarray(speed_m_s, np.float64), np.asarray(from_deg, np.float64)
    calm = (speed >= 0) & (speed < CALM_BELOW_M_S)
    blowing = np.isfinite(speed) & (speed >= CALM_BELOW_M_S) & np.isfinite(angle)
    sector = np.where(blowing, sector_of(np.where(blowing, angle, 0.0)), -1)
    return speed, sector, calm
