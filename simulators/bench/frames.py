"""Frames of ten factors, made beforehand, and how many of them a core decodes."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from simulators.bench.ground import QUANTITIES
from simulators.chance import generator
from smartpark import clock
from smartpark.hj212.encode import Sender, encode
from smartpark.hj212.frame import decode

FACTORS = QUANTITIES[:10]
_REAL = ("a21026", "a21002", "a34013", "a19001", "a00000", "a01011", "a01012", "a01013", "a01014", "a21005")
_EXCEEDING = 100  # one connection in a hundred is in exceedance
_QUIET, _LOUD = (20.0, 70.0), (84.0, 88.0)
_POOL = 5000
_ZONE = ZoneInfo("Asia/Shanghai")
_ASKS = 5  # Flag: HJ 212-2017, an answer is wanted


def mn_of(number: int) -> str:
    """Return the MN of the n-th logger."""
    return f"{number:024X}"


def frames(number: int, first_s: int, count: int, factors: tuple[str, ...] = FACTORS) -> list[bytes]:
    """Return so many frames of a logger, one a second from ``first_s`` on [s since 1970], each with its own QN."""
    loud = number % _EXCEEDING == 0
    low, high = _LOUD if loud else _QUIET
    values = generator(number, "bench/frames").uniform(low, high, (count, len(factors))).tolist()
    sender = Sender(mn_of(number), "31")
    made = []
    for nth, row in enumerate(values):
        moment = datetime.fromtimestamp(first_s + nth, UTC).astimezone(_ZONE)
        digits = moment.strftime("%Y%m%d%H%M%S")
        words = [f"{code}-Rtd={value:.2f},{code}-Flag=N" for code, value in zip(factors, row, strict=True)]
        cp = ";".join([f"DataTime={digits}", *words])
        made.append(encode(sender, "2011", cp, flag=_ASKS, qn=f"{digits}000"))
    return made


def decode_frames_s(count: int) -> float:
    """Return how many frames a second one core opens, their ten values as numbers [1/s]."""
    first_s = int(clock.epoch_s())
    pool = [raw[:-2] for number in range(_POOL // 10) for raw in frames(number, first_s, 10, _REAL)]
    begun_s = clock.monotonic_s()
    done = 0
    while done < count:
        for raw in pool:
            frame = decode(raw)
            values = frame.values
            for places in frame.shape.factors.values():
                float(values[places["Rtd"]])
        done += len(pool)
    return done / (clock.monotonic_s() - begun_s)
