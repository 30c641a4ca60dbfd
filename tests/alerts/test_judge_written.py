"""The judge on a real database: load, judge, write, die, load again."""

from datetime import timedelta

import pytest

from alerts.judge import Judge
from smartpark import db
from tests.alerts import small_park
from tests.alerts.small_park import T0, readings, store

pytestmark = pytest.mark.integration


class Owner:
    """A worker that stores, judges, writes, commits and adopts, and can die between any two batches."""

    def __init__(self, conn: db.Connection, feed: str = "safety") -> None:
        self.conn = conn
        self.feed = feed
        self.reborn(T0)

    def reborn(self, now):
        self.judge = Judge.load(self.conn, feed=self.feed, now=now)
        self.conn.commit()

    def take(self, new, after_s: float, findings=()):
        now = T0 + timedelta(seconds=after_s)
        store(self.conn, new)
        verdict = self.judge.judge(new.ordered(), now, findings)
        count = self.judge.write(self.conn, verdict, now)
        self.conn.commit()
        self.judge.adopt(verdict)
        return count

    def alerts(self):
        with self.conn.cursor(row_factory=db.dict_row) as cursor:
            return cursor.execute("select * from alert order by id").fetchall()

    def events(self):
        return [t for (t,) in self.conn.execute("select type from alert_event order by id").fetchall()]


@pytest.fixture
def owner(conn):
    small_park.build(conn)
    return Owner(conn)


def test_a_gas_reading_past_its_setpoint_is_an_alert_with_clause_and_sentence(owner):
    owner.take(readings((0, 0.2), (1, 1.2)), 1.2)
    (alert,) = owner.alerts()
    assert (alert["rule"], alert["target_id"], alert["level"], alert["stage"]) == (
        "gas_toxic",
        1,
        "orange",
        "H",
    )
    assert (alert["value"], alert["limit_value"], alert["clause"]) == (1.2, 1.0, "GB/T 50493-2019 5.5.2")
    assert alert["condition"] == "active"
    assert alert["raised_at"] == T0 + timedelta(seconds=1)
    assert "1.20 mg/m³" in alert["text_zh"]
    assert owner.events() == ["raised", "annunciated"]


def test_a_judge_that_died_continues_where_it_was(owner):
    owner.take(readings((0, 1.2)), 0.2)
    owner.reborn(T0 + timedelta(seconds=0.5))
    owner.take(readings((1, 1.3)), 1.2)
    owner.take(readings((2, 2.3)), 2.2)
    owner.reborn(T0 + timedelta(seconds=2.5))
    owner.take(readings((3, 0.2)), 3.2)
    assert owner.events() == ["raised", "annunciated", "level_raised", "annunciated", "cleared"]
    (alert,) = owner.alerts()
    assert (alert["level"], alert["condition"], alert["acked"]) == ("red", "normal", False)
