"""What a logger answers: 9011 whether it will, then data or a deed, then 9012 how it went."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Protocol

from simulators.loggers.dialect import Dialect
from simulators.loggers.memory import DAY, HOUR, MINUTE, Memory
from simulators.loggers.outbox import Parcel
from simulators.loggers.wording import Wording
from smartpark.hj212.commands import REQUEST_REPLY, RESULT
from smartpark.hj212.encode import SYSTEM
from smartpark.hj212.frame import Frame
from smartpark.hj212.times import TimeFormError

READY, REFUSED, WRONG_PW, WRONG_CN = 1, 2, 3, 8
DONE, WRONG_CONDITIONS, NO_DATA = 1, 3, 100
PERIODS: Mapping[str, str] = MappingProxyType({"2051": MINUTE, "2061": HOUR, "2031": DAY})
MINUTE_INTERVALS = frozenset({1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30})  # HJ 212-2017 table 4
_RTD_INTERVALS_S = range(30, 3601)
_DAY_S = 86_400
_SERIAL = "0201020304"
_BOTTLES = 24


class Asked(Protocol):
    """What an answer may need of a logger, and may change in it."""

    dialect: Dialect
    memory: Memory
    wording: Wording
    rtd_interval_s: int
    clock_offset_s: float
    refuses: bool

    def own_s(self) -> float:
        """Return what its clock says [s since 1970]."""

    def states(self) -> str:
        """Return the states of its equipment as items of CP."""


class RequestError(ValueError):
    """The conditions of a request do not fit: ExeRtn=3."""


def answer(logger: Asked, request: Frame) -> list[tuple[Parcel, bytes]]:
    """Return the messages that answer a request, and their frames under its QN; what it orders is done."""
    dialect = logger.dialect
    ready = READY
    if request.head.pw != dialect.sender.pw:
        ready = WRONG_PW
    elif logger.refuses:
        ready = REFUSED
    elif request.head.cn not in _DEEDS:
        ready = WRONG_CN
    told: list[Parcel] = []
    result = DONE
    if ready == READY:
        try:
            told = _DEEDS[request.head.cn](logger, request)
        except (RequestError, TimeFormError):
            result = WRONG_CONDITIONS
        else:
            if not told and request.head.cn in _FETCHED:
                result = NO_DATA
    said = [Parcel(REQUEST_REPLY, f"QnRtn={ready}")]
    if ready == READY:
        said += [*told, Parcel(RESULT, f"ExeRtn={result}")]
    system = replace(dialect, sender=replace(dialect.sender, st=SYSTEM))
    late = request.head.cn in _FETCHED
    return [
        (
            one,
            (dialect if one in told else system).write(
                one, request.qn, resent=late and bool(one.told), asks=False
            ),
        )
        for one in said
    ]


def _read_time(logger: Asked, request: Frame) -> list[Parcel]:
    point = request.field("PolId")
    words = ([f"PolId={point}"] if point else []) + [f"SystemTime={logger.dialect.instant(logger.own_s())}"]
    return [Parcel(request.head.cn, ",".join(words))]


def _set_time(logger: Asked, request: Frame) -> list[Parcel]:
    given_s = logger.dialect.seconds(_needed(request, "SystemTime"))
    logger.clock_offset_s += given_s - logger.own_s()
    return []


def _read_rtd(logger: Asked, request: Frame) -> list[Parcel]:
    return [Parcel(request.head.cn, f"RtdInterval={logger.rtd_interval_s}")]


def _set_rtd(logger: Asked, request: Frame) -> list[Parcel]:
    asked_s = _number(request, "RtdInterval")
    if asked_s not in _RTD_INTERVALS_S:
        raise RequestError
    logger.rtd_interval_s = asked_s
    return []


def _read_minutes(logger: Asked, request: Frame) -> list[Parcel]:
    return [Parcel(request.head.cn, f"MinInterval={logger.memory.minute_interval_min}")]


def _set_minutes(logger: Asked, request: Frame) -> list[Parcel]:
    minutes = _number(request, "MinInterval")
    if minutes not in MINUTE_INTERVALS:
        raise RequestError
    logger.memory.minute_interval_min = minutes
    return []


def _set_password(logger: Asked, request: Frame) -> list[Parcel]:
    password = _needed(request, "NewPW")
    if len(password) != 6:
        raise RequestError
    logger.dialect = replace(logger.dialect, sender=replace(logger.dialect.sender, pw=password))
    return []


def _instant(logger: Asked, request: Frame) -> list[Parcel]:
    if not logger.memory.instants:
        return []
    newest = logger.memory.instants[-1]
    items = logger.wording.instant(newest.own_s, newest.sent, newest.flags)
    return logger.dialect.parcels(request.head.cn, newest.own_s, items)


def _states(logger: Asked, request: Frame) -> list[Parcel]:
    words = f"DataTime={logger.dialect.instant(logger.own_s())};{logger.states()}"
    return [Parcel(request.head.cn, words)]


def _records(logger: Asked, request: Frame) -> list[Parcel]:
    period = PERIODS[request.head.cn]
    found: list[Parcel] = []
    for record in logger.memory.between(period, *_between(logger, request)):
        items = logger.wording.period(period, record)
        found += logger.dialect.parcels(request.head.cn, record.start_s, items)
    return found


def _running_times(logger: Asked, request: Frame) -> list[Parcel]:
    days = logger.memory.between(DAY, *_between(logger, request))
    return [running_times(logger.dialect, day.start_s) for day in days]


def _nothing(_: Asked, __: Frame) -> list[Parcel]:
    return []


def _bottle(logger: Asked, request: Frame) -> list[Parcel]:
    own_s = logger.own_s()
    bottle = int(own_s // 3600) % _BOTTLES + 1
    return [Parcel(request.head.cn, f"DataTime={logger.dialect.instant(own_s)};VaseNo={bottle}")]


def _identity(logger: Asked, request: Frame) -> list[Parcel]:
    point = request.field("PolId") or logger.wording.codes[0]
    return [Parcel(request.head.cn, f"PolId={point},{point}-SN={_SERIAL}")]


def _information(logger: Asked, request: Frame) -> list[Parcel]:
    point = request.field("PolId") or logger.wording.codes[0]
    return [information(logger.dialect, logger.own_s(), point, request.field("InfoId") or "i11001")]


def information(dialect: Dialect, own_s: float, point: str, info: str = "i11001") -> Parcel:
    """Return the log of an instrument, in Chinese."""
    words = f"PolId={point},{info}-Info=//仪器运行正常//"
    return Parcel("3020", f"DataTime={dialect.instant(own_s)};{words}")


def running_times(dialect: Dialect, day_s: int) -> Parcel:
    """Return how long the equipment ran on a day that starts at ``day_s``: the treatment all day, the spare not."""
    return Parcel("2041", f"DataTime={dialect.instant(day_s)};SB1-RT=24.0;SB2-RT=0.0")


def _between(logger: Asked, request: Frame) -> tuple[int, int]:
    first, last = (logger.dialect.seconds(_needed(request, name)) for name in ("BeginTime", "EndTime"))
    if last < first:
        raise RequestError
    return first, last


def _needed(request: Frame, name: str) -> str:
    value = request.field(name)
    if not value:
        raise RequestError
    return value


def _number(request: Frame, name: str) -> int:
    text = _needed(request, name)
    if not text.isdecimal():
        raise RequestError
    return int(text)


_DEEDS: Mapping[str, Callable[[Asked, Frame], list[Parcel]]] = MappingProxyType(
    {
        "1011": _read_time,
        "1012": _set_time,
        "1061": _read_rtd,
        "1062": _set_rtd,
        "1063": _read_minutes,
        "1064": _set_minutes,
        "1072": _set_password,
        "2011": _instant,
        "2021": _states,
        "2031": _records,
        "2041": _running_times,
        "2051": _records,
        "2061": _records,
        "3012": _nothing,
        "3015": _bottle,
        "3019": _identity,
        "3020": _information,
    }
)
_FETCHED = frozenset({"2031", "2041", "2051", "2061"})
