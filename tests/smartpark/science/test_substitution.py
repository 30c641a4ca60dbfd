"""Substitutes, hour by hour, against the table read by a slow reader."""

from math import isfinite, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartpark.science.substitution import (
    NONE,
    WATER_VERIFIED,
    Reason,
    capture_rates,
    methods,
    substitute,
    water_substitute,
)

CODES = {method.code: number for number, method in enumerate(methods())}


def series(hours, *, reason=Reason.OTHER, stopped=(), calibrated=()):
    n = len(hours)
    marks = np.zeros((2, n), bool)
    marks[0, list(stopped)] = True
    marks[1, list(calibrated)] = True
    return {
        "kg_h": np.array(hours, float),
        "stopped": marks[0],
        "reason": np.full(n, int(reason)),
        "quarter": np.zeros(n, np.int64),
        "calibrated": marks[1],
    }


def slow(kg_h, stopped, reason, quarter, calibrated):
    """One hour at a time; the numbers are those of the table as its user reads it."""
    n = len(kg_h)
    valid = [isfinite(kg_h[i]) and not stopped[i] for i in range(n)]

    def state(i):
        return None if stopped[i] or valid[i] else reason[i]

    values, codes = [nan] * n, [None] * n
    for i in range(n):
        if state(i) is None:
            continue
        running = [j for j in range(n) if quarter[j] == quarter[i] and not stopped[j]]
        capture = 100 * sum(valid[j] for j in running) / len(running)
        start = i
        while start and state(start - 1) == state(i):
            start -= 1
        end = i
        while end + 1 < n and state(end + 1) == state(i):
            end += 1
        count = {True: 180, False: 720}[end - start + 1 <= 24] if capture >= 90 else 2160
        anchor, name = start, {Reason.MAINTENANCE: "failure", Reason.OTHER: "other"}.get(reason[i])
        if name is None:
            name, anchor = "calibration", max((j for j in range(start) if calibrated[j]), default=0)
        past = [kg_h[j] for j in range(anchor) if valid[j]][-count:]
        if capture >= 75 and past:
            values[i], codes[i] = max(past), f"{name}-{count}"
    return values, codes


@st.composite
def stories(draw):
    """Series of stretches: mostly valid, with stops, invalid runs, and a change of quarter."""
    hours, reasons, stops = [], [], []
    for _ in range(draw(st.integers(1, 8))):
        kind = draw(st.sampled_from(["valid", "valid", "valid", "invalid", "stopped"]))
        length = draw(st.integers(1, 300 if kind == "valid" else 30))
        rate = draw(st.integers(0, 500))
        step = draw(st.integers(-1, 1))
        hours += [abs(rate + step * k) if kind == "valid" else nan for k in range(length)]
        reasons += [draw(st.integers(0, 2))] * length
        stops += [kind == "stopped"] * length
    n = len(hours)
    change = draw(st.integers(0, n))
    calibrated = np.zeros(n, bool)
    calibrated[draw(st.lists(st.integers(0, n - 1), max_size=4))] = True
    quarter = np.array([7 if i < change else 8 for i in range(n)])
    return np.array(hours, float), np.array(stops), np.array(reasons), quarter, calibrated


@given(stories())
def test_every_hour_has_the_substitute_that_a_slow_reader_finds(story):
    got = substitute(*story)
    values, codes = slow(*story)
    np.testing.assert_array_equal(got.kg_h, values)
    assert [methods()[row].code if row != NONE else None for row in got.method] == codes


def test_the_length_of_the_period_decides_how_far_back_it_looks():
    past = [99.0] + [5.0] * 700
    day = substitute(**series(past + [nan] * 24))
    more = substitute(**series(past + [nan] * 25))
    assert set(day.kg_h[-24:]) == {5.0}
    assert set(more.kg_h[-25:]) == {99.0}
    assert set(day.method[-24:]) == {CODES["other-180"]}
    assert set(more.method[-25:]) == {CODES["other-720"]}
    assert np.isnan(day.kg_h[:-24]).all()


@pytest.mark.parametrize(("older", "expected"), [(180, 99.0), (181, 5.0)])
def test_the_window_is_of_exactly_as_many_valid_hours(older, expected):
    hours = [*[99.0] * 20, *[5.0] * (older - 1), nan]
    assert substitute(**series(hours)).kg_h[-1] == expected


def test_out_of_control_looks_before_the_last_calibration():
    hours = [1.0] * 100 + [50.0] * 20 + [nan]
    got = substitute(**series(hours, reason=Reason.OUT_OF_CONTROL, calibrated=[100]))
    assert got.kg_h[-1] == 1.0
    assert got.method[-1] == CODES["calibration-180"]
    never = substitute(**series(hours, reason=Reason.OUT_OF_CONTROL))
    assert np.isnan(never.kg_h).all()
    assert set(never.method) == {NONE}


@pytest.mark.parametrize(
    ("invalid", "code"),
    [(10, "failure-180"), (11, "failure-2160"), (25, "failure-2160"), (26, None)],
)
def test_the_capture_rate_decides_whether_there_is_a_substitute(invalid, code):
    got = substitute(**series([2.0] * (100 - invalid) + [nan] * invalid, reason=Reason.MAINTENANCE))
    assert got.capture_pct == {0: 100 - invalid}
    assert got.method[-1] == (CODES[code] if code else NONE)
    assert np.isnan(got.kg_h[-1]) == (code is None)


def test_an_invalid_period_across_two_quarters_takes_the_rate_of_each():
    story = series([2.0] * 100 + [nan] * 10 + [2.0] * 10)
    story["quarter"][105:] = 1
    got = substitute(**story)
    assert got.capture_pct == {0: pytest.approx(100 * 100 / 105), 1: pytest.approx(100 * 10 / 15)}
    assert set(got.method[100:105]) == {CODES["other-180"]}
    assert set(got.method[105:110]) == {NONE}


def test_a_stopped_hour_is_neither_valid_nor_invalid():
    hours = [3.0] * 95 + [nan] * 5
    got = substitute(**series([*hours, *[nan] * 400], stopped=range(100, 500)))
    assert got.capture_pct == {0: 95}
    assert np.isnan(got.kg_h[100:]).all()
    assert set(got.kg_h[95:100]) == {3.0}
    still = capture_rates(np.zeros(3, bool), np.ones(3, bool), np.zeros(3, np.int64))
    assert np.isnan(still[0])


def test_an_unequal_or_empty_series_is_told_apart():
    broken = series([1.0, nan])
    broken["stopped"] = broken["stopped"][:1]
    with pytest.raises(ValueError, match="equally long"):
        substitute(**broken)
    assert substitute(**series([])).kg_h.size == 0


def test_no_row_of_the_table_is_enforced_before_somebody_has_read_the_standard():
    assert not any(method.verified for method in methods())
    assert not WATER_VERIFIED


def test_a_day_of_water_takes_the_greatest_day_of_the_last_verified_period():
    loads = np.array([nan, 4.0, 9.0, 2.0, nan, nan, nan, 1.0, nan])
    period = np.array([1, 1, 1, 2, 2, 3, 4, 4, 5])
    got = water_substitute(loads, period)
    np.testing.assert_array_equal(got, [nan, nan, nan, nan, 9.0, 2.0, 2.0, nan, 1.0])
    with pytest.raises(ValueError, match="ascending"):
        water_substitute(loads, period[::-1])
