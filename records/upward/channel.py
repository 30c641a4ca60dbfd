"""The way of a push to one receiver; another protocol is one more file that keeps to this."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import orjson


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of one point, in the registry's unit; ``state`` is ``normal`` or the level of its worst standing alert."""

    park: str
    station: str
    quantity: str
    form: str
    unit: str
    time: datetime
    value: float
    flag: str
    state: str
    resent: bool


class RefusedError(Exception):
    """The receiver did not take a batch; ``retryable`` where that has nothing to do with what is in it."""

    def __init__(self, message: str, *, retryable: bool) -> None:
        super().__init__(message)
        self.retryable = retryable


class Channel(Protocol):
    """Where batches go; opened before the first and closed after the last."""

    def open(self) -> None:
        """Make ready.

        Raises:
            RefusedError: the receiver cannot be reached.

        """

    def send(self, batch: Sequence[Reading]) -> None:
        """Deliver a batch; when this returns the receiver has it.

        Raises:
            RefusedError: it has not, or we do not know.

        """

    def close(self) -> None:
        """Leave."""


def as_json(batch: Sequence[Reading]) -> bytes:
    """Return a JSON array of readings; times are RFC 3339 in UTC."""
    return orjson.dumps(batch, option=orjson.OPT_UTC_Z)
