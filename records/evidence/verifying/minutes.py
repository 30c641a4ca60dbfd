"""Minutes out of readings."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from .tables import alike, number, table


def minutes(folder: Path) -> Iterator[str]:
    """The minutes come to what their readings add up to, where readings are still kept."""
    sums: dict[datetime, list[dict[str, str]]] = {}
    for row in table(folder, "readings.csv"):
        start = datetime.fromisoformat(row["time"]).replace(second=0, microsecond=0)
        sums.setdefault(start, []).append(row)
    kept = {datetime.fromisoformat(row["time"]): row for row in table(folder, "minutes.csv")}
    for start in sorted(sums):
        if start not in kept:
            yield f"there are readings of {start.isoformat()} and no minute"
            continue
        row, rows = kept[start], sums[start]
        values = [float(one["value"]) for one in rows if one["averaged"] == "1"]
        flags = "".join(sorted({one["flag"] for one in rows}))
        if (len(rows), len(values), flags) != (int(row["n"]), int(row["n_valid"]), row["flags"].strip()):
            yield f"minute {row['time']}: n, n_valid or flags differ from its readings"
            continue
        if not values:
            continue
        mean = math.fsum(values) / len(values)
        for name, found in (("mean", mean), ("min", min(values)), ("max", max(values))):
            if not alike(found, number(row[name])):
                yield f"minute {row['time']}: {name} {row[name]}, its readings have {found}"
