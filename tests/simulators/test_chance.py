"""Noise is bounded, centred, remembers for a while, and is free of patterns between neighbours."""

import numpy as np

from simulators.chance import bell, key, uniform, wander

KEYS = np.asarray([key(3, f"sensor {n}") for n in range(200)], np.uint64)[:, None]
INDEX = np.arange(2000, dtype=np.int64)[None, :]


def test_uniform_numbers_fill_the_unit_interval_evenly():
    drawn = uniform(KEYS, INDEX)
    assert 0.0 <= drawn.min() < 1e-3
    assert 1 - 1e-3 < drawn.max() < 1.0
    assert np.abs(np.histogram(drawn, 20, (0, 1))[0] / drawn.size - 0.05).max() < 0.002


def test_bell_numbers_have_mean_zero_variance_one_and_a_bound():
    drawn = bell(KEYS, INDEX)
    assert abs(drawn.mean()) < 0.01
    assert abs(drawn.std() - 1.0) < 0.01
    assert np.abs(drawn).max() <= 3.4642


def test_sensors_do_not_follow_each_other():
    correlation = np.corrcoef(bell(KEYS, INDEX))
    np.fill_diagonal(correlation, 0.0)
    assert np.abs(correlation).max() < 0.12


def test_a_wandering_value_remembers_a_while_and_then_forgets():
    noise = wander(KEYS, 60.0 * np.arange(4000.0)[None, :], 3600.0)

    def memory(steps: int) -> float:
        return float(np.mean(noise[:, steps:] * noise[:, :-steps]) / np.mean(noise**2))

    assert memory(1) > 0.9
    assert memory(1) > memory(15) > memory(40)
    assert abs(memory(300)) < 0.05
