"""Where the neighbours of each row stand in the table of an hour; pure."""

import numpy as np
from numpy.typing import NDArray

from records.periods.grid import Grid
from records.periods.plan import Neighbours, Plan

Floats = NDArray[np.float64]


class Place:
    """Where the neighbours of each row stand in the table: those of its own hour."""

    def __init__(self, grid: Grid, plan: Plan, need: NDArray[np.int64]) -> None:
        """Find the neighbours; ``need`` [r]: valid minutes of an hour, without which a neighbour says nothing."""
        self._grid = grid
        self._need = need
        self._row = {
            key: at for at, key in enumerate(zip(grid.sensor_id.tolist(), grid.hour_us.tolist(), strict=True))
        }
        neighbours = [plan.neighbours[int(sensor_id)] for sensor_id in grid.sensor_id]
        self._rows = {
            name: np.asarray([self._at(getattr(one, name), at) for at, one in enumerate(neighbours)], np.intp)
            for name in Neighbours.__dataclass_fields__
        }

    def _at(self, sensor_id: int | None, at: int) -> int:
        if sensor_id is None:
            return -1
        return self._row.get((sensor_id, int(self._grid.hour_us[at])), -1)

    def rows(self, name: str) -> NDArray[np.intp]:
        """Return the row of a neighbour of each row; -1: it has none."""
        return self._rows[name]

    def _usable(self) -> NDArray[np.bool_]:
        """Return which rows [r] may be a part of others: unmarked hours with enough valid minutes."""
        enough: NDArray[np.bool_] = np.asarray(self._grid.valid.sum(axis=1) >= self._need)
        return ~self._grid.marked & enough

    def entered(self, name: str) -> NDArray[np.bool_]:
        """Return of which rows [r] a neighbour's hour holds values that were entered by hand."""
        row = self._rows[name]
        by_hand: NDArray[np.bool_] = np.asarray((self._grid.entered & self._grid.valid).any(axis=1))
        return (row >= 0) & by_hand[row]

    def minutes(self, name: str, which: NDArray[np.intp]) -> Floats:
        """Return the valid minutes of a neighbour of some rows [w, 60]; NaN where there are none, or too few for an hour."""
        row = self._rows[name][which]
        values = np.where(self._grid.valid[row], self._grid.mean[row], np.nan)
        values[(row < 0) | ~self._usable()[row]] = np.nan
        return values

    def neighbour_mean(self, name: str) -> Floats:
        """Return the mean of a neighbour over the hour [r]; NaN where it has too few valid minutes for an hour."""
        row = self._rows[name]
        valid, values = self._grid.valid, np.where(self._grid.valid, self._grid.mean, 0.0)
        count = valid.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(count > 0, values.sum(axis=1) / count, np.nan)
        found: Floats = np.where((row >= 0) & self._usable()[row], mean[row], np.nan)
        return found
