"""The live stream: one thread listens to the database, every client reads from a shared ring of events.

Alert events are numbered in commit order, so a client is one number: what comes after it is sent from the ring, or
read again from the database when the ring has moved on. A slow client therefore costs no memory and misses nothing.
Values and feed states are only ever the newest; a slow client skips the ones in between.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson
from psycopg.rows import dict_row

from api import feeds
from api.alert_shapes import shown
from smartpark import clock, db, log, queries

_RING = 4096  # events kept in memory
_CHUNK = 200  # events read from the database at once
_VALUES_EVERY_S = 1.0
_FEED_EVERY_S = 5.0
_log = log.get(__name__)
_Q = queries.load("api", "live.sql")


@dataclass(frozen=True, slots=True)
class Told:
    """One alert event as it is sent; ``owner`` is the enterprise it belongs to."""

    id: int
    owner: int | None
    data: str


class Hub:
    """Listens once for all clients."""

    def __init__(self, dsn: str, zone: Callable[[], str]) -> None:
        self._dsn = dsn
        self._zone = zone
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._clients: set[asyncio.Event] = set()
        self._ring: deque[Told] = deque()
        self.floor = 0  # the ring holds everything after this event
        self._read_to: int | None = None  # where the listening thread is
        self._values: dict[int, tuple[int, int | None, dict[str, Any]]] = {}  # tick, owner, item
        self._tick_data = ""
        self.position: int | None = None
        self.tick = 0
        self.feed_tick = 0
        self._feed: dict[str, Any] = {}
        self.closing = threading.Event()

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to listen; clients are woken in this loop."""
        self._loop = loop
        self._thread = threading.Thread(target=self._listen, name="live", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End every stream and stop listening; may be called from a signal handler, and twice."""
        self.closing.set()
        self._wake()

    def join(self) -> None:
        """Wait for the listening thread to end."""
        if self._thread is not None:
            self._thread.join(timeout=5)

    def enter(self) -> asyncio.Event:
        """Add a client; the event is set whenever there is something new for it."""
        bell = asyncio.Event()
        self._clients.add(bell)
        return bell

    def leave(self, bell: asyncio.Event) -> None:
        """Remove a client."""
        self._clients.discard(bell)

    @property
    def clients(self) -> int:
        """How many clients listen."""
        return len(self._clients)

    def after(self, position: int) -> list[Told] | None:
        """Return the events after one, or None when the ring no longer reaches back so far."""
        if position < self.floor:
            return None
        newer: list[Told] = []
        for told in reversed(self._ring):
            if told.id <= position:
                break
            newer.append(told)
        return newer[::-1]

    def read_after(self, position: int) -> tuple[list[Told], int]:
        """Read the next events after one from the database, a chunk at most; and where the reader is then."""
        floor = self.floor
        with db.connect(self._dsn, name="api replay", autocommit=True) as conn:
            self._use_zone(conn)
            told = _events(conn, position)
        last = told[-1].id if told else position
        return told, last if len(told) == _CHUNK else max(last, floor)

    def knows(self, position: int) -> bool:
        """Return whether an event of this number may have been sent: it is not beyond the newest."""
        if self.position is not None and position <= self.position:
            return True
        with db.connect(self._dsn, name="api replay", autocommit=True) as conn:
            return position <= _newest(conn)

    def values_after(self, tick: int, owner: int | None) -> str | None:
        """Return the values that changed after a tick as JSON, or None when there are none."""
        if tick >= self.tick:
            return None
        if owner is None and tick == self.tick - 1:
            return self._tick_data or None
        mine = [i for at, whose, i in self._values.values() if at > tick and owner in (None, whose)]
        return _values_json(mine) if mine else None

    def feed(self, owner: int | None) -> str:
        """Return the state of the feeds as JSON; an enterprise is not told the figures of the whole park."""
        return orjson.dumps(self._feed if owner is None else feeds.without_figures(self._feed)).decode()

    def _listen(self) -> None:
        while not self.closing.is_set():
            try:
                with db.connect(self._dsn, name="api live", autocommit=True) as conn:
                    conn.execute(_Q.listen)
                    self._attend(conn)
            except db.Error as error:
                if self.closing.is_set():
                    return
                _log.warning("live_database_away", error=str(error).strip().split("\n", maxsplit=1)[0])
                self._in_loop(self._take_feed, feeds.away(self._feed, clock.now()))
                self.closing.wait(_VALUES_EVERY_S)
            except Exception:  # noqa: BLE001 - a dead thread would look like a quiet park; the page says that we are deaf
                _log.exception("live_failed")
                self._in_loop(self._take_feed, feeds.away(self._feed, clock.now()))
                self.closing.wait(_VALUES_EVERY_S)

    def _attend(self, conn: db.Connection) -> None:
        values_at = feed_at = -1e9
        if self._read_to is None:
            self._read_to = _newest(conn)
            self._in_loop(self._begin_at, self._read_to)
        while not self.closing.is_set():
            while told := _events(conn, self._read_to):
                self._read_to = told[-1].id
                self._in_loop(self._take, told)
            now_s = clock.monotonic_s()
            if now_s - feed_at >= _FEED_EVERY_S:
                feed_at = now_s
                self._use_zone(conn)
                self._in_loop(self._take_feed, feeds.state(conn, clock.now()))
            if self._clients and now_s - values_at >= _VALUES_EVERY_S:
                values_at = now_s
                self._in_loop(self._take_values, _values(conn))
            for _ in conn.notifies(
                timeout=_VALUES_EVERY_S - min(clock.monotonic_s() - now_s, 0.9), stop_after=1
            ):
                pass

    def _use_zone(self, conn: db.Connection) -> None:
        with suppress(db.Error):  # a park whose zone the database does not know: its times stay in UTC
            conn.execute(_Q.use_zone, {"zone": self._zone()})

    def _in_loop(self, do: Callable[[Any], None], what: Any) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: the process ends
                self._loop.call_soon_threadsafe(do, what)

    def _begin_at(self, position: int) -> None:
        self.position = self.floor = position
        self._ring_all()

    def _take(self, told: Sequence[Told]) -> None:
        self._ring.extend(told)
        while len(self._ring) > _RING:
            self.floor = self._ring.popleft().id
        self.position = told[-1].id
        self._ring_all()

    def _take_values(self, rows: Sequence[dict[str, Any]]) -> None:
        changed = []
        for row in rows:
            owner = row.pop("owner")
            known = self._values.get(row["sensor_id"])
            if known is None or known[2] != row:
                self._values[row["sensor_id"]] = (self.tick + 1, owner, row)
                changed.append(row)
        if changed:
            self.tick += 1
            self._tick_data = _values_json(changed)
            self._ring_all()

    def _take_feed(self, feed: dict[str, Any]) -> None:
        self._feed = feed
        self.feed_tick += 1
        self._ring_all()

    def _wake(self) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._ring_all)

    def _ring_all(self) -> None:
        for bell in self._clients:
            bell.set()


def _newest(conn: db.Connection) -> int:
    row = conn.execute(_Q.newest_event).fetchone()
    return int(row[0]) if row else 0


def _events(conn: db.Connection, position: int) -> list[Told]:
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_Q.events_after, {"after": position, "limit": _CHUNK}, prepare=True).fetchall()
    return [Told(row["event_id"], row["enterprise_id"], _event_json(row)) for row in rows]


def _event_json(row: dict[str, Any]) -> str:
    event = {key: row[f"event_{key}"] for key in ("id", "type", "at", "actor", "data")}
    return orjson.dumps({**shown(row), "event": event}).decode()


def _values(conn: db.Connection) -> list[dict[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_Q.values).fetchall()


def _values_json(items: list[dict[str, Any]]) -> str:
    return orjson.dumps({"at": clock.now(), "items": items}).decode()
