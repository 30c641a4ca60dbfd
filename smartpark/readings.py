"""Readings as columns: what ingest stores, what judging folds."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

NO_MARK = ord("-")


@dataclass(frozen=True, slots=True)
class Readings:
    """Columns of n readings; instants are microseconds since 1970-01-01T00:00Z.

    ``flag`` is HJ 212-2017 table 8 as received, ``mark`` the platform's own finding, both as ASCII codes;
    ``value`` is in the unit of the quantity's registry entry.
    """

    sensor_id: NDArray[np.int32]
    time_us: NDArray[np.int64]
    value: NDArray[np.float64]
    flag: NDArray[np.uint8]
    mark: NDArray[np.uint8]
    received_us: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.sensor_id)

    @classmethod
    def empty(cls) -> Self:
        """Return no readings."""
        return cls(
            np.empty(0, np.int32),
            np.empty(0, np.int64),
            np.empty(0, np.float64),
            np.empty(0, np.uint8),
            np.empty(0, np.uint8),
            np.empty(0, np.int64),
        )

    def take(self, which: NDArray[np.intp] | NDArray[np.bool_]) -> Self:
        """Return the readings at the positions, or where the mask [n] is true."""
        return type(self)(
            self.sensor_id[which],
            self.time_us[which],
            self.value[which],
            self.flag[which],
            self.mark[which],
            self.received_us[which],
        )

    def joined(self, other: Self) -> Self:
        """Return these readings and then the others."""
        names = ("sensor_id", "time_us", "value", "flag", "mark", "received_us")
        return type(self)(*(np.concatenate((getattr(self, n), getattr(other, n))) for n in names))

    def ordered(self) -> Self:
        """Return the same readings sorted by sensor, then time; equal keys keep their order."""
        return self.take(np.lexsort((self.time_us, self.sensor_id)))
