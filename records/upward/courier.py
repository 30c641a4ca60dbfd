"""What brings items to one receiver, whatever the protocol; ``service`` turns it."""

from datetime import datetime
from typing import Protocol

from smartpark import db


class TroubleError(Exception):
    """The receiver cannot be served now; the message says why. It is tried again after a while."""


class Courier(Protocol):
    """Opened, turned for as long as it goes well, closed; one connection to the receiver at a time."""

    def open(self, conn: db.Connection, now: datetime) -> None:
        """Connect to the receiver.

        Raises:
            TroubleError: it cannot be reached.

        """

    def turn(self, conn: db.Connection, now: datetime, at_s: float) -> int:
        """Send what is on its turn and take what is answered; commits.

        Returns how many items the receiver has confirmed. ``at_s`` is a steady time for waiting [s].

        Raises:
            TroubleError: the connection does not work any more.

        """

    def rest(self, longest_s: float) -> None:
        """Wait until the receiver says something, or so long [s]."""

    def close(self) -> None:
        """Leave the receiver."""
