"""Whose fault a missing minute is: a table of cases, and a slow second opinion on random ones."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.missing.cause import Around, Gap, Presence, Restart, Session, Span, cause_of, decide
from records.missing.presence import gaps

H = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(minutes):
    return H + minutes * MINUTE


def gap(first=10, last=20):
    return Gap(tuple(at(m) for m in range(first, last)), at(first), at(last))


def session(opened, last, closed=None, closed_by=None, others=(), mn="A"):
    return Session(7, mn, at(opened), at(last), None if closed is None else at(closed), closed_by, others)


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


@pytest.mark.parametrize(
    ("other", "cause"),
    [
        ((), "enterprise"),
        ((session(-90, 300, mn="B"),), "enterprise"),
        ((session(-90, 10, 25, "network", mn="B"),), "network"),
        ((session(-90, 10, 25, "network", mn="B"), session(11, 300, mn="B")), "enterprise"),
        ((session(13, 20, 25, "network", mn="B"),), "enterprise"),
        ((session(-90, 10, 10, "logger", mn="B"),), "unknown"),
        ((session(-90, 10, mn="B"),), "unknown"),  # half open: who knows yet
    ],
)
def test_what_one_of_two_loggers_did_not_bring_has_the_cause_of_its_connection(other, cause):
    around = Around(has_logger=True, sessions=(LIVE, *other), spoke=HEARD)
    decision = decide([], around, {at(12): ("a21026",)})
    assert dict(decision.minutes) == {cause: 1}
    assert decision.evidence[0].get("mn") == (None if cause == "enterprise" else "B")


def test_what_one_logger_alone_brought_later_was_not_lost():
    sessions = (session(-90, 10, 25, "network"), session(30, 300))
    decision = decide([], Around(has_logger=True, sessions=sessions, spoke=HEARD), {at(12): ("a21026",)})
    assert decision.cause == "enterprise"


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
