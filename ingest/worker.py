"""The process of one feed: take messages, write them, acknowledge them, for ever.

Nothing is acknowledged before its commit. Whatever goes wrong between database and broker, the same batch is
written again; the broker keeps the rest, because only so many messages may be unacknowledged.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol, runtime_checkable

from alerts.judge import Finding
from ingest import loading
from ingest.batch import Batch, Origin, minute_of
from ingest.check import Bounds
from ingest.decode import Decoder
from ingest.feed import Feed, is_foreign
from ingest.inbox import Arrived, Companion, Inbox
from ingest.judging import Judge
from ingest.metrics import Metrics
from ingest.poison import Poison
from ingest.registering import Registering
from ingest.store import Store
from smartpark import clock, db, log
from smartpark.readings import Readings
from smartpark.settings import Ingest

_BACKOFF_S = (0.2, 0.5, 1.0, 2.0, 5.0)
_TICK_S = 1.0
_DEAF_S = 10.0  # a reconnect takes less
_TURN_S = 2.0
_LEAVES_S = 8.0  # what waits is written within; the supervisor's patience is 12 s

LoadJudge = Callable[[db.Connection, str, datetime], Judge]


@runtime_checkable
class Owing(Protocol):
    """An inbox that holds what nobody would send again: it is emptied before the process ends."""

    def hush(self) -> None:
        """Hear nothing more; what waits can still be taken, and acknowledged."""


class WatchdogError(RuntimeError):
    """The network loop stands still; the process must end so that its supervisor starts it anew."""


class Worker:
    """Owns one feed while it holds the feed's advisory lock."""

    def __init__(
        self,
        dsn: str,
        feed: str,
        settings: Ingest,
        subscriber: Inbox,
        load_judge: LoadJudge,
        *,
        companions: Sequence[Companion] = (),
    ) -> None:
        self._dsn = dsn
        self._feed = Feed(feed)
        self._settings = settings
        self._subscriber = subscriber
        self._load_judge = load_judge
        self._companions = companions
        self._registering = Registering()
        self._log = log.get("ingest.worker")
        self._stop = threading.Event()
        self._pending: list[Arrived] = []
        self._held: Arrived | None = None
        self._subscribed = False
        self._waiting = False
        self._next_tick_s = 0.0
        self._leaves_s: float | None = None
        self._heard_s = clock.monotonic_s()
        self.metrics = Metrics(feed)

    def stop(self) -> None:
        """Ask it to finish: the batch at hand is committed and acknowledged."""
        self._stop.set()

    def run(self) -> None:
        """Work until asked to stop.

        Raises:
            WatchdogError: the network loop stands still.

        """
        failures = 0
        while not self._stop.is_set() or self._still_owes():
            try:
                with db.connect(self._dsn, name=f"ingest {self._feed.name}") as conn:
                    with db.advisory_lock(conn, self._feed.lock) as ours:
                        conn.commit()
                        if ours:
                            failures = 0
                            self._serve(conn)
                    if not ours:
                        self._wait_for_turn()
            except db.Error as error:
                self.metrics.trouble("database")
                wait_s = _BACKOFF_S[min(failures, len(_BACKOFF_S) - 1)]
                self._log.warning("database_trouble", error=str(error).strip(), retry_in_s=wait_s)
                failures += 1
                if self._stop.wait(wait_s):
                    clock.wait(_BACKOFF_S[0])
            self._watch()
        if self._subscribed:
            self._subscriber.stop()

    def _wait_for_turn(self) -> None:
        """Another process owns the feed: keep off the broker, or two would throw each other out."""
        if self._subscribed:
            raise WatchdogError(f"feed {self._feed.name} was taken over by another process")
        if not self._waiting:
            self._log.warning("feed_owned_by_another_process", feed=self._feed.name)
        self._waiting = True
        self._stop.wait(_TURN_S)

    def _serve(self, conn: db.Connection) -> None:
        now = clock.now()
        self._waiting = False
        self._revision = loading.revision(conn)
        decoder, store, judge = self._load(conn, now)
        poison = Poison(decoder, store, judge)
        self._feed.own(conn, now)
        if not self._subscribed:
            self._subscriber.start()
            self._subscribed = True
        while not self._stop.is_set() or self._still_owes():
            batch = self._fill(decoder)
            if batch is not None and self._registering.register(conn, batch.unregistered):
                decoder, store, judge = self._load(conn, clock.now())
                poison.renew(decoder, store, judge)
                batch = self._fill(decoder)
            if batch is not None:
                started_s = clock.monotonic_s()
                outcome = poison.write(batch, clock.now())
                seconds_s = clock.monotonic_s() - started_s
                self._subscriber.acknowledge(self._pending)
                self.metrics.committed(len(self._pending), outcome, seconds_s)
                for kind in poison.troubles:
                    self.metrics.trouble(kind)
                self._feed.messages += len(self._pending)
                self._feed.readings += outcome.totals.stored
                self._feed.last_commit_at = clock.now()
                self._pending = []
                if poison.reload:
                    decoder, store, judge = self._load(conn, clock.now())
                    poison.renew(decoder, store, judge)
            if clock.monotonic_s() >= self._next_tick_s:
                self._next_tick_s = clock.monotonic_s() + _TICK_S
                self._tick(conn, judge, clock.now())
                self._watch()
                if loading.revision(conn) != self._revision:
                    self._revision = loading.revision(conn)
                    self._log.info("catalogue_changed", revision=self._revision)
                    decoder, store, judge = self._load(conn, clock.now())
                    poison.renew(decoder, store, judge)
                conn.commit()
        self._leave(conn)

    def _load(self, conn: db.Connection, now: datetime) -> tuple[Decoder, Store, Judge]:
        directory = loading.directory(conn)
        days = self._settings.readings_days
        bounds = Bounds(self._settings.future_tolerance_s * 1_000_000, days)
        store = Store(conn, directory, bounds)
        judge = self._load_judge(conn, self._feed.name, now)
        conn.commit()
        for companion in self._companions:
            companion.loaded(directory)
        self._log.info("feed_loaded", sensors=len(directory), stations=len(directory.stations))
        return Decoder(directory, self._feed.name), store, judge

    def _fill(self, decoder: Decoder) -> Batch | None:
        """Decode what waits into one batch, at most to its bounds; None when nothing came until the next tick."""
        batch = decoder.batch()
        if self._pending:  # a batch that could not be written: the same messages again
            for again in self._pending:
                decoder.add(batch, _origin(again))
            return batch
        until_tick_s = max(self._next_tick_s - clock.monotonic_s(), 0.0)
        if self._held is None and not self._subscriber.wait(min(until_tick_s, _TICK_S)):
            return None
        limits = self._settings
        size = 0
        deadline_s = clock.monotonic_s() + limits.linger_ms / 1000
        while len(self._pending) < limits.batch_messages and len(batch) < limits.batch_readings:
            message = self._next()
            if message is None:
                left_s = deadline_s - clock.monotonic_s()
                if left_s > 0 and self._subscriber.wait(left_s):
                    continue
                break
            if batch.origins and minute_of(message.received_us) != batch.minute_us:
                self._held = message  # a batch lies within one minute of the ledger
                break
            self._pending.append(message)
            if not is_foreign(self._feed.name, message.topic):
                decoder.add(batch, _origin(message))
            size += len(message.payload)
            if size >= limits.batch_bytes:
                break
        return batch if self._pending else None

    def _next(self) -> Arrived | None:
        message: Arrived | None = self._held or self._subscriber.take()
        self._held = None
        return message

    def _tick(self, conn: db.Connection, judge: Judge, now: datetime) -> None:
        """Once a second: let judging see that time passes, and say how the feed does."""
        subscriber = self._subscriber
        self._feed.state = "connected" if subscriber.connected else "broker_down"
        backlog = subscriber.waiting + (self._held is not None)
        verdict = judge.judge(Readings.empty(), now, [*self._findings(), self._hearing()])
        last_us = subscriber.last_message_us
        last = datetime.fromtimestamp(last_us / 1e6, UTC) if last_us else None
        self._feed.beat(conn, now, backlog=backlog, last_message_at=last, hears=subscriber.connected)
        for companion in self._companions:
            companion.tick(conn, now)
        self.metrics.events.inc(judge.write(conn, verdict, now))
        conn.commit()
        judge.adopt(verdict)
        self.metrics.backlog.set(backlog)
        self.metrics.connected.set(subscriber.connected)

    def _findings(self) -> list[Finding]:
        """Return what the broker says that it has dropped since the last look; ``rest`` asks for both feeds."""
        dropped = self._subscriber.dropped
        if dropped is None or self._feed.name == "safety":
            return []
        known = int(self._feed.detail.get("broker_dropped", 0))
        self._feed.detail["broker_dropped"] = dropped
        if dropped <= known:
            return []
        self._log.error("broker_dropped_messages", dropped=dropped - known)
        return [
            Finding(
                kind="broker_dropped",
                value=float(dropped - known),
                detail=f"the broker dropped {dropped - known} messages",
            )
        ]

    def _hearing(self) -> Finding:
        """Return whether we hear the broker at all: while we do not, nobody is called silent."""
        now_s = clock.monotonic_s()
        if self._subscriber.connected:
            self._heard_s = now_s
        deaf_s = now_s - self._heard_s
        detail = f"{self._feed.name}: no broker for {deaf_s:.0f} s"
        return Finding(kind="feed_down", detail=detail, active=deaf_s >= _DEAF_S)

    def _still_owes(self) -> bool:
        """Return whether what was heard before the end has still to be written, and there is time for it."""
        if not isinstance(self._subscriber, Owing) or not self._subscribed:
            return False
        if self._leaves_s is None:
            self._leaves_s = clock.monotonic_s() + _LEAVES_S
            self._subscriber.hush()
        left = self._subscriber.waiting + (self._held is not None) + len(self._pending)
        in_time = clock.monotonic_s() < self._leaves_s
        if left and not in_time:
            self._log.error("left_unwritten", messages=left)
        return left > 0 and in_time

    def _leave(self, conn: db.Connection) -> None:
        self._subscriber.stop()
        self._subscribed = False
        self._feed.state = "stopped"
        self._feed.beat(conn, clock.now(), backlog=0, last_message_at=None, hears=True)
        conn.commit()

    def _watch(self) -> None:
        if self._subscribed and self._subscriber.silent_s > self._settings.watchdog_s:
            raise WatchdogError(f"the network loop has stood still for {self._subscriber.silent_s:.0f} s")


def _origin(message: Arrived) -> Origin:
    return Origin(message.topic, message.payload, message.received_us, getattr(message, "heard", None))
