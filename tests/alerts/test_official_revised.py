"""Hours that come late, are revised or marked: what was said of them is told, nothing is deleted."""

import pytest

from alerts.official import Fact
from tests.alerts.outlet_hours import EIGHT, HOUR, acknowledge, all_of, build, hour, judge, types

pytestmark = pytest.mark.integration


@pytest.fixture
def park(conn):
    return build(conn)


def test_an_exceedance_that_only_late_data_show_is_unread_and_silent(park):
    judge(park, hour(0, None))
    judge(park, hour(1, 40))
    judge(park, hour(0, 58, revision=2, cause="late", made_at=EIGHT + 3 * HOUR))
    (alert,) = all_of(park)
    assert (alert["origin"], alert["condition"], alert["acked"], alert["annunciated_at"]) == (
        "retrospective",
        "normal",
        False,
        None,
    )
    assert alert["text_zh"].startswith(
        "补报超限：11-22 08:00-09:00 氮氧化物小时均值(折算) 58.0 mg/m³，超过限值"
    )
    judge(park, hour(-2, 70, cause="late", made_at=EIGHT + 3 * HOUR))
    (alert,) = all_of(park)
    assert alert["evidence"]["retrospective"]["count"] == 2
    assert alert["text_zh"].startswith(
        "补传数据发现 2 次超限，氮氧化物最高 70.0 mg/m³，时段 11-22 06:00-09:00"
    )
    acknowledge(park)
    assert all_of(park)[0]["ended_at"] is not None


def test_a_late_exceedance_that_still_holds_is_active_until_an_hour_within_its_limit(park):
    judge(park, hour(0, 58, revision=2, cause="late"))
    (alert,) = all_of(park)
    assert (alert["origin"], alert["condition"], types(park)) == ("retrospective", "active", ["raised"])
    judge(park, hour(1, 59))
    assert (all_of(park)[0]["origin"], types(park)) == ("live", ["raised", "annunciated"])


def test_a_revision_below_the_limit_is_told_to_the_alert_that_spoke_of_the_hour_even_after_its_end(park):
    judge(park, hour(0, 58))
    judge(park, hour(1, 45))
    acknowledge(park)
    judge(park, hour(0, 44, revision=2, cause="correction 12", made_at=EIGHT + 9 * HOUR))
    (alert,) = all_of(park)
    assert types(park) == ["raised", "annunciated", "cleared", "acknowledged", "revised"]
    assert alert["ended_at"] is not None
    assert alert["value"] == 58.0
    assert alert["text_zh"] == (
        "11-22 08:00-09:00 氮氧化物小时均值(折算) 由 58.0 mg/m³ 修订为 44.0 mg/m³，不再超过限值 50 mg/m³（修订版本 2，数据修正 12）"
    )
    told = all_of(park, "select data -> 'revision' as r from alert_event where type = 'revised'")[0]["r"]
    assert (told["before"], told["after"], told["over"]) == (58.0, 44.0, False)
    assert [row["over"] for row in all_of(park, "select over from alert_period")] == [False]


def marked(number: int) -> Fact:
    made = EIGHT + (number + 1.5) * HOUR
    return hour(number, None, revision=2, cause="mark 3", status="marked", made_at=made)


def test_an_alert_whose_only_hour_is_marked_invalid_is_cleared_and_says_why(park):
    judge(park, hour(0, 58))
    judge(park, marked(0))
    (alert,) = all_of(park)
    assert (types(park), alert["condition"]) == (["raised", "annunciated", "revised", "cleared"], "normal")
    (told,) = all_of(park, "select data ->> 'because' as why from alert_event where type = 'cleared'")
    assert told["why"] == "revised"
    assert "不参与判定（已标记无效）" in alert["text_zh"]
    judge(park, hour(1, None, status="stopped"))  # the unit stops: nothing opens it again
    assert all_of(park)[0]["condition"] == "normal"


def test_an_alert_with_another_hour_over_its_limit_is_unknown_when_the_newest_is_marked_invalid(park):
    judge(park, hour(0, 58))
    judge(park, hour(1, 59))
    judge(park, marked(1))
    (alert,) = all_of(park)
    assert (types(park)[-2:], alert["condition"]) == (["revised", "unknown"], "unknown")
    judge(park, marked(0))
    assert (types(park)[-2:], all_of(park)[0]["condition"]) == (["revised", "cleared"], "normal")


def test_a_revision_that_takes_back_the_newest_hour_clears_what_was_active(park):
    judge(park, hour(0, 58))
    judge(park, hour(0, 44, revision=2, cause="correction 1", made_at=EIGHT + 1.5 * HOUR))
    assert types(park) == ["raised", "annunciated", "revised", "cleared"]
    assert all_of(park)[0]["condition"] == "normal"


def test_a_revision_with_the_same_value_says_nothing_again(park):
    judge(park, hour(0, 58))
    assert judge(park, hour(0, 58, revision=2, cause="late", samples=60)).events == 0


def test_a_revision_after_a_new_alert_is_told_to_the_old_one(park):
    judge(park, hour(0, 58))
    judge(park, hour(1, 45))
    acknowledge(park)
    judge(park, hour(2, 61))
    first, second = (row["id"] for row in all_of(park))
    judge(park, hour(0, 44, revision=2, cause="late", made_at=EIGHT + 4 * HOUR))
    told = all_of(park, "select alert_id from alert_event where type = 'revised'")
    assert [row["alert_id"] for row in told] == [first]
    assert [row["condition"] for row in all_of(park)] == ["normal", "active"]
    assert second != first
