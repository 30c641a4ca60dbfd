"""How much of a period has to be valid, as the tables say it."""

import csv
from importlib.resources import files

import pytest

from records.periods.rules import averaging_of, every_month, rule_of


@pytest.mark.parametrize(
    ("medium", "period", "need"),
    [("gas", "hour", 45), ("gas", "day", 20), ("air", "hour", 45), ("air", "day", 20), ("air", "year", 324)],
)
def test_a_mean_needs_its_values(medium, period, need):
    assert rule_of(medium, period).need == need
    assert rule_of(medium, period).verified


def test_an_hour_of_a_slower_sensor_needs_the_same_share():
    assert [rule_of("gas", "hour").needed(slots, 60) for slots in (60, 12, 6, 1)] == [45, 9, 5, 1]


def test_february_has_its_own_number():
    assert [rule_of("air", "month").needed(days, days) for days in (28, 29, 30, 31)] == [25, 25, 27, 27]
    assert every_month({month: 25 if month == 2 else 27 for month in range(1, 13)})
    assert not every_month({month: 24 if month == 2 else 31 for month in range(1, 13)})
    assert not every_month(dict.fromkeys(range(1, 12), 31))


def test_what_nobody_saw_in_its_text_says_so_in_every_record():
    assert rule_of("water", "day").words.endswith("unverified")
    assert rule_of("gas", "hour").words == "HJ 212-2017 app. D"


@pytest.mark.parametrize("table", ["validity.csv", "media.csv", "methods.csv"])
def test_every_row_of_a_table_has_a_source(table):
    text = files("records.periods").joinpath(table).read_text(encoding="utf-8")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    assert rows
    assert all(row["source"].strip() for row in rows)


def test_the_words_of_the_methods_are_those_of_the_engine():
    assert {averaging_of(q).method for q in ("w00000", "x_energy", "a01008", "Leq", "a21026")} == {
        "arithmetic",
        "counted",
        "vector",
        "energy",
    }
