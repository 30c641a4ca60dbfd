"""The one entry of the records engine: judge official hours and days in the transaction that writes them.

The records process is the only writer of these alerts: the feeds leave alerts of rules of basis hour and day alone. A
defect in one fact stops nobody: the others are judged, that one is a finding and is kept, to be tried again with later
facts until it can be judged. Only a database that is away, or a lost race for a lock, is raised, and the whole transaction
has to be done again.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

import psycopg
from psycopg.rows import dict_row

from alerts import rows
from alerts.changes import Change
from alerts.fact import PERIODS, Fact, Outcome, Watch, watches_of, watching
from alerts.judge import Q as JUDGE
from alerts.judge import drill_of
from alerts.life import Event
from alerts.limits import Limit
from alerts.period_book import Book, Place
from alerts.period_changes import Spoken
from alerts.points import Drill, Point, microseconds
from alerts.rows import AnyConnection
from alerts.rules import Rule
from alerts.writing import Settling, advance
from smartpark import queries

__all__ = ["Fact", "Judged", "assert_condition"]

Q = queries.load("alerts", "official.sql")


@dataclass(frozen=True, slots=True)
class Judged:
    """How many events were written, and what did not fit, a sentence each."""

    events: int
    findings: tuple[str, ...] = ()


def assert_condition(conn: AnyConnection, facts: Iterable[Fact], now: datetime) -> Judged:
    """Judge records that were just written, in their transaction; call it last before the commit, events are in it.

    Records of the demo's made-up past (cause ``demo``) raise nothing.

    Raises:
        psycopg.OperationalError: the database is away, or another transaction was in the way; do all of it again.

    """
    findings: list[str] = []
    fit = _fit([*_kept(conn, now), *facts], findings)
    part = _judged(conn, fit, now, withdraws=True)
    failed = {(fact.sensor_id, fact.period, fact.start): why for fact, why in part.failed}
    where = ([fact.sensor_id for fact in fit], [fact.period for fact in fit], [fact.start for fact in fit])
    whys = [failed.get(key) for key in zip(*where, strict=True)]
    values = dict(zip(("sensors", "periods", "starts"), where, strict=True)) | {"whys": whys, "now": now}
    if fit:
        conn.execute(Q.forget, values)
    if failed:
        conn.execute(Q.keep, values)
    findings += part.findings
    findings += [f"sensor {key[0]}, {key[1]} {key[2]} was not judged: {why}" for key, why in failed.items()]
    return Judged(part.events, tuple(findings))


@dataclass(frozen=True, slots=True)
class _Part:
    """What came of some facts; ``failed``: those that could not be judged, and why."""

    events: int
    findings: list[str]
    failed: list[tuple[Fact, str]]

    def __add__(self, other: "_Part") -> "_Part":
        return _Part(self.events + other.events, self.findings + other.findings, self.failed + other.failed)


def _judged(conn: AnyConnection, facts: Sequence[Fact], now: datetime, *, withdraws: bool) -> _Part:
    """Judge facts as one; where something cannot be written, by halves, down to the fact that is to blame."""
    try:
        with conn.transaction():
            return _Judging(conn, now).done(facts, withdraws=withdraws)
    except psycopg.OperationalError:
        raise
    except psycopg.DatabaseError as error:
        why = str(error).strip()
    if withdraws and facts:
        return _judged(conn, [], now, withdraws=True) + _judged(conn, facts, now, withdraws=False)
    if not facts:
        return _Part(0, [f"alerts of rules that were withdrawn could not be cleared: {why}"], [])
    if len(facts) == 1:
        return _Part(0, [], [(facts[0], why)])
    middle = len(facts) // 2
    first = _judged(conn, facts[:middle], now, withdraws=False)
    return first + _judged(conn, facts[middle:], now, withdraws=False)


def _kept(conn: AnyConnection, now: datetime) -> list[Fact]:
    """Return the records that could not be judged before and are due to be tried again, as they stand now."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return [Fact(**row) for row in cursor.execute(Q.kept, {"now": now}).fetchall()]


def _fit(facts: Iterable[Fact], findings: list[str]) -> list[Fact]:
    """Return the facts that can be judged, the newest revision of each, in order of time."""
    newest: dict[tuple[int, str, datetime], Fact] = {}
    for fact in facts:
        if fact.cause == "demo":
            continue
        where = f"sensor {fact.sensor_id}, {fact.period} {fact.start}"
        numbers = [value for value in (fact.value, fact.converted) if value is not None]
        if fact.period not in PERIODS:
            findings.append(f"{where}: only hours and days are judged")
        elif None in {fact.start.tzinfo, fact.end.tzinfo, fact.made_at.tzinfo} or fact.end <= fact.start:
            findings.append(f"{where}: a period needs a start with offset and a later end")
        elif not all(map(isfinite, numbers)):
            findings.append(f"{where}: a value is not a finite number; write None where there is none")
        else:
            key = (fact.sensor_id, fact.period, fact.start)
            if key not in newest or newest[key].revision < fact.revision:
                newest[key] = fact
    return sorted(newest.values(), key=lambda fact: (fact.end, fact.start, fact.sensor_id))


class _Judging:
    """One batch of facts against locked rows."""

    def __init__(self, conn: AnyConnection, now: datetime) -> None:
        self.conn = conn
        self.now = now
        self.findings: list[str] = []

    def done(self, facts: Sequence[Fact], *, withdraws: bool) -> _Part:
        """Judge, write, and say what came of it; ``withdraws``: also clear alerts of rules that are gone."""
        withdrawn = list(self._withdrawn()) if withdraws else []
        pairs = self._pairs(facts)
        if not pairs and not withdrawn:
            return _Part(0, self.findings, [])
        rising = {w.key for w, fact in pairs if w.standing(fact).outcome is Outcome.OVER}
        keys = {watch.key for watch, _ in pairs} | {change.key for change in withdrawn}
        self.settling = Settling(self.conn, keys, rising, self.now)
        for change in withdrawn:
            self.settling.take(change)
        self.book = Book(self.settling)
        self._remember(pairs)
        self.book.newest = self._newest(pairs)
        drills = self._drills(facts) if rising else []
        failed: list[tuple[Fact, str]] = []
        for watch, fact in pairs:
            try:
                self.book.take(watch, fact, drill=_in_drill(drills, watch.point, fact))
            except (ValueError, ArithmeticError) as error:  # an impossible event is a ValueError
                failed.append((fact, f"{watch.key[0]}: {error}"))
        return _Part(self._write(), self.findings, failed)

    def _pairs(self, facts: Sequence[Fact]) -> list[tuple[Watch, Fact]]:
        if not facts:
            return []
        sensors = sorted({fact.sensor_id for fact in facts})
        points = [Point(**row) for row in self._rows(Q.points, sensors=sensors)]
        known = {point.sensor_id for point in points}
        self.findings += [f"sensor {i} is not in the catalogue" for i in sensors if i not in known]
        rules = [Rule.from_row(row) for row in self._rows(JUDGE.rules)]
        limits = [Limit(**row) for row in self._rows(JUDGE.limits)]
        watches = watches_of(points, rules, limits)
        return [
            (watch, fact)
            for fact in facts
            for watch in watching(watches.get((fact.sensor_id, fact.period), ()), fact)
        ]

    def _remember(self, pairs: Collection[tuple[Watch, Fact]]) -> None:
        if not pairs:
            return
        keys = sorted({watch.key for watch, _ in pairs})
        columns = {"rules": [key[0] for key in keys], "sensors": [key[2] for key in keys]}
        starts = sorted({fact.start for _, fact in pairs})
        for row in self._rows(Q.spoken, **columns, starts=starts):
            said = self.book.said[row["rule"], "sensor", row["sensor_id"]]
            said.periods[row["start"]] = Spoken(row["start"], row["value"], over=row["over"])
            said.owners[row["start"]] = (row["alert_id"], None)
        held = {alert.id for alert in self.settling.held.values()}
        owners = {
            said.owners.get(fact.start, (0, None))[0] for w, fact in pairs for said in [self.book.said[w.key]]
        }
        self.book.past = rows.lock(self.conn, owners - held - {0})

    def _newest(self, pairs: Collection[tuple[Watch, Fact]]) -> dict[Place, datetime]:
        since: dict[Place, datetime] = {}
        for watch, fact in pairs:
            place = (fact.sensor_id, fact.period, watch.converted)
            since[place] = min(since.get(place, fact.start), fact.start)
        if not since:
            return {}
        judged = sorted({(fact.sensor_id, fact.period, fact.start) for _, fact in pairs})
        found = self._rows(
            Q.newest,
            sensors=[place[0] for place in since],
            periods=[place[1] for place in since],
            converted=[place[2] for place in since],
            since=list(since.values()),
            fact_sensors=[one[0] for one in judged],
            fact_periods=[one[1] for one in judged],
            fact_starts=[one[2] for one in judged],
        )
        return {(row["sensor_id"], row["period"], row["converted"]): row["start"] for row in found}

    def _drills(self, facts: Sequence[Fact]) -> list[Drill]:
        since = min(fact.start for fact in facts)
        return [drill_of(row) for row in self._rows(JUDGE.drills, since=since)]

    def _withdrawn(self) -> Iterator[Change]:
        for row in self._rows(Q.withdrawn):
            data = {"because": "rule_withdrawn", "evidence": {**row["evidence"], "sounded": True}}
            key = (row["rule"], "sensor", row["target_id"])
            yield Change(key=key, event=Event(type="cleared", at=self.now, data=data))

    def _write(self) -> int:
        ids = self.settling.save()
        rows.update_many(self.conn, [self.book.past[alert_id] for alert_id, _ in self.book.past_events])
        newest = {(watch.key, fact.start): (watch, fact) for watch, fact in self.book.touched}
        if newest:
            self._speak(ids, list(newest.values()))
        open_ids = {key: alert.id for key, alert in self.settling.held.items()}
        open_ids |= {key: ids[at] for key, at in self.settling.at.items()}
        advance(self.conn, self.book.progress, open_ids, self.now)
        events = [*self.book.past_events, *self.settling.events(ids)]
        rows.append(self.conn, events)
        return len(events)

    def _speak(self, ids: Sequence[int], told: Sequence[tuple[Watch, Fact]]) -> None:
        owners = [self.book.said[watch.key].owners[fact.start] for watch, fact in told]
        spoken = [self.book.said[watch.key].periods[fact.start] for watch, fact in told]
        columns: Mapping[str, list[Any]] = {
            "alerts": [owner if life is None else ids[life] for owner, life in owners],
            "sensors": [fact.sensor_id for _, fact in told],
            "rules": [watch.rule.code for watch, _ in told],
            "periods": [fact.period for _, fact in told],
            "starts": [fact.start for _, fact in told],
            "revisions": [fact.revision for _, fact in told],
            "values": [each.value for each in spoken],
            "overs": [each.over for each in spoken],
        }
        self.conn.execute(Q.speak, columns)

    def _rows(self, sql: Any, **values: Any) -> list[dict[str, Any]]:
        with self.conn.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(sql, values).fetchall()


def _in_drill(drills: Iterable[Drill], point: Point, fact: Fact) -> bool:
    at_us = microseconds(fact.start)
    return any(drill.covers(point.park_id, point.station_id, at_us) for drill in drills)
