"""Ambient air limits as dated legal objects: GB 3095 by the day of the data, not by today.

The limits of GB 3095-2026 change again on 2031-01-01 inside the same standard. There is no one-hour limit for particles.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from smartpark.science.tables import rows


@dataclass(frozen=True, slots=True)
class AmbientLimit:
    """One limit: ``value`` in ``unit`` for a pollutant, an average and a class of area, from a day to a last day.

    ``average`` is ``1h``, ``8h`` (daily maximum of the sliding mean), ``day``, ``quarter`` or ``year``. What was not read
    in the text of the standard is not ``verified``: shown as reference, never enforced.
    """

    pollutant: str
    average: str
    klass: int
    value: Decimal
    unit: str
    valid_from: date
    valid_to: date | None
    source: str
    verified: bool

    def holds_on(self, day: date) -> bool:
        """Return whether the limit is in force on a local calendar day, its first and last day included."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@cache
def ambient_limits() -> tuple[AmbientLimit, ...]:
    """Return every limit of every edition, in the order of the table."""
    return tuple(
        AmbientLimit(
            pollutant=row["pollutant"],
            average=row["average"],
            klass=int(row["class"]),
            value=Decimal(row["value"]),
            unit=row["unit"],
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            source=row["source"],
            verified=row["verified"] == "true",
        )
        for row in rows("ambient_standard.csv")
    )
