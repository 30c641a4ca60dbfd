"""One exchange with a logger: request, 9011, data, 9012; or a notice and its 9013. Pure: time is an argument.

A request that nobody answers goes out again, the same frame under the same QN, until its tries are used up. Once the
logger has said anything that belongs to it, it is not sent again: fetching a day of minutes takes a while, and every
frame shows that the logger is still at it. Some loggers send data and never a 9012, so silence after data is ``done``,
silence without any is ``timed_out``. What comes after the end changes nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from smartpark.hj212.commands import DATA_REPLY, HEARTBEAT, NOTICE_REPLY, REQUEST_REPLY, RESULT
from smartpark.hj212.frame import Frame

State = Literal["sent", "accepted", "done", "refused", "failed", "timed_out"]
OPEN: frozenset[str] = frozenset({"sent", "accepted"})
TIME_CALIBRATION = "1013"
NO_DATA = 100  # ExeRtn: it did what was asked, and has nothing

_READY, _DONE = 1, 1
_UNKNOWN_REFUSAL, _UNKNOWN_FAILURE = 100, 2  # QnRtn and ExeRtn where a logger says none that can be read
_SILENCE, _LONGEST = 3, 60  # times the wait for an answer: between two frames, and in all
_REPLIES = frozenset({REQUEST_REPLY, RESULT, NOTICE_REPLY})
_OTHERS = frozenset({DATA_REPLY, HEARTBEAT, TIME_CALIBRATION})  # never part of an exchange that we began


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a logger may take to answer, and how often it is asked."""

    answer: timedelta
    tries: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """Where an exchange stands; ``heard_at`` is when the newest frame came that belongs to it."""

    state: State
    tries: int
    sent_at: datetime
    heard_at: datetime | None = None
    answered_at: datetime | None = None
    qn_rtn: int | None = None
    exe_rtn: int | None = None
    frames: int = 0
    finished_at: datetime | None = None


class Reply(NamedTuple):
    """What a frame means to the exchange that it belongs to: 9011 and 9012 with their code, 9013, anything else is data."""

    cn: str
    code: int | None = None


def qn_of(frame: Frame) -> str:
    """Return the QN that a frame repeats, empty where it says none; loggers of 2005 write it into CP."""
    return frame.qn or frame.field("QN") or ""


def belongs(frame: Frame, cn: str, qn: str) -> bool:
    """Return whether a frame of the asked logger answers the request ``cn`` that went out under ``qn``.

    A frame without any QN belongs to the one open exchange where it is a reply, or data of what was asked: the data of
    loggers of 2005 have none.
    """
    if frame.head.cn in _OTHERS:
        return False
    said = qn_of(frame)
    return said == qn if said else frame.head.cn in {cn, *_REPLIES}


def reply_of(frame: Frame) -> Reply:
    """Return what a frame means."""
    cn = frame.head.cn
    if cn == REQUEST_REPLY:
        return Reply(cn, _code(frame.field("QnRtn"), _UNKNOWN_REFUSAL))
    if cn == RESULT:
        return Reply(cn, _code(frame.field("ExeRtn"), _UNKNOWN_FAILURE))
    return Reply(cn)


def replied(exchange: Exchange, reply: Reply, now: datetime) -> Exchange:
    """Return the exchange after a frame that belongs to it."""
    if exchange.state not in OPEN:
        return exchange
    heard = replace(exchange, heard_at=now)
    if reply.cn == RESULT:
        ended: State = "done" if reply.code in {_DONE, NO_DATA} else "failed"
        return replace(heard, state=ended, exe_rtn=reply.code, finished_at=now)
    if reply.cn == NOTICE_REPLY:
        return replace(heard, state="done", finished_at=now)
    if reply.cn != REQUEST_REPLY:
        return replace(heard, state="accepted", frames=heard.frames + 1)
    if heard.qn_rtn is not None:  # it has answered before; the word of the first counts
        return heard
    answered = replace(heard, answered_at=now, qn_rtn=reply.code)
    if reply.code == _READY:
        return replace(answered, state="accepted")
    return replace(answered, state="refused", finished_at=now)


def waited(exchange: Exchange, now: datetime, patience: Patience) -> tuple[Exchange, bool]:
    """Return the exchange as time has left it, and whether the request goes out once more."""
    since_sent = now - exchange.sent_at
    if exchange.state == "sent" and since_sent >= patience.answer:
        if exchange.tries < patience.tries:
            return replace(exchange, tries=exchange.tries + 1, sent_at=now), True
        return replace(exchange, state="timed_out", finished_at=now), False
    if exchange.state == "accepted":
        silent = now - (exchange.heard_at or exchange.sent_at)
        if silent >= _SILENCE * patience.answer or since_sent >= _LONGEST * patience.answer:
            ended: State = "done" if exchange.frames else "timed_out"
            return replace(exchange, state=ended, finished_at=now), False
    return exchange, False


def _code(text: str | None, unknown: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 4 else unknown
