"""What the bench sends: made beforehand, so that making it costs nothing while the clock runs."""

from collections.abc import Iterator

import numpy as np

from simulators.bench.ground import PROBES, QUANTITIES, STATIONS
from simulators.chance import generator

DUPLICATE, LATE, EXCEEDING = 0.01, 0.001, 100  # shares of messages; one sensor in a hundred
_LATE_MS = 600_000
_QUIET, _LOUD = (20.0, 70.0), (84.0, 88.0)


def messages(count: int, readings_each: int, newest_ms: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield (topic, payload) of so many messages, 1 % of them twice and 0.1 % ten minutes late.

    Args:
        count: messages.
        readings_each: 10 or 1.
        newest_ms: instant of the newest reading; the others lie before it, a second a round through all sensors.
        seed: of values and chances.

    """
    chance = generator(seed, f"bench/{readings_each}")
    sensors = STATIONS * len(QUANTITIES) - PROBES
    slots = sensors // readings_each
    rounds = -(-count // slots)
    sent = 0
    for nth in range(rounds):
        time_ms = newest_ms - 1000 * (rounds - 1 - nth)
        quiet = np.round(chance.uniform(*_QUIET, sensors), 2)
        loud = np.round(chance.uniform(*_LOUD, sensors), 2)
        values = np.where(np.arange(sensors) % EXCEEDING == 0, loud, quiet).tolist()
        luck = chance.random(slots).tolist()
        for slot in range(slots):
            first = slot * readings_each
            moment = time_ms - _LATE_MS if luck[slot] < LATE else time_ms
            message = _message(first, values[first : first + readings_each], moment)
            twice = luck[slot] > 1.0 - DUPLICATE
            for _ in range(2 if twice else 1):
                yield message
                sent += 1
                if sent == count:
                    return


def _message(first: int, values: list[float], time_ms: int) -> tuple[str, bytes]:
    station, quantity = divmod(first, len(QUANTITIES))
    kind = "air" if station % 2 else "voc"
    words = QUANTITIES[quantity : quantity + len(values)]
    inner = ",".join(f'"{word}":{value}' for word, value in zip(words, values, strict=True))
    return (
        f"smartpark/bench/{kind}/s{station}/readings",
        f'{{"time":{time_ms},"values":{{{inner}}}}}'.encode(),
    )
