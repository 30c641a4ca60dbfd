"""Three seconds of what ``make fuzz`` does for ten minutes."""

from tests.smartpark.hj212 import fuzz


def test_broken_frames_are_refused_and_harm_nothing():
    outcome = fuzz.run(3.0, seed=212)
    assert outcome.executions > 5_000
    assert outcome.opened > 1_000
    assert set(outcome.refused) == {"bad_frame", "bad_crc"}
    assert outcome.most_held_bytes <= fuzz.BOUND
