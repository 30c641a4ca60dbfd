"""Marks, units and bounds on columns."""

import json

import numpy as np

from ingest.batch import Origin
from ingest.check import Bounds, check
from ingest.decode import Decoder
from ingest.directory import UnitRow
from tests.ingest.small_directory import NMHC, directory

NOW_US = 1_795_305_600_000_000


def checked(objects, units=None):
    decoder = Decoder(directory(units), "rest")
    batch = decoder.batch()
    decoder.add(batch, Origin("smartpark/t1/voc/v1/readings", json.dumps(objects).encode(), NOW_US))
    return check(batch, Bounds(600_000_000, 90))


def test_a_senders_unit_applies_from_its_date_by_the_datas_time():
    hour_us = 3_600_000_000
    units = [UnitRow(NMHC, NOW_US - 2 * hour_us, 10.0, 0.0), UnitRow(NMHC, NOW_US - hour_us, 100.0, 1.0)]
    at = [NOW_US - 3 * hour_us, NOW_US - 2 * hour_us, NOW_US - hour_us - 1000, NOW_US - hour_us, NOW_US]
    got = checked([{"time": us // 1000, "values": {"a24088": 2}} for us in at], units)
    assert got.readings.value.tolist() == [2.0, 20.0, 20.0, 201.0, 201.0]


def test_a_conversion_that_overflows_is_not_a_finite_number():
    got = checked({"time": NOW_US // 1000, "values": {"a24088": 1e308}}, [UnitRow(NMHC, 0, 1000.0, 0.0)])
    assert [r.reason for r in got.refusals] == ["not_finite"]


def test_the_ends_of_a_span_belong_to_it():
    got = checked(
        [{"time": NOW_US // 1000 - k, "values": {"a24088": v}} for k, v in enumerate([0, 1000, -1])]
    )
    assert bytes(got.readings.mark).decode() == "--U"


def test_the_horizon_of_retention_is_still_taken():
    kept = NOW_US // 1000 - 90 * 86_400_000
    got = checked([{"time": kept, "values": {"a24088": 1}}, {"time": kept - 1, "values": {"a24088": 1}}])
    assert len(got.readings) == 1
    assert [(r.reason, r.items) for r in got.refusals] == [("too_old", 1)]


def test_rows_follow_the_items_that_stay():
    got = checked(
        [{"time": 0, "values": {"a24088": 1, "a01001": 2}}, {"time": NOW_US // 1000, "values": {"a01001": 3}}]
    )
    assert got.readings.value.tolist() == [3.0]
    assert np.array_equal(directory().sensor_id[got.row], got.readings.sensor_id)
