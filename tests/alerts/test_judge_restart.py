"""A judge that dies and is loaded again anywhere comes to the same events as one that lives on."""

from datetime import timedelta

import numpy as np
import pytest

from alerts.judge import Judge
from tests.alerts import small_park
from tests.alerts.small_park import T0, readings, store

pytestmark = pytest.mark.integration

SETTINGS = {
    "plain": {},
    "delayed": {"on_delay_s": 4, "off_delay_s": 6},
    "latched": {"latch": True, "off_delay_s": 3},
}


def sequence(seed):
    """Make (seconds, value, flag, mark, lag) about both set-points: live, and every now and then back-filled."""
    chance = np.random.default_rng(seed)
    wall, rows, level = 1000.0, [], 0.5
    t = wall
    for _ in range(90):
        wall = (
            max(wall + 0.25, t + 0.1) if t < wall - 130 else max(wall, t) + float(chance.choice([1, 1, 2, 5]))
        )
        t = t + float(chance.choice([1, 2, 60])) if t < wall - 130 else wall - 0.1
        if chance.random() < 0.05:
            wall += 700.0  # the line is cut; what follows is sent late
        if chance.random() < 0.3:
            level = float(chance.choice([0.3, 0.95, 1.2, 2.4]))
        flag = "N" if chance.random() < 0.85 else str(chance.choice(list("TM")))
        rows.append((round(t, 3), round(level + chance.normal(0, 0.05), 3), flag, "-", round(wall - t, 3)))
    return rows


def run(conn, rows, sensor, deaths):
    judge = Judge.load(conn, feed="safety", now=T0)
    for n, (t, value, flag, mark, lag) in enumerate(rows):
        new = readings((t, value, flag, mark), sensor=sensor, lag_s=lag)
        now = T0 + timedelta(seconds=t + lag)
        store(conn, new)
        verdict = judge.judge(new, now)
        judge.write(conn, verdict, now)
        if deaths[n] == "before":
            conn.rollback()
            judge = Judge.load(conn, feed="safety", now=now)
            store(conn, new)
            verdict = judge.judge(new, now)
            judge.write(conn, verdict, now)
        conn.commit()
        if deaths[n] == "after":
            judge = Judge.load(conn, feed="safety", now=now)
        else:
            judge.adopt(verdict)


def story(conn, sensor):
    rows = conn.execute(
        "select e.type, e.at, e.data, a.stage, a.origin from alert_event e join alert a on a.id = e.alert_id"
        " where a.target_id = %s order by e.id",
        [sensor],
    ).fetchall()
    kept = ("stage", "value", "level", "count", "peak_value", "last_value", "occurrences", "text_zh")
    return [
        (kind, at, {k: data[k] for k in kept if k in data}, stage, origin)
        for kind, at, data, stage, origin in rows
    ]


@pytest.mark.parametrize("parameters", SETTINGS)
@pytest.mark.parametrize("seed", range(2))
def test_death_and_loading_anywhere_change_no_event(conn, seed, parameters):
    small_park.build(conn, rules=False)
    twin = 9
    conn.execute(
        "insert into station (id, park_id, enterprise_id, code, kind, name_zh, name_en, lat, lon, feed, stream_class)"
        " values (9, 1, 1, 'g09', 'gas', 'g09', 'g09', 39.45, 106.68, 'safety', 'safety')"
    )
    conn.execute(
        "insert into sensor (id, station_id, quantity, unit, period_s, due_since, span_low, span_high)"
        " values (%s, 9, 'a99001', 'mg/m3', 1, now(), 0, 10)",
        [twin],
    )
    small_park.rule(
        conn, "gas_toxic", "limit", {"quantities": ["a99001"]}, small_park.GAS_RULE | SETTINGS[parameters]
    )
    small_park.rule(
        conn,
        "marked",
        "marked_over",
        {"kinds": ["gas"]},
        {"stage": "H", "level": "orange", "flags": "MCDFSB"},
    )
    conn.commit()
    rows = sequence(seed)
    chance = np.random.default_rng(seed + 100)
    deaths = chance.choice(["", "after", "before"], len(rows), p=[0.6, 0.25, 0.15])
    run(conn, rows, small_park.CL2, [""] * len(rows))
    run(conn, rows, twin, deaths)
    lived, died = story(conn, small_park.CL2), story(conn, twin)
    assert len(lived) > 4
    assert {origin for *_, origin in lived} >= {"live"}
    assert died == lived
