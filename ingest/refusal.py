"""Why an item is refused: the closed reasons, and sentences that say what, where and what to write instead."""

import reprlib
from dataclasses import dataclass
from typing import Literal

Reason = Literal[
    "malformed",
    "too_large",
    "unknown_station",
    "unknown_quantity",
    "wrong_feed",
    "no_offset",
    "future",
    "too_old",
    "not_finite",
    "bad_flag",
    "bad_crc",
    "bad_frame",
    "unsupported",
]

_LONGEST_SHOWN = 60
# Of nested JSON only the outside is shown: the whole of it would exhaust the stack.
_OUTSIDE = reprlib.Repr()
_OUTSIDE.maxlevel = 3


@dataclass(frozen=True, slots=True)
class Refusal:
    """Items of one message that are refused for one reason.

    ``message`` is the position of the message in its batch, ``station_id`` 0 where the station is not known.
    """

    message: int
    reason: Reason
    detail: str
    items: int
    station_id: int


@dataclass(frozen=True, slots=True)
class Suspect:
    """A refused value of a known sensor: judging decides whether it is dangerous.

    ``value`` is in the registry's unit; ``time_us`` is None where the time could not be read.
    """

    sensor_id: int
    station_id: int
    value: float
    time_us: int | None
    reason: Reason
    detail: str


def shown(text: object) -> str:
    """Quote what a sender wrote, so that it fits a sentence and the database: no NUL, no half characters."""
    whole = text if isinstance(text, str) else _OUTSIDE.repr(text)
    clean = "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in whole[:_LONGEST_SHOWN]
    )
    more = "..." if len(whole) > _LONGEST_SHOWN else ""
    return f'"{clean}{more}"' if isinstance(text, str) else f"{clean}{more}"


def merged(refusals: list[Refusal]) -> list[Refusal]:
    """Return one refusal per message and reason, with the items added up and the first detail kept."""
    found: dict[tuple[int, str], Refusal] = {}
    for refusal in refusals:
        key = (refusal.message, refusal.reason)
        first = found.get(key)
        found[key] = refusal if first is None else _added(first, refusal.items)
    return list(found.values())


def _added(first: Refusal, items: int) -> Refusal:
    return Refusal(first.message, first.reason, first.detail, first.items + items, first.station_id)
