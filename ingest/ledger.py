"""The loss ledger: four independent counts of the same items, so that it can fail to balance.

``received`` is what the decoder opened, ``stored`` and ``duplicate`` are what the database says, ``quarantined`` the
items of its rows; ``gap`` is what the stations' own sequence numbers say is missing before it came to us.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LATE = (
    1000  # a number so little behind the newest is late or repeated; further behind, the sender started anew
)
LARGEST_GAP = 1_000_000


@dataclass(slots=True)
class Entry:
    """What became of the items of one station in one batch."""

    received: int = 0
    stored: int = 0
    duplicate: int = 0
    quarantined: int = 0
    gap: int = 0

    @property
    def balanced(self) -> bool:
        """Whether every received item ended as exactly one of the three."""
        return self.received == self.stored + self.duplicate + self.quarantined


class Ledger:
    """The entries of one batch by station; 0 where the station is not known."""

    def __init__(self) -> None:
        self.entries: dict[int, Entry] = defaultdict(Entry)

    def imbalances(self) -> list[tuple[int, Entry]]:
        """Return what does not add up; nothing, if the pipeline is right."""
        return [
            (station_id, entry) for station_id, entry in sorted(self.entries.items()) if not entry.balanced
        ]

    def totals(self) -> Entry:
        """Return the sums of all entries."""
        total = Entry()
        for entry in self.entries.values():
            total.received += entry.received
            total.stored += entry.stored
            total.duplicate += entry.duplicate
            total.quarantined += entry.quarantined
            total.gap += entry.gap
        return total


def gaps(known: Mapping[int, int], sequence: Iterable[tuple[int, int]]) -> tuple[dict[int, int], list[int]]:
    """Follow the sequence numbers (station, seq) in order of arrival.

    Returns the newest number of each station seen, and for each pair how many messages are missing before it.
    """
    newest: dict[int, int] = {}
    missing: list[int] = []
    for station_id, seq in sequence:
        last = newest.get(station_id, known.get(station_id))
        gap = 0
        if last is None or seq > last:
            gap = 0 if last is None else min(seq - last - 1, LARGEST_GAP)
            newest[station_id] = seq
        elif last - seq > LATE:
            newest[station_id] = seq
        else:
            newest.setdefault(station_id, last)
        missing.append(gap)
    return newest, missing
