"""What goes wrong between a sensor and the broker; every fault has a rate and can join any scenario."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulators.chance import Floats, Keys, key, uniform

WORDS: Mapping[str, str] = {
    "dropout": "share of messages that are numbered and never sent: a gap",
    "stuck": "share of sensor hours in which the value stands still",
    "drift": "share of sensors that creep up by 30 % a day",
    "spike": "share of readings that jump to many times their value",
    "late": "share of messages that come 3 to 60 minutes late",
    "duplicate": "share of messages sent twice",
    "order": "share of messages overtaken by later ones",
    "skew": "share of messages whose clock is half an hour ahead or an hour behind",
    "garbage": "noise bytes on a station's topic, as a share of messages",
}
_AHEAD_S, _BEHIND_S = 1807, -3593  # off the period, so that a wrong clock makes new instants


class FaultError(ValueError):
    """The list of faults cannot be read; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Faults:
    """The rate of each fault, 0-1; what is not named does not happen."""

    seed: int = 0
    rates: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str, seed: int) -> "Faults":
        """Read ``late:0.01,duplicate:0.02``.

        Raises:
            FaultError: an unknown name or a rate outside 0-1.

        """
        rates = {}
        for item in filter(None, (part.strip() for part in text.split(","))):
            name, _, number = item.partition(":")
            if name not in WORDS:
                raise FaultError(f"no fault is called {name!r}; write one of {', '.join(WORDS)}")
            try:
                rates[name] = float(number or "0.01")
            except ValueError:
                raise FaultError(f"{item!r}: write a rate between 0 and 1, like {name}:0.01") from None
            if not 0 <= rates[name] <= 1:
                raise FaultError(f"{item!r}: write a rate between 0 and 1, like {name}:0.01")
        return cls(seed, rates)

    def rate(self, name: str) -> float:
        """Return how often a fault happens, 0-1."""
        return self.rates.get(name, 0.0)

    def chance(self, name: str, keys: Keys, index: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return where a fault happens, for keys and indices that broadcast."""
        rate = self.rate(name)
        if not rate:
            return np.zeros(np.broadcast_shapes(keys.shape, index.shape), np.bool_)
        return uniform(keys ^ key(self.seed, f"fault/{name}"), index) < rate

    def luck(self, name: str, station: str, time_s: int) -> float:
        """Return a number in [0, 1) for one message; below the rate the fault happens."""
        keys = np.asarray(key(self.seed, f"fault/{name}/{station}"))
        return float(uniform(keys, np.asarray(time_s)))

    def happens(self, name: str, station: str, time_s: int) -> bool:
        """Return whether a fault hits the message of a station at an instant."""
        rate = self.rate(name)
        return rate > 0 and self.luck(name, station, time_s) < rate

    def late_s(self, station: str, time_s: int) -> int:
        """Return how late a message is sent [s]; an overtaken one waits a few seconds."""
        if self.happens("late", station, time_s):
            return 180 + int(3420 * self.luck("how late", station, time_s))
        if self.happens("order", station, time_s):
            return 61 + int(60 * self.luck("how late", station, time_s))
        return 0

    def skew_s(self, station: str, time_s: int) -> int:
        """Return how wrong the clock of a message is [s]."""
        if not self.happens("skew", station, time_s):
            return 0
        return _AHEAD_S if self.luck("side", station, time_s) < 0.5 else _BEHIND_S

    def garbage(self, station: str, time_s: int) -> bytes | None:
        """Return noise bytes that follow a message, or None."""
        if not self.happens("garbage", station, time_s):
            return None
        return np.random.Generator(np.random.Philox(key=int(key(self.seed, f"{station}{time_s}")))).bytes(64)

    def bend(self, keys: Keys, time_s: NDArray[np.int64], value: Floats) -> Floats:
        """Return the values [k] with drift and spikes."""
        drifting = self.chance("drift", keys, np.zeros(1, np.int64))
        value = np.where(drifting, value * (1.0 + 0.3 * (time_s % 86400) / 86400.0), value)
        spiking = self.chance("spike", keys, time_s)
        jump = 4.0 + 8.0 * uniform(keys, time_s ^ np.int64(0x5EED))
        return np.where(spiking, value * jump, value)
