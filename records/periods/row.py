"""One official record as it is computed and compared; pure."""

from datetime import datetime
from typing import NamedTuple

Key = tuple[int, str, datetime]


class Row(NamedTuple):
    """The value of one sensor over one period; NaN and None are both: no number."""

    sensor_id: int
    period: str
    start: datetime
    status: str
    judgeable: bool
    mean: float | None
    min: float | None
    max: float | None
    expected: int
    received: int
    samples: int
    flag: str
    converted: float | None
    reference_o2: float | None
    mean_8h: float | None
    amount: float | None
    mass: float | None
    method: str
    edition: str

    @property
    def key(self) -> Key:
        """What there is one record of."""
        return self[:3]


def number(value: float) -> float | None:
    """Return a float without NaN, infinity and negative zero."""
    return float(value) + 0.0 if abs(value) < float("inf") else None
