"""What a logger keeps: records of whole periods, their flags, and a week of them."""

import numpy as np
import pytest

from simulators.loggers.memory import DAY, HOUR, MINUTE, Memory
from tests.simulators.loggers.sample import MIDNIGHT_S

N, T = ord("N"), ord("T")


def fill(memory: Memory, from_s: int, to_s: int, flags: int = N) -> list:
    times = np.arange(from_s, to_s, 10)
    sent = (times[:, None] - MIDNIGHT_S).astype(float)
    return memory.take(times, sent, np.full(sent.shape, flags, np.uint8))


def test_records_have_mean_low_and_high_of_their_half_open_period():
    memory = Memory(8 * 3600)
    closed = fill(memory, MIDNIGHT_S, MIDNIGHT_S + 120)
    assert [(one.period, one.record.start_s) for one in closed] == [(MINUTE, MIDNIGHT_S)]
    assert closed[0].record.sent[:, 0].tolist() == [25.0, 0.0, 50.0]
    assert [one.record.start_s for one in memory.turn(MIDNIGHT_S + 120)] == [MIDNIGHT_S + 60]
    assert memory.turn(MIDNIGHT_S + 3599) == []
    assert [one.period for one in memory.turn(MIDNIGHT_S + 3600)] == [HOUR]


def test_it_does_not_matter_how_time_is_cut():
    whole, cut = Memory(8 * 3600, 5), Memory(8 * 3600, 5)
    once = fill(whole, MIDNIGHT_S, MIDNIGHT_S + 7200)
    often = [
        one
        for start in range(0, 7200, 70)
        for one in fill(cut, MIDNIGHT_S + start, MIDNIGHT_S + min(start + 70, 7200))
    ]
    assert {(p, r.start_s, r.sent.tobytes()) for p, r in once} == {
        (p, r.start_s, r.sent.tobytes()) for p, r in often
    }


def test_days_begin_at_local_midnight():
    memory = Memory(8 * 3600)
    closed = fill(memory, MIDNIGHT_S - 3600, MIDNIGHT_S + 10)
    assert [one.record.start_s for one in closed if one.period == DAY] == [MIDNIGHT_S - 86_400]


def test_records_are_found_by_their_starts_both_ends_included():
    memory = Memory(8 * 3600, 10)
    fill(memory, MIDNIGHT_S, MIDNIGHT_S + 7200)
    found = memory.between(MINUTE, MIDNIGHT_S + 600, MIDNIGHT_S + 1800)
    assert [one.start_s - MIDNIGHT_S for one in found] == [600, 1200, 1800]
    assert memory.between(MINUTE, MIDNIGHT_S + 601, MIDNIGHT_S + 1199) == []


def test_a_week_of_minutes_is_kept_and_not_much_more():
    memory = Memory(8 * 3600)
    for day in range(10):
        fill(memory, MIDNIGHT_S + day * 86_400, MIDNIGHT_S + (day + 1) * 86_400)
    end_s = MIDNIGHT_S + 10 * 86_400
    kept = memory.between(MINUTE, MIDNIGHT_S, end_s)
    assert kept[0].start_s <= end_s - 7 * 86_400
    assert len(kept) <= 8 * 1440
    assert len(memory.instants) == 60


@pytest.mark.parametrize(("strict", "bad", "flag"), [(True, 1, "T"), (False, 1, "N"), (False, 2, "D")])
def test_wastewater_is_abnormal_by_one_value_and_flue_gas_by_more_than_a_quarter(strict, bad, flag):
    memory = Memory(8 * 3600, strict=strict)
    fill(memory, MIDNIGHT_S, MIDNIGHT_S + 10 * bad, T)
    fill(memory, MIDNIGHT_S + 10 * bad, MIDNIGHT_S + 60)
    ((_, record),) = memory.turn(MIDNIGHT_S + 60)
    assert record.flags == flag


def test_another_interval_begins_a_new_period():
    memory = Memory(8 * 3600)
    fill(memory, MIDNIGHT_S, MIDNIGHT_S + 30)
    memory.minute_interval_min = 10
    fill(memory, MIDNIGHT_S + 30, MIDNIGHT_S + 600)
    ((period, record),) = memory.turn(MIDNIGHT_S + 600)
    assert (period, record.start_s, record.length_s, memory.minute_interval_min) == (
        MINUTE,
        MIDNIGHT_S,
        600,
        10,
    )
