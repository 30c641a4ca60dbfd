"""Cases on official records in a rule's test file: ``records: 40 58x2 _ 45`` and the events they ought to raise.

One value an hour, or a day, by the basis of the rule; ``_`` or a flag other than N is a period that may not be judged.
``late: true``: nothing of it was made on time. ``revised: _ 45``: second revisions, made after the last period.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from alerts.alert import Alert
from alerts.changes import Change
from alerts.fact import Fact, watches_of, watching
from alerts.life import Event
from alerts.limits import Limit
from alerts.period_book import Book
from alerts.points import Point
from alerts.rules import Rule
from alerts.series import Sample, samples
from alerts.settle import settle
from alerts.track import Key

KEYS = frozenset({"name", "point", "records", "revised", "late", "limits", "expect"})
_LENGTH = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
_GRACE = timedelta(minutes=5)


@dataclass(slots=True)
class Paper:
    """Alerts without a database, and what happened to them."""

    held: Mapping[Key, Alert] = field(default_factory=dict)
    at: dict[Key, int] = field(default_factory=dict)
    lives: list[Alert] = field(default_factory=list)
    happened: list[tuple[Event, Alert]] = field(default_factory=list)

    def standing(self, key: Key) -> Alert | None:
        """Return the open alert of a key."""
        at = self.at.get(key)
        return None if at is None or self.lives[at].ended_at is not None else self.lives[at]

    def take(self, change: Change) -> None:
        """Settle one change after those before it."""
        before = self.standing(change.key)
        after, told = settle(before, change)
        if after is None or not told:
            return
        if before is None:
            self.at[change.key] = len(self.lives)
            self.lives.append(after)
        self.lives[self.at[change.key]] = after
        self.happened += [(event, after) for event in told]


def events_of(
    rule: Rule, point: Point, limits: Sequence[Limit], given: Mapping[str, Any], start: datetime
) -> Iterator[str]:
    """Yield what happens in a case: ``2h raised H orange``, ``2h annunciated``, ``4h cleared`` after the start.

    Raises:
        ValueError: the rule is not judged on records, or the records cannot be read.

    """
    period = str(rule.parameters.get("basis"))
    if period not in _LENGTH:
        raise ValueError(f"a rule of basis {period} is not judged on records, write series")
    paper = Paper()
    book = Book(paper)
    watches = watches_of([point], [rule], limits).get((point.sensor_id, period), ())
    for fact in _facts(point, period, given, start):
        for watch in watching(watches, fact):
            book.take(watch, fact)
    letter = period[0]
    for event, alert in paper.happened:
        words = [f"{(event.at - start) / _LENGTH[period]:g}{letter}", event.type]
        if event.type in {"raised", "level_raised"}:
            words += [word for word in (alert.stage, alert.level) if word]
            words += ["retrospective"] if alert.origin == "retrospective" else []
        yield " ".join(words)


def _facts(point: Point, period: str, given: Mapping[str, Any], start: datetime) -> Iterator[Fact]:
    first = list(samples(str(given["records"])))
    second = list(samples(str(given.get("revised", ""))))
    length = _LENGTH[period]
    over = start + len(first) * length
    late = bool(given.get("late"))
    for sample in first:
        end = start + (sample.position + 1) * length
        yield _fact(
            point, sample, (period, end - length, end), made_at=over if late else end + _GRACE, late=late
        )
    for sample in second:
        if sample.value is not None or sample.flag != "N":
            end = start + (sample.position + 1) * length
            yield _fact(point, sample, (period, end - length, end), made_at=over, revision=2)


def _fact(
    point: Point,
    sample: Sample,
    span: tuple[str, datetime, datetime],
    *,
    made_at: datetime,
    late: bool = False,
    revision: int = 1,
) -> Fact:
    period, start, end = span
    judgeable = sample.value is not None and sample.flag == "N"
    expected = 60 if period == "hour" else 24
    return Fact(
        sensor_id=point.sensor_id,
        period=period,
        start=start,
        end=end,
        value=sample.value if judgeable else None,
        judgeable=judgeable,
        revision=revision,
        cause="late" if late or revision > 1 else "closed",
        made_at=made_at,
        expected=expected,
        samples=expected if judgeable else 0,
        status="valid" if judgeable else "short",
        flag=sample.flag,
    )
