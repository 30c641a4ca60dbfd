"""A boiler and its stack: one load drives oxygen, flow and concentrations, so that they agree with each other."""

import numpy as np

from simulators.chance import Floats, Keys, uniform, wander

_HOUR_S = 3600.0
_MIXED_O2_PCT = 21.0


def load_share(station_keys: Keys, time_s: Floats, hour: Floats) -> Floats:
    """Return the load of a boiler as a share of its rating, 0.6-1.0, with the day and the orders of the plant."""
    day = 0.04 * np.cos(2 * np.pi * (hour - 19.0) / 24.0)
    return np.asarray(np.clip(0.82 + day + 0.035 * wander(station_keys, time_s, 4 * _HOUR_S), 0.6, 1.0))


def oxygen_pct(station_keys: Keys, keys: Keys, time_s: Floats, hour: Floats) -> Floats:
    """Return the oxygen of the flue gas [%]: less at high load, with the unrest of combustion."""
    calm = (
        6.3
        + 4.0 * (0.82 - load_share(station_keys, time_s, hour))
        + 0.4 * (uniform(keys, np.asarray(-1)) - 0.5)
    )
    return np.asarray(np.clip(calm + 0.22 * wander(keys, time_s, 900.0), 4.0, 9.5))


def flow_m3_h(station_keys: Keys, keys: Keys, time_s: Floats, hour: Floats) -> Floats:
    """Return the dry flue gas flow at standard state [m3/h]; ratings between 70,000 and 290,000."""
    rating = 70_000.0 + 220_000.0 * uniform(keys, np.asarray(-1))
    return np.asarray(
        rating * load_share(station_keys, time_s, hour) * (1 + 0.01 * wander(keys, time_s, 600.0))
    )


def held(keys: Keys, time_s: Floats, set_point: Floats) -> Floats:
    """Return a converted concentration that a controller holds at its set-point, within 3 %."""
    return np.asarray(set_point * (1.0 + 0.008 * wander(keys, time_s, 6 * _HOUR_S)))


def from_reference_o2(converted: Floats, o2_pct: Floats, reference_o2_pct: Floats) -> Floats:
    """Return what is measured where the converted concentration is known; the inverse of ``to_reference_o2``."""
    return np.asarray(converted * (_MIXED_O2_PCT - o2_pct) / (_MIXED_O2_PCT - reference_o2_pct))


def to_reference_o2(measured: Floats, o2_pct: Floats, reference_o2_pct: Floats) -> Floats:
    """Return a concentration converted to reference oxygen; HJ 212-2017 appendix D, (21 - O2ref) / (21 - O2)."""
    return np.asarray(measured * (_MIXED_O2_PCT - reference_o2_pct) / (_MIXED_O2_PCT - o2_pct))
