"""Which minutes of an hour are due and missing; pure."""

from collections.abc import Collection
from datetime import datetime, timedelta

from records.missing.cause import MINUTE, Gap

HOUR_MIN = 60


def due_minutes(hour: datetime, start: datetime, end: datetime | None) -> range:
    """Return the minutes of an hour that lie in [start, end), by their number in it; ``end`` None: for ever."""
    first = _number(hour, start)
    last = HOUR_MIN if end is None else _number(hour, end)
    return range(first, max(first, last))


def missing_minutes(due: range, heard: Collection[int], step_min: int) -> list[int]:
    """Return the due minutes without data.

    Args:
        due: by their number in the hour.
        heard: minutes with data, by their number; those before the hour are negative.
        step_min: data come every so many minutes [min]; beyond one a datum stands for the time until the next, and one
            minute more, because devices do not keep their beat to the second.

    """
    reach = 1 if step_min <= 1 else step_min + 1
    return [minute for minute in due if not any(minute - back in heard for back in range(reach))]


def gaps(
    hour: datetime, missing: Collection[int], before: datetime | None, after: datetime | None
) -> list[Gap]:
    """Return missing minutes in rows.

    One that touches an end of the hour reaches back to ``before``, the last minute with data before the hour, and on to
    ``after``, the first behind it; None: as far as anybody knows there was none, then it ends with the hour.
    """
    found: list[Gap] = []
    row: list[int] = []
    for minute in [*sorted(missing), HOUR_MIN + 1]:
        if row and minute != row[-1] + 1:
            minutes = tuple(hour + number * MINUTE for number in row)
            start, end = minutes[0], minutes[-1] + MINUTE
            if row[0] == 0 and before is not None:
                start = before + MINUTE
            if row[-1] == HOUR_MIN - 1 and after is not None:
                end = after
            found.append(Gap(minutes, start, end))
            row = []
        row.append(minute)
    return found


def _number(hour: datetime, instant: datetime) -> int:
    whole, rest = divmod(instant - hour, timedelta(minutes=1))
    return min(max(whole + bool(rest), 0), HOUR_MIN)
