"""A night on watch without a database: the engine, its clock, and the rows that its intents come to."""

from datetime import timedelta

import numpy as np

from alerts.engine import Engine
from alerts.life import Event, fold
from alerts.limits import Limit
from alerts.points import Point
from alerts.rules import Rule, Selector
from alerts.settle import settle
from smartpark.readings import Readings
from tests.alerts.small_park import SECOND, T0, T0_US

GAS = {
    "wording": "gas",
    "basis": "instant",
    "stages": {"H": {"level": "orange"}, "HH": {"level": "red"}},
    "deadband_of_limit": 0.1,
}
RULES = (
    Rule(
        "gas_toxic",
        1,
        "limit",
        "alarm",
        "有毒气体",
        "Toxic gas",
        Selector(quantities=frozenset({"cl2"})),
        GAS,
    ),
    Rule(
        "marked_over",
        1,
        "marked_over",
        "alarm",
        "标记下超限",
        "Marked",
        Selector(),
        {"stage": "H", "level": "orange", "flags": "MCDFSB"},
    ),
    Rule(
        "silence",
        1,
        "silence",
        "reminder",
        "离线",
        "Offline",
        Selector(),
        {"after_periods": 1.2, "at_least_s": 0, "level": "yellow"},
    ),
    Rule(
        "sis_bypass",
        1,
        "state",
        "warning",
        "旁路",
        "Bypass",
        Selector(quantities=frozenset({"bypass"})),
        {"violates": {"equals": 1}, "level": "orange", "words_zh": "联锁已旁路", "words_en": "Bypassed"},
    ),
    Rule(
        "platform_bad_clock",
        1,
        "platform",
        "alarm",
        "时钟",
        "Clock",
        Selector(),
        {"finding": "bad_clock", "level": "of_limit"},
    ),
    Rule(
        "platform_ledger",
        1,
        "platform",
        "reminder",
        "账本",
        "Ledger",
        Selector(),
        {"finding": "ledger", "level": "orange"},
    ),
    Rule(
        "platform_feed_down",
        1,
        "platform",
        "reminder",
        "链路",
        "Feed",
        Selector(),
        {"finding": "feed_down", "level": "red"},
    ),
)


def point(sensor_id, quantity="cl2", *, period_s=60, station_id=1, enterprise_id=1):
    return Point(
        sensor_id=sensor_id,
        quantity=quantity,
        quantity_zh="氯气",
        quantity_en="chlorine",
        unit="mg/m3",
        period_s=period_s,
        due_since=T0 - timedelta(days=1),
        station_id=station_id,
        station=f"s{station_id}",
        station_kind="gas",
        stream_class="safety",
        station_zh="氯库",
        station_en="chlorine store",
        enterprise_id=enterprise_id,
        enterprise="e1",
        enterprise_zh="氯碱一厂",
        enterprise_en="Chlor-alkali One",
        span_low=0.0,
        span_high=3.0,
    )


def setpoints(**values):
    return [
        Limit(
            id=n,
            code=stage,
            quantity="cl2",
            stage=stage,
            value=value,
            kind="setpoint",
            standard="GB/T 50493-2019",
            clause="5.5.2",
            valid_from=T0 - timedelta(days=9),
        )
        for n, (stage, value) in enumerate((values or {"H": 1.0, "HH": 2.0}).items(), 1)
    ]


class Watch:
    """Drives an engine; ``told`` = (seconds after T0, rule, event type) of everything that really happened."""

    def __init__(self, points, *, rules=RULES, limits=None, windows=(), drills=(), feed="safety"):
        self.engine = Engine.of(
            points, rules, setpoints() if limits is None else limits, windows, drills, now=T0, feed=feed
        )
        self.rows, self.told, self.past = {}, [], []

    def at(self, seconds, *sent, findings=()):
        """Judge at an instant what was sent: (sensor, its time [s], value, flag, mark)."""
        rows = [(*row, *("N", "-")[len(row) - 3 :]) for row in sent]
        new = Readings(
            np.array([r[0] for r in rows], np.int32),
            np.array([T0_US + round(r[1] * SECOND) for r in rows], np.int64),
            np.array([r[2] for r in rows], np.float64),
            np.array([ord(r[3]) for r in rows], np.uint8),
            np.array([ord(r[4]) for r in rows], np.uint8),
            np.full(len(rows), T0_US + round(seconds * SECOND), np.int64),
        ).ordered()
        verdict = self.engine.judge(new, T0 + timedelta(seconds=seconds), findings)
        self.settle(verdict.changes)
        self.engine.adopt(verdict)
        return verdict

    def settle(self, changes):
        for change in changes:
            before = self.rows.get(change.key)
            alert, happened = settle(before, change)
            if before is not None and before.ended_at is not None and happened:
                self.past.append(before)
            self.rows[change.key] = alert
            self.told += [
                (round((event.at - T0).total_seconds(), 3), change.key[0], event.type) for event in happened
            ]

    def run(self, start, end, *, every=1):
        """Let the time pass, second by second, with nothing sent."""
        for second in range(start, end, every):
            self.at(second)

    def acknowledge(self, key, seconds):
        event = Event(type="acknowledged", at=T0 + timedelta(seconds=seconds), actor="operator")
        self.rows[key] = fold(self.rows[key], event)

    def types(self, rule=None):
        return [kind for _, code, kind in self.told if rule in {None, code}]

    def sounds(self):
        return self.types().count("annunciated")
