"""Faults happen at their rate, can be joined, and leave in the truth what they did."""

import json
from collections import Counter
from functools import cache

import pytest

from simulators.delivery import Delivery
from simulators.faults import WORDS, FaultError, Faults
from simulators.play import Play, Plot
from tests.simulators.small_park import small_park

START_S = 1_795_312_800
LASTS_S = 600


def leaving(faults: str):
    play = Play(small_park(), 5, Plot("quiet_day", LASTS_S), Faults.parse(faults, 5))
    delivery = Delivery(play, with_events=False)
    out = list(delivery.leaving(START_S, START_S + LASTS_S))
    return out, [*out, *delivery.rest()], delivery


@cache
def count() -> int:
    return len(leaving("")[1])


@pytest.mark.parametrize("text", ["rain:0.1", "late:2", "late:-1", "late:often"])
def test_a_list_of_faults_that_cannot_be_read_says_what_to_write(text):
    with pytest.raises(FaultError, match="write"):
        Faults.parse(text, 1)


def test_every_fault_has_words_and_a_rate_can_be_left_out():
    assert Faults.parse("late", 1).rate("late") == 0.01
    assert Faults.parse(",".join(f"{name}:0.5" for name in WORDS), 1).rates.keys() == WORDS.keys()


def test_duplicates_are_the_same_bytes_again():
    _, everything, _ = leaving("duplicate:0.2")
    times = Counter((out.topic, out.payload) for out in everything)
    assert sum(n - 1 for n in times.values()) == pytest.approx(0.2 * count(), rel=0.25)
    assert set(times.values()) == {1, 2}


def test_dropped_messages_leave_a_gap_in_the_numbers():
    _, everything, _ = leaving("dropout:0.1")
    missing = count() - len(everything)
    assert missing == pytest.approx(0.1 * count(), rel=0.4)
    numbers = [json.loads(o.payload)["seq"] for o in everything if o.topic.endswith("gas-e01-001/readings")]
    assert numbers == sorted(numbers)


def test_late_messages_come_after_newer_ones_and_none_is_lost():
    _, everything, delivery = leaving("late:0.05")
    assert len(everything) == count()
    assert delivery.kept == 0
    times = [out.line.time_ms for out in everything if out.topic.endswith("gas-e01-001/readings")]
    assert times != sorted(times)


def test_noise_is_added_and_marked_as_what_must_be_refused():
    _, everything, _ = leaving("garbage:0.1")
    noise = [out for out in everything if out.line.odd == "malformed"]
    assert len(everything) == count() + len(noise)
    assert len(noise) == pytest.approx(0.1 * count(), rel=0.4)
    assert all(not out.line.points for out in noise)


def test_wrong_clocks_are_ahead_or_behind_and_the_truth_keeps_the_wrong_time():
    _, everything, _ = leaving("skew:0.05")
    wrong = [
        o
        for o in everything
        if json.loads(o.payload)["time"] // 1000 not in range(START_S, START_S + LASTS_S)
    ]
    assert wrong
    assert all(json.loads(o.payload)["time"] == o.line.time_ms for o in everything)
    ahead = {o.line.odd for o in everything}
    assert ahead == {"", "ahead"}


def test_stuck_drift_and_spike_bend_the_values():
    plain = {o.topic + str(o.line.time_ms): o.line.values for o in leaving("")[1]}
    for fault in ("stuck:1", "drift:1", "spike:0.2"):
        bent = {o.topic + str(o.line.time_ms): o.line.values for o in leaving(fault)[1]}
        assert plain.keys() == bent.keys()
        assert plain != bent
    stuck = [
        o.line.values
        for o in leaving("stuck:1")[1]
        if "tank-e02-1" in o.topic and o.line.time_ms // 3_600_000 * 3600 == START_S
    ]
    assert len(set(stuck)) == 1
