"""Which minutes of an hour are due and missing, of each sensor and of its station."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.missing.presence import Sensor, due_minutes, gaps, lack_of, missing_minutes, off_beat
from tests.records.test_missing_cause import H, at


def test_a_minute_lacks_all_or_some_of_what_is_due_and_the_edges_of_a_silence_belong_to_it():
    dust = Sensor("a34013", range(60), [5, 20, 21, 22, 40, 59], frozenset({5, 40}))
    so2 = Sensor("a21026", range(60), [21, 40])
    late = Sensor("a21002", range(30, 60), [])
    lack = lack_of([dust, so2, late])
    assert (lack.silent, dict(lack.partial)) == ([20, 21, 22], {40: ("a21026",), 59: ("a34013",)})
    assert (lack.due, lack.sensor_due, lack.sensor_missing) == (60, 150, 6)
    assert lack_of([replace(dust, missing=[40]), late]) is None
    assert lack_of([Sensor("x", range(60))]) is None


def test_one_minute_between_two_with_data_is_a_beat_not_kept_to_the_second():
    assert off_beat([0, 3, 4, 59], {-1, 1, 2, 5, 58, 60}) == {0, 59}


def test_a_gap_that_touches_the_hour_s_ends_reaches_beyond_them():
    found = gaps(H, {0, 1, 30, 58, 59}, at(-90), at(200))
    assert [(g.start, g.end) for g in found] == [(at(-89), at(2)), (at(30), at(31)), (at(58), at(200))]
    assert [(g.start, g.end) for g in gaps(H, range(60), None, None)] == [(at(0), at(60))]


@given(st.sets(st.integers(0, 59)))
def test_gaps_are_the_missing_minutes_in_rows(missing):
    found = gaps(H, missing, None, None)
    assert {m for g in found for m in g.minutes} == {at(m) for m in missing}
    assert all(later.start > earlier.end for earlier, later in pairwise(found))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (-90, None, range(60)),
        (10.5, None, range(11, 60)),
        (0, 30, range(30)),
        (70, None, range(60, 60)),
        (-5, -1, range(0)),
    ],
)
def test_a_minute_is_due_from_since_until_the_end(start, end, expected):
    assert due_minutes(H, at(start), None if end is None else at(end)) == expected


def test_a_slow_station_is_heard_for_as_long_as_its_datum_stands():
    assert missing_minutes(range(60), {0, 5, 11, 30}, 5) == [*range(17, 30), *range(36, 60)]
    assert missing_minutes(range(60), set(range(-5, 60)) - {7}, 1) == [7]
    assert missing_minutes(range(60), {-1}, 60) == []
