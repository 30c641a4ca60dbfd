"""One thread for each receiver: it survives a lost database and a lost receiver, and says how it does."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from records.upward.courier import Courier, TroubleError
from records.upward.http_channel import HttpChannel
from records.upward.listing import Listing
from records.upward.message import Terms
from records.upward.mqtt_channel import MqttChannel
from records.upward.push import Push
from records.upward.sender import Sender
from smartpark import clock, db, log, queries

_Q = queries.load("records.upward", "listing.sql")

DEMO = "demo"  # the address of the demo's simulated upper platform
_REST_S = 1.0
_BEAT = timedelta(seconds=5)
_BACKOFF_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)


@dataclass(frozen=True, slots=True)
class Receiver:
    """One line of upward_receiver."""

    id: int
    code: str
    protocol: str
    address: str
    edition: int
    password: str | None
    key: str | None
    secret: str | None
    zone: str


def receivers(conn: db.Connection) -> list[Receiver]:
    """Return every receiver in use."""
    return [Receiver(*row) for row in conn.execute(_Q.receivers).fetchall()]


def courier_of(receiver: Receiver, demo_port: int) -> Courier:
    """Return who serves a receiver; ``demo_port`` is that of the demo's simulated upper platform, 0: none runs."""
    if receiver.protocol == "http":
        return Push(receiver.id, lambda: HttpChannel(receiver.address, receiver.secret))
    if receiver.protocol == "mqtt":
        return Push(receiver.id, lambda: MqttChannel(receiver.address, receiver.code, receiver.secret))
    key = bytes.fromhex(receiver.key) if receiver.key else None
    terms = Terms(receiver.edition, receiver.password or "123456", key, ZoneInfo(receiver.zone))

    def address() -> str:
        if receiver.address != DEMO:
            return receiver.address
        if not demo_port:
            raise TroubleError("the demo's upper platform does not run; write host:port as address")
        return f"127.0.0.1:{demo_port}"

    return Sender(receiver.id, address, terms)


class Service:
    """The thread of one receiver; its lock in the database keeps the couriers of other processes off the receiver."""

    def __init__(self, dsn: str, receiver: Receiver, make: Callable[[Receiver], Courier]) -> None:
        self.receiver = receiver
        self._dsn = dsn
        self._make = make
        self._list = Listing(receiver.id)
        self._log = log.get("records.upward").bind(receiver=receiver.code)
        self._stop = threading.Event()
        self._failures = 0
        self._thread = threading.Thread(target=self._run, name=f"upward {receiver.code}", daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end."""
        self._stop.set()

    def ended_within(self, longest_s: float) -> bool:
        """Wait until it has ended, or so long [s]; return whether it has."""
        self._thread.join(longest_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        courier: Courier | None = None
        while not self._stop.is_set():
            try:
                courier = courier or self._make(self.receiver)
                with (
                    db.connect(self._dsn, name=f"upward {self.receiver.code}") as conn,
                    db.advisory_lock(conn, f"upward receiver {self.receiver.id}") as ours,
                ):
                    conn.commit()
                    if ours:
                        self._serve(conn, courier)
                    else:
                        self._log.warning("another_process_still_sends")
            except db.Error as error:
                self._log.warning("database_away", error=str(error).strip())
            except Exception:  # noqa: BLE001 - the thread must outlive every defect: a dead one looks idle
                self._log.exception("upward_defect")
            if not self._stop.is_set():
                self._back_off()

    def _serve(self, conn: db.Connection, courier: Courier) -> None:
        while not self._stop.is_set():
            trouble = self._attend(conn, courier)
            self._list.note_state(conn, clock.now(), connected=False, error=trouble)
            if trouble is not None:
                self._log.warning("receiver_trouble", error=trouble)
                self._back_off()

    def _attend(self, conn: db.Connection, courier: Courier) -> str | None:
        """Serve over one connection to the receiver; return what ended it, None where it was us."""
        try:
            courier.open(conn, clock.now())
            self._log.info("receiver_connected")
            self._turn(conn, courier)
        except TroubleError as error:
            conn.rollback()
            return str(error)
        finally:
            courier.close()
        return None

    def _turn(self, conn: db.Connection, courier: Courier) -> None:
        beaten: datetime | None = None
        while not self._stop.is_set():
            now = clock.now()
            confirmed = courier.turn(conn, now, clock.monotonic_s())
            if confirmed:
                self._failures = 0
            if confirmed or beaten is None or now - beaten >= _BEAT:
                success = now if confirmed else None
                self._list.note_state(conn, now, connected=True, success=success)
                beaten = now
            courier.rest(_REST_S)

    def _back_off(self) -> None:
        self._stop.wait(_BACKOFF_S[min(self._failures, len(_BACKOFF_S) - 1)])
        self._failures += 1
