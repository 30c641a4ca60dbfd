"""What gates and vehicles tell: passages and positions, each with an id of its own."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simulators.chance import generator, key, uniform
from simulators.park import Park

_GATES = (("gate-1", 0.012, 0.0), ("gate-2", -0.012, 0.004), ("gate-3", 0.0, 0.016))
_TRUCKS = 12
_POSITION_EVERY_S = 60
_PASSAGES_AT_NOON_H = 150.0
_CARGOES = (
    ("液氯", "UN1017", "2.3"),
    ("甲醇", "UN1230", "3"),
    ("液氨", "UN1005", "2.3"),
    ("烧碱溶液", "UN1824", "8"),
)
_LAP_S = 2400.0


@dataclass(frozen=True, slots=True)
class Event:
    """One event on ``smartpark/{park}/events/{type}``."""

    type: str
    time_s: int
    data: dict[str, object]


def events(park: Park, seed: int, from_s: int, to_s: int) -> Iterator[Event]:
    """Yield the events of the half-open period [from_s, to_s), in time order; the same seed gives the same ones."""
    first = from_s - from_s % _POSITION_EVERY_S
    for minute_s in range(first, to_s, _POSITION_EVERY_S):
        found = [*_passages(park, seed, minute_s), *_positions(park, seed, minute_s)]
        yield from (e for e in sorted(found, key=lambda e: e.time_s) if from_s <= e.time_s < to_s)


def _passages(park: Park, seed: int, minute_s: int) -> Iterator[Event]:
    chance = generator(seed, f"gates/{minute_s}")
    hour = (minute_s + park.utc_offset_s) / 3600.0 % 24.0
    rate_h = _PASSAGES_AT_NOON_H * (0.12 + 0.88 * np.exp(-(((hour - 13.0) / 4.5) ** 2)))
    for number in range(int(chance.poisson(rate_h / 60.0))):
        time_s = minute_s + int(chance.integers(60))
        hazmat = bool(chance.random() < 0.12)
        kind = "hazmat" if hazmat else "truck" if chance.random() < 0.35 else "car"
        gate = _GATES[int(chance.integers(len(_GATES)))][0]
        data: dict[str, object] = {
            "id": f"gate-{minute_s}-{number}",
            "time": time_s * 1000,
            "gate": gate,
            "direction": "in" if chance.random() < (0.62 if hour < 12 else 0.42) else "out",
            "plate": f"蒙C{int(chance.integers(10000, 99999))}",
            "vehicle": kind,
            "people": 1 + int(chance.integers(2)),
            "enterprise": str(chance.choice(park.enterprises)) if park.enterprises else "",
        }
        if hazmat:
            data |= _cargo(int(chance.integers(len(_CARGOES))))
        yield Event("gate", time_s, data)


def _positions(park: Park, seed: int, minute_s: int) -> Iterator[Event]:
    for truck in range(_TRUCKS):
        keys = np.asarray(key(seed, f"truck/{truck}"))
        time_s = minute_s + truck * 5
        lap = (time_s / _LAP_S + float(uniform(keys, np.asarray(0)))) % 1.0
        if lap > 0.75:  # outside the park
            continue
        lat, lon, speed_km_h = _road(park, lap / 0.75, int(uniform(keys, np.asarray(1)) * 3))
        data: dict[str, object] = {
            "id": f"truck-{truck}-{minute_s}",
            "time": time_s * 1000,
            "plate": f"蒙C{20000 + truck * 137}",
            "vehicle": "hazmat",
            "lat": round(lat, 6),
            "lon": round(lon, 6),
            "speed_km_h": round(speed_km_h, 1),
        }
        yield Event("vehicle", time_s, data | _cargo(truck % len(_CARGOES)))


def _road(park: Park, share: float, gate: int) -> tuple[float, float, float]:
    """Return where a truck is on its way from a gate round the park's ring and back, and its speed [km/h]."""
    _, north, east = _GATES[gate]
    angle = 2 * np.pi * share
    weight = min(1.0, 4 * min(share, 1 - share))
    lat = park.lat + (1 - weight) * north + weight * 0.008 * np.cos(angle)
    lon = park.lon + (1 - weight) * east + weight * 0.011 * np.sin(angle)
    return float(lat), float(lon), 28.0 + 8.0 * float(np.sin(5 * angle))


def _cargo(number: int) -> dict[str, object]:
    name, un, hazard_class = _CARGOES[number]
    return {"cargo": name, "un": un, "class": hazard_class}
