"""Who was connected when, and how each logger does: kept by the network thread, written by the worker."""

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ingest.directory import Directory
from ingest.readings_table import instant
from smartpark import db, queries
from smartpark.hj212.encode import SYSTEM
from smartpark.hj212.frame import Frame
from smartpark.hj212.times import TimeFormError, parse

_Q = queries.load("ingest.gateway", "sessions.sql")
_TURNS = 10  # the counts of a tenth of the loggers are written each second; that one comes or goes at once

_DATA = "2"  # how commands begin that carry data


@dataclass(slots=True)
class _Session:
    """One logger on one connection since ``opened_us``; counts since they were last written."""

    mn: str
    peer: str
    opened_us: int
    last_us: int
    id: int | None = None
    frames: int = 0
    defects: int = 0
    closed_us: int | None = None
    closed_by: str | None = None
    edition: int | None = None  # of its newest data: replies are often made by something older
    system: str = ""
    qn: str = ""
    deviations: set[str] = field(default_factory=set)


class Sessions:
    """The sessions of this process; ``heard`` and ``closed`` come from the network thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[tuple[int, str], _Session] = {}
        self._ended: list[_Session] = []
        self._begun: list[_Session] = []
        self._zones: dict[str, Any] = {}
        self._swept = False
        self._written: tuple[db.Connection, list[_Session], list[_Session]] | None = None
        self._turn = 0

    def heard(self, link: Any, frame: Frame, us: int) -> None:
        """Note a frame of an admitted logger."""
        head = frame.head
        session = self._open.get((id(link), head.mn))
        if session is None:
            session = _Session(head.mn, link.peer, us, us)
            with self._lock:
                self._open[id(link), head.mn] = session
                self._begun.append(session)
        session.frames += 1
        session.last_us = us
        session.qn = frame.qn
        if head.st != SYSTEM:  # a reply says what is spoken, not what is measured
            session.system = head.st
        if head.cn.startswith(_DATA):
            session.edition = frame.edition
        if frame.deviations and not frame.deviations <= session.deviations:
            session.deviations |= frame.deviations

    def defect(self, link: Any, mn: str) -> None:
        """Note a frame that was refused, with the logger that it seems to be from."""
        session = self._open.get((id(link), mn))
        if session is not None:
            session.defects += 1

    def closed(self, link: Any, mn: str, us: int, closed_by: str) -> None:
        """Note that the connection of a logger ended: by the ``logger``, the ``network`` or ``us``."""
        with self._lock:
            session = self._open.pop((id(link), mn), None)
            if session is not None:
                session.closed_us, session.closed_by = us, closed_by
                self._ended.append(session)

    def loaded(self, directory: Directory) -> None:
        """Take the time zones of the loggers."""
        self._zones = {mn: logger.zone for mn, logger in directory.loggers.items()}

    def tick(self, conn: db.Connection, now: datetime) -> None:
        """Write what has changed, in the caller's transaction; of the counts a part each time."""
        if not self._swept:  # of a process that was killed
            conn.execute(_Q.close_left_over)
            conn.execute(_Q.all_offline, [now])
            self._swept = True
        if self._written is not None and self._written[0] is not conn:
            self._again(*self._written[1:])
        with self._lock:
            begun, self._begun = self._begun, []
            ended, self._ended = self._ended, []
            live = list(self._open.values())
        if begun:
            self._begin(conn, begun)
        self._turn = (self._turn + 1) % _TURNS
        counted = [s for s in live if hash(s.mn) % _TURNS == self._turn and (s.frames or s.defects)]
        moved = begun + counted
        if moved or ended:
            self._note(conn, moved, ended)
        self._written = (conn, begun, ended)

    def _again(self, begun: list[_Session], ended: list[_Session]) -> None:
        """Take back what was written last: the connection broke, so nobody knows whether it was committed."""
        with self._lock:
            self._begun = begun + self._begun
            self._ended = ended + self._ended

    @staticmethod
    def _begin(conn: db.Connection, begun: list[_Session]) -> None:
        waiting = {(s.mn, s.peer, instant(s.opened_us)): s for s in begun}
        about = {
            "mns": [s.mn for s in begun],
            "peers": [s.peer for s in begun],
            "opened": [instant(s.opened_us) for s in begun],
            "last": [instant(s.last_us) for s in begun],
        }
        for number, *key in conn.execute(_Q.begin, about).fetchall():
            waiting[tuple(key)].id = int(number)

    def _note(self, conn: db.Connection, moved: Iterable[_Session], ended: Iterable[_Session]) -> None:
        told = list({id(s): s for s in [*moved, *ended]}.values())
        with self._lock:
            online = {mn for _, mn in self._open}
        closed = [None if s.closed_us is None else instant(s.closed_us) for s in told]
        sessions = {
            "ids": [s.id for s in told],
            "last": [instant(s.last_us) for s in told],
            "frames": [s.frames for s in told],
            "defects": [s.defects for s in told],
            "closed": closed,
            "by": [s.closed_by for s in told],
        }
        conn.execute(_Q.note_sessions, sessions)
        newest = sorted(told, key=lambda s: (s.closed_us is None, s.last_us))
        loggers = {s.mn: s for s in newest}
        frames, defects = Counter[str](), Counter[str]()
        for session in told:
            frames[session.mn] += session.frames
            defects[session.mn] += session.defects
        rows = list(loggers.values())
        about = {
            "mns": list(loggers),
            "last": [instant(s.last_us) for s in rows],
            "frames": [frames[s.mn] for s in rows],
            "defects": [defects[s.mn] for s in rows],
            "editions": [s.edition for s in rows],
            "systems": [s.system or None for s in rows],
            "peers": [s.peer for s in rows],
            "offsets": [self._offset_s(s) for s in rows],
            "deviations": [" ".join(sorted(s.deviations)) for s in rows],
            "online": [s.mn in online for s in rows],
            "since": [instant(s.opened_us if s.closed_us is None else s.closed_us) for s in rows],
        }
        conn.execute(_Q.note_loggers, about)
        for session in told:
            session.frames = session.defects = 0

    def _offset_s(self, session: _Session) -> float | None:
        """Return the logger's clock minus ours by its newest QN [s]; None where it says none."""
        zone = self._zones.get(session.mn)
        try:
            return None if zone is None else (parse(session.qn, zone) - session.last_us) / 1e6
        except TimeFormError:
            return None
