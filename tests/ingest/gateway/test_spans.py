"""Missing time against known gaps, by hand and against minutes counted one by one."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ingest.gateway.spans import Known, New, Span, common, cut, joined, reconciled, without

AT = datetime(2026, 11, 22, tzinfo=UTC)
WITHIN, LONGEST = timedelta(minutes=10), timedelta(minutes=60)


def minute(number):
    return AT + timedelta(minutes=number)


def span(start, end):
    return Span(minute(start), minute(end))


def spans(minutes):
    """Return minutes as spans, as long as they go."""
    found = []
    for number in sorted(minutes):
        if found and found[-1][1] == number:
            found[-1][1] = number + 1
        else:
            found.append([number, number + 1])
    return [span(*pair) for pair in found]


def minutes_of(*found):
    return {n for one in found for n in range(*((at - AT) // timedelta(minutes=1) for at in one))}


def known(number, start, end, *, fetchable=True, busy=False):
    return Known(number, span(start, end), fetchable, busy)


def reconcile(missing, *gaps):
    return reconciled(missing, gaps, WITHIN, LONGEST)


some_minutes = st.sets(st.integers(0, 200), max_size=60)


@given(some_minutes)
def test_joining_loses_nothing_and_leaves_only_wide_rifts(minutes):
    found = joined(spans(minutes), WITHIN)
    assert minutes <= minutes_of(*found)
    assert all(after.start - before.end >= WITHIN for before, after in pairwise(found))
    assert all((one.start - AT) // timedelta(minutes=1) in minutes for one in found)


@given(some_minutes, some_minutes)
def test_common_and_without_are_those_of_sets(minutes, others):
    outside = minutes_of(*without(spans(minutes), spans(others)))
    inside = minutes_of(*(part for one in spans(others) for part in common(spans(minutes), one)))
    assert (inside, outside) == (minutes & others, minutes - others)


def test_a_long_span_is_cut_into_requests():
    assert list(cut(span(0, 130), LONGEST)) == [span(0, 60), span(60, 120), span(120, 130)]


def test_what_is_missing_is_new_and_close_stretches_are_one():
    assert reconcile([span(0, 5), span(12, 20), span(40, 41)]).new == [
        New(span(0, 20), vain=False),
        New(span(40, 41), vain=False),
    ]


def test_a_gap_that_has_come_is_filled():
    assert reconcile([], known(1, 0, 5)).filled == [1]


def test_a_gap_whose_later_part_has_come_is_shortened():
    changes = reconcile([span(0, 5)], known(1, 0, 30))
    assert (changes.shortened, changes.filled, changes.new) == ({1: minute(5)}, [], [])


def test_a_gap_whose_beginning_has_come_is_filled_and_its_rest_is_a_new_one():
    changes = reconcile([span(20, 30)], known(1, 0, 30))
    assert (changes.filled, changes.new) == ([1], [New(span(20, 30), vain=False)])


def test_a_gap_whose_middle_has_come_is_two():
    changes = reconcile([span(0, 5), span(25, 30)], known(1, 0, 30))
    assert (changes.shortened, changes.new) == ({1: minute(5)}, [New(span(25, 30), vain=False)])


def test_a_gap_grows_with_what_is_missing_behind_it_up_to_one_request():
    assert reconcile([span(0, 7)], known(1, 0, 5)).grown == {1: minute(7)}
    changes = reconcile([span(0, 70)], known(1, 0, 5))
    assert (changes.grown, changes.new) == ({1: minute(60)}, [New(span(60, 70), vain=False)])


def test_what_is_being_fetched_or_was_given_up_is_left_alone():
    changes = reconcile([span(0, 5)], known(1, 0, 5, busy=True))
    assert changes == reconcile([span(0, 5)], known(1, 0, 5, fetchable=False)) == reconcile([])
    assert reconcile([], known(1, 0, 5, busy=True)).filled == []


def test_what_follows_a_gap_in_vain_is_new_and_marked():
    assert reconcile([span(0, 6)], known(1, 0, 5, fetchable=False)).new == [New(span(5, 6), vain=True)]
    assert reconcile([span(0, 6)], known(1, 0, 5, busy=True)).new == [New(span(5, 6), vain=False)]
    assert reconcile([span(30, 31)], known(1, 0, 5, fetchable=False)).new == [New(span(30, 31), vain=False)]


gaps = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 60), st.sampled_from(["open", "busy", "given_up"])),
    max_size=6,
)


@given(some_minutes, gaps)
def test_after_every_change_each_missing_minute_is_in_exactly_one_gap(minutes, drawn):
    rows, at = [], 0
    for number, (rift, length, state) in enumerate(drawn):
        start, at = at + rift, at + rift + length
        rows.append(known(number, start, at, fetchable=state != "given_up", busy=state == "busy"))
    changes = reconcile(spans(minutes), *rows)
    ends = changes.shortened | changes.grown
    kept = [(row.span.start, ends.get(row.id, row.span.end)) for row in rows if row.id not in changes.filled]
    new = [tuple(one.span) for one in changes.new]
    after = sorted([*kept, *new])
    assert all(before[1] <= behind[0] for before, behind in pairwise(after))
    assert minutes <= minutes_of(*after)
    for start, end in [*new, *((row.span.start, ends[row.id]) for row in rows if row.id in ends)]:
        assert {(start - AT) // timedelta(minutes=1), (end - AT) // timedelta(minutes=1) - 1} <= minutes
        assert end - start <= LONGEST
    once_more = reconcile(
        spans(minutes),
        *(Known(100 + n, Span(*pair), fetchable=True, busy=False) for n, pair in enumerate(new)),
    )
    assert once_more.filled == []
    touched = {*changes.filled, *ends}
    assert all(rows[number].fetchable and not rows[number].busy for number in touched)
