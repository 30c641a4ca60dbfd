"""Whose fault a missing minute is, from what was seen around it; pure.

For each minute the first that fits: our own feed did not work (platform); the enterprise filed a window, its logger told
of a restart within the gap, or it was connected, was heard about then and sent no values (enterprise); the connection was
lost on its way (network). Else nobody knows: a connection over which nothing was heard proves nothing. Where some of
what is due came and some did not, it was not lost on its way (enterprise), unless one of several loggers of the station
was not connected. An hour goes to the cause of most of its missing minutes; of equal ones never to the enterprise, and
first to us.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

Cause = Literal["platform", "network", "enterprise", "unknown"]
CAUSES: tuple[Cause, ...] = ("platform", "network", "unknown", "enterprise")  # of equal ones the first

MINUTE = timedelta(minutes=1)
RETURN = timedelta(minutes=5)  # loggers that we lost need so long to call again
AROUND = timedelta(minutes=1)  # a restart may be told just before its gap or just behind it


@dataclass(frozen=True, slots=True)
class Session:
    """A connection of a logger; ``others`` are those that the network lost within 30 s of its end."""

    id: int
    mn: str
    opened_at: datetime
    last_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Something that held over [start, end): the ``outage`` of a feed, or a ``window`` that the enterprise filed."""

    kind: Literal["outage", "window"]
    name: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Restart:
    """What a logger said of its own restart."""

    mn: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Presence:
    """What a station without a logger said of itself."""

    at: datetime
    online: bool


@dataclass(frozen=True, slots=True)
class Quiet:
    """These sensors said nothing while others of their station did."""

    sensors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Around:
    """Everything that was seen around the missing minutes of one station, each in order of time.

    ``spoke`` are the minutes in which anything came from its loggers, which report every ``interval_min`` [min].
    """

    has_logger: bool
    outages: tuple[Span, ...] = ()
    windows: tuple[Span, ...] = ()
    sessions: tuple[Session, ...] = ()
    restarts: tuple[Restart, ...] = ()
    presences: tuple[Presence, ...] = ()
    spoke: frozenset[datetime] = frozenset()
    interval_min: int = 1

    def heard_about(self, minute: datetime) -> bool:
        """Tell whether a logger was heard in a minute, or within one of its intervals before or behind it."""
        reach = range(-self.interval_min, self.interval_min + 1)
        return any(minute + number * MINUTE in self.spoke for number in reach)


@dataclass(frozen=True, slots=True)
class Gap:
    """Missing minutes in a row: those of this hour, and from when to when nothing came, beyond the hour as well."""

    minutes: tuple[datetime, ...]
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """The cause of an hour, its missing minutes by cause, and the rows that say so."""

    cause: Cause
    minutes: Mapping[str, int]
    evidence: Sequence[Mapping[str, Any]]


_Why = Span | Session | Restart | Presence | Quiet | None


@dataclass(slots=True)
class _Count:
    minutes: Counter[Cause] = field(default_factory=Counter)
    reasons: dict[tuple[Cause, _Why], int] = field(default_factory=dict)


def decide(
    gaps: Iterable[Gap], around: Around, partial: Mapping[datetime, tuple[str, ...]] = MappingProxyType({})
) -> Decision:
    """Return the cause of an hour with missing minutes.

    Args:
        gaps: minutes in which nothing of what was due came.
        around: what was seen.
        partial: minutes in which some of it came, with the sensors that said nothing.

    Raises:
        ValueError: no minute is missing.

    """
    found = [cause_of(minute, gap, around) for gap in gaps for minute in gap.minutes]
    found += [cause_of_part(minute, sensors, around) for minute, sensors in partial.items()]
    count = _Count()
    for cause, why in found:
        count.minutes[cause] += 1
        count.reasons[cause, why] = count.reasons.get((cause, why), 0) + 1
    if not count.minutes:
        raise ValueError("no minute is missing")
    most = max(count.minutes.values())
    cause = next(cause for cause in CAUSES if count.minutes[cause] == most)
    rows = [
        {**_row(why), "cause": cause_, "minutes": minutes}
        for (cause_, why), minutes in count.reasons.items()
        if why is not None
    ]
    return Decision(cause, {c: count.minutes[c] for c in CAUSES if count.minutes[c]}, rows)


def cause_of(minute: datetime, gap: Gap, around: Around) -> tuple[Cause, _Why]:
    """Return the cause of one missing minute [minute, minute + 60 s), and what says so."""
    known = _known(minute, around)
    if known is not None:
        return known
    if not around.has_logger:
        return _by_presence(minute, around)
    for restart in around.restarts:
        if gap.start - AROUND <= restart.at <= gap.end + AROUND:
            return "enterprise", restart
    return _by_session(minute, around)


def cause_of_part(minute: datetime, sensors: tuple[str, ...], around: Around) -> tuple[Cause, _Why]:
    """Return the cause of one minute in which ``sensors`` said nothing while others of the station did."""
    return _known(minute, around) or _by_the_lost(minute, around) or ("enterprise", Quiet(sensors))


def _known(minute: datetime, around: Around) -> tuple[Cause, _Why] | None:
    outage = _covering(minute, around.outages)
    if outage is not None:
        return "platform", outage
    window = _covering(minute, around.windows)
    return ("enterprise", window) if window is not None else None


def _by_presence(minute: datetime, around: Around) -> tuple[Cause, _Why]:
    said = [presence for presence in around.presences if presence.at <= minute]
    if not said:
        return "unknown", None
    return ("enterprise" if said[-1].online else "network"), said[-1]


def _by_session(minute: datetime, around: Around) -> tuple[Cause, _Why]:
    open_then = _open_at(minute, around.sessions)
    if open_then is not None:
        return ("enterprise" if around.heard_about(minute) else "unknown"), open_then
    return _by_end(minute, around.sessions, around.outages)


def _by_the_lost(minute: datetime, around: Around) -> tuple[Cause, _Why] | None:
    """Return what ended the connection of one of several loggers that was not connected; None: all were."""
    by_logger: dict[str, list[Session]] = {}
    for session in around.sessions:
        by_logger.setdefault(session.mn, []).append(session)
    if len(by_logger) < 2:
        return None
    ends = [
        _by_end(minute, sessions, around.outages)
        for sessions in by_logger.values()
        if _open_at(minute, sessions) is None
    ]
    told = [(cause, why) for cause, why in ends if why is not None]
    return min(told, key=lambda one: CAUSES.index(one[0]), default=None)


def _open_at(minute: datetime, sessions: Iterable[Session]) -> Session | None:
    return next((s for s in sessions if s.opened_at <= minute and s.last_at >= minute + MINUTE), None)


def _by_end(
    minute: datetime, sessions: Iterable[Session], outages: Iterable[Span]
) -> tuple[Cause, Session | None]:
    """Return why nobody was connected in a minute, by how the last connection before it ended."""
    begun = [session for session in sessions if session.opened_at <= minute]
    if not begun:
        return "unknown", None
    last = begun[-1]
    if last.closed_by == "network" or last.others:
        return "network", last
    if last.closed_by == "us" and _came_back_late(minute, outages):
        return "platform", last
    return "unknown", last


def _came_back_late(minute: datetime, outages: Iterable[Span]) -> bool:
    return any(outage.end <= minute < outage.end + RETURN for outage in outages)


def _covering(minute: datetime, spans: Iterable[Span]) -> Span | None:
    """Return the first span that touches a minute."""
    return next((span for span in spans if span.start < minute + MINUTE and span.end > minute), None)


def _row(why: Span | Session | Restart | Presence | Quiet) -> dict[str, Any]:
    """Return a row of evidence; how a session goes on after the gap is no part of it."""
    match why:
        case Session():
            row: dict[str, Any] = {"kind": "session", "id": why.id, "mn": why.mn, "opened_at": why.opened_at}
            if why.closed_at is not None:
                row |= {"last_at": why.last_at, "closed_at": why.closed_at, "closed_by": why.closed_by}
            return row | ({"others": list(why.others)} if why.others else {})
        case Span():
            return {"kind": why.kind, "name": why.name, "from": why.start, "to": why.end}
        case Restart():
            return {"kind": "restart", "mn": why.mn, "at": why.at}
        case Presence():
            return {"kind": "presence", "at": why.at, "online": why.online}
        case Quiet():
            return {"kind": "sensors", "quantities": list(why.sensors)}
