"""Compares the alerts that ought to be with those that are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median
from typing import Any

from simulators import expectation
from simulators.expectation import Ought
from simulators.truth import Session, Truth
from simulators.watches import Key, Watch
from smartpark import db, queries

Q = queries.load("simulators", "score.sql")
_RANK = {"": 0, "L": 1, "H": 1, "LL": 2, "HH": 2, "state": 1}
_SILENCE_SLACK_S = 30.0


@dataclass(slots=True)
class AlertScore:
    """How the alerts compare; ``remarks`` do not fail the score, but somebody should read them."""

    ought: int = 0
    found: int = 0
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    delay_p50_ms: int | None = None
    delay_max_ms: int | None = None
    silence_delay_max_s: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One alert of the system."""

    id: int
    rule: str
    kind: str | None
    target_kind: str
    station: str | None
    quantity: str | None
    form: str | None
    enterprise: str | None
    stage: str | None
    origin: str
    condition: str
    raised_at: datetime
    annunciated_at: datetime | None
    occurrences: int
    members: int

    @property
    def key(self) -> Key:
        """The sensor, empty for an alert of another target."""
        return self.station or "", self.quantity or "", self.form or ""


def compare(conn: db.Connection, told: Truth, watched: Sequence[Watch], since: datetime) -> AlertScore:
    """Return how the system's alerts compare with what was sent."""
    times = [line.time_ms for s in told.sessions for line in s.lines if line.points and not line.odd]
    if not times:
        return AlertScore()
    first, last = (datetime.fromtimestamp(t / 1000, UTC) for t in (min(times), max(times)))
    parameters = {"park": told.park, "since": since, "first": first, "last": last}
    found = [Found(*row) for row in conn.execute(Q.alerts, parameters)]
    score = AlertScore()
    oughts = _all(told, watched)
    _limits(score, oughts, found, first)
    _silences(score, told, found, (first, last))
    return score


def _all(told: Truth, watched: Sequence[Watch]) -> dict[tuple[str, Key], Ought]:
    """Return what ought to be over all sessions: one a rule and sensor, from every message that may have arrived."""
    seen: dict[Key, list[expectation.Seen]] = {}
    for session in told.sessions:
        for key, readings in expectation.arrivals(session, session.lines).items():
            seen.setdefault(key, []).extend(readings)
    return {(o.rule, (o.station, o.quantity, o.form)): o for o in expectation.ought(watched, seen)}


def _limits(
    score: AlertScore, oughts: dict[tuple[str, Key], Ought], found: list[Found], first: datetime
) -> None:
    by_key: dict[tuple[str, Key], list[Found]] = {}
    for alert in found:
        if alert.kind in {"limit", "state"}:
            by_key.setdefault((alert.rule, alert.key), []).append(alert)
    delays = []
    for key, one in oughts.items():
        if not one.must:
            continue
        score.ought += 1
        alerts = by_key.get(key, [])
        name = f"{one.rule} {one.station} {one.quantity}"
        if not alerts:
            score.missed.append(f"missed {name}: {one.stage}, {one.origin}, peak {one.peak:g}")
            continue
        score.found += 1
        if (
            max(_RANK.get(a.stage or "", 0) for a in alerts) < _RANK.get(one.stage, 0)
            and one.stage != "state"
        ):
            score.remarks.append(f"{name}: stage {alerts[-1].stage}, ought to be {one.stage}")
        if one.origin not in {a.origin for a in alerts}:
            score.remarks.append(f"{name}: origin {alerts[-1].origin}, ought to be {one.origin}")
        sounded = [a.annunciated_at for a in alerts if a.annunciated_at is not None and a.raised_at >= first]
        if one.origin == "live" and sounded:
            delay_ms = round(min(sounded).timestamp() * 1000 - one.published_ms)
            if delay_ms >= 0:
                delays.append(delay_ms)
            else:
                score.remarks.append(f"{name}: its sound is dated {-delay_ms} ms before the reading was sent")
        if one.origin == "retrospective" and sounded and all(a.origin != "live" for a in alerts):
            score.false.append(f"false {name}: sounded for data of the past")
    for key, alerts in by_key.items():
        if key not in oughts and any(a.raised_at >= first for a in alerts):
            score.false.append(f"false {key[0]} {key[1][0]} {key[1][1]}: nothing that was sent violates it")
    if delays:
        score.delay_p50_ms, score.delay_max_ms = round(median(delays)), max(delays)


def _silences(score: AlertScore, told: Truth, found: list[Found], between: tuple[datetime, datetime]) -> None:
    silent = [a for a in found if a.kind == "silence"]
    explained: set[int] = set()
    lateness = []
    for session in told.sessions:
        if not _live(session):  # its data were of the past, and silence is a matter of our own clock
            if expectation.silences(session):
                score.remarks.append("silence is not scored: it takes real time, not a faster pace")
            continue
        for item in expectation.silences(session):
            score.ought += 1
            since, until = item["since_ms"] / 1000, item["until_ms"] / 1000
            fit = [a for a in silent if a.enterprise == item["enterprise"] and _within(a, since, until)]
            explained |= {a.id for a in fit}
            if not fit:
                score.missed.append(f"missed silence of {item['enterprise']}: {item['points']} points")
                continue
            score.found += 1
            if len(fit) > 1:
                score.remarks.append(f"silence of {item['enterprise']}: {len(fit)} items, ought to be one")
            lateness += [a.annunciated_at.timestamp() - since for a in fit if a.annunciated_at is not None]
    if lateness:
        score.silence_delay_max_s = round(max(lateness), 1)
    if len(told.sessions) == 1 and not told.sessions[0].head.get("faults") and _live(told.sessions[0]):
        first, last = between[0].timestamp() + 5.0, between[1].timestamp() - 5.0
        for alert in silent:
            if alert.id not in explained and first < alert.raised_at.timestamp() < last:
                score.false.append(
                    f"false silence of {alert.enterprise or alert.station}: its messages were sent"
                )


def _within(alert: Found, since_s: float, until_s: float) -> bool:
    return since_s - _SILENCE_SLACK_S - 3600.0 <= alert.raised_at.timestamp() <= until_s + _SILENCE_SLACK_S


def _live(session: Session) -> bool:
    head: dict[str, Any] = session.head
    return bool(head.get("speed") == 1.0)
