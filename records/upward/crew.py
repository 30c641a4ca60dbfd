"""Keeps one service for each receiver in use: new ones begin, changed ones begin anew, retired ones end."""

from collections.abc import Callable, Iterable

from records.upward.courier import Courier
from records.upward.service import Receiver, Service, receivers
from smartpark import db, log

_SOON_S = 2.0  # an idle service ends within one
_STOP_S = 15.0


class Crew:
    """The services of all receivers; outlives a lost database.

    A receiver that was changed gets its new service once the old one has ended: one that is sending may need a while.
    """

    def __init__(self, dsn: str, make: Callable[[Receiver], Courier]) -> None:
        self._dsn = dsn
        self._make = make
        self._services: dict[int, Service] = {}
        self._ending: list[Service] = []
        self._log = log.get("records.upward")

    def follow(self, conn: db.Connection) -> None:
        """Bring the services to what the database says."""
        wanted = {receiver.id: receiver for receiver in receivers(conn)}
        self._end([s for s in self._services.values() if wanted.get(s.receiver.id) != s.receiver], _SOON_S)
        busy = {service.receiver.id for service in self._ending}
        for receiver in wanted.values():
            if receiver.id not in self._services and receiver.id not in busy:
                self._services[receiver.id] = Service(self._dsn, receiver, self._make)
                self._services[receiver.id].start()

    def end(self) -> None:
        """End all of them; one that still sends after a while is left to itself and sends nothing more after that."""
        self._end(list(self._services.values()), _STOP_S)

    def _end(self, services: Iterable[Service], patience_s: float) -> None:
        for service in services:
            service.stop()
            del self._services[service.receiver.id]
            self._ending.append(service)
        self._ending = [service for service in self._ending if not service.ended_within(patience_s)]
        for service in self._ending:
            self._log.warning("courier_still_sends", receiver=service.receiver.code)
