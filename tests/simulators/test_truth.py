"""The truth survives the death of the fleet, and says what must be there and what may be."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from simulators import expectation, truth
from simulators.truth import Line, TruthError, Writer
from simulators.watches import Bound, Watch
from tests.simulators.small_park import small_park

KEY = ("gas-e01-002", "a21022", "")
H, HH = Bound("H", 1.0, 1.0, reached_counts=True), Bound("HH", 2.0, 2.0, reached_counts=True)
TOXIC = Watch(rule="gas_toxic", key=KEY, safety=True, period_s=5, on_delay_s=0.0, bounds=(H, HH))


def point_of(name: str) -> int:
    return next(n for n, p in enumerate(small_park().points) if p.name == name)


def write(path: Path, values: list[float], *, confirmed: int, late_ms: int = 0) -> None:
    writer = Writer(path, small_park(), scenario="test", seed=1)
    point = point_of("gas-e01-002/a21022")
    for n, value in enumerate(values):
        time_ms = 1_795_312_800_000 + 5000 * n
        writer.sent(Line("e01", time_ms + late_ms + 3, time_ms, (point,), (value,), "N"))
    writer.confirmed({"e01": confirmed})
    writer.close()


def test_what_was_written_is_read_back(tmp_path):
    write(tmp_path / "t", [0.1, 2.5, 0.2], confirmed=2)
    (session,) = truth.read(tmp_path / "t").sessions
    assert [line.values for line in session.lines] == [(0.1,), (2.5,), (0.2,)]
    assert [line.values for line in session.sure()] == [(0.1,), (2.5,)]
    assert [line.values for line in session.unsure()] == [(0.2,)]


def test_a_dropped_message_does_not_count_as_sent(tmp_path):
    writer = Writer(tmp_path / "t", small_park(), scenario="test")
    writer.sent(Line("e01", 1, 1000, (0,), (1.0,), "N", dropped=True))
    writer.sent(Line("e01", 2, 2000, (0,), (2.0,), "T"))
    writer.confirmed({"e01": 1})
    writer.close()
    (session,) = truth.read(tmp_path / "t").sessions
    assert [(line.values, line.flags) for line in session.sure()] == [((2.0,), "T")]


def test_half_a_line_of_a_killed_run_is_passed_over_and_the_next_run_appends(tmp_path):
    path = tmp_path / "t"
    write(path, [0.1, 0.2], confirmed=2)
    path.write_text(path.read_text("utf-8") + '{"sent":{"g":"e0', encoding="utf-8")
    write(path, [0.3], confirmed=1)
    told = truth.read(path)
    assert [len(session.lines) for session in told.sessions] == [2, 1]


@pytest.mark.parametrize("text", ["", '{"sent": {"g": "e01", "at": 1}}\n', "not a truth\n"])
def test_what_is_no_truth_file_is_refused(tmp_path, text):
    (tmp_path / "t").write_text(text, encoding="utf-8")
    with pytest.raises(TruthError, match="fleet --truth"):
        truth.read(tmp_path / "t")


def oughts(tmp_path: Path, values: list[float], *, late_ms: int = 0, watch: Watch = TOXIC):
    write(tmp_path / "t", values, confirmed=len(values), late_ms=late_ms)
    (session,) = truth.read(tmp_path / "t").sessions
    return expectation.ought([watch], expectation.arrivals(session, session.sure()))


def test_nothing_past_a_limit_ought_to_raise_nothing(tmp_path):
    assert oughts(tmp_path, [0.1, 0.99, 0.5]) == []


def test_a_value_at_a_set_point_must_raise_and_the_highest_stage_counts(tmp_path):
    (one,) = oughts(tmp_path, [0.1, 1.0, 2.4, 0.3])
    assert (one.stage, one.origin, one.must, one.peak) == ("HH", "live", True, 2.4)
    assert one.raised_ms == 1_795_312_805_000
    assert one.published_ms == one.raised_ms + 3


def test_what_comes_late_ought_to_be_found_but_not_to_sound(tmp_path):
    (one,) = oughts(tmp_path, [0.1, 2.4, 0.3], late_ms=600_000)
    assert (one.origin, one.must) == ("retrospective", True)


def test_a_violation_shorter_than_the_delay_only_may_raise(tmp_path):
    slow = replace(TOXIC, on_delay_s=30.0)
    (one,) = oughts(tmp_path, [0.1, 2.4, 0.3], watch=slow)
    assert not one.must


def test_a_saturated_detector_is_past_its_highest_stage():
    assert TOXIC.stage(1.5, "T", for_certain=True) == "HH"
    assert TOXIC.stage(1.5, "N", for_certain=True) == "H"
    assert TOXIC.stage(2.5, "M", for_certain=True) is None


def test_emission_data_raise_only_when_normal():
    boundary = replace(TOXIC, safety=False, bounds=(Bound("H", 1.5, 1.5),))
    assert boundary.stage(1.6, "N", for_certain=True) == "H"
    assert boundary.stage(1.6, "T", for_certain=True) is None
    assert boundary.stage(1.5, "N", for_certain=True) is None


def test_a_state_rule_compares_as_it_says():
    valve = replace(TOXIC, bounds=(), violates={"equals": 0})
    assert valve.stage(0.0, "N", for_certain=True) == "state"
    assert valve.stage(1.0, "N", for_certain=True) is None


def test_an_outage_in_the_head_is_one_silence_of_its_enterprise(tmp_path):
    writer = Writer(
        tmp_path / "t",
        small_park(),
        outages=[{"stations": ["tank-e02-1", "sis-m1"], "enterprise": "e02", "from_ms": 5000, "to_ms": 9000}],
    )
    writer.close()
    (session,) = truth.read(tmp_path / "t").sessions
    (item,) = expectation.silences(session)
    assert (item["enterprise"], item["points"], item["since_ms"]) == ("e02", 6, 5000)


def test_every_line_of_the_file_is_json(tmp_path):
    write(tmp_path / "t", [0.1, 0.2], confirmed=1)
    for line in (tmp_path / "t").read_text("utf-8").splitlines():
        assert len(json.loads(line)) == 1
