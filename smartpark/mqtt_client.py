"""The paho client behind an address, reading ahead: what is plain is taken from the bytes, paho gets the rest."""

from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from smartpark.mqtt_packets import PUBACK, Message, extent, plain, pubacks

_READ_BYTES = 256 * 1024


class BrokerUrlError(ValueError):
    """The address of the broker cannot be used; the message says what to write instead."""


class Client(paho.Client):
    """Reads from ``_ahead`` before the socket.

    paho takes two system calls and some 60 us for a PUBLISH and one call for each PUBACK. Only two of its inner
    methods are used: ``_sock_recv``, its one way to the socket, and ``_packet_queue``, its one way out.
    """

    _ahead = b""
    _at = 0

    def forget(self) -> None:
        """Forget what an ended connection has left."""
        self._ahead, self._at = b"", 0

    def read_ahead(self) -> bool:
        """Read what waits at the socket; return false where there was nothing but the end."""
        try:
            more = super()._sock_recv(_READ_BYTES)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self._ahead, self._at = self._ahead[self._at :] + more, 0
        return bool(more)

    def take_plain(self, generation: int, received_us: int) -> list[Message]:
        """Return the plain messages that come next in what was read ahead."""
        found, self._at = plain(self._ahead, self._at, generation, received_us)
        return found

    @property
    def holds_packet(self) -> bool:
        """Whether a whole packet was read ahead; once the plain ones are taken it is for ``loop_read``."""
        return extent(self._ahead, self._at) is not None

    def acknowledge(self, mids: Sequence[int]) -> MQTTErrorCode:
        """Queue the confirmations of messages of QoS 1 as one write."""
        return self._packet_queue(PUBACK, pubacks(mids), mids[0], 1)

    def _sock_recv(self, bufsize: int) -> bytes:
        if self._at >= len(self._ahead):
            return super()._sock_recv(bufsize)
        start, self._at = self._at, min(self._at + bufsize, len(self._ahead))
        return self._ahead[start : self._at]


def new_client(url: str, client_id: str) -> tuple[Client, str, int]:
    """Return a client, and the host and port to connect it to.

    Raises:
        BrokerUrlError: the address is none of a broker.

    """
    parts = urlsplit(url)
    if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
        advice = "write mqtt://user:password@host:1883 or mqtts://..."
        raise BrokerUrlError(f"{parts.scheme}://... is no broker address; {advice}")
    api = CallbackAPIVersion.VERSION2
    client = Client(api, client_id=client_id, protocol=paho.MQTTv5, manual_ack=True)
    if parts.username:
        client.username_pw_set(unquote(parts.username), unquote(parts.password or ""))
    if parts.scheme == "mqtts":
        client.tls_set()
    return client, parts.hostname, parts.port or (8883 if parts.scheme == "mqtts" else 1883)
