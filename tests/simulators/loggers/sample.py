"""A stack and an outlet of the small park, with a logger each, on a clock that the test turns."""

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np

from simulators.loggers.defects import segments
from simulators.loggers.logger import Logger
from simulators.loggers.roster import Member, build
from simulators.play import Play, Plot
from smartpark.hj212.encode import Sender, encode
from smartpark.hj212.frame import Frame, decode
from smartpark.hj212.framing import Splitter
from tests.simulators.small_park import small_park

ZONE = ZoneInfo("Asia/Shanghai")
MIDNIGHT_S = 1_795_276_800  # 2026-11-22T00:00+08:00
STACK, OUTLET = "stack-e01-1", "ww-e01"
MN = "010000A8900016F000169DC0"
KEY = b"0123456789abcdef"

_SMALL = small_park()
PARK = replace(
    _SMALL,
    stations={code: _SMALL.stations[code] for code in (STACK, OUTLET)},
    points=tuple(point for point in _SMALL.points if point.station in {STACK, OUTLET}),
)
PLAY = Play(PARK, 7, Plot("quiet_day", 86_400))


@dataclass
class Clock:
    """The time of a play, which a test turns."""

    now_s: float = float(MIDNIGHT_S)

    def __call__(self) -> float:
        return self.now_s


def member(edition: int = 2017, station: str = STACK, **changes) -> Member:
    return Member(MN, station, ZONE, edition, **changes)


def logger(edition: int = 2017, station: str = STACK, now: Clock | None = None, **changes) -> Logger:
    made = build(member(edition, station, **changes), PLAY, now or Clock())
    made.connected = True
    return made


def measured(station: str, from_s: int, to_s: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return instants [k] ten seconds apart and what a station's points show at them [k x n]."""
    numbers = np.asarray(PARK.of_station(station))
    times = np.arange(from_s, to_s, 10)
    shown = PLAY.shown(np.tile(numbers, len(times)), np.repeat(times, len(numbers)))
    shape = (len(times), len(numbers))
    return times, shown.sent.reshape(shape), shown.flag.reshape(shape)


def play(one: Logger, from_s: int, to_s: int) -> None:
    """Let a logger measure a half-open period."""
    one.measure(*measured(one.station, from_s, to_s), to_s)


def frames(raw: bytes, key: bytes | None = None) -> list[Frame]:
    splitter = Splitter()
    return [decode(piece, lambda _: key) for piece in (*splitter.feed(raw), *splitter.finish())]


def leaving(one: Logger, now_s: float = 0.0) -> list[Frame]:
    """Return what a logger sends now, as it comes out of the line."""
    sent = segments(one.due(now_s))
    return frames(b"".join(segment.data for segment in sent), one.dialect.sender.key)


def everything(one: Logger, now_s: float = 0.0) -> list[Frame]:
    """Return all that a logger has to say, every frame of it answered."""
    found: list[Frame] = []
    while some := leaving(one, now_s):
        found += some
        for frame in some:
            one.heard(answer_to(frame))
    return found


def answer_to(frame: Frame, cn: str = "9014") -> Frame:
    sender = Sender(frame.head.mn, "91", frame.head.pw)
    return decode(encode(sender, cn, "", flag=4, qn=frame.qn or None))


def ask(
    one: Logger, cn: str, cp: str = "", *, pw: str = "123456", qn: str = "20261122100000001"
) -> list[Frame]:
    """Return what a logger answers to a request."""
    request = decode(encode(Sender(one.mn, "32", pw), cn, cp, flag=5, qn=qn))
    return frames(b"".join(one.heard(request)), one.dialect.sender.key)
