"""The engine against an independent scalar oracle, over arbitrary readings, flags, delays and batch boundaries."""

from datetime import timedelta
from itertools import pairwise

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.engine import Engine
from alerts.limits import Limit
from alerts.points import Point, instant
from alerts.rules import Rule, Selector
from smartpark.readings import Readings
from tests.alerts.oracle import Oracle
from tests.alerts.small_park import SECOND, T0, T0_US

LIMITS = {"LL": 1.0, "L": 2.0, "H": 8.0, "HH": 9.0}


def point(sensor_id=1, stream="safety", period_s=1):
    return Point(
        sensor_id=sensor_id,
        quantity="q",
        quantity_zh="量",
        quantity_en="quantity",
        unit="mg/m3",
        period_s=period_s,
        station_id=1,
        station="s",
        station_kind="gas" if stream == "safety" else "stack",
        stream_class=stream,
        station_zh="站",
        station_en="station",
        span_low=0.0,
        span_high=10.0,
    )


def limits(stages, kind="setpoint"):
    return [
        Limit(
            id=n,
            code=s,
            quantity="q",
            stage=s,
            value=LIMITS[s],
            kind=kind,
            standard="GB",
            clause="1",
            valid_from=T0 - timedelta(days=9),
        )
        for n, s in enumerate(stages, 1)
    ]


def rule(**parameters):
    levels = {
        "LL": {"level": "red"},
        "L": {"level": "orange"},
        "H": {"level": "orange"},
        "HH": {"level": "red"},
    }
    fixed = {"wording": "gas", "basis": "instant", "stages": levels}
    return Rule("r", 1, "limit", "alarm", "规则", "rule", Selector(), fixed | parameters)


def columns(rows, sensor_id=1):
    """Make readings of (t [s], value, flag, mark, lag [s])."""
    times = np.array([T0_US + round(t * SECOND) for t, *_ in rows], np.int64)
    return Readings(
        np.full(len(rows), sensor_id, np.int32),
        times,
        np.array([value for _, value, *_ in rows], np.float64),
        np.array([ord(flag) for _, _, flag, _, _ in rows], np.uint8),
        np.array([ord(mark) for *_, mark, _ in rows], np.uint8),
        times + np.array([round(lag * SECOND) for *_, lag in rows], np.int64),
    )


def judged(engine, batches):
    """Return (t, type, stage?, value?) of every intended event, in order."""
    found = []
    for rows in batches:
        new = columns(rows)
        now = instant(int(new.received_us.max()))
        verdict = engine.judge(new.ordered(), now)
        engine.adopt(verdict)
        for change in verdict.changes:
            at = round((change.event.at - T0).total_seconds(), 6)
            if change.event.type in {"raised", "level_raised"}:
                found.append((at, change.event.type, change.event.data["stage"], change.event.data["value"]))
            elif change.event.type in {"cleared", "annunciated"}:
                found.append((at, change.event.type))
    return found


# One stage or several, values on and about every limit, all flags and marks, gaps, and data up to an hour old.
values = st.one_of(st.sampled_from([0.5, 1.0, 1.5, 2.0, 2.2, 5.0, 7.5, 8.0, 8.5, 9.0, 9.5]), st.floats(0, 12))
flags = st.sampled_from("NNNNNNTMCDFSB")
marks = st.sampled_from("------OUILK")
lags = st.sampled_from([0.1, 0.1, 0.1, 60.0, 121.0, 3600.0])
steps = st.sampled_from([1, 1, 1, 2, 5, 30, 600])
rows_of = st.lists(st.tuples(steps, values, flags, marks, lags), min_size=1, max_size=60)
stages_of = st.sampled_from(["H", "H HH", "L", "LL L", "HH", "LL L H HH"]).map(str.split)
delays = st.sampled_from([0, 0, 3, 10])


def timed(rows):
    t, found = 0, []
    for step, value, flag, mark, lag in rows:
        t += step
        found.append((t, value, flag, mark, lag))
    return found


def cut(rows, cuts):
    edges = sorted({0, len(rows), *(c % (len(rows) + 1) for c in cuts)})
    return [rows[a:b] for a, b in pairwise(edges) if a < b]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=rows_of.map(timed),
    cuts=st.lists(st.integers(0, 60), max_size=5),
    stages=stages_of,
    deadband=st.sampled_from([0.0, 0.5]),
    on_delay=delays,
    off_delay=delays,
    stream=st.sampled_from(["safety", "safety", "emission"]),
)
def test_the_engine_agrees_with_the_oracle_whatever_the_batches(
    *, rows, cuts, stages, deadband, on_delay, off_delay, stream
):
    oracle = Oracle({s: LIMITS[s] for s in stages}, deadband, on_delay, off_delay, stream)
    for t, value, flag, mark, lag in rows:
        oracle.take(t, value, flag, mark, t + lag)
    engine = Engine.of(
        [point(stream=stream)],
        [rule(deadband=deadband, on_delay_s=on_delay, off_delay_s=off_delay)],
        limits(stages),
        now=T0,
    )
    assert judged(engine, cut(rows, cuts)) == oracle.events


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), stages=stages_of, off_delay=delays, on_delay=delays)
def test_long_stretches_are_judged_like_single_readings(seed, stages, off_delay, on_delay):
    chance = np.random.default_rng(seed)
    level = np.repeat(chance.choice([0.5, 1.5, 5.0, 8.4, 9.4], 12), 40) + chance.normal(0, 0.2, 480)
    odd = chance.random(480) < 0.01
    rows = [
        (t, float(value), chance.choice(list("TMB")) if odd[t] else "N", "-", 0.1)
        for t, value in enumerate(level)
    ]
    oracle = Oracle({s: LIMITS[s] for s in stages}, 0.3, on_delay, off_delay)
    for t, value, flag, mark, lag in rows:
        oracle.take(t, value, flag, mark, t + lag)
    engine = Engine.of(
        [point()], [rule(deadband=0.3, on_delay_s=on_delay, off_delay_s=off_delay)], limits(stages), now=T0
    )
    assert judged(engine, [rows]) == oracle.events


@settings(max_examples=100, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 40), values, st.just("N"), st.just("-"), lags), min_size=1, max_size=30
    )
)
def test_late_readings_move_nothing_and_those_past_a_limit_are_marked_for_judging_again(rows):
    seen, arrivals = set(), []
    for row in rows:
        if row[0] not in seen:
            seen.add(row[0])
            arrivals.append(row)
    oracle, watermark, late = Oracle({"H": 8.0}), float("-inf"), 0
    engine = Engine.of([point()], [rule()], limits(["H"]), now=T0)
    found, marked = [], 0
    for row in arrivals:
        t, value, flag, mark, lag = row
        late += t <= watermark and value >= 8.0
        watermark = max(watermark, min(t, t + lag))
        oracle.take(t, value, flag, mark, t + lag)
        verdict = engine.judge(columns([row]), instant(T0_US + round((t + lag) * SECOND)))
        engine.adopt(verdict)
        marked += len(verdict.late)
        found += [c.event.type for c in verdict.changes if c.event.type in {"raised", "cleared"}]
    assert found == [e[1] for e in oracle.events if e[1] in {"raised", "cleared"}]
    assert marked == late


def test_kapacitors_own_vector_of_three_levels_with_hysteresis_holds_for_two():
    """Its documentation: 61 73 64 85 62 56 47, warning 60 reset 50, critical 80 reset 70."""
    engine = Engine.of(
        [point()],
        [rule(deadband=10)],
        [
            Limit(
                id=1,
                code="H",
                quantity="q",
                stage="H",
                value=60,
                kind="industry",
                standard="GB",
                clause="1",
                valid_from=T0 - timedelta(days=9),
            ),
            Limit(
                id=2,
                code="HH",
                quantity="q",
                stage="HH",
                value=80,
                kind="industry",
                standard="GB",
                clause="1",
                valid_from=T0 - timedelta(days=9),
            ),
        ],
        now=T0,
    )
    rows = [(t, v, "N", "-", 0.1) for t, v in enumerate([61, 73, 64, 85, 62, 56, 47])]
    happened = [e for e in judged(engine, [rows]) if e[1] != "annunciated"]
    assert happened == [(0, "raised", "H", 61), (3, "level_raised", "HH", 85), (6, "cleared")]
