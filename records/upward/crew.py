"""Keeps one service for each receiver in use: new ones begin, changed ones begin anew, retired ones end."""

from collections.abc import Callable

from records.upward.courier import Courier
from records.upward.service import Receiver, Service, receivers
from smartpark import db


class Crew:
    """The services of all receivers."""

    def __init__(self, dsn: str, make: Callable[[Receiver], Courier]) -> None:
        self._dsn = dsn
        self._make = make
        self._services: dict[int, Service] = {}

    def follow(self, conn: db.Connection) -> None:
        """Bring the services to what the database says."""
        wanted = {receiver.id: receiver for receiver in receivers(conn)}
        ending = [s for s in self._services.values() if wanted.get(s.receiver.id) != s.receiver]
        self._end(ending)
        for receiver in wanted.values():
            if receiver.id not in self._services:
                self._services[receiver.id] = Service(self._dsn, receiver, self._make)
                self._services[receiver.id].start()

    def end(self) -> None:
        """End all of them."""
        self._end(list(self._services.values()))

    def _end(self, services: list[Service]) -> None:
        for service in services:
            service.stop()
        for service in services:
            service.join()
            del self._services[service.receiver.id]
