"""Instants of HJ 212: local digits without a zone. DataTime is the START of a minute, hour or day; of 2011 the instant."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_REMEMBERED = 20_000
FIRST_YEAR, LAST_YEAR = 1970, 2100  # others are a clock that was never set, or fills of a program
LONG = 17  # digits of an instant with milliseconds, as QN has them and some devices write DataTime


class TimeFormError(ValueError):
    """Digits that are no instant; the message says what to write."""


def parse(text: str, zone: ZoneInfo) -> int:
    """Return ``YYYYMMDDhhmmss``, or with three digits of milliseconds, as microseconds since 1970.

    Raises:
        TimeFormError: it is something else.

    """
    if len(text) not in {14, LONG} or not (text.isascii() and text.isdigit()):
        raise TimeFormError(f'"{text[:40]}" is no instant; write 14 digits YYYYMMDDhhmmss')
    if not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        raise TimeFormError(f'"{text}" is of the year {text[:4]}; check the clock of the logger')
    try:
        local = datetime(
            int(text[:4]),
            int(text[4:6]),
            int(text[6:8]),
            int(text[8:10]),
            int(text[10:12]),
            int(text[12:14]),
            int(text[14:] or 0) * 1000,
            tzinfo=zone,
        )
    except ValueError as error:
        raise TimeFormError(f'"{text}" does not exist ({error}); check the clock of the logger') from None
    return (local - _EPOCH) // _MICROSECOND


def digits(us: int, zone: ZoneInfo) -> str:
    """Return an instant [us since 1970] as 14 local digits."""
    return (_EPOCH + timedelta(microseconds=us)).astimezone(zone).strftime("%Y%m%d%H%M%S")


def qn(us: int, zone: ZoneInfo) -> str:
    """Return an instant [us since 1970] as the 17 digits of a QN."""
    return f"{digits(us, zone)}{us // 1000 % 1000:03d}"


class Memory:
    """Remembers parsed instants: the loggers of a park say the same second in the same digits."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._known: dict[str, int] = {}

    def parse(self, text: str) -> int:
        """Return the same as ``parse``, and raise the same."""
        known = self._known.get(text)
        if known is None:
            known = parse(text, self.zone)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[text] = known
        return known
