"""Sequence numbers and the ledger's arithmetic."""

import pytest

from ingest.ledger import Ledger, gaps


@pytest.mark.parametrize(
    ("known", "numbers", "missing", "newest"),
    [
        ({}, [7, 8, 9], [0, 0, 0], 9),
        ({1: 6}, [7, 8], [0, 0], 8),
        ({1: 6}, [9, 10], [2, 0], 10),
        ({}, [1, 2, 5, 3, 6], [0, 0, 2, 0, 0], 6),
        ({1: 7}, [5, 6, 7, 8], [0, 0, 0, 0], 8),
        ({1: 90_000}, [0, 1, 3], [0, 0, 1], 3),
    ],
    ids=["first", "next", "jump", "late", "redelivered", "restarted"],
)
def test_a_jump_of_the_sequence_is_a_gap(known, numbers, missing, newest):
    found, gap = gaps(known, [(1, seq) for seq in numbers])
    assert (found, gap) == ({1: newest}, missing)


def test_a_lost_item_unbalances_the_ledger():
    ledger = Ledger()
    entry = ledger.entries[3]
    entry.received, entry.stored, entry.duplicate = 10, 7, 2
    assert [station for station, _ in ledger.imbalances()] == [3]
    entry.quarantined = 1
    assert ledger.imbalances() == []
