"""Rebuild the items that do not live on readings alone: silence, findings, and alerts whose rule is gone."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from psycopg.rows import dict_row

from alerts.alert import Alert, from_row
from alerts.changes import Change
from alerts.engine import Engine
from alerts.findings import FEEDS, hold
from alerts.life import Event
from alerts.points import SECOND_US, instant, microseconds
from alerts.rows import AnyConnection
from alerts.rules import Rule
from alerts.sieve import NEVER_US
from alerts.silence import Household
from smartpark import queries

Q = queries.load("alerts", "judge.sql")

# Nothing of a whole feed for so long: it was we who did not listen, so everybody gets a full period anew.
_SETTLE_US = 2 * SECOND_US  # until the broker has handed over what it kept for us


def restore(
    conn: AnyConnection, engine: Engine, rules: Sequence[Rule], orphans: Iterable[Alert], now: datetime
) -> None:
    """Set silence and findings of a new engine, and prepare the end of alerts that nothing answers for."""
    _listen_from(engine, now)
    with conn.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute(Q.offline, {"feed": engine.feed}).fetchall():
            for at, point in enumerate(engine.points):
                if point.station_id == row["station_id"]:
                    engine.listening.offline_us[at] = microseconds(row["since"])
        ruled = {rule.code: rule for rule in rules if rule.kind in {"silence", "platform"}}
        rows = cursor.execute(Q.open_items, {"rules": list(ruled)}).fetchall()
    for alert in map(from_row, rows):
        rule = ruled.get(alert.rule)
        if rule is None:
            engine.orphans.append(_end(alert, now))
        elif rule.kind == "platform":
            _hold(engine, rule, alert)
        else:
            _silent(engine, rule, alert, now)
    engine.orphans += [_end(alert, now) for alert in orphans if alert.rule not in ruled]
    _count_backfilled(conn, engine)


def _listen_from(engine: Engine, now: datetime) -> None:
    """Set since when each point could have been heard: the time that we ourselves were away is nobody's silence."""
    heard_us, now_us = engine.heard_us, microseconds(now)
    away_us = now_us - int(heard_us.max(initial=NEVER_US)) + _SETTLE_US
    engine.listening.floor_us = np.where(
        heard_us == NEVER_US, now_us, np.minimum(heard_us + away_us, now_us + _SETTLE_US)
    )


def _hold(engine: Engine, rule: Rule, alert: Alert) -> None:
    ours = alert.target_kind == "feed" and alert.target_id == FEEDS.get(engine.feed)
    if ours or (alert.target_kind == "sensor" and alert.target_id in engine.position):
        key = (alert.rule, alert.target_kind, alert.target_id)
        engine.held[key] = hold(rule, {"evidence": dict(alert.evidence)}, alert.raised_at)


def _silent(engine: Engine, rule: Rule, alert: Alert, now: datetime) -> None:
    mine = [m for m in alert.members if m.get("feed") == engine.feed]
    household = engine.listening.households.get((alert.rule, alert.target_kind, alert.target_id))
    if household is None:
        if mine:
            engine.orphans.append(_nobody(engine, rule, alert, now))
        return
    for member in mine:
        at = engine.position.get(member["sensor_id"])
        if at is not None and at in household.positions:
            engine.listening.hush.since_us[at] = microseconds(datetime.fromisoformat(member["since"]))
    engine.listening.restored += _anyone(household)


def _anyone(household: Household) -> tuple[int, ...]:
    return household.positions[:1]


def _nobody(engine: Engine, rule: Rule, alert: Alert, now: datetime) -> Change:
    """Return the intent that this feed has no silent point in an item any more: they were taken out of use."""
    data: dict[str, Any] = {
        "feed": engine.feed,
        "members": [],
        "open": None,
        "late": 0,
        "zone": ZoneInfo("UTC"),
    }
    full = {"level": alert.level, "name_zh": rule.name_zh, "name_en": rule.name_en}
    key = (alert.rule, alert.target_kind, alert.target_id)
    return Change(key=key, event=Event(type="members_changed", at=now, data=data), given=full)


def _end(alert: Alert, now: datetime) -> Change:
    """Return the end of an alert whose rule was withdrawn or applies here no more; no data has no part in it."""
    data = {"because": "rule_withdrawn", "evidence": {**alert.evidence, "sounded": True}}
    key = (alert.rule, alert.target_kind, alert.target_id)
    return Change(key=key, event=Event(type="cleared", at=now, data=data))


def _count_backfilled(conn: AnyConnection, engine: Engine) -> None:
    hush = engine.listening.hush
    silent = np.flatnonzero(hush.since_us != NEVER_US).tolist()
    if not silent:
        return
    columns: dict[str, list[Any]] = {
        "sensor_ids": [engine.points[at].sensor_id for at in silent],
        "since": [instant(int(hush.since_us[at])) for at in silent],
        "live_s": [engine.points[at].live_window_us // SECOND_US for at in silent],
    }
    with conn.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute(Q.backfilled, columns).fetchall():
            hush.late[engine.position[row["sensor_id"]]] = row["late"]
