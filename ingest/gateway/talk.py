"""What we say to loggers: queued requests go out, replies come in; in the worker's thread and its transactions.

The rows of ``logger_command`` are the truth. A request is claimed in one transaction and sent in the next, so that what
was never committed was never said. A logger has one open exchange at a time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from ingest.gateway import dialogue
from ingest.gateway.dialogue import NO_DATA, OPEN, TIME_CALIBRATION, Exchange, Patience
from ingest.gateway.request import SET_TIME, Address, next_qn, request
from smartpark import db, log, queries
from smartpark.hj212.commands import NOTICE_REPLY, REQUEST_REPLY, RESULT, commands
from smartpark.hj212.content import joined
from smartpark.hj212.frame import Frame
from smartpark.hj212.times import TimeFormError, parse
from smartpark.settings import Gateway

_Q = queries.load("ingest.gateway", "talk.sql")
_A_PERSON_WAITS = timedelta(minutes=10)  # for a logger that is not there
_MINUTES = frozenset({"1", "2", "3", "4", "5", "6", "10", "12", "15", "20", "30"})  # HJ 212-2017 table 4
_SET_PASSWORD, _READ_MINUTES, _SET_MINUTES = "1072", "1063", "1064"
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


class Asked(NamedTuple):
    """A row of ``logger_command`` with what is known of its logger."""

    id: int
    mn: str
    cn: str
    parameters: Mapping[str, str]
    cause: str
    state: str
    asked_at: datetime
    qn: str | None
    tries: int
    sent_at: datetime | None
    answered_at: datetime | None
    qn_rtn: int | None
    frames: int
    edition: int | None
    system: str | None
    password: str | None
    encryption_key: str | None
    admitted: bool
    kind: str | None
    timezone: str | None

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the logger's park; of a logger without a station UTC."""
        return ZoneInfo(self.timezone or "UTC")

    @property
    def address(self) -> Address:
        """How the logger is spoken to."""
        return Address(
            self.mn, self.edition, self.system, self.password, self.encryption_key, self.kind or "", self.zone
        )


@dataclass(slots=True)
class _Ours:
    """What this process knows of a request beyond its row: how often it has sent it, when the logger spoke last."""

    sent: int
    heard_at: datetime | None = None


class Talk:
    """The dialogue with all loggers."""

    def __init__(self, line: Line, settings: Gateway) -> None:
        self._line = line
        self._patience = Patience(timedelta(seconds=settings.answer_s), settings.tries)
        self._ours: dict[int, _Ours] = {}
        self._log = log.get("ingest.talk")

    def tick(self, conn: db.Connection, now: datetime) -> None:
        """Let queued requests out, take replies in, see that time passes; in the caller's transaction."""
        frames: dict[str, list[Frame]] = {}
        for frame in self._line.heard():
            frames.setdefault(frame.head.mn, []).append(frame)
        self._tell_time(conn, frames, now)
        pending = [Asked(*row) for row in conn.execute(_Q.pending).fetchall()]
        self._ours = {asked.id: self._ours[asked.id] for asked in pending if asked.id in self._ours}
        running = [asked for asked in pending if asked.state in OPEN]
        for asked in running:
            if asked.id in self._ours:
                self._go_on(conn, asked, frames.get(asked.mn, ()), now)
            else:
                self._take_up(conn, asked, now)
        begun = self._begin(conn, pending, now)
        open_now = [*running, *begun]
        expected = {asked.qn for asked in open_now if asked.qn}
        self._line.expect(frozenset(expected | {"" for asked in open_now if asked.edition == 2005}))

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
        begun = []
        for asked in pending:
            if asked.state != "queued":
                continue
            if not asked.admitted or asked.mn not in online:
                if asked.cause == "person" and now - asked.asked_at > _A_PERSON_WAITS:
                    conn.execute(_Q.expire, {"id": asked.id, "now": now})
                    self._ended(asked, "timed_out")
            elif asked.mn not in busy:
                busy.add(asked.mn)
                begun.append(self._claim(conn, asked, now))
        return begun

    def _claim(self, conn: db.Connection, asked: Asked, now: datetime) -> Asked:
        qn = asked.qn
        if qn is None:
            row = conn.execute(_Q.last_qn, {"mn": asked.mn}).fetchone()
            qn = next_qn(now, row[0] if row else None, asked.zone)
        about = {"id": asked.id, "qn": qn, "tries": asked.tries + 1, "sent_at": now}
        conn.execute(_Q.claim, about)
        self._ours[asked.id] = _Ours(sent=asked.tries)
        return asked._replace(qn=qn)

    def _take_up(self, conn: db.Connection, asked: Asked, now: datetime) -> None:
        """Go on with what a killed process began; an order that was accepted is not given a second time."""
        command = commands().get(asked.cn)
        if asked.state == "accepted" and command is not None and command.second:
            self._ours[asked.id] = _Ours(sent=asked.tries, heard_at=now)
        elif asked.tries < self._patience.tries:
            conn.execute(_Q.put_back, {"id": asked.id})
        else:
            self._note(conn, asked, replace(_exchange(asked, None), state="timed_out", finished_at=now), {})

    def _go_on(self, conn: db.Connection, asked: Asked, frames: Iterable[Frame], now: datetime) -> None:
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
        if exchange != before or result:
            self._note(conn, asked, exchange, dict(list(result.items())[:_RESULT_NAMES]))

    def _note(self, conn: db.Connection, asked: Asked, exchange: Exchange, result: Mapping[str, Any]) -> None:
        about = {
            "id": asked.id,
            "state": exchange.state,
            "tries": exchange.tries,
            "sent_at": exchange.sent_at,
            "answered_at": exchange.answered_at,
            "qn_rtn": exchange.qn_rtn,
            "exe_rtn": exchange.exe_rtn,
            "frames": exchange.frames,
            "finished_at": exchange.finished_at,
            "result": Jsonb(dict(result)),
        }
        row = conn.execute(_Q.note, about).fetchone()
        if exchange.state not in OPEN:
            self._ended(asked, exchange.state)
        if exchange.state == "done" and exchange.exe_rtn != NO_DATA and row is not None:
            _follow(conn, asked, row[0])

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
    known = asked.password is None or frame.head.pw in {asked.password, asked.parameters.get("NewPW")}
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


def _follow(conn: db.Connection, asked: Asked, result: Mapping[str, Any]) -> None:
    """Keep what has changed at the logger, or what it has told of itself."""
    if asked.cn == _SET_PASSWORD and asked.parameters.get("NewPW"):
        conn.execute(_Q.set_password, {"mn": asked.mn, "password": asked.parameters["NewPW"]})
    told = {_READ_MINUTES: result, _SET_MINUTES: asked.parameters}.get(asked.cn, {})
    minutes = str(told.get("MinInterval", ""))
    if minutes in _MINUTES:
        conn.execute(_Q.set_minute_interval, {"mn": asked.mn, "minutes": int(minutes)})
