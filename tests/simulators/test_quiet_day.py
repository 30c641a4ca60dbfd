"""A quiet day of the demo park stays inside every enforced limit for 24 hours: nothing may sound."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from simulators import catalogue, watches
from simulators.park import Park
from simulators.play import Play, Plot
from simulators.scenarios import SCENARIOS, Stage, plot
from simulators.watches import Watch
from smartpark import clock, db

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
SEED = 20260301
MIDNIGHTS_S = [1_795_276_800, 1_783_180_800]  # 2026-11-22 and 2026-07-05, 00:00 in China


@pytest.fixture(scope="module")
def park() -> Park:
    return catalogue.of(catalogue.read(ROOT / "parks" / "demo"), "either")


@pytest.fixture(scope="module")
def watched(module_db_dsn: str, park: Park) -> list[Watch]:
    environ = os.environ | {"SMARTPARK_DB__DSN": module_db_dsn}
    for arguments in (["smartpark", "catalogue", "load", "parks/demo"], ["alerts", "load"]):
        command = [sys.executable, "-m", *arguments]
        subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True)
    with db.connect(module_db_dsn, name="tests") as conn:
        return watches.load(conn, park.code, clock.now())


@pytest.mark.parametrize("midnight_s", MIDNIGHTS_S)
def test_a_quiet_day_violates_no_limit_in_24_hours(park, watched, midnight_s):
    points = {(p.station, p.quantity, p.form): n for n, p in enumerate(park.points)}
    signals = Play(park, SEED, Plot("quiet_day", 86400)).ordinary
    which = np.asarray([points[watch.key] for watch in watched])
    minutes = midnight_s + np.arange(0, 86400.0, 60.0)
    values = signals.values(which, minutes[None, :])
    broken = []
    for watch, course in zip(watched, values, strict=True):
        ends = {float(course.min()), float(course.max())}
        if any(watch.stage(end, "N", for_certain=False) for end in ends):
            broken.append((watch.rule, watch.key, ends))
    assert len(watched) > 200
    assert broken == []


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_every_scenario_finds_its_stage_among_what_the_demo_park_delivers_by_mqtt(watched, name):
    park = catalogue.of(catalogue.read(ROOT / "parks" / "demo"))
    keys = [(p.station, p.quantity, p.form) for p in park.points]
    signals = Play(park, SEED, Plot("quiet_day", 1)).ordinary
    stage = Stage(park, signals.weather, SEED, MIDNIGHTS_S[0], watches.stages(watched, keys), outage_s=600)
    played = plot(name, stage)
    sent = Play(park, SEED, played).readings(stage.starts_s, stage.starts_s + min(played.lasts_s, 1500))
    rules = set()
    for watch in (one for one in watched if one.key in keys):
        mine = sent.which == keys.index(watch.key)
        for value, flag in zip(sent.stored[mine], sent.flag[mine], strict=True):
            reached = watch.stage(float(value), chr(flag), for_certain=True)
            if reached:
                rules.add((watch.rule, reached))
    expected = {
        "quiet_day": set(),
        "solvent_leak": {("gas_combustible", "HH"), ("gas_toxic", "HH"), ("plant_nmhc", "H")},
        "chlorine_release": {("gas_toxic", "H"), ("gas_toxic", "HH")},
        "tank_overfill": {("tank_level", "H"), ("tank_level", "HH")},
        "sensor_storm": {
            ("gas_toxic", "HH"),
            ("tank_level", "H"),
            ("tank_pressure", "H"),
            ("sis_bypass", "state"),
        },
        "outage_and_backfill": {("gas_combustible", "HH")},
    }[name]
    assert expected <= rules
    assert name != "quiet_day" or not rules
