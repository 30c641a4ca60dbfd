"""Each scenario does to the park what its name says, found in the park at hand."""

from dataclasses import replace

import numpy as np
import pytest

from simulators.delivery import Delivery
from simulators.play import OVER_RANGE, Play, Plot, weather_of
from simulators.scenarios import SCENARIOS, Stage, StageError, plot
from tests.simulators.small_park import small_park

START_S = 1_795_312_800
PARK = small_park()


def stage(**changes) -> Stage:
    return replace(Stage(PARK, weather_of(PARK, 7), 7, START_S), **changes)


def course(played: Plot, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    point = next(n for n, p in enumerate(PARK.points) if p.name == name)
    sent = Play(PARK, 7, played).readings(START_S, START_S + played.lasts_s)
    mine = sent.which == point
    return sent.time_s[mine] - START_S, sent.stored[mine], sent.flag[mine]


def test_an_unknown_scenario_names_those_there_are():
    with pytest.raises(StageError, match="quiet_day"):
        plot("holiday", stage())


@pytest.mark.parametrize("name", sorted(SCENARIOS.keys() - {"quiet_day", "sensor_storm"}))
def test_a_park_without_what_a_scenario_needs_is_told_so(name):
    bare = replace(PARK, points=PARK.points[-2:], enterprises=("e01",))
    with pytest.raises(StageError, match="needs"):
        plot(name, stage(park=bare))


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_every_scenario_begins_after_its_prelude_and_ends(name):
    played = plot(name, stage(prelude_s=20))
    quiet = Play(PARK, 7, replace(played, effects=()))
    same = Play(PARK, 7, played)
    before = (START_S, START_S + 20)
    assert np.array_equal(quiet.readings(*before).stored, same.readings(*before).stored)
    after = (START_S + played.lasts_s + 7200, START_S + played.lasts_s + 7260)
    assert np.array_equal(quiet.readings(*after).stored, same.readings(*after).stored)


def test_chlorine_passes_one_then_two_and_pegs_at_full_scale():
    played = plot("chlorine_release", stage())
    courses = [course(played, f"gas-e01-00{n}/a21022") for n in (2, 3, 4)]
    for times, values, _ in courses:
        assert values.max() > 2.0
        assert times[values > 1.0][0] <= times[values > 2.0][0]
    firsts = sorted(times[values > 1.0][0] for times, values, _ in courses)
    assert firsts[0] < firsts[-1]
    pegged = [(values, flags) for _, values, flags in courses if (flags == OVER_RANGE).any()]
    assert pegged
    for values, flags in pegged:
        assert (values[flags == OVER_RANGE] == 3.0).all()


def test_a_solvent_leak_shows_at_the_detector_and_downwind():
    played = plot("solvent_leak", stage())
    shown = [course(played, p.name)[1].max() for p in PARK.points if p.quantity == "x_lel"]
    assert max(shown) == 100.0
    assert course(played, "voc-e02/a24088")[1].max() > 5.0


def test_an_overfilled_tank_climbs_past_both_marks_and_is_drained():
    played = plot("tank_overfill", stage())
    times, values, _ = course(played, "tank-e02-1/x_level")
    assert times[values > 85][0] < times[values > 90][0]
    assert values[-1] < 80
    valve = course(played, "sis-m1/x_valve")[1]
    assert {0.0, 1.0} == set(valve.tolist())


def test_a_storm_raises_its_points_within_half_a_minute_and_two_toxic_ones_past_hh():
    played = plot("sensor_storm", stage())
    step = played.effects[0]
    moments = np.asarray(list(step.starts_s.values())) - stage().begins_s
    assert 0 <= moments.min() <= moments.max() < 30
    toxic = [
        p for p in step.values if PARK.points[p].quantity.startswith("a2") and PARK.points[p].kind == "gas"
    ]
    beyond = [p for p in toxic if step.values[p] > stage().stages(p)["HH"]]
    assert len(beyond) == 2


def test_limits_of_the_platform_decide_when_they_are_given():
    limits = {n: {"H": 40.0, "HH": 60.0} for n, p in enumerate(PARK.points) if p.quantity == "x_level"}
    assert stage(limits=limits).between(next(iter(limits))) == pytest.approx(47.0)
    assert stage(limits=limits).between(0) is None


def test_an_outage_holds_every_message_of_its_gateway_and_then_sends_them_in_order():
    played = plot("outage_and_backfill", stage(outage_s=600))
    outage = played.outages[0]
    delivery = Delivery(Play(PARK, 7, played))
    silent, back = [], []
    for from_s, to_s, kept in ((START_S, outage.to_s, silent), (outage.to_s, outage.to_s + 5, back)):
        kept.extend(delivery.leaving(from_s, to_s))
    of_gateway = [o for o in silent if o.gateway == "e02/b"]
    assert max(o.line.time_ms for o in of_gateway) < outage.from_s * 1000
    held = [o.line.time_ms for o in back if o.gateway == "e02/b"]
    assert held == sorted(held)
    assert held[0] // 1000 >= outage.from_s
    assert len(held) > 100


def test_an_outage_hides_three_minutes_past_hh_and_leaves_one_alert_open():
    played = plot("outage_and_backfill", stage(outage_s=72 * 60))
    outage = played.outages[0]
    bad, opened = [], []
    for n, point in enumerate(PARK.points):
        stages = stage().stages(n)
        if point.station not in outage.stations or "HH" not in stages:
            continue
        times, values, _ = course(played, point.name)
        inside = (times + START_S >= outage.from_s) & (times + START_S < outage.to_s)
        if (values[inside] >= stages["HH"]).any():
            bad.append((values[inside] >= stages["HH"]).sum() * point.period_s)
        if (values[times + START_S < outage.from_s] > stages["H"]).any():
            opened.append(point.name)
    assert bad == [180]
    assert len(opened) == 1
