"""The water of the demo park adds up: what its meters count makes rates that a person can believe."""

import csv
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np

from simulators import catalogue
from simulators.past.happenings import Story
from simulators.past.hours import Hours
from simulators.past.points import Points
from simulators.play import weather_of
from simulators.signals.ordinary import Ordinary

DEMO = Path(__file__).resolve().parents[2] / "parks" / "demo"
SEED = 20260301
MONTH = [datetime(2026, month, 1, tzinfo=timezone(timedelta(hours=8))) for month in (10, 11)]
BELIEVABLE = {
    ("collected", "produced"): (97, 100),
    ("treated", "collected"): (97, 99),
    ("reclaimed", "treated"): (83, 88),
    ("reused", "reclaimed"): (88, 92),
    ("reused", "produced"): (70, 78),
}


def test_a_month_of_the_demo_has_believable_water_rates():
    park = catalogue.of(catalogue.read(DEMO), "either")
    known = {(p.station, p.quantity, p.form): (n + 1, 60) for n, p in enumerate(park.points)}
    points = Points.of(park, known)
    points = points.only(
        np.asarray([park.points[n].kind in {"water", "wastewater"} for n in points.which], np.bool_)
    )
    first_s, end_s = (int(month.timestamp()) for month in MONTH)
    signals = Ordinary(park, SEED, weather_of(park, SEED))
    hours = Hours(points, signals, Story(points, SEED, end_s, {})).of(first_s, end_s)
    counted = dict(
        zip(zip(points.station, points.quantity, strict=True), np.nansum(hours.amount, axis=1), strict=True)
    )
    volume: dict[str, float] = defaultdict(float)
    lines = (DEMO / "water_balance.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(line for line in lines if not line.startswith("#")):
        volume[row["role"]] += float(row["sign"]) * counted[row["station"], row["quantity"]]
    for (above, below), (low, high) in BELIEVABLE.items():
        assert low < 100 * volume[above] / volume[below] < high, (above, below)
