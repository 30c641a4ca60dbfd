"""A forecast of what is calculated by month: a month without a figure is named, and is no month without emission."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from records.emissions.accounts import Calculated, Pace, calculated, use
from records.emissions.mass import Mass

ZONE = ZoneInfo("Asia/Shanghai")
MONTHS = [datetime(2026, month, 1, tzinfo=ZONE) for month in range(1, 12)]
NOW, NEXT_YEAR = datetime(2026, 11, 21, tzinfo=ZONE), datetime(2027, 1, 1, tzinfo=ZONE)
EDGES = [*MONTHS, NOW]
FIGURES = {start: 10.0 * ((start + timedelta(days=40)).replace(day=1) - start).days for start in MONTHS[:10]}


def used(figures, allowance: float):
    mass = Mass(calculated_kg=sum(figures.values()))
    return use(allowance, mass, Pace(30, Mass(), 0, calculated(figures, EDGES)), NOW, NEXT_YEAR)


def test_a_month_without_a_figure_goes_on_at_the_mean_of_those_that_have_one():
    found = used(FIGURES, 10_000)
    assert found.uncalculated_months == ("2026-11",)
    assert (found.used_kg, found.kg_d) == (pytest.approx(3040), pytest.approx(10))
    assert found.projected_kg == pytest.approx(3650)
    assert found.why == "not_this_year"


def test_the_day_it_runs_out_has_the_months_that_are_not_calculated_yet():
    assert used(FIGURES, 3345).exhausted_on == date(2026, 12, 1)
    assert used(FIGURES, 3100).exhausted_on == NOW.date()
    assert used(FIGURES, 3000).why == "exhausted"


def test_a_figure_of_nothing_is_a_figure_and_the_running_month_counts_as_far_as_it_went():
    assert calculated({**FIGURES, MONTHS[10]: 0.0}, EDGES).lacking == ()
    assert calculated({MONTHS[10]: 200.0}, EDGES).kg_d == pytest.approx(10)
    assert calculated({}, EDGES) == Calculated()


def test_what_is_measured_has_the_pace_of_its_last_days_beside_it():
    last = Mass(measured_kg=60.0, calculated_kg=999.0)
    assert Pace(30, last, 1, Calculated(10.0)).kg_d == pytest.approx(12)
    both = Calculated(1.0, (MONTHS[10],), 20.0).plus(Calculated(2.0, (MONTHS[9], MONTHS[10]), 5.0))
    assert both == Calculated(3.0, (MONTHS[9], MONTHS[10]), 25.0)
