"""Which minutes of an hour are due and missing, of each sensor and of its station; pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from records.missing.cause import MINUTE, Gap

HOUR_MIN = 60


@dataclass(frozen=True, slots=True)
class Sensor:
    """One sensor over one hour: the minutes due and missing of it, by their number in the hour.

    ``off_beat`` are missing ones that lie alone between two with data, where one datum a minute is due: devices do not
    keep their beat to the second.
    """

    name: str
    due: range
    missing: Sequence[int] = ()
    off_beat: AbstractSet[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Lack:
    """What one hour of a station lacks.

    ``due`` counts the minutes in which anything was due, ``silent`` are those in which nothing of it came and ``partial``
    those in which some did, with the sensors that did not; the other two count minutes of all sensors.
    """

    due: int
    silent: Sequence[int]
    partial: Mapping[int, tuple[str, ...]]
    sensor_due: int
    sensor_missing: int


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


def off_beat(missing: Iterable[int], heard: Collection[int]) -> frozenset[int]:
    """Return the missing minutes that lie alone between two with data."""
    return frozenset(minute for minute in missing if minute - 1 in heard and minute + 1 in heard)


def lack_of(sensors: Collection[Sensor]) -> Lack | None:
    """Return what an hour lacks, by all sensors that are due in it; None where nothing is missing.

    A partial minute beside a silent one belongs to the silence: it began or ended within it.
    """
    if not any(sensor.missing for sensor in sensors):
        return None
    due = Counter(minute for sensor in sensors for minute in sensor.due)
    lacking: dict[int, list[Sensor]] = {}
    for sensor in sensors:
        for minute in sensor.missing:
            lacking.setdefault(minute, []).append(sensor)
    silent = {minute for minute, some in lacking.items() if len(some) == due[minute]}
    partial = {
        minute: names
        for minute, some in sorted(lacking.items())
        if minute not in silent and (names := tuple(s.name for s in some if minute not in s.off_beat))
    }
    if not silent and not partial:
        return None
    missing = sum(due[minute] for minute in silent) + sum(map(len, partial.values()))
    edges = {minute for minute in partial if silent & {minute - 1, minute + 1}}
    rest = {minute: names for minute, names in partial.items() if minute not in edges}
    return Lack(len(due), sorted(silent | edges), rest, due.total(), missing)


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
