"""Whether the drift that a zero or span check shows is within what HJ 75 asks; a pure table."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class DriftLimit:
    """How far a device may drift, and from where on its data are out of control [% of full scale]."""

    limit: float
    out_of_control: float
    clause: str
    source: str
    verified: bool


@cache
def limits() -> Mapping[tuple[str, str], DriftLimit]:
    """Return the limits by quantity and kind of check."""
    text = files("records.validity").joinpath("drift_limits.csv").read_text(encoding="utf-8")
    return {
        (row["quantity"], row["kind"]): DriftLimit(
            float(row["limit"]),
            float(row["out_of_control"]),
            row["clause"],
            row["source"],
            row["verified"] == "true",
        )
        for row in csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    }


def judged(quantity: str, kind: str, drift_percent: float) -> dict[str, Any]:
    """Return what is to be said of a check; nothing of a quantity without a limit.

    Args:
        quantity: its code.
        kind: zero or span.
        drift_percent: (measured - standard) / full scale [%].

    """
    known = limits().get((quantity, kind))
    if known is None:
        return dict.fromkeys(("limit", "out_of_control", "passed", "in_control", "clause", "verified"))
    drift = abs(round(drift_percent, 6))  # 2.5 of the arithmetic is 2.5
    return {
        "limit": known.limit,
        "out_of_control": known.out_of_control,
        "passed": drift <= known.limit,
        "in_control": drift <= known.out_of_control,
        "clause": known.clause,
        "verified": known.verified,
    }
