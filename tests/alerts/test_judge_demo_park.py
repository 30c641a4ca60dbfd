"""The shipped rulebooks on the demo park: every detector is watched by a limit, and a leak is one alert each."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from alerts import check, load
from alerts.judge import Judge
from smartpark import db
from smartpark.catalogue.reader import read
from smartpark.catalogue.store import store
from smartpark.readings import Readings
from tests.alerts.small_park import SECOND, T0, T0_US

pytestmark = pytest.mark.integration
ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (ROOT / "alerts" / "rulebooks", ROOT / "parks" / "demo")


@pytest.fixture(scope="module")
def park(module_db_dsn):
    """A connection to the demo park with its rules and limits."""
    with db.connect(module_db_dsn, name="tests") as conn:
        store(conn, read(ROOT / "parks" / "demo"), "tests")
        rules, limits = check.shipped(FOLDERS)
        load.load(conn, [one.rule for one in rules], limits, T0)
        conn.commit()
        yield conn


def test_every_gas_detector_is_watched_by_set_points(park):
    engine = Judge.load(park, feed="safety", now=T0).engine
    watched = {t.point.sensor_id for t in engine.tracks if t.rule.kind == "limit"}
    gas = [p for p in engine.points if p.station_kind == "gas" and p.quantity != "x_fault"]
    assert gas
    assert [(p.station, p.quantity) for p in gas if p.sensor_id not in watched] == []


def test_both_feeds_have_what_their_rulebooks_ask_for(park):
    kinds = Counter(
        track.rule.kind
        for feed in ("safety", "rest")
        for track in Judge.load(park, feed=feed, now=T0).engine.tracks
    )
    assert kinds["limit"] > 100
    assert kinds["state"] > 10
    assert kinds["marked_over"] > 100


def test_every_detector_at_three_times_its_set_point_is_a_red_alert_with_its_clause(park):
    judge = Judge.load(park, feed="safety", now=T0)
    gas = [
        track
        for track in judge.engine.tracks
        if track.rule.kind == "limit"
        and track.point.station_kind == "gas"
        and any(b.stage == "HH" for b in track.bounds.at(T0_US))
    ]
    high = [3 * max(b.limit.value for b in track.bounds.at(T0_US)) for track in gas]
    order = np.argsort([track.point.sensor_id for track in gas])
    count = len(gas)
    new = Readings(
        np.array([gas[i].point.sensor_id for i in order], np.int32),
        np.full(count, T0_US, np.int64),
        np.array([high[i] for i in order]),
        np.full(count, ord("N"), np.uint8),
        np.full(count, ord("-"), np.uint8),
        np.full(count, T0_US + SECOND // 10, np.int64),
    )
    now = T0 + timedelta(seconds=0.2)
    verdict = judge.judge(new, now)
    judge.write(park, verdict, now)
    rows = park.execute(
        "select level, stage, clause, text_zh, latched from alert where target_kind = 'sensor'"
    ).fetchall()
    park.rollback()
    assert len(rows) == count > 50
    assert {(level, stage) for level, stage, *_ in rows} == {("red", "HH")}
    assert all(clause and text and latched for *_, clause, text, latched in rows)
