"""When each point is due: at its own second of every period, from its start for ever."""

import numpy as np
from numpy.typing import NDArray

from simulators.park import Park


def due(park: Park, from_s: int, to_s: int) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return (point index [k], instant [k] [s]) of what is due in the half-open period [from_s, to_s).

    Ordered by instant, then point, so that a replay of any cut of time gives the same order.
    """
    first = from_s + (park.offset_s - from_s) % park.period_s
    count = np.maximum(0, -((first - to_s) // park.period_s))
    which = np.repeat(np.arange(len(count)), count)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    instant = first[which] + nth * park.period_s[which]
    order = np.lexsort((which, instant))
    return which[order], instant[order]
