"""MQTT 5 as this product needs it; with mqtt_client.py the only module that knows paho.

What others lost data by, and what is done here instead: the session outlives the process (``clean_start=False``
and an expiry in days); a message is acknowledged by the caller, after its commit; every message carries the
generation of its connection, and an acknowledgement of an older generation is dropped, because the broker may
have given its number to another message; nothing in a callback can end the network thread.
"""

import select
import threading
from collections import deque
from collections.abc import Sequence
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from smartpark import clock, log
from smartpark.doorbell import Doorbell
from smartpark.mqtt_client import BrokerUrlError, new_client
from smartpark.mqtt_packets import Message

__all__ = ["BrokerUrlError", "Message", "Publisher", "Subscriber"]

DROPPED = "$SYS/broker/publish/messages/dropped"
_KEEPALIVE_S = 30
_BACKOFF_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class Subscriber:
    """A durable subscription: messages wait in ``inbox`` until they are taken, stored and acknowledged.

    At most ``receive_maximum`` messages are unacknowledged, so the memory of a stuck consumer is bounded and the
    rest waits at the broker.
    """

    def __init__(
        self, url: str, *, client_id: str, topics: Sequence[str], receive_maximum: int, session_s: int
    ) -> None:
        self._client, self._host, self._port = new_client(url, client_id)
        self._topics = tuple(topics)
        self._properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho leaves it untyped
        self._properties.SessionExpiryInterval = session_s
        self._properties.ReceiveMaximum = receive_maximum
        self._log = log.get("smartpark.mqtt")
        self._inbox: deque[Message] = deque()
        self._arrived = threading.Condition()
        self._acks: deque[Sequence[Message]] = deque()
        self._stopping = False
        self._doorbell = Doorbell()
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)
        self.generation = 0
        self.connected = False
        self.sessions_lost = 0
        self.stale_acks = 0
        self.dropped: int | None = None
        self.last_message_us: int | None = None
        self.ticked_s = clock.monotonic_s()
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        # With this callback set, paho only queues what is to be written; the one network thread writes it.
        self._client.on_socket_register_write = lambda *_: None

    def start(self) -> None:
        """Start the network thread; it connects, and reconnects for ever."""
        self.ticked_s = clock.monotonic_s()
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Send what is queued, leave the session at the broker, end the thread."""
        self._stopping = True
        self._doorbell.ring()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        if not self._thread.is_alive():
            self._doorbell.close()

    @property
    def waiting(self) -> int:
        """Messages received and not yet taken."""
        return len(self._inbox)

    @property
    def silent_s(self) -> float:
        """How long the network loop has not turned [s]; a watchdog ends the process by it."""
        return clock.monotonic_s() - self.ticked_s

    def take(self) -> Message | None:
        """Return the oldest waiting message, or None at once."""
        try:
            return self._inbox.popleft()
        except IndexError:
            return None

    def wait(self, timeout_s: float) -> bool:
        """Return true as soon as a message waits, false after the timeout [s]."""
        if self._inbox:
            return True
        with self._arrived:
            self._arrived.wait_for(lambda: self._inbox or self._stopping, timeout_s)
        return bool(self._inbox)

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """Give messages back as done, in arrival order; those of an older connection are dropped."""
        if messages:
            self._acks.append(messages)
            self._doorbell.ring()

    def _run(self) -> None:
        failures = 0
        while not self._stopping:
            try:
                self._client.forget()
                self._client.connect(
                    self._host, self._port, _KEEPALIVE_S, clean_start=False, properties=self._properties
                )
                failures = 0 if self._serve() else failures
            except OSError as error:
                self._log.warning("broker_unreachable", host=self._host, port=self._port, error=str(error))
            except Exception:  # noqa: BLE001 - the thread must outlive every defect: a dead one looks connected
                self._log.exception("network_loop_failed")
            self.connected = False
            self.ticked_s = clock.monotonic_s()
            if not self._stopping:
                select.select([self._doorbell.bell], [], [], _BACKOFF_S[min(failures, len(_BACKOFF_S) - 1)])
                self._doorbell.hush()
                failures += 1

    def _serve(self) -> bool:
        """Turn the network loop until the connection ends; return whether it had been accepted."""
        accepted = False
        leaving_s: float | None = None
        while (sock := self._client.socket()) is not None:
            if self._stopping and leaving_s is None:
                self._send_acks()
                self._client.disconnect()
                leaving_s = clock.monotonic_s()
            if leaving_s is not None and clock.monotonic_s() - leaving_s > 3.0:
                break
            pending = bool(getattr(sock, "pending", lambda: 0)())
            writing = [sock] if self._client.want_write() else []
            wait_s = 0.0 if pending else 1.0
            readable, _, _ = select.select([sock, self._doorbell.bell], writing, [], wait_s)
            self.ticked_s = clock.monotonic_s()
            accepted = accepted or self.connected
            if self._doorbell.bell in readable:
                self._doorbell.hush()
            if (sock in readable or pending) and self._read() != MQTTErrorCode.MQTT_ERR_SUCCESS:
                break
            self._send_acks()
            if self._client.want_write() and self._client.loop_write() != MQTTErrorCode.MQTT_ERR_SUCCESS:
                break
            if self._client.loop_misc() != MQTTErrorCode.MQTT_ERR_SUCCESS:
                break
        return accepted

    def _read(self) -> MQTTErrorCode:
        """Take what has come: the plain messages from the bytes, every other packet through paho."""
        client = self._client
        if not client.read_ahead():
            return client.loop_read()  # it finds the same, and ends the connection as it should
        before = len(self._inbox)
        us = int(clock.epoch_s() * 1_000_000)
        rc = MQTTErrorCode.MQTT_ERR_SUCCESS
        while rc == MQTTErrorCode.MQTT_ERR_SUCCESS:
            messages = client.take_plain(self.generation, us)
            if messages:
                self._inbox.extend(messages)
                self.last_message_us = us
            if not client.holds_packet:
                break
            rc = client.loop_read()
        if len(self._inbox) > before:
            with self._arrived:
                self._arrived.notify()
        return rc

    def _send_acks(self) -> None:
        while self._acks:
            messages = self._acks.popleft()
            mids = [m.mid for m in messages if m.qos and m.generation == self.generation]
            self.stale_acks += sum(m.generation != self.generation for m in messages)
            if mids:
                self._client.acknowledge(mids)

    def _on_connect(self, client: paho.Client, _: object, flags: paho.ConnectFlags, *how: Any) -> None:
        reason: ReasonCode = how[0]
        if reason.is_failure:
            self._log.error("broker_refused", reason=str(reason))
            return
        self.generation += 1
        if flags.session_present:
            self._inbox.clear()  # what was not acknowledged comes again
        elif self.generation > 1:
            self.sessions_lost += 1
            self._log.warning("broker_session_lost", generation=self.generation)
        at_least_once = SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
        topics = [(topic, at_least_once) for topic in self._topics]
        client.subscribe([*topics, (DROPPED, SubscribeOptions(qos=0))])
        self.connected = True  # only now: who publishes to somebody connected is heard
        self._log.info("broker_connected", generation=self.generation, resumed=bool(flags.session_present))

    def _on_disconnect(self, *how: object) -> None:
        self.connected = False
        self._log.info("broker_disconnected", reason=str(how[3]))

    def _on_message(self, _client: paho.Client, _userdata: object, message: paho.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = "(topic is not UTF-8)"
        if topic == DROPPED:
            self.dropped = int(message.payload) if bytes(message.payload).isdigit() else self.dropped
            return
        self.last_message_us = us = int(clock.epoch_s() * 1_000_000)
        self._inbox.append(
            Message(self.generation, message.mid, message.qos, topic, bytes(message.payload), us)
        )


class Publisher:
    """Sends with QoS 1; at most ``in_flight`` messages wait for their confirmation, further ones wait their turn.

    What is unconfirmed at a broken connection is sent again on the next one, in order.
    """

    def __init__(
        self, url: str, *, client_id: str, will: tuple[str, bytes] | None = None, in_flight: int = 1000
    ) -> None:
        self._client, self._host, self._port = new_client(url, client_id)
        self._client.max_inflight_messages_set(
            0
        )  # bounded here: paho walks its whole queue at each confirmation
        if will is not None:
            self._client.will_set(will[0], will[1], qos=1, retain=True)
        self._client.on_publish = self._on_publish
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.reconnect_delay_set(1, 5)
        self._changed = threading.Condition()
        self._in_flight = in_flight
        self.connected = False
        self.sent = 0
        self.confirmed = 0
        self.refused = 0

    def start(self) -> None:
        """Connect in the background, for ever."""
        self._client.connect_async(self._host, self._port, _KEEPALIVE_S)
        self._client.loop_start()

    def publish(
        self, topic: str, payload: bytes, *, retain: bool = False, timeout_s: float | None = None
    ) -> bool:
        """Hand a message over; wait while too many are in flight.

        Returns false when the timeout [s] passed first; then it was not sent.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self.unconfirmed < self._in_flight, timeout_s):
                return False
            self.sent += 1
        self._client.publish(topic, payload, qos=1, retain=retain)
        return True

    @property
    def unconfirmed(self) -> int:
        """Messages handed over that the broker has not confirmed yet."""
        return self.sent - self.confirmed - self.refused

    def flush(self, timeout_s: float) -> bool:
        """Wait until the broker has confirmed everything [s]; return whether it has."""
        with self._changed:
            return self._changed.wait_for(lambda: self.unconfirmed == 0, timeout_s)

    def stop(self) -> None:
        """Leave politely: the will is not sent."""
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, *how: Any) -> None:
        self.connected = not how[3].is_failure

    def _on_disconnect(self, *_: object) -> None:
        self.connected = False

    def _on_publish(self, *how: Any) -> None:
        self.refused += how[3].is_failure
        self.confirmed += not how[3].is_failure
        if self.unconfirmed <= self._in_flight // 2:  # waking a waiter for each message is half of the work
            with self._changed:
                self._changed.notify_all()
