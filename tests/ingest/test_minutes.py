"""Minutes are exact, however the readings come."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.minutes import MINUTE_US, add_up
from smartpark.readings import Readings


def readings_of(rows):
    rows = sorted({(s, t): (s, t, v, f) for s, t, v, f in rows}.values())
    s, t, v, f = zip(*rows, strict=True) if rows else ((), (), (), ())
    n = len(rows)
    return Readings(
        np.array(s, np.int32),
        np.array(t, np.int64) * 10_000_000,
        np.array(v, np.float64),
        np.array([ord(c) for c in f], np.uint8),
        np.full(n, ord("-"), np.uint8),
        np.zeros(n, np.int64),
    )


ROWS = st.lists(
    st.tuples(st.integers(1, 3), st.integers(0, 20), st.integers(-100, 100), st.sampled_from("NFMSDCTB")),
    max_size=40,
)


@given(ROWS)
def test_the_minutes_are_what_adding_one_by_one_gives(rows):
    readings = readings_of(rows)
    got = add_up(readings, readings.flag == ord("N"))
    expected = {}
    for s, t, v, f in zip(
        readings.sensor_id, readings.time_us, readings.value, map(chr, readings.flag), strict=True
    ):
        expected.setdefault((s, t // MINUTE_US * MINUTE_US), []).append((t, v, f))
    assert len(got.sensor_id) == len(expected)
    for at, ((sensor, start), members) in enumerate(sorted(expected.items())):
        valid = [v for _, v, f in members if f == "N"]
        assert (got.sensor_id[at], got.start_us[at]) == (sensor, start)
        assert (got.n[at], got.n_valid[at], got.total[at]) == (len(members), len(valid), sum(valid))
        assert got.last[at] == max(members)[1]
        assert got.flags[at].decode().rstrip() == "".join(sorted({f for *_, f in members}))
        if valid:
            assert (got.low[at], got.high[at]) == (min(valid), max(valid))
        else:
            assert np.isnan(got.low[at])
            assert np.isnan(got.high[at])
