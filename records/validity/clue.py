"""A clue in the data (待核查线索), and how long a row of equal findings is; pure."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Clue:
    """Something that a person has to look at; ``first`` and ``end`` number its samples of the day, the end not included."""

    kind: str
    first: int
    end: int
    evidence: Mapping[str, float]


def runs(where: Flags, least: int) -> list[tuple[int, int]]:
    """Return the [first, end) of every unbroken row of at least ``least`` true samples."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], where, [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= least]


def spread(values: Values) -> float:
    """Return the robust standard deviation of finite values (1.4826 x median absolute deviation), in their unit."""
    return float(1.4826 * np.median(np.abs(values - np.median(values))))
