"""Nights on watch: what the operator's list holds, and what sounds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.points import Drill, Finding, Window
from alerts.rules import Rule
from tests.alerts.small_park import SECOND, T0, T0_US
from tests.alerts.watch import RULES, Watch, point, setpoints

CL2 = ("gas_toxic", "sensor", 1)
MARKED = ("marked_over", "sensor", 1)
OFFLINE = ("silence", "enterprise", 1)


def window(start, end, kind="maintenance"):
    return Window(1, None, kind, T0_US + start * SECOND, T0_US + end * SECOND)


def test_chlorine_at_0312_one_row_whose_level_rises_and_that_stays_until_it_is_seen():
    watch = Watch([point(1, period_s=1), point(2, period_s=1)])
    watch.at(0, (1, 0, 0.1), (2, 0, 0.1))
    watch.at(1, (1, 1, 1.2), (2, 1, 0.1))
    watch.at(2, (1, 2, 2.3), (2, 2, 3.4, "T"))
    watch.at(3, (1, 3, 0.2))
    assert watch.types("gas_toxic") == [
        "raised",
        "annunciated",
        "level_raised",
        "annunciated",
        "raised",
        "annunciated",
        "cleared",
    ]
    first, saturated = watch.rows[CL2], watch.rows["gas_toxic", "sensor", 2]
    assert (first.level, first.stage, first.value, first.limit_value) == ("red", "HH", 2.3, 2.0)
    assert (first.condition, first.acked, first.ended_at) == ("normal", False, None)
    assert (saturated.stage, saturated.level, saturated.flag) == ("HH", "red", "T")
    assert "超量程" in saturated.text_zh
    watch.acknowledge(CL2, 4)
    assert watch.rows[CL2].ended_at is not None
    watch.at(5, (1, 5, 1.1))
    assert (watch.rows[CL2].version, watch.rows[CL2].level) == (2, "orange")
    assert [a.level for a in watch.past] == ["red"]


def test_a_value_above_span_that_the_detector_calls_normal_raises_hh_too():
    watch = Watch([point(1, period_s=1)], limits=setpoints(H=1.0))
    watch.at(1, (1, 1, 3.5, "N", "O"))
    assert (watch.rows[CL2].stage, watch.rows[CL2].level) == ("HH", "red")
    watch.at(2, (1, 2, 0.1, "N", "K"))
    watch.at(3, (1, 3, 0.1, "T"))
    assert watch.rows[CL2].condition == "active"
    watch.at(4, (1, 4, 0.1))
    assert watch.rows[CL2].condition == "normal"


@pytest.mark.parametrize("flag", "MCDFSB")
def test_a_value_past_its_limit_under_a_flag_that_mutes_is_an_item_of_its_own(flag):
    watch = Watch([point(1, period_s=1)])
    watch.at(1, (1, 1, 2.5, flag))
    assert watch.told == [(1, "marked_over", "raised"), (1, "marked_over", "annunciated")]
    assert watch.rows[MARKED].level == "orange"
    watch.at(2, (1, 2, 2.5))
    assert watch.types("marked_over") == ["raised", "annunciated", "cleared"]
    assert watch.types("gas_toxic") == ["raised", "annunciated"]
    assert watch.rows[CL2].condition == "active"


def test_with_a_filed_window_it_is_listed_without_a_sound_and_speaks_when_the_window_is_over():
    watch = Watch([point(1, period_s=1)], windows=[window(0, 10)])
    watch.at(1, (1, 1, 2.5, "M"))
    assert watch.told == [(1, "marked_over", "raised")]
    assert (watch.rows[MARKED].suppressed, watch.rows[MARKED].acked) == ("by_design", True)
    watch.at(11, (1, 11, 2.5, "M"))
    assert watch.types() == ["raised", "unshelved", "annunciated"]
    assert watch.rows[MARKED].suppressed == "none"


def test_a_window_never_mutes_a_normal_reading():
    watch = Watch([point(1, period_s=1)], windows=[window(0, 10)])
    watch.at(1, (1, 1, 1.5))
    assert watch.types("gas_toxic") == ["raised", "annunciated"]


def test_a_bypass_without_an_approved_window_is_orange_and_with_one_is_by_design():
    watch = Watch([point(1, "bypass")], windows=[window(0, 100, "bypass")])
    watch.at(5, (1, 5, 1.0))
    assert watch.types("sis_bypass") == ["raised"]
    watch.at(65, (1, 65, 0.0))
    assert watch.rows["sis_bypass", "sensor", 1].ended_at is not None
    watch.at(125, (1, 125, 1.0))
    assert watch.types("sis_bypass") == ["raised", "cleared", "raised", "annunciated"]
    assert watch.rows["sis_bypass", "sensor", 1].level == "orange"


def dark(watch, *, minutes=72):
    """Twelve points go dark at 60 s with sensor 1 past H; nothing comes for so many minutes."""
    watch.at(0, *((n, 0, 0.1) for n in range(1, 13)))
    watch.at(60, (1, 60, 1.2), *((n, 60, 0.1) for n in range(2, 13)))
    watch.run(61, 60 + minutes * 60, every=1)


def test_an_enterprise_goes_dark_and_comes_back_with_three_peaks_in_its_pocket():
    watch = Watch([point(n) for n in range(1, 13)])
    dark(watch)
    offline = watch.rows[OFFLINE]
    assert watch.types("silence") == ["raised"]
    assert len(offline.members) == 12
    assert offline.raised_at == T0 + timedelta(seconds=60)
    assert (offline.class_, offline.level) == ("reminder", "orange")
    assert "12 点离线" in offline.text_zh
    assert "1.20" in offline.text_zh
    assert watch.rows[CL2].condition == "unknown"
    sounds = watch.sounds()
    assert sounds == 1
    back = 60 + 72 * 60
    for n, minute in enumerate(range(2, 73)):
        peak = 2.5 + minute / 100 if minute in {17, 22, 27} else 0.1
        watch.at(
            back + n / 10,
            *((s, minute * 60, 1.2 if s == 1 else peak if s == 5 else 0.1) for s in range(1, 13)),
        )
    for minute in range(73, 76):
        watch.at(minute * 60, *((s, minute * 60, 1.2 if s == 1 else 0.1) for s in range(1, 13)))
    assert watch.sounds() == sounds
    found = watch.rows["gas_toxic", "sensor", 5]
    assert (found.origin, found.condition, found.acked, found.annunciated_at) == (
        "retrospective",
        "normal",
        False,
        None,
    )
    assert found.occurrences == 3
    assert "补传数据发现 3 次超限" in found.text_zh
    assert "2.77" in found.text_zh
    assert "03:29-03:40" in found.text_zh
    assert watch.rows[CL2].condition == "active"
    assert "known" in watch.types("gas_toxic")
    assert watch.types("silence")[-1] == "returned"
    assert "12 点恢复在线" in watch.rows[OFFLINE].text_zh
    assert "补传 8" in watch.rows[OFFLINE].text_zh


def test_silence_is_said_within_1_2_periods_and_not_before_a_period_is_over():
    watch = Watch([point(1)])
    watch.at(0, (1, 0, 0.1))
    watch.run(1, 61)
    assert watch.told == []
    watch.run(61, 73)
    assert watch.types() == ["raised"]


def test_a_station_that_says_goodbye_is_offline_at_once():
    watch = Watch([point(1), point(2, station_id=2)])
    watch.at(0, (1, 0, 0.1), (2, 0, 0.1))
    watch.at(5, findings=[Finding(kind="offline", station_id=1)])
    assert [m["sensor_id"] for m in watch.rows[OFFLINE].members] == [1]
    watch.at(20, findings=[Finding(kind="offline", station_id=1, active=False)])
    watch.at(21, (1, 21, 0.1))
    assert watch.types() == ["raised", "returned"]


def test_while_our_own_feed_is_down_nobody_is_called_silent():
    watch = Watch([point(1)])
    watch.at(0, (1, 0, 0.1))
    watch.at(10, findings=[Finding(kind="feed_down")])
    watch.run(11, 300)
    watch.at(300, findings=[Finding(kind="feed_down", active=False)])
    watch.run(301, 330)
    assert watch.types() == ["raised", "annunciated", "cleared"]


def test_stale_data_that_are_still_violating_when_nothing_newer_comes_are_announced_with_their_age():
    watch = Watch([point(1, period_s=1)], rules=RULES[:1])
    watch.at(1000, (1, 0, 1.5))
    assert watch.types() == ["raised"]
    assert watch.rows[CL2].origin == "retrospective"
    watch.run(1001, 1119)
    assert watch.types() == ["raised"]
    watch.run(1119, 1123)
    assert watch.types() == ["raised", "annunciated"]
    assert watch.rows[CL2].origin == "live"


def test_a_fresh_reading_that_confirms_a_stale_one_sounds():
    watch = Watch([point(1, period_s=1)], rules=RULES[:1])
    watch.at(1000, (1, 0, 1.5))
    watch.at(1001, (1, 1000.5, 1.4))
    assert watch.types() == ["raised", "annunciated"]
    assert watch.rows[CL2].origin == "live"


def test_re_violation_before_it_was_seen_is_the_same_row_and_no_second_siren():
    watch = Watch([point(1, period_s=1)], rules=RULES[:1])
    for second, value in enumerate([1.5, 0.1, 1.5, 0.1, 2.5]):
        watch.at(second, (1, second, value))
    assert watch.types() == ["raised", "annunciated", "cleared", "reactivated", "cleared", "reactivated"]
    assert (watch.rows[CL2].occurrences, watch.rows[CL2].level) == (3, "red")


def test_a_refused_value_past_a_limit_is_an_alert_at_that_limits_level():
    watch = Watch([point(1, period_s=1)])
    watch.at(0, (1, 0, 0.1))
    refused = Finding(kind="bad_clock", sensor_id=1, station_id=1, value=2.5, time_us=T0_US + 9000 * SECOND)
    watch.at(1, (1, 1, 0.1), findings=[refused, Finding(kind="bad_clock", sensor_id=1, value=0.4)])
    alert = watch.rows["platform_bad_clock", "sensor", 1]
    assert watch.types("platform_bad_clock") == ["raised", "annunciated"]
    assert (alert.level, alert.value, alert.limit_value, alert.clause) == (
        "red",
        2.5,
        2.0,
        "GB/T 50493-2019 5.5.2",
    )
    for second in range(2, 70):
        watch.at(second, (1, second, 0.1))
    assert watch.types("platform_bad_clock") == ["raised", "annunciated", "cleared"]


@pytest.mark.parametrize(
    ("time_us", "zone"),
    [(253_402_300_799_999_999, "Asia/Shanghai"), (-62_135_596_800_000_000, "America/New_York")],
)
def test_a_dangerous_value_dated_at_the_end_of_the_calendar_is_told(time_us, zone):
    watch = Watch([replace(point(1, period_s=1), timezone=zone)])
    refused = Finding(kind="bad_clock", sensor_id=1, station_id=1, value=2.5, time_us=time_us)
    watch.at(1, findings=[refused])
    assert watch.types("platform_bad_clock") == ["raised", "annunciated"]


def test_a_drill_marks_its_alerts():
    watch = Watch([point(1, period_s=1)], drills=[Drill(1, None, T0_US, T0_US + 60 * SECOND)])
    watch.at(1, (1, 1, 1.5))
    watch.at(100, (1, 100, 0.1))
    assert watch.rows[CL2].drill
    watch.acknowledge(CL2, 101)
    watch.at(102, (1, 102, 1.5))
    assert not watch.rows[CL2].drill


def test_old_data_do_not_fill_a_delay_at_once():
    """A duration counts between readings: one stale reading is no ten minutes."""
    slow = Rule(
        "slow",
        1,
        "limit",
        "alarm",
        "慢",
        "slow",
        RULES[0].applies,
        {**RULES[0].parameters, "on_delay_s": 600},
    )
    watch = Watch([point(1)], rules=[slow])
    watch.at(3600, (1, 0, 1.5))
    assert watch.told == []
    watch.at(3601, (1, 300, 1.5))
    watch.at(3602, (1, 599, 1.5))
    assert watch.told == []
    watch.at(3603, (1, 600, 1.5))
    assert watch.types() == ["raised"]


def test_good_news_exactly_when_the_delay_expires_wins_over_the_alarm():
    slow = Rule(
        "slow", 1, "limit", "alarm", "慢", "slow", RULES[0].applies, {**RULES[0].parameters, "on_delay_s": 5}
    )
    watch = Watch([point(1, period_s=1)], rules=[slow])
    watch.at(0, (1, 0, 1.5))
    watch.at(5, (1, 5, 0.1))
    watch.run(6, 20)
    assert watch.told == []


def test_a_limit_counts_from_the_day_it_is_in_force():
    old, new = setpoints(H=2.0)[0], setpoints(H=1.0)[0]
    boundary = T0 + timedelta(seconds=10)
    watch = Watch(
        [point(1, period_s=1)],
        rules=RULES[:1],
        limits=[replace(old, valid_to=boundary), replace(new, id=2, code="new", valid_from=boundary)],
    )
    watch.at(20, *((1, second, 1.5) for second in range(20)))
    assert watch.told[0] == (10, "gas_toxic", "raised")
    assert watch.rows[CL2].limit_id == 2


def test_an_unverified_limit_is_never_enforced():
    watch = Watch([point(1, period_s=1)], rules=RULES[:1], limits=[replace(setpoints()[0], verified=False)])
    watch.at(1, (1, 1, 99.0))
    assert watch.told == []


def test_no_data_never_resolves_an_alert():
    watch = Watch([point(1, period_s=1)])
    watch.at(0, (1, 0, 1.5))
    watch.run(1, 4000, every=3)
    assert watch.rows[CL2].condition == "unknown"
    assert "cleared" not in watch.types()
