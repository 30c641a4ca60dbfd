"""Stretches of missing time, of one logger and one period: joined, cut, and set against the gaps that are known; pure.

Every span is [start, end). Spans in a list are in order and do not overlap; they may touch.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

_TOUCH = timedelta(microseconds=1)  # spans that touch are closer than this


class Span(NamedTuple):
    """[start, end)."""

    start: datetime
    end: datetime


class Known(NamedTuple):
    """A gap that is written down: ``fetchable`` while it may be asked for, ``busy`` while a logger is answering it."""

    id: int
    span: Span
    fetchable: bool
    busy: bool


class New(NamedTuple):
    """A gap to be written down; ``vain`` where the time just before it was asked for in vain."""

    span: Span
    vain: bool


@dataclass(slots=True)
class Changes:
    """What is to be done to the known gaps, by id; ``shortened`` and ``grown`` say where they end now."""

    filled: list[int] = field(default_factory=list)
    shortened: dict[int, datetime] = field(default_factory=dict)
    grown: dict[int, datetime] = field(default_factory=dict)
    new: list[New] = field(default_factory=list)


def joined(spans: Iterable[Span], within: timedelta) -> list[Span]:
    """Return spans, in order, with those in one that touch or are closer than ``within``."""
    found: list[Span] = []
    for span in spans:
        if found and (span.start <= found[-1].end or span.start - found[-1].end < within):
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def common(spans: Sequence[Span], other: Span) -> list[Span]:
    """Return what of the spans lies within another."""
    first = bisect_right(spans, other.start, key=lambda span: span.end)
    last = bisect_left(spans, other.end, key=lambda span: span.start)
    return [Span(max(s.start, other.start), min(s.end, other.end)) for s in spans[first:last]]


def without(spans: Iterable[Span], others: Sequence[Span]) -> list[Span]:
    """Return what of the spans lies outside the others."""
    left: list[Span] = []
    for span in spans:
        start = span.start
        for other in others[bisect_right(others, start, key=lambda one: one.end) :]:
            if other.start >= span.end:
                break
            if start < other.start:
                left.append(Span(start, other.start))
            start = other.end
        if start < span.end:
            left.append(Span(start, span.end))
    return left


def cut(span: Span, longest: timedelta) -> Iterator[Span]:
    """Yield a span in pieces of at most ``longest``."""
    start = span.start
    while start < span.end:
        yield Span(start, min(start + longest, span.end))
        start += longest


def reconciled(
    missing: Sequence[Span], known: Sequence[Known], within: timedelta, longest: timedelta
) -> Changes:
    """Set what is missing now against the gaps that are known.

    A gap whose beginning has come is filled, and its rest is a new one; one whose later part has come is shortened; one
    behind which more is missing grows. What is being fetched, or was given up, is left as it is.

    Args:
        missing: what is missing, of all the time that the fetchable gaps cover and more.
        known: in order, none overlapping; the filled ones are not among them.
        within: spans closer than this are one gap.
        longest: a gap ends at this length.

    """
    changes = Changes()
    fences: list[tuple[Span, Known]] = []
    for gap in known:
        if not gap.fetchable or gap.busy:
            fences.append((gap.span, gap))
            continue
        left = joined(common(missing, gap.span), within)
        if not left or left[0].start > gap.span.start:
            changes.filled.append(gap.id)
            continue
        fences.append((left[0], gap))
        if left[0].end < gap.span.end:
            changes.shortened[gap.id] = left[0].end
    for span, before in _between(without(missing, [span for span, _ in fences]), fences, within):
        piece = span
        if before is not None and before[1].fetchable and not before[1].busy:
            fence, gap = before
            grown = common(missing, Span(fence.start, fence.start + longest))
            if grown and grown[-1].end > piece.start:
                end = min(grown[-1].end, piece.end)
                changes.grown[gap.id] = end
                piece = Span(end, piece.end)
        vain = before is not None and not before[1].fetchable
        for part in cut(piece, longest):
            inside = common(missing, part)
            if inside:
                new = Span(inside[0].start, inside[-1].end)
                changes.new.append(New(new, vain and new.start == span.start))
    return changes


def _between(
    pieces: Iterable[Span], fences: Sequence[tuple[Span, Known]], within: timedelta
) -> Iterator[tuple[Span, tuple[Span, Known] | None]]:
    """Join pieces that no fence stands between; yield each with the fence that it is close behind, if there is one."""
    held: Span | None = None
    behind: tuple[Span, Known] | None = None
    newest: tuple[Span, Known] | None = None
    marks = [*((span, None) for span in pieces), *((fence[0], fence) for fence in fences)]
    for span, fence in sorted(marks, key=lambda mark: mark[0]):
        if held is not None and (fence is not None or span.start - held.end >= max(within, _TOUCH)):
            yield held, behind
            held = None
        if fence is not None:
            newest = fence
        elif held is not None:
            held = Span(held.start, span.end)
        else:
            close = newest is not None and span.start - newest[0].end < max(within, _TOUCH)
            held, behind = span, newest if close else None
    if held is not None:
        yield held, behind
