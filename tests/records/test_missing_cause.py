"""Whose fault a missing minute is: a table of cases, and a slow second opinion on random ones."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.missing.cause import Around, Gap, Presence, Restart, Session, Span, cause_of, decide
from records.missing.presence import Sensor, due_minutes, gaps, lack_of, missing_minutes, off_beat

H = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(minutes):
    return H + minutes * MINUTE


def gap(first=10, last=20):
    return Gap(tuple(at(m) for m in range(first, last)), at(first), at(last))


def session(opened, last, closed=None, closed_by=None, others=()):
    return Session(7, "A", at(opened), at(last), None if closed is None else at(closed), closed_by, others)


OUTAGE = Span("outage", "gateway", at(12), at(13.5))
WINDOW = Span("window", "shutdown 3", at(0), at(60))
LIVE = session(-100, 300)
HEARD = frozenset(at(m) for m in range(-100, 300))


@pytest.mark.parametrize(
    ("around", "expected"),
    [
        (Around(has_logger=True), {"unknown": 10}),
        (Around(has_logger=True, sessions=(LIVE,), spoke=HEARD), {"enterprise": 10}),
        (Around(has_logger=True, sessions=(LIVE,)), {"unknown": 10}),
        (
            Around(has_logger=True, sessions=(LIVE,), spoke=HEARD - set(gap().minutes)),
            {"enterprise": 2, "unknown": 8},
        ),
        (
            Around(has_logger=True, sessions=(LIVE,), spoke=HEARD - set(gap().minutes), interval_min=10),
            {"enterprise": 10},
        ),
        (Around(has_logger=True, sessions=(session(-100, 300, 300, "network"),)), {"unknown": 10}),
        (
            Around(has_logger=True, sessions=(LIVE,), outages=(OUTAGE,), spoke=HEARD),
            {"enterprise": 8, "platform": 2},
        ),
        (Around(has_logger=True, outages=(OUTAGE,), windows=(WINDOW,)), {"platform": 2, "enterprise": 8}),
        (Around(has_logger=True, sessions=(session(-9, 10, 25, "network"),)), {"network": 10}),
        (Around(has_logger=True, sessions=(session(-9, 10, 10, "logger"),)), {"unknown": 10}),
        (Around(has_logger=True, sessions=(session(-9, 10, 10, "logger", ("B",)),)), {"network": 10}),
        (Around(has_logger=True, sessions=(session(-9, 10, 10, "us"),)), {"unknown": 10}),
        (Around(has_logger=True, sessions=(session(-9, 10),)), {"unknown": 10}),  # half open: who knows yet
        (
            Around(
                has_logger=True,
                sessions=(session(-9, 10, 10, "us"),),
                outages=(Span("outage", "g", at(9), at(11)),),
            ),
            {"platform": 6, "unknown": 4},
        ),
        (
            Around(has_logger=True, sessions=(session(-9, 10, 10, "network"), session(15, 300)), spoke=HEARD),
            {"network": 5, "enterprise": 5},
        ),
        (
            Around(
                has_logger=True, sessions=(session(-9, 10, 10, "logger"),), restarts=(Restart("A", at(20.5)),)
            ),
            {"enterprise": 10},
        ),
        (
            Around(
                has_logger=True, sessions=(session(-9, 10, 10, "logger"),), restarts=(Restart("A", at(22)),)
            ),
            {"unknown": 10},
        ),
        (Around(has_logger=False), {"unknown": 10}),
        (Around(has_logger=False, presences=(Presence(at(-500), online=True),)), {"enterprise": 10}),
        (
            Around(
                has_logger=False, presences=(Presence(at(-500), online=True), Presence(at(14), online=False))
            ),
            {"network": 6, "enterprise": 4},
        ),
        (Around(has_logger=False, presences=(Presence(at(15), online=False),)), {"unknown": 5, "network": 5}),
        (
            Around(has_logger=False, presences=(Presence(at(-5), online=False),), windows=(WINDOW,)),
            {"enterprise": 10},
        ),
    ],
)
def test_every_missing_minute_has_the_cause_that_fits_first(around, expected):
    assert dict(decide([gap()], around).minutes) == expected


@pytest.mark.parametrize(
    ("minutes", "cause"),
    [
        ({"platform": 5, "enterprise": 5}, "platform"),
        ({"network": 5, "enterprise": 5}, "network"),
        ({"enterprise": 5, "unknown": 5}, "unknown"),
        ({"network": 4, "enterprise": 5}, "enterprise"),
    ],
)
def test_a_tie_is_never_the_enterprise_s(minutes, cause):
    ends = {"platform": 0, "network": 0, "enterprise": 0, "unknown": 0} | minutes
    first_network = ends["platform"]
    first_enterprise = first_network + ends["network"]
    first_unknown = first_enterprise + ends["enterprise"]
    sessions = (
        session(-9, -1, -1, "network"),
        session(first_enterprise, first_unknown, first_unknown, "logger"),
    )
    outages = (Span("outage", "g", at(0), at(first_network)),) if first_network else ()
    decision = decide(
        [gap(0, sum(minutes.values()))],
        Around(has_logger=True, sessions=sessions, outages=outages, spoke=HEARD),
    )
    assert dict(decision.minutes) == minutes
    assert decision.cause == cause


def test_the_evidence_names_the_rows_and_the_minutes_that_each_explains():
    around = Around(
        has_logger=True, sessions=(session(-9, 10, 25, "network", ("B", "C")),), outages=(OUTAGE,)
    )
    assert list(decide([gap()], around).evidence) == [
        {
            "kind": "session",
            "id": 7,
            "mn": "A",
            "opened_at": at(-9),
            "last_at": at(10),
            "closed_at": at(25),
            "closed_by": "network",
            "others": ["B", "C"],
            "cause": "network",
            "minutes": 8,
        },
        {
            "kind": "outage",
            "name": "gateway",
            "from": at(12),
            "to": at(13.5),
            "cause": "platform",
            "minutes": 2,
        },
    ]


def test_the_evidence_of_an_open_session_does_not_change_while_it_goes_on():
    first, second = (
        decide([gap()], Around(has_logger=True, sessions=(session(-9, last),))) for last in (100, 200)
    )
    assert first == second


@pytest.mark.parametrize(
    ("around", "cause"),
    [
        (Around(has_logger=True, sessions=(LIVE,)), "enterprise"),
        (Around(has_logger=False), "enterprise"),
        (Around(has_logger=True, outages=(OUTAGE,)), "platform"),
        (Around(has_logger=True, windows=(WINDOW,)), "enterprise"),
    ],
)
def test_what_comes_without_some_of_its_sensors_was_not_lost_on_its_way(around, cause):
    decision = decide([], around, {at(12): ("a21026", "a21026-Zs")})
    assert dict(decision.minutes) == {cause: 1}
    quiet = {"kind": "sensors", "quantities": ["a21026", "a21026-Zs"], "cause": "enterprise", "minutes": 1}
    assert (quiet in decision.evidence) is (not around.outages and not around.windows)


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


def test_an_hour_without_missing_minutes_has_no_cause():
    with pytest.raises(ValueError, match="no minute"):
        decide([], Around(has_logger=True))


SPANS = st.lists(st.tuples(st.integers(-30, 90), st.integers(1, 40)), max_size=2)
SESSIONS = st.lists(
    st.tuples(
        st.integers(-60, 70),
        st.integers(0, 60),
        st.one_of(st.none(), st.integers(0, 20)),
        st.sampled_from(["logger", "network", "us"]),
        st.booleans(),
    ),
    max_size=3,
)


def second_opinion(minute, row, seen):
    """Say the rules again, one sentence each, as slowly as they are written."""
    ends = minute + MINUTE
    for outage in seen.outages:
        if max(outage.start, minute) < min(outage.end, ends):
            return "platform"
    for window in seen.windows:
        if max(window.start, minute) < min(window.end, ends):
            return "enterprise"
    if not seen.has_logger:
        words = {p.at: p.online for p in seen.presences if p.at <= minute}
        return "unknown" if not words else "enterprise" if words[max(words)] else "network"
    if any(row.start <= r.at + MINUTE and r.at <= row.end + MINUTE for r in seen.restarts):
        return "enterprise"
    if any(s.opened_at <= minute and ends <= s.last_at for s in seen.sessions):
        near = [minute + n * MINUTE for n in range(-seen.interval_min, seen.interval_min + 1)]
        return "enterprise" if set(near) & seen.spoke else "unknown"
    before = [s for s in seen.sessions if s.opened_at <= minute]
    if not before:
        return "unknown"
    newest = max(before, key=lambda s: (s.opened_at, seen.sessions.index(s)))
    if newest.closed_by == "network" or newest.others:
        return "network"
    if newest.closed_by == "us":
        for outage in seen.outages:
            if outage.end <= minute < outage.end + 5 * MINUTE:
                return "platform"
    return "unknown"


@settings(max_examples=300, deadline=None)
@given(
    st.booleans(),
    SPANS,
    SPANS,
    SESSIONS,
    st.lists(st.integers(-5, 70), max_size=2),
    st.lists(st.tuples(st.integers(-90, 60), st.booleans()), max_size=3, unique_by=lambda pair: pair[0]),
    st.sets(st.integers(0, 59), min_size=1),
    st.sets(st.integers(-10, 70)),
    st.integers(1, 10),
)
def test_the_decision_is_what_the_sentences_say_minute_by_minute(
    has_logger, out, filed, talks, starts, words, missing, spoke, interval_min
):
    seen = Around(
        has_logger=has_logger,
        outages=tuple(sorted((Span("outage", "g", at(a), at(a + n)) for a, n in out), key=lambda s: s.start)),
        windows=tuple(
            sorted((Span("window", "m 1", at(a), at(a + n)) for a, n in filed), key=lambda s: s.start)
        ),
        sessions=tuple(
            sorted(
                (
                    Session(
                        n,
                        "A",
                        at(a),
                        at(a + b),
                        None if c is None else at(a + b + c),
                        by if c is not None else None,
                        ("B",) * (o and c is not None),
                    )
                    for n, (a, b, c, by, o) in enumerate(talks)
                ),
                key=lambda s: s.opened_at,
            )
        ),
        restarts=tuple(Restart("A", at(m)) for m in sorted(starts)),
        presences=tuple(sorted((Presence(at(m), o) for m, o in words), key=lambda p: p.at)),
        spoke=frozenset(map(at, spoke)),
        interval_min=interval_min,
    )
    rows = gaps(H, missing, at(-7), at(75))
    assert sorted(m for row in rows for m in row.minutes) == [at(m) for m in sorted(missing)]
    votes = [second_opinion(m, row, seen) for row in rows for m in row.minutes]
    assert [cause_of(m, row, seen)[0] for row in rows for m in row.minutes] == votes
    decision = decide(rows, seen)
    assert dict(decision.minutes) == {c: votes.count(c) for c in set(votes)}
    order = ["platform", "network", "unknown", "enterprise"]
    assert decision.cause == max(order, key=lambda c: (votes.count(c), -order.index(c)))
    assert sum(row["minutes"] for row in decision.evidence) <= len(votes)


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
