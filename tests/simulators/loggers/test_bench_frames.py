"""What the bench sends to the gateway is sound, and never the same twice."""

from simulators.bench.frames import FACTORS, frames, mn_of
from smartpark.hj212.frame import decode
from tests.simulators.loggers.sample import MIDNIGHT_S


def test_every_frame_of_a_logger_is_sound_and_has_an_instant_of_its_own():
    opened = [decode(raw) for raw in frames(7, MIDNIGHT_S, 90)]
    assert {(f.head.mn, f.head.cn, f.wants_answer, f.deviations) for f in opened} == {
        (mn_of(7), "2011", True, frozenset())
    }
    assert len({frame.field("DataTime") for frame in opened}) == len({frame.qn for frame in opened}) == 90
    assert opened[60].field("DataTime") == "20261122000100"
    for frame in opened:
        assert tuple(frame.shape.factors) == FACTORS
        assert all(20 <= float(frame.values[places["Rtd"]]) <= 70 for places in frame.shape.factors.values())


def test_one_connection_in_a_hundred_is_past_its_limit():
    loud = [n for n in range(200) if float(decode(frames(n, MIDNIGHT_S, 1)[0]).values[1]) > 80]
    assert loud == [0, 100]
