"""What does not agree is found, what agrees is not."""

import numpy as np
import pytest

from records.validity import agreement


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def test_a_ratio_outside_the_own_family_is_found(rng):
    past_cod, past_ammonia = rng.normal(50, 5, 720), rng.normal(5, 0.5, 720)
    cod = rng.normal(50, 5, 24)
    assert agreement.ratio_out_of_family(cod, rng.normal(5, 0.5, 24), past_cod, past_ammonia) == []
    (clue,) = agreement.ratio_out_of_family(cod, rng.normal(0.8, 0.1, 24), past_cod, past_ammonia)
    assert clue.evidence["ratio"] == pytest.approx(62, rel=0.1)
    assert clue.evidence["usual"] == pytest.approx(10, rel=0.1)


def test_a_ratio_without_a_family_says_nothing(rng):
    few = rng.normal(50, 5, 40)
    assert agreement.ratio_out_of_family(rng.normal(500, 5, 24), rng.normal(1, 0.1, 24), few, few) == []


def test_oxygen_like_air_is_found_only_while_the_unit_runs(rng):
    oxygen = rng.normal(8, 0.3, 1440)
    running = np.ones(1440, np.bool_)
    assert agreement.oxygen_near_air(oxygen, running) == []
    oxygen[200:300] = 20.9
    (clue,) = agreement.oxygen_near_air(oxygen, running)
    assert (clue.first, clue.end, clue.evidence["oxygen"]) == (200, 300, 20.9)
    running[180:320] = False
    assert agreement.oxygen_near_air(oxygen, running) == []


def test_a_sum_of_compounds_above_the_hydrocarbons_is_found(rng):
    parts = [rng.uniform(1, 2, 24) for _ in range(3)]
    total = np.full(24, 12.0)
    assert agreement.sum_over_total(parts, total) == []
    total[5:10] = 1.0
    (clue,) = agreement.sum_over_total(parts, total)
    assert (clue.first, clue.end, clue.evidence["hours"]) == (5, 10, 5)
    assert agreement.sum_over_total([], total) == []


def test_a_logger_that_labels_the_end_of_the_hour_is_found(rng):
    ours = rng.normal(40, 10, 72)
    assert agreement.label_end(ours.copy(), ours) == []
    assert [one.evidence["shift_h"] for one in agreement.label_end(np.roll(ours, 1), ours)] == [1]
    assert agreement.label_end(rng.normal(40, 10, 72), ours) == []


@pytest.mark.parametrize("shift", [24, -24])
def test_a_clock_a_day_off_is_found_in_both_directions(rng, shift):
    ours = rng.normal(40, 10, 72)
    (clue,) = agreement.clock_day(np.roll(ours, shift), ours)
    assert clue.evidence["shift_h"] == shift
    assert agreement.clock_day(ours.copy(), ours) == []
    assert agreement.label_end(np.roll(ours, shift), ours) == []


def test_hours_that_hardly_move_prove_no_shift():
    level = np.full(72, 40.0)
    assert agreement.label_end(np.roll(level, 1), level) == []


def test_a_day_that_came_twice_with_other_values_is_found():
    assert agreement.conflicting_day(400, 1440)[0].evidence == {"conflicts": 400, "readings": 1440}
    assert agreement.conflicting_day(40, 1440) == []
    assert agreement.conflicting_day(100, 100_000) == []
