"""What a sand-dust episode touches: any part of a day at one of its stations, its end not included."""

from datetime import UTC, datetime

import pytest

from records.air.sand import Episode, touching

START, END = datetime(2026, 4, 2, 20, tzinfo=UTC), datetime(2026, 4, 3, 16, tzinfo=UTC)
WHOLE, EAST = Episode(1, START, END), Episode(2, START, END, frozenset({7}))


@pytest.mark.parametrize(
    ("start", "end", "touched"),
    [((2, 16), (3, 16), True), ((3, 16), (4, 16), False), ((1, 16), (2, 16), False), ((2, 16), (2, 20), False),
     ((2, 20), (2, 21), True), ((3, 15), (3, 16), True)],
)  # fmt: skip
def test_a_day_or_hour_is_touched_by_any_part_of_it(start, end, touched):
    span = [datetime(2026, 4, *one, tzinfo=UTC) for one in (start, end)]
    assert (touching([WHOLE], *span, [7]) == (1,)) is touched


def test_an_episode_of_some_stations_touches_them_and_every_mean_with_one_of_them():
    span = (START, END)
    assert touching([WHOLE, EAST], *span, [7]) == (1, 2)
    assert touching([WHOLE, EAST], *span, [8]) == (1,)
    assert touching([WHOLE, EAST], *span, [7, 8]) == (1, 2)
