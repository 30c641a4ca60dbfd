"""What we say to loggers: queued requests go out, replies come in; in the worker's thread and its transactions.

The rows of ``logger_command`` are the truth. A request is claimed in one transaction and sent in the next, so that what
was never committed was never said. A logger has one open exchange at a time.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from ingest.gateway import dialogue
from ingest.gateway.asked import SET_PASSWORD, Asked
from ingest.gateway.dialogue import NO_DATA, OPEN, TIME_CALIBRATION, Exchange, Patience
from ingest.gateway.password_change import Change, Step, step
from ingest.gateway.request import SET_TIME, next_qn, request
from smartpark import db, log, queries
from smartpark.hj212.commands import NOTICE_REPLY, REQUEST_REPLY, RESULT, commands
from smartpark.hj212.content import joined
from smartpark.hj212.frame import Frame
from smartpark.hj212.times import TimeFormError, parse
from smartpark.settings import Gateway

_Q = queries.load("ingest.gateway", "talk.sql")
GAPS_AT_ONCE = 50  # requests for what is missing that run at once: after an outage of ours it is everybody's
_A_PERSON_WAITS = timedelta(minutes=10)  # for a logger that is not there
_MINUTES = frozenset({"1", "2", "3", "4", "5", "6", "10", "12", "15", "20", "30"})  # HJ 212-2017 table 4
_STEPS: Mapping[Step, Any] = {
    "follow": _Q.follow_to_password,
    "used": _Q.password_used,
    "return": _Q.return_to_password,
    "forget": _Q.forget_passwords,
}
_READ_MINUTES, _SET_MINUTES = "1063", "1064"
_MEASURED = frozenset({"minute", "hour", "day"})  # carried by frames that are stored, and only counted here
_RESULT_NAMES = 200  # of one answer at most


class Line(Protocol):
    """The connections of the loggers."""

    def online(self) -> frozenset[str]:
        """Return the MNs that have a live connection."""

    def send(self, mn: str, data: bytes) -> bool:
        """Send bytes to a logger, from any thread; return false when it is not connected."""

    def expect(self, qns: frozenset[str]) -> None:
        """Hand frames of data over too when their QN is one of these; ``""`` stands for frames without a QN."""

    def heard(self) -> list[Frame]:
        """Return the frames of dialogues, and the expected ones, since the last call."""

    def watch(self, pairs: Mapping[str, AbstractSet[str]]) -> None:
        """Let these loggers, by MN, speak under either of two passwords."""

    def used(self) -> Mapping[str, AbstractSet[str]]:
        """Return which of their two passwords watched loggers spoke under since the last call."""


@dataclass(slots=True)
class _Ours:
    """What this process knows of a request beyond its row: how often it has sent it, when the logger spoke last."""

    sent: int
    heard_at: datetime | None = None


class _Told(NamedTuple):
    """Where an exchange stands now, and what the logger has told in it."""

    asked: Asked
    exchange: Exchange
    result: Mapping[str, Any]


class Talk:
    """The dialogue with all loggers."""

    def __init__(self, line: Line, settings: Gateway) -> None:
        self._line = line
        self._patience = Patience(timedelta(seconds=settings.answer_s), settings.tries)
        self._ours: dict[int, _Ours] = {}
        self._spoken: dict[str, dict[str, datetime]] = {}  # when a logger spoke under which of two passwords
        self._log = log.get("ingest.talk")

    def tick(self, conn: db.Connection, now: datetime) -> None:
        """Let queued requests out, take replies in, see that time passes; in the caller's transaction."""
        frames: dict[str, list[Frame]] = {}
        for frame in self._line.heard():
            frames.setdefault(frame.head.mn, []).append(frame)
        self._tell_time(conn, frames, now)
        self._decide(conn, now)
        pending = [Asked(*row) for row in conn.execute(_Q.pending).fetchall()]
        self._ours = {asked.id: self._ours[asked.id] for asked in pending if asked.id in self._ours}
        running = [asked for asked in pending if asked.state in OPEN]
        ours = [asked for asked in running if asked.id in self._ours]
        told = [self._go_on(asked, frames.get(asked.mn, ()), now) for asked in ours]
        told += self._take_up(conn, [asked for asked in running if asked.id not in self._ours], now)
        self._note(conn, [one for one in told if one is not None], now)
        begun = self._begin(conn, pending, now)
        open_now = [*running, *begun]
        expected = {asked.qn for asked in open_now if asked.qn}
        self._line.expect(frozenset(expected | {"" for asked in open_now if asked.edition == 2005}))

    def _decide(self, conn: db.Connection, now: datetime) -> None:
        """Follow loggers to the password that they use, and let the other one lapse.

        What they spoke under is remembered until a change is over, so that nothing of it is lost with a transaction. Both
        count until the end is committed and everybody knows of it.
        """
        for mn, used in self._line.used().items():
            self._spoken.setdefault(mn, {}).update(dict.fromkeys(used, now))
        changes = [Change(*row) for row in conn.execute(_Q.changes, {"cn": SET_PASSWORD}).fetchall()]
        self._spoken = {one.mn: self._spoken.get(one.mn, {}) for one in changes}
        steps: dict[Step, list[str]] = {}
        for one in changes:
            due = step(one, self._spoken[one.mn], now)
            if due is not None:
                steps.setdefault(due, []).append(one.mn)
        for due, mns in steps.items():
            conn.execute(_STEPS[due], {"mns": mns, "now": now})
            self._log.info("logger_passwords_changed", mns=mns, step=due)
        self._line.watch({one.mn: one.pair for one in changes})

    @staticmethod
    def _tell_time(conn: db.Connection, frames: Mapping[str, Iterable[Frame]], now: datetime) -> None:
        mns = sorted(
            mn for mn, said in frames.items() if any(one.head.cn == TIME_CALIBRATION for one in said)
        )
        if mns:
            conn.execute(_Q.tell_time, {"mns": mns, "cn": SET_TIME, "now": now})

    def _begin(self, conn: db.Connection, pending: Sequence[Asked], now: datetime) -> list[Asked]:
        """Claim the oldest request of each logger that is there and not busy; return them with their QN."""
        online = self._line.online()
        busy = {asked.mn for asked in pending if asked.state in OPEN}
        gaps = sum(asked.cause == "gap" for asked in pending if asked.state in OPEN)
        chosen, expired = [], []
        for asked in pending:
            if asked.state != "queued":
                continue
            if not asked.admitted or asked.mn not in online:
                if asked.cause == "person" and now - asked.asked_at > _A_PERSON_WAITS:
                    expired.append(asked)
            elif asked.mn not in busy and not _waits(asked, gaps):
                busy.add(asked.mn)
                gaps += asked.cause == "gap"
                chosen.append(asked)
        if expired:
            conn.execute(_Q.expire, {"ids": [asked.id for asked in expired], "now": now})
        for asked in expired:
            self._ended(asked, "timed_out")
        return self._claim(conn, chosen, now) if chosen else []

    def _claim(self, conn: db.Connection, chosen: Sequence[Asked], now: datetime) -> list[Asked]:
        new = [asked.mn for asked in chosen if asked.qn is None]
        last: dict[str, str] = dict(conn.execute(_Q.last_qns, {"mns": new}).fetchall()) if new else {}
        begun = [
            asked if asked.qn else asked._replace(qn=next_qn(now, last.get(asked.mn), asked.zone))
            for asked in chosen
        ]
        about = {
            "ids": [asked.id for asked in begun],
            "qns": [asked.qn for asked in begun],
            "tries": [asked.tries + 1 for asked in begun],
            "sent_at": now,
        }
        conn.execute(_Q.claim, about)
        for asked in begun:
            self._ours[asked.id] = _Ours(sent=asked.tries)
            if asked.new_password:
                conn.execute(_Q.offer_password, {"mn": asked.mn, "password": asked.new_password, "now": now})
        return begun

    def _take_up(self, conn: db.Connection, left: Iterable[Asked], now: datetime) -> list[_Told]:
        """Go on with what a killed process began; an order that was accepted is not given a second time."""
        back, told = [], []
        for asked in left:
            command = commands().get(asked.cn)
            if asked.state == "accepted" and command is not None and command.second:
                self._ours[asked.id] = _Ours(sent=asked.tries, heard_at=now)
            elif asked.tries < self._patience.tries:
                back.append(asked.id)
            else:
                ended = replace(_exchange(asked, None), state="timed_out", finished_at=now)
                told.append(_Told(asked, ended, {}))
        if back:
            conn.execute(_Q.put_back, {"ids": back})
        return told

    def _go_on(self, asked: Asked, frames: Iterable[Frame], now: datetime) -> _Told | None:
        """Return what there is to write down of an exchange."""
        ours = self._ours[asked.id]
        before = exchange = _exchange(asked, ours.heard_at)
        result: dict[str, Any] = {}
        for frame in frames:
            if _is_of(frame, asked) and exchange.state in OPEN:
                exchange = dialogue.replied(exchange, dialogue.reply_of(frame), now)
                result |= _said(frame, asked, exchange, now)
        if exchange.state == "sent" and ours.sent < asked.tries:
            ours.sent = asked.tries
            exchange = replace(exchange, sent_at=now)
            self._line.send(asked.mn, request(asked.address, asked.cn, asked.parameters, asked.qn or "", now))
        exchange, _ = dialogue.waited(exchange, now, self._patience)  # sent again once this is committed
        ours.heard_at = exchange.heard_at
        if exchange == before and not result:
            return None
        return _Told(asked, exchange, dict(list(result.items())[:_RESULT_NAMES]))

    def _note(self, conn: db.Connection, told: Sequence[_Told], now: datetime) -> None:
        if not told:
            return
        about = {
            "ids": [one.asked.id for one in told],
            "states": [one.exchange.state for one in told],
            "tries": [one.exchange.tries for one in told],
            "sent": [one.exchange.sent_at for one in told],
            "answered": [one.exchange.answered_at for one in told],
            "qn_rtns": [one.exchange.qn_rtn for one in told],
            "exe_rtns": [one.exchange.exe_rtn for one in told],
            "frames": [one.exchange.frames for one in told],
            "finished": [one.exchange.finished_at for one in told],
            "results": [Jsonb(dict(one.result)) for one in told],
        }
        results: dict[int, Mapping[str, Any]] = dict(conn.execute(_Q.note, about).fetchall())
        for asked, exchange, _ in told:
            if exchange.state not in OPEN:
                self._ended(asked, exchange.state)
            if exchange.state == "done" and exchange.exe_rtn != NO_DATA and asked.id in results:
                _follow(conn, asked, results[asked.id], now)

    def _ended(self, asked: Asked, state: str) -> None:
        self._log.info("logger_command_ended", mn=asked.mn, cn=asked.cn, cause=asked.cause, state=state)


def _exchange(asked: Asked, heard_at: datetime | None) -> Exchange:
    return Exchange(
        state="accepted" if asked.state == "accepted" else "sent",
        tries=asked.tries,
        sent_at=asked.sent_at or asked.asked_at,
        heard_at=heard_at,
        answered_at=asked.answered_at,
        qn_rtn=asked.qn_rtn,
        frames=asked.frames,
    )


def _is_of(frame: Frame, asked: Asked) -> bool:
    """Return whether a frame answers a request; a reply may come under the password that is being set, or a wrong one."""
    if not dialogue.belongs(frame, asked.cn, asked.qn or ""):
        return False
    known = asked.password is None or frame.head.pw in {
        asked.password,
        asked.other_password,
        asked.parameters.get("NewPW"),
    }
    return known or frame.head.cn in {REQUEST_REPLY, RESULT, NOTICE_REPLY}


def _said(frame: Frame, asked: Asked, exchange: Exchange, now: datetime) -> dict[str, Any]:
    """Return what a frame of data tells that is not stored elsewhere."""
    cn = frame.head.cn
    command = commands().get(cn)
    if cn in {REQUEST_REPLY, RESULT, NOTICE_REPLY} or (command is not None and command.carries in _MEASURED):
        return {}
    said: dict[str, Any] = {k: v for k, v in joined(frame.shape, frame.values).items() if k != "QN"}
    offset_s = _offset_s(said.get("SystemTime"), asked.zone, exchange.sent_at, now)
    return said if offset_s is None else {**said, "offset_s": offset_s}


def _offset_s(said: str | None, zone: ZoneInfo, sent_at: datetime, now: datetime) -> float | None:
    """Return a logger's clock minus ours [s]: it was read between request and answer, and its digits end with the second."""
    try:
        clock_s = parse(said or "", zone) / 1e6
    except TimeFormError:
        return None
    fast_s, slow_s = clock_s - now.timestamp(), clock_s + 1 - sent_at.timestamp()
    return round(max(fast_s, 0.0) + min(slow_s, 0.0), 1)


def _waits(asked: Asked, gaps: int) -> bool:
    """Return whether a request waits: enough gaps are asked for, or the password before still counts."""
    if asked.cause == "gap" and gaps >= GAPS_AT_ONCE:
        return True
    return asked.new_password is not None and bool(asked.lapsing) and asked.qn is None


def _follow(conn: db.Connection, asked: Asked, result: Mapping[str, Any], now: datetime) -> None:
    """Keep what has changed at the logger, or what it has told of itself."""
    if asked.new_password:
        conn.execute(_Q.set_password, {"mn": asked.mn, "password": asked.new_password, "now": now})
    told = {_READ_MINUTES: result, _SET_MINUTES: asked.parameters}.get(asked.cn, {})
    minutes = str(told.get("MinInterval", ""))
    if minutes in _MINUTES:
        conn.execute(_Q.set_minute_interval, {"mn": asked.mn, "minutes": int(minutes)})
