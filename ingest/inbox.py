"""What the worker of a feed needs of those beside it: an inbox to take from, companions that live in its transactions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from ingest.directory import Directory
from smartpark import db


class Arrived(Protocol):
    """A message as an inbox hands it over."""

    @property
    def topic(self) -> str:
        """Where it belongs."""

    @property
    def payload(self) -> bytes:
        """What it says."""

    @property
    def received_us(self) -> int:
        """When it came in [us since 1970]."""


class Inbox(Protocol):
    """Where messages wait until they are taken, stored and acknowledged: a subscription, or the desk of the gateway."""

    def start(self) -> None:
        """Begin to hear."""

    def stop(self) -> None:
        """Hear no more."""

    def take(self) -> Any:
        """Return the oldest waiting message (Arrived), or None at once."""

    def wait(self, timeout_s: float) -> bool:
        """Return true as soon as a message waits, false after the timeout [s]."""

    def acknowledge(self, messages: Sequence[Any]) -> None:
        """Give messages back as done, in arrival order."""

    @property
    def waiting(self) -> int:
        """Messages received and not yet taken."""

    @property
    def connected(self) -> bool:
        """Whether anything can be heard."""

    @property
    def dropped(self) -> int | None:
        """What the broker says that it has dropped."""

    @property
    def silent_s(self) -> float:
        """How long the network loop has not turned [s]."""

    @property
    def last_message_us(self) -> int | None:
        """When the newest message came in [us since 1970]."""


class Companion(Protocol):
    """Something that lives beside the worker, in its thread and its transactions."""

    def loaded(self, directory: Directory) -> None:
        """Take a newly loaded directory."""

    def tick(self, conn: db.Connection, now: datetime) -> None:
        """Do what is due each second, in the caller's transaction."""
