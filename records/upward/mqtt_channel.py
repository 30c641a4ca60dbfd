"""Push over MQTT, QoS 1: one JSON array for each station to ``smartpark-up/{receiver}/{station}``."""

from collections.abc import Sequence
from urllib.parse import quote, urlsplit, urlunsplit

from records.upward.channel import Reading, RefusedError, as_json
from smartpark.mqtt import BrokerUrlError, Publisher

_PATIENCE_S = 10.0


class MqttChannel:
    """The broker of a receiver; ``secret`` is the password of the user that the address names."""

    def __init__(self, url: str, receiver: str, secret: str | None) -> None:
        self._url = _with_password(url, secret)
        self._receiver = receiver
        self._publisher: Publisher | None = None

    def open(self) -> None:
        """Begin to connect.

        Raises:
            RefusedError: the address cannot be used.

        """
        try:
            self._publisher = Publisher(self._url, client_id=f"smartpark-up-{self._receiver}")
        except BrokerUrlError as error:
            raise RefusedError(str(error), retryable=True) from error
        self._publisher.start()

    def send(self, batch: Sequence[Reading]) -> None:
        """Publish a batch and wait until the broker has all of it.

        Raises:
            RefusedError: the broker does not confirm, or refuses a message.

        """
        publisher = self._publisher
        if publisher is None:
            raise RefusedError("the channel is closed", retryable=True)
        by_station: dict[str, list[Reading]] = {}
        for reading in batch:
            by_station.setdefault(reading.station, []).append(reading)
        refused = publisher.refused
        for station, readings in by_station.items():
            topic = f"smartpark-up/{self._receiver}/{station}"
            if not publisher.publish(topic, as_json(readings), timeout_s=_PATIENCE_S):
                raise RefusedError("the broker confirms nothing", retryable=True)
        if not publisher.flush(_PATIENCE_S):
            raise RefusedError("the broker does not confirm", retryable=True)
        if publisher.refused > refused:
            raise RefusedError("the broker refuses what we publish", retryable=False)

    def close(self) -> None:
        """Leave the broker."""
        if self._publisher is not None:
            self._publisher.stop()
            self._publisher = None


def _with_password(url: str, secret: str | None) -> str:
    place = urlsplit(url)
    if not secret or not place.username or place.password:
        return url
    user, _, host = place.netloc.rpartition("@")
    return urlunsplit(place._replace(netloc=f"{user}:{quote(secret, safe='')}@{host}"))
