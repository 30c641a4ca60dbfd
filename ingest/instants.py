"""The ``time`` of a reading: RFC 3339 with an offset, or integer epoch milliseconds; never a float between."""

import re
from datetime import UTC, datetime, timedelta

from ingest.refusal import Reason, shown

_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,18}))?([Zz]|[+-]\d\d:\d\d)?", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EXAMPLE = "2026-11-22T08:00:00+08:00"
# What a 64-bit column and the database's calendar hold with room to spare.
_FIRST_US = -62_135_596_800_000_000  # 0001-01-01
_LAST_US = 253_402_300_799_999_999  # 9999-12-31
_REMEMBERED = 20_000


class TimeError(ValueError):
    """The time cannot be used; ``reason`` says which way, the message what to write instead."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason: Reason = reason


def parse(time: object) -> int:
    """Return the instant as microseconds since 1970-01-01T00:00Z; digits beyond a microsecond are cut off.

    Integers beyond the calendar are brought to its ends, where the checks for future and age find them.

    Raises:
        TimeError: it is not a time, or has no offset.

    """
    if type(time) is int:
        return min(max(time * 1000, _FIRST_US), _LAST_US)
    if type(time) is not str:
        what = "missing" if time is None else shown(time)
        raise TimeError("malformed", f"time is {what}; write {_EXAMPLE} or integer epoch milliseconds")
    match = _RFC3339.fullmatch(time)
    if match is None:
        raise TimeError("malformed", f"time {shown(time)} is not RFC 3339; write it like {_EXAMPLE}")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    fraction, offset = match[7] or "", match[8]
    if offset is None:
        raise TimeError("no_offset", f"time {shown(time)} has no UTC offset; write it like {_EXAMPLE}")
    try:
        # A leap second is the first second of the next minute, as the database sees it.
        local = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError as error:
        raise TimeError(
            "malformed", f"time {shown(time)} does not exist ({error}); check the sender's clock"
        ) from None
    if second > 60:
        raise TimeError("malformed", f"time {shown(time)} has second {second}; seconds end at 59")
    whole_us = (local - _EPOCH) // _MICROSECOND + (second == 60) * 1_000_000 - _offset_us(time, offset)
    return min(max(whole_us + int(fraction[:6].ljust(6, "0")), _FIRST_US), _LAST_US)


def _offset_us(time: str, offset: str) -> int:
    if offset in "Zz":
        return 0
    hours, minutes = int(offset[1:3]), int(offset[4:6])
    if hours > 23 or minutes > 59:
        raise TimeError("malformed", f"time {shown(time)} has offset {offset}; offsets end at 23:59")
    return (hours * 60 + minutes) * 60_000_000 * (-1 if offset[0] == "-" else 1)


class Memory:
    """Remembers parsed times: the stations of a park say the same second in the same words."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def parse(self, time: object) -> int:
        """Return the same as ``parse``, and raise the same."""
        if type(time) is not str:
            return parse(time)
        known = self._known.get(time)
        if known is None:
            known = parse(time)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[time] = known
        return known
