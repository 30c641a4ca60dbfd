"""Long stretches of readings in which nothing can change are found array-wise and passed over."""

import numpy as np
from numpy.typing import NDArray

from alerts.limits import RANK, SIGN
from alerts.region import Region, Stretch
from alerts.track import Track


class Quiet:
    """Where in a long stretch nothing can change, found array-wise; bounds are constant over the stretch."""

    def __init__(self, track: Track, stretch: Stretch) -> None:
        self.track = track
        self.bounds = track.bounds.at(int(stretch.time_us[0]))
        self.bits = stretch.bits
        self.x = stretch.value if track.equals is None else -np.abs(stretch.value - track.equals)
        self.changes: dict[int, NDArray[np.intp]] = {}

    def until(self, start: int, region: Region) -> int:
        """Return the end of the quiet stretch that begins at a position; the position itself if it is not quiet."""
        if region.settled:
            slot = -1
        elif (
            region.active
            and region.crossing is not None
            and region.sounded
            and not (region.unknown or region.expected)
            and region.recovering_us is None
            and not self.track.marked
        ):
            slot = region.crossing.bound.slot
        else:
            return start
        if slot not in self.changes:
            self.changes[slot] = np.flatnonzero(self._changing(slot))
        changes = self.changes[slot]
        at = int(np.searchsorted(changes, start))
        return int(changes[at]) if at < len(changes) else len(self.bits)

    def _changing(self, slot: int) -> NDArray[np.bool_]:
        """Return where [n] a reading could change a condition that is normal (-1) or active at a slot."""
        changing: NDArray[np.bool_] = (self.bits & self.track.over_range) != 0
        if slot < 0:
            for bound in self.bounds:
                mask = self.track.raise_upper if bound.sign > 0 else self.track.raise_lower
                changing = changing | ((bound.sign * self.x > bound.edge) & ((self.bits & mask) != 0))
            return changing
        changing = changing | ((self.bits & (self.track.raise_upper | self.track.clear)) == 0)
        held = [b for b in self.bounds if b.sign == SIGN[slot]]
        lowest = min(held, key=lambda b: RANK[b.slot], default=None)
        if lowest is None:
            return np.ones(len(self.bits), np.bool_)
        changing = changing | (lowest.sign * self.x <= lowest.reset)
        for bound in self.bounds:
            if bound.sign != SIGN[slot] or RANK[bound.slot] > RANK[slot]:
                changing = changing | (bound.sign * self.x > bound.edge)
        return changing
