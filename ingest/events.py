"""What stations and gates tell besides readings: online or offline, and events with an id of their own."""

from dataclasses import dataclass
from typing import Any

import orjson

from ingest import instants
from ingest.refusal import Reason, shown

_LONGEST_ID = 200
_AHEAD_US = 600_000_000  # as for readings; beyond it, no clock of a gate is right


class EventError(ValueError):
    """The message is no event or status; ``reason`` and message say why and what to write instead."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class ParkEvent:
    """A gate passage, a vehicle position, a permit ...; ``data`` is JSON text that the database takes."""

    park_id: int
    type: str
    id: str
    at_us: int
    received_us: int
    data: str


@dataclass(frozen=True, slots=True)
class Status:
    """A station said that it came online, or its broker connection that it went."""

    station_id: int
    online: bool
    received_us: int


def online(payload: bytes) -> bool:
    """Return whether a status says online.

    Raises:
        EventError: it says neither.

    """
    word = payload.strip().strip(b'"').lower()
    if word not in {b"online", b"offline"}:
        raise EventError(
            "malformed",
            f"status {shown(payload.decode(errors='replace'))} is unknown; write online or offline",
        )
    return word == b"online"


def park_event(park_id: int, kind: str, payload: bytes, received_us: int) -> ParkEvent:
    """Read an event: a JSON object with an ``id`` and, if it has one, a ``time``.

    Raises:
        EventError: it cannot be opened, has no id, or its time cannot be read.

    """
    try:
        document: Any = orjson.loads(payload)
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise EventError(
            "malformed", f"the event is not JSON ({error}); write one object with an id"
        ) from None
    if type(document) is not dict:
        raise EventError("malformed", "the event is not a JSON object; write one object with an id")
    identity = document.get("id")
    if type(identity) is int:
        identity = str(identity)
    if type(identity) is not str or not 0 < len(identity) <= _LONGEST_ID or not identity.isprintable():
        raise EventError(
            "malformed",
            f"the event's id is {shown(identity)}; write a text of 1 to 200 characters of its own",
        )
    try:
        at_us = instants.parse(document["time"]) if "time" in document else received_us
    except instants.TimeError as error:
        raise EventError(error.reason, str(error)) from None
    if at_us - received_us > _AHEAD_US:
        raise EventError("future", "the event is more than 10 minutes ahead of us; set the sender's clock")
    if at_us < 0:
        raise EventError("too_old", "the event is from before 1970; set the sender's clock")
    try:
        text = orjson.dumps(document).decode()
    except orjson.JSONEncodeError as error:
        raise EventError("unsupported", f"the event cannot be kept ({error}); nest it less deeply") from None
    if "\\u0000" in text:
        raise EventError("unsupported", "the event contains the character U+0000; leave it out")
    return ParkEvent(park_id, kind, identity, at_us, received_us, text)
