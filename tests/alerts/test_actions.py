"""What people do to alerts, on the real database."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from alerts import actions, rows
from alerts.actions import ConflictError, ForbiddenError, NotFoundError, Seen, UnfitError
from alerts.life import Event, fold
from alerts.rights import COMMANDS, Actor, refusal
from smartpark import db
from tests.alerts import small_park

pytestmark = pytest.mark.integration

NOW = datetime(2026, 11, 22, 3, 15, tzinfo=UTC)
OPERATOR = Actor("operator", "operator")
OTHER = Actor("operator2", "operator")
LEADER = Actor("leader", "leader")
WORKS = Actor("works", "enterprise", 1)
STRANGER = Actor("stranger", "enterprise", 2)


@pytest.fixture
def park(conn):
    small_park.build(conn)
    return conn


def raise_alert(conn, *after, now=NOW, **data):
    """Store an alert as judging would; return it."""
    known = {
        "park_id": 1,
        "rule": "gas_toxic",
        "rule_version": 1,
        "target_kind": "sensor",
        "target_id": small_park.CL2,
        "sensor_id": small_park.CL2,
        "station_id": 1,
        "enterprise_id": 1,
        "class": "alarm",
        "level": "orange",
        "latch": True,
        "text_zh": "氯气",
        "text_en": "Chlorine",
    }
    events = [Event(type="raised", at=now - timedelta(minutes=3), data=known | data)]
    events += [Event(type=word, at=now - timedelta(minutes=2)) for word in after]
    alert = None
    for event in events:
        alert = fold(alert, event)
    new = rows.insert(conn, alert)
    rows.append(conn, [(new, event) for event in events])
    conn.commit()
    return rows.lock(conn, [new])[new]


def told(conn, alert):
    found = conn.execute("select type, actor from alert_event where alert_id = %s order by id", [alert.id])
    return [tuple(row) for row in found.fetchall()]


def test_an_acknowledgement_is_a_row_an_event_and_an_audit_line(park):
    alert = raise_alert(park)
    after = actions.acknowledge(park, Seen(alert.id, alert.version), OPERATOR, NOW)
    park.commit()
    row = park.execute(
        "select acked, acked_by, acked_at, state, version from alert where id = %s", [alert.id]
    ).fetchone()
    assert row == (True, "operator", NOW, "active_acked", alert.version + 1)
    assert after == rows.lock(park, [alert.id])[alert.id]
    assert told(park, alert)[-1] == ("acknowledged", "operator")
    audit = park.execute("select actor, action, object, at from audit").fetchall()
    assert audit == [("operator", "alert.acknowledge", f"alert/{alert.id}", NOW)]


def test_a_stale_version_is_refused_with_the_alert_as_it_stands(park):
    alert = raise_alert(park)
    actions.acknowledge(park, Seen(alert.id, alert.version), OPERATOR, NOW)
    with pytest.raises(ConflictError) as refused:
        actions.comment(park, Seen(alert.id, alert.version), OTHER, NOW, text="seen")
    assert refused.value.current.acked_by == "operator"
    assert told(park, alert)[-1] == ("acknowledged", "operator")


def test_two_operators_at_once_and_only_one_acknowledges(park, db_dsn):
    alert = raise_alert(park)
    park.commit()
    park.execute("select 1")  # begins the transaction that the first operator's action joins
    seen = Seen(alert.id, alert.version)
    with db.connect(db_dsn, name="second operator") as second:
        second.execute("set lock_timeout = '200ms'")
        actions.acknowledge(park, seen, OPERATOR, NOW)
        with pytest.raises(psycopg.errors.LockNotAvailable):
            actions.acknowledge(second, seen, OTHER, NOW)
        second.rollback()
        park.commit()
        with pytest.raises(ConflictError):
            actions.acknowledge(second, seen, OTHER, NOW)
    assert [word for word, _ in told(park, alert)].count("acknowledged") == 1


def test_closing_an_active_alert_is_a_conflict(park):
    alert = raise_alert(park)
    with pytest.raises(ConflictError, match="still active"):
        actions.close(park, Seen(alert.id, alert.version), LEADER, NOW, reason="false")


@pytest.mark.parametrize(("given", "kept"), [("instrument", "instrument"), ("仪表故障", "instrument")])
def test_closing_resets_the_latch_and_keeps_the_reason(park, given, kept):
    alert = raise_alert(park, "cleared")
    closed = actions.close(
        park, Seen(alert.id, alert.version), OPERATOR, NOW, reason=given, note="span drift"
    )
    assert (closed.close_reason, closed.close_note, closed.closed_by) == (kept, "span drift", "operator")
    assert (closed.latched, closed.word, closed.ended_at) == (False, "closed", NOW)


def test_a_close_reason_is_one_of_five(park):
    alert = raise_alert(park, "cleared")
    with pytest.raises(UnfitError) as refused:
        actions.close(park, Seen(alert.id, alert.version), OPERATOR, NOW, reason="boring")
    assert "真实报警、误报、仪表故障、检维修、演练" in refused.value.zh


def test_only_a_leader_closes_what_nobody_can_see(park):
    alert = raise_alert(park, "unknown")
    with pytest.raises(ConflictError, match="leader"):
        actions.close(park, Seen(alert.id, alert.version), OPERATOR, NOW, reason="instrument")
    assert (
        actions.close(park, Seen(alert.id, alert.version), LEADER, NOW, reason="instrument").word == "closed"
    )


def test_resetting_an_acknowledged_alert_that_is_normal_ends_it(park):
    alert = raise_alert(park, "acknowledged", "cleared")
    assert actions.reset(park, Seen(alert.id, alert.version), OPERATOR, NOW).ended_at == NOW


def test_an_enterprise_confirms_its_own_with_a_cause(park):
    alert = raise_alert(park)
    confirmed = actions.confirm(
        park, Seen(alert.id, alert.version), WORKS, NOW, cause="leak", text="flange 12"
    )
    assert (confirmed.confirmed_by, confirmed.cause, confirmed.acked) == ("works", "泄漏：flange 12", False)


def test_an_enterprise_does_not_even_see_another_ones(park):
    alert = raise_alert(park)
    with pytest.raises(NotFoundError):
        actions.confirm(park, Seen(alert.id, alert.version), STRANGER, NOW, cause="leak")


def test_an_enterprise_may_not_acknowledge_for_the_park(park):
    alert = raise_alert(park)
    with pytest.raises(ForbiddenError):
        actions.acknowledge(park, Seen(alert.id, alert.version), WORKS, NOW)


def test_there_is_no_such_alert(park):
    with pytest.raises(NotFoundError, match="4711"):
        actions.acknowledge(park, Seen(4711, 1), OPERATOR, NOW)


def test_a_shelf_has_a_reason_and_ends_within_eight_hours(park):
    alert = raise_alert(park)
    seen = Seen(alert.id, alert.version)
    with pytest.raises(UnfitError):
        actions.shelve(park, seen, OPERATOR, NOW, reason=" ")
    with pytest.raises(UnfitError):
        actions.shelve(park, seen, OPERATOR, NOW, reason="r", until=NOW + timedelta(hours=8, seconds=1))
    with pytest.raises(UnfitError):
        actions.shelve(park, seen, OPERATOR, NOW, reason="r", until=NOW)
    shelved = actions.shelve(park, seen, OPERATOR, NOW, reason="chattering", until=NOW + timedelta(hours=1))
    assert (shelved.word, shelved.shelved_by, shelved.shelve_reason) == ("shelved", "operator", "chattering")


def test_a_red_alarm_is_not_shelved_by_one_operator_alone(park):
    alert = raise_alert(park, level="red")
    seen = Seen(alert.id, alert.version)
    for second in (None, OPERATOR, Actor("patrol", "patrol"), WORKS):
        with pytest.raises(ForbiddenError):
            actions.shelve(park, seen, OPERATOR, NOW, reason="chattering", second=second)
    shelved = actions.shelve(park, seen, OPERATOR, NOW, reason="chattering", second=OTHER)
    data = park.execute("select data from alert_event where type = 'shelved'").fetchone()[0]
    assert (shelved.word, data["second"]) == ("shelved", "operator2")


def test_a_leader_shelves_a_red_alarm_alone(park):
    alert = raise_alert(park, level="red")
    assert actions.shelve(park, Seen(alert.id, alert.version), LEADER, NOW, reason="known").word == "shelved"


def test_a_shelf_whose_time_is_over_ends_and_the_alert_sounds_again(park):
    alert = raise_alert(park)
    actions.shelve(
        park, Seen(alert.id, alert.version), OPERATOR, NOW, reason="r", until=NOW + timedelta(hours=1)
    )
    assert rows.expire_shelves(park, NOW + timedelta(minutes=59)) == 0
    assert rows.expire_shelves(park, NOW + timedelta(hours=1)) == 1
    assert told(park, alert)[-2:] == [("unshelved", "system"), ("annunciated", "system")]
    assert rows.expire_shelves(park, NOW + timedelta(hours=2)) == 0


def test_a_shelf_that_ends_on_a_returned_alert_is_silent(park):
    alert = raise_alert(park, "cleared")
    actions.shelve(
        park, Seen(alert.id, alert.version), OPERATOR, NOW, reason="r", until=NOW + timedelta(hours=1)
    )
    rows.expire_shelves(park, NOW + timedelta(hours=1))
    assert told(park, alert)[-1] == ("unshelved", "system")


def test_a_timed_shelf_is_carried_to_the_next_row_of_the_same_point(park):
    alert = raise_alert(park)
    until = NOW + timedelta(hours=1)
    alert = actions.shelve(park, Seen(alert.id, alert.version), OPERATOR, NOW, reason="r", until=until)
    cleared = fold(alert, Event(type="cleared", at=NOW))
    rows.update(park, cleared)
    closed = actions.close(park, Seen(cleared.id, cleared.version), OPERATOR, NOW, reason="false")
    assert closed.word == "closed"
    target = ("gas_toxic", "sensor", small_park.CL2)
    shelf = rows.carried(park, [target, ("gas_toxic", "sensor", 99)], NOW)
    assert set(shelf) == {target}
    again = raise_alert(park, **shelf[target])
    assert (again.word, again.shelved_until, again.shelved_by) == ("shelved", until, "operator")
    assert rows.carried(park, [target], until) == {}


def test_assigning_and_commenting_leave_the_regions_alone(park):
    alert = raise_alert(park)
    assigned = actions.assign(park, Seen(alert.id, alert.version), OPERATOR, NOW, to="patrol")
    commented = actions.comment(park, Seen(alert.id, assigned.version), WORKS, NOW, text="on the way")
    assert (commented.assigned_to, commented.state) == ("patrol", alert.state)
    assert told(park, alert)[-2:] == [("assigned", "operator"), ("commented", "works")]


def test_a_viewer_may_do_nothing(park):
    alert = raise_alert(park)
    for command in COMMANDS:
        assert refusal(alert, command, "viewer").kind == "forbidden"


def test_every_action_wakes_the_consumers_with_the_id_of_its_event(park, db_dsn):
    alert = raise_alert(park)
    with db.connect(db_dsn, name="listener", autocommit=True) as listener:
        listener.execute("listen alert_event")
        actions.acknowledge(park, Seen(alert.id, alert.version), OPERATOR, NOW)
        park.commit()
        woken = [note.payload for note in listener.notifies(timeout=5, stop_after=1)]
    last = park.execute("select max(id) from alert_event").fetchone()[0]
    assert woken == [str(last)]


def test_an_action_that_fails_leaves_nothing_behind(park, monkeypatch):
    alert = raise_alert(park)

    def broken(*_):
        raise RuntimeError("power cut")

    monkeypatch.setattr(rows, "append", broken)
    with pytest.raises(RuntimeError):
        actions.acknowledge(park, Seen(alert.id, alert.version), OPERATOR, NOW)
    assert rows.lock(park, [alert.id])[alert.id] == alert
    assert park.execute("select count(*) from audit").fetchone()[0] == 0
