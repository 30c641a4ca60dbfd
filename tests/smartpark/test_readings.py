import numpy as np

from smartpark.readings import Readings


def some() -> Readings:
    return Readings(
        np.array([2, 1, 2], np.int32),
        np.array([5, 9, 3], np.int64),
        np.array([0.5, 0.9, 0.3]),
        np.frombuffer(b"NNT", np.uint8),
        np.frombuffer(b"--O", np.uint8),
        np.array([10, 10, 10], np.int64),
    )


def test_ordered_sorts_by_sensor_then_time_and_keeps_columns_together():
    ordered = some().ordered()
    assert ordered.sensor_id.tolist() == [1, 2, 2]
    assert ordered.time_us.tolist() == [9, 3, 5]
    assert ordered.value.tolist() == [0.9, 0.3, 0.5]
    assert bytes(ordered.flag) == b"NTN"


def test_no_readings_have_length_nought():
    assert len(Readings.empty()) == 0
    assert len(some().take(np.array([True, False, True]))) == 2
