"""Compares a truth file with what the system holds: lost, duplicated, wrong, missed, false, and how late."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from simulators import alerts_score, truth, watches
from simulators.alerts_score import AlertScore
from simulators.truth import Session, Truth, TruthError
from smartpark import clock, db, queries
from smartpark.settings import Settings, SettingsError

Q = queries.load("simulators", "score.sql")
Say = Callable[[str], object]
_ASK_AGAIN_S = 0.5


@dataclass(slots=True)
class Card:
    """The score of a truth file; everything that must be zero is zero when ``passed``."""

    scenario: str = ""
    sessions: int = 0
    messages: int = 0
    readings: int = 0
    confirmed: int = 0
    unconfirmed: int = 0
    stored: int = 0
    lost: int = 0
    duplicated: int = 0
    wrong: int = 0
    invented: int = 0
    minutes_wrong: int = 0
    conflicts: int = 0
    refused_expected: int = 0
    refused_missing: int = 0
    ledger: dict[str, Any] = field(default_factory=dict)
    alerts: AlertScore = field(default_factory=AlertScore)
    missed: int = 0
    false: int = 0
    examples: list[str] = field(default_factory=list)
    passed: bool = False

    def judge(self) -> None:
        """Settle ``missed``, ``false`` and ``passed``."""
        self.missed = len(self.alerts.missed)
        self.false = len(self.alerts.false)
        wrong = self.lost + self.duplicated + self.wrong + self.invented + self.missed + self.refused_missing
        self.passed = not wrong and bool(self.ledger.get("balanced"))


def score(path: Path, loaded: Settings, say: Say, *, as_json: bool, wait_s: float) -> int:
    """Print the card of a truth file; return 0 when it passed, else 1.

    Raises:
        SettingsError: no database is set.
        TruthError: the file is no truth file.

    """
    if loaded.db.dsn is None:
        raise SettingsError(
            "SMARTPARK_DB__DSN is not set; score needs the database (see: smartpark status --json)"
        )
    if not path.exists():
        raise TruthError(f"{path} is not there; give the file that fleet --truth has written")
    told = truth.read(path)
    with db.connect(loaded.db.dsn.get_secret_value(), name="simulators score", autocommit=True) as conn:
        card = compare(conn, told, wait_s=wait_s)
    say(json.dumps(asdict(card), ensure_ascii=False, default=str) if as_json else _words(card))
    return 0 if card.passed else 1


def compare(conn: db.Connection, told: Truth, *, wait_s: float) -> Card:
    """Return the card of a truth; wait for what is still on its way while it grows less [s]."""
    card = Card(scenario=str(told.sessions[-1].head.get("scenario", "")), sessions=len(told.sessions))
    _load(conn, told, card)
    since = datetime.fromtimestamp(min(l_.at_ms for s in told.sessions for l_ in s.lines) / 1000, UTC)
    watched = watches.load(conn, told.park, clock.now())
    deadline_s = clock.monotonic_s() + wait_s
    while True:
        _readings(conn, told, card, since)
        card.alerts = alerts_score.compare(conn, told, watched, since)
        card.judge()
        if card.passed or clock.monotonic_s() >= deadline_s:
            return card
        clock.wait(_ASK_AGAIN_S)


def _load(conn: db.Connection, told: Truth, card: Card) -> None:
    """Put what was sent into a temporary table."""
    ids = {row[:3]: row[3] for row in conn.execute(watches.Q.sensor_ids, {"park": told.park})}
    conn.execute(Q.make_sent)
    with conn.cursor().copy(Q.copy_sent) as copy:
        copy.set_types(["int4", "timestamptz", "float8", "text", "bool"])
        for session in told.sessions:
            for line, sure in session.marked():
                card.messages += 1
                card.confirmed += sure
                card.unconfirmed += not sure
                card.refused_expected += sure and line.odd in {"malformed", "future"}
                if line.odd or line.dropped:
                    continue
                moment = datetime.fromtimestamp(line.time_ms / 1000, UTC)
                for point, value, flag in zip(line.points, line.values, line.flags, strict=True):
                    sensor = ids.get(_key(session, point))
                    if sensor is None:
                        raise TruthError(f"{_key(session, point)} is not in the catalogue of the database")
                    card.readings += 1
                    copy.write_row((sensor, moment, value, flag, sure))
    conn.execute(Q.index_sent)
    conn.execute(Q.analyse_sent)


def _key(session: Session, point: int) -> tuple[str, str, str]:
    station, quantity, form = session.head["sensors"][point]
    return station, quantity, form


def _readings(conn: db.Connection, told: Truth, card: Card, since: datetime) -> None:
    card.lost = _number(conn, Q.lost)
    card.stored, card.wrong, doubles = _row(conn, Q.stored)
    card.invented = _number(conn, Q.invented)
    high, low = _row(conn, Q.minutes)
    card.duplicated = doubles + high
    card.minutes_wrong = high + low
    card.conflicts = _number(conn, Q.conflicts)
    lost = conn.execute(Q.lost_examples).fetchall() if card.lost else []
    card.examples = [f"lost {station} {quantity} {time.isoformat()}" for station, quantity, time in lost]
    parameters = {"since": since, "park": told.park, "topics": f"smartpark/{told.park}/%"}
    received, stored, duplicate, quarantined, gap, crooked = _row(conn, Q.ledger, parameters)
    card.ledger = {
        "received": received,
        "stored": stored,
        "duplicate": duplicate,
        "quarantined": quarantined,
        "gap": gap,
        "balanced": crooked == 0 and received == stored + duplicate + quarantined,
    }
    refused = sum(int(seen) for _, seen in conn.execute(Q.quarantined, parameters))
    card.refused_missing = max(0, card.refused_expected - refused)


def _number(conn: db.Connection, query: Any) -> int:
    return int(_row(conn, query)[0])


def _row(conn: db.Connection, query: Any, parameters: dict[str, Any] | None = None) -> tuple[int, ...]:
    row = conn.execute(query, parameters).fetchone()
    return tuple(int(value) for value in row or ())


def _words(card: Card) -> str:
    alerts = card.alerts
    ledger = card.ledger
    delay = (
        "-"
        if alerts.delay_p50_ms is None
        else f"{alerts.delay_p50_ms} ms median, {alerts.delay_max_ms} ms at most"
    )
    lines = [
        f"{card.scenario}: {'PASSED' if card.passed else 'FAILED'}",
        f"  sent       {card.messages} messages, {card.readings} readings; {card.unconfirmed} messages unconfirmed",
        (
            f"  stored     {card.stored}; lost {card.lost}, duplicated {card.duplicated}, wrong {card.wrong}, "
            f"invented {card.invented}, conflicts {card.conflicts}, minutes wrong {card.minutes_wrong}"
        ),
        f"  refused    {card.refused_expected} messages ought to be, {card.refused_missing} of them are not",
        (
            f"  ledger     {ledger['received']} = {ledger['stored']} stored + {ledger['duplicate']} duplicate + "
            f"{ledger['quarantined']} quarantined; gap {ledger['gap']}; {'balanced' if ledger['balanced'] else 'NOT BALANCED'}"
        ),
        f"  alerts     {alerts.ought} ought to be, {alerts.found} are; missed {card.missed}, false {card.false}",
        f"  delay      {delay}",
    ]
    lines += [f"  ! {text}" for text in (*card.examples, *alerts.missed, *alerts.false, *alerts.remarks)]
    return "\n".join(lines)
