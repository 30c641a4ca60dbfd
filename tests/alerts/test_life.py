"""The life of an alert: three regions and a latch, a fold of events."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from alerts.life import (
    EVENT_TYPES,
    Alert,
    Event,
    ImpossibleEventError,
    fold,
    from_row,
    jsonable,
    may_annunciate,
    to_row,
)

AT = datetime(2026, 11, 22, 3, 12, tzinfo=UTC)


def raised(**data):
    known = {
        "park_id": 1,
        "rule": "gas_toxic",
        "rule_version": 1,
        "target_kind": "sensor",
        "target_id": 7,
        "class": "alarm",
        "level": "orange",
        "stage": "H",
        "text_zh": "氯气 1.20 mg/m³",
        "text_en": "Chlorine 1.20 mg/m³",
    }
    return Event(type="raised", at=AT, data=known | data)


def happen(alert, *types, minutes=1, **data):
    for number, word in enumerate(types):
        event = Event(type=word, at=AT + timedelta(minutes=minutes + number), actor="operator", data=data)
        alert = fold(alert, event)
    return alert


def test_an_alert_begins_active_and_unacknowledged():
    alert = fold(None, raised())
    assert (alert.state, alert.word, alert.version) == ("active_unacked", "unacknowledged", 1)
    assert may_annunciate(alert)


def test_it_ends_when_normal_acknowledged_and_unlatched():
    alert = happen(fold(None, raised()), "cleared")
    assert (alert.state, alert.word, alert.ended_at) == ("returned_unacked", "returned", None)
    alert = happen(alert, "acknowledged", minutes=5)
    assert (alert.state, alert.word) == ("ended", "closed")
    assert alert.ended_at == AT + timedelta(minutes=5)


def test_a_latched_alert_stays_until_it_is_closed_with_a_reason():
    alert = happen(fold(None, raised(latch=True)), "acknowledged", "cleared")
    assert (alert.state, alert.word, alert.ended_at) == ("returned_latched", "acknowledged", None)
    alert = happen(alert, "closed", minutes=9, reason="true", note="valve packing")
    assert alert.ended_at == AT + timedelta(minutes=9)
    assert (alert.close_reason, alert.close_note, alert.closed_by) == ("true", "valve packing", "operator")


def test_resetting_the_latch_ends_an_acknowledged_alert_that_is_normal():
    alert = happen(fold(None, raised(latch=True)), "acknowledged", "cleared", "reset")
    assert alert.ended_at is not None


def test_closing_an_active_alert_is_impossible():
    with pytest.raises(ImpossibleEventError, match="active"):
        happen(fold(None, raised()), "closed", reason="false")


def test_closing_an_unacknowledged_alert_acknowledges_it():
    alert = happen(fold(None, raised()), "cleared", "closed", reason="false")
    assert alert.acked
    assert alert.acked_by == "operator"
    assert alert.ended_at is not None


def test_no_data_keeps_the_alert_open_and_the_acknowledgement():
    alert = happen(fold(None, raised()), "acknowledged", "unknown")
    assert (alert.state, alert.word, alert.acked, alert.ended_at) == (
        "active_unknown",
        "acknowledged",
        True,
        None,
    )
    assert happen(alert, "known").state == "active_acked"


def test_no_data_does_not_make_a_normal_alert_unknown():
    assert happen(fold(None, raised()), "cleared", "unknown").condition == "normal"


def test_a_new_violation_while_open_is_a_reactivation_that_asks_for_acknowledgement_again():
    alert = happen(fold(None, raised(latch=True)), "acknowledged", "cleared", "reactivated")
    assert (alert.state, alert.occurrences, alert.cleared_at) == ("active_unacked", 2, None)


def test_a_higher_stage_asks_for_acknowledgement_again():
    alert = happen(fold(None, raised()), "acknowledged", "level_raised", stage="HH", level="red", value=2.3)
    assert (alert.acked, alert.level, alert.stage, alert.value) == (False, "red", "HH", 2.3)


def test_a_shelved_alert_may_not_sound():
    until = AT + timedelta(hours=2)
    alert = happen(fold(None, raised()), "shelved", until=until.isoformat(), reason="chattering")
    assert (alert.state, alert.word, alert.shelved_until) == ("shelved", "shelved", until)
    with pytest.raises(ImpossibleEventError, match="may not sound"):
        happen(alert, "annunciated")


def test_a_one_shot_shelf_ends_when_the_condition_clears():
    alert = happen(fold(None, raised()), "shelved", until=AT.isoformat(), once=True, reason="test")
    assert happen(alert, "cleared").suppressed == "none"


def test_a_timed_shelf_outlives_the_end_of_the_row():
    alert = happen(fold(None, raised()), "shelved", until=AT.isoformat(), reason="test")
    alert = happen(alert, "cleared", "acknowledged", minutes=3)
    assert (alert.word, alert.suppressed) == ("closed", "shelved")
    assert happen(alert, "unshelved").suppressed == "none"


def test_an_alert_under_a_filed_window_never_sounds_and_ends_by_itself():
    alert = fold(None, raised(suppressed="by_design", latch=True))
    assert not may_annunciate(alert)
    assert happen(alert, "cleared").ended_at is not None


def test_an_alert_whose_window_ended_becomes_a_live_one():
    alert = happen(fold(None, raised(suppressed="by_design")), "unshelved", unack=True, latch=True)
    assert (alert.state, alert.latched) == ("active_unacked", True)
    assert may_annunciate(alert)


def test_what_was_found_in_late_data_waits_for_a_person():
    alert = fold(None, raised(origin="retrospective", condition="normal", latch=True))
    assert (alert.word, alert.ended_at, may_annunciate(alert)) == ("returned", None, False)
    assert happen(alert, "acknowledged").word == "closed"


def test_after_the_end_only_words_may_follow():
    alert = happen(fold(None, raised()), "cleared", "acknowledged")
    assert happen(alert, "commented", text="checked").ended_at == alert.ended_at
    assert happen(alert, "closed", reason="true").close_reason == "true"
    for word in ("reactivated", "cleared", "acknowledged", "annunciated", "shelved"):
        with pytest.raises(ImpossibleEventError, match="ended"):
            happen(alert, word)


def test_the_end_is_never_before_the_acknowledgement():
    alert = fold(None, raised())
    alert = fold(alert, Event(type="acknowledged", at=AT + timedelta(minutes=9), actor="operator"))
    alert = fold(alert, Event(type="cleared", at=AT + timedelta(minutes=2)))
    assert alert.ended_at == AT + timedelta(minutes=9)


@pytest.mark.parametrize("word", sorted(EVENT_TYPES - {"raised"}))
def test_nothing_happens_to_an_alert_that_was_never_raised(word):
    with pytest.raises(ImpossibleEventError, match="first event"):
        fold(None, Event(type=word, at=AT))


def test_an_alert_is_raised_once():
    with pytest.raises(ImpossibleEventError, match="reactivated"):
        fold(fold(None, raised()), raised())


def test_an_unknown_event_is_refused():
    with pytest.raises(ImpossibleEventError, match="not an event"):
        fold(fold(None, raised()), Event(type="exploded", at=AT))


def test_a_raise_without_a_level_is_refused():
    event = raised()
    with pytest.raises(ImpossibleEventError, match="level"):
        fold(None, Event(type="raised", at=AT, data={k: v for k, v in event.data.items() if k != "level"}))


def test_row_and_alert_are_the_same():
    alert = happen(fold(None, raised(flag="N", mark="O", members=[{"sensor_id": 7}])), "acknowledged")
    row = to_row(alert) | {"id": 5, "flag": b"N", "mark": b"O"}
    assert row["state"] == "active_acked"
    assert to_row(from_row(row)) == to_row(alert)


def test_event_data_become_json_at_any_depth():
    plain = jsonable({"until": AT, "members": [{"since": AT}], "n": 1})
    assert plain == {"until": AT.isoformat(), "members": [{"since": AT.isoformat()}], "n": 1}


SHELF = {"until": (AT + timedelta(hours=8)).isoformat(), "reason": "chattering"}


class Life(RuleBasedStateMachine):
    """Any order of what sensors, people and the platform do; the ledger of events is the truth."""

    alert: Alert

    def __init__(self):
        super().__init__()
        self.ledger = []
        self.clock = AT

    def do(self, word, **data):
        self.clock += timedelta(seconds=1)
        before = self.alert
        event = Event(type=word, at=self.clock, actor="operator", data=data)
        self.alert = fold(self.alert, event)
        self.ledger.append(event)
        assert self.alert.version == before.version + 1
        return before

    @initialize(
        latch=st.booleans(),
        suppressed=st.sampled_from(["none", "by_design"]),
        late=st.booleans(),
    )
    def begin(self, latch, suppressed, late):
        how = {"origin": "retrospective", "condition": "normal"} if late and suppressed == "none" else {}
        event = raised(latch=latch, suppressed=suppressed, **how)
        self.ledger.append(event)
        self.alert = fold(None, event)

    def still_open(self):
        return self.alert.ended_at is None

    @precondition(still_open)
    @rule(fall=st.sampled_from(["cleared", "returned"]))
    def clear(self, fall):
        self.do(fall)
        assert self.alert.condition == "normal"

    @precondition(still_open)
    @rule()
    def violate_again(self):
        before = self.do("reactivated")
        assert self.alert.id == before.id
        assert self.alert.occurrences == before.occurrences + 1

    @precondition(still_open)
    @rule()
    def rise(self):
        self.do("level_raised", level="red", stage="HH")

    @precondition(still_open)
    @rule()
    def lose_the_signal(self):
        before = self.do("unknown")
        assert self.alert.ended_at is None
        assert self.alert.acked == before.acked
        assert (self.alert.condition == "normal") == (before.condition == "normal")

    @precondition(lambda self: self.still_open() and self.alert.condition == "unknown")
    @rule()
    def see_again(self):
        before = self.do("known")
        assert self.alert.acked == before.acked

    @precondition(still_open)
    @rule()
    def sound(self):
        silent = self.alert.suppressed != "none" or self.alert.acked or self.alert.condition == "normal"
        if silent:
            with pytest.raises(ImpossibleEventError):
                fold(self.alert, Event(type="annunciated", at=self.clock))
        else:
            self.do("annunciated")

    @precondition(lambda self: self.still_open() and not self.alert.acked)
    @rule()
    def acknowledge(self):
        self.do("acknowledged")
        assert self.alert.acked

    @precondition(lambda self: self.still_open() and self.alert.suppressed == "none")
    @rule(once=st.booleans())
    def shelve(self, once):
        self.do("shelved", once=once, **SHELF)

    @precondition(lambda self: self.alert.suppressed == "shelved")
    @rule()
    def unshelve(self):
        self.do("unshelved")

    @precondition(lambda self: self.still_open() and self.alert.latched)
    @rule()
    def reset(self):
        self.do("reset")

    @rule(word=st.sampled_from(["commented", "confirmed", "assigned"]))
    def answer(self, word):
        before = self.do(word, text="words", cause="leak", to="patrol")
        assert self.alert.condition == before.condition
        assert self.alert.ended_at == before.ended_at

    @rule()
    def close(self):
        if self.alert.condition in {"active", "pending", "recovering"}:
            with pytest.raises(ImpossibleEventError):
                fold(self.alert, Event(type="closed", at=self.clock, data={"reason": "false"}))
        else:
            self.do("closed", reason="true")
            assert self.alert.ended_at is not None

    @invariant()
    def the_row_is_the_fold_of_its_events(self):
        again = None
        for event in self.ledger:
            again = fold(again, event)
        assert again == self.alert if self.ledger else True

    @invariant()
    def it_has_ended_exactly_when_normal_acknowledged_and_unlatched(self):
        if self.ledger:
            over = self.alert.condition == "normal" and self.alert.acked and not self.alert.latched
            assert (self.alert.ended_at is not None) == over
            assert (self.alert.word == "closed") == over

    @invariant()
    def what_is_suppressed_may_not_sound(self):
        if self.ledger and self.alert.suppressed != "none":
            assert not may_annunciate(self.alert)


Life.TestCase.settings = settings(max_examples=80, stateful_step_count=30, deadline=None, derandomize=True)
TestLife = Life.TestCase
