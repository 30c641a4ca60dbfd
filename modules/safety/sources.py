"""Each major hazard source with the state of its safety-instrumented system."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from modules.frame import both
from modules.park_view import Row, newest
from modules.points import good, owner, worst

# How the three states of a SIS are sent, see smartpark/quantities.csv.
INTERLOCK = {1.0: ("投用", "in service"), 0.0: ("停用", "out of service")}
BYPASS = {0.0: ("无", "none"), 1.0: ("旁路", "bypassed")}
VALVE = {1.0: ("开", "open"), 0.0: ("关", "closed"), 2.0: ("故障", "fault")}
_STATES = {"x_interlock": INTERLOCK, "x_bypass": BYPASS, "x_valve": VALVE}
_DIGITS = ("", "一", "二", "三", "四")


@dataclass(frozen=True, slots=True)
class SisCount:
    """How many sources are in which state; ``unknown``: no good value of that kind."""

    connected: int
    out_of_service: int
    bypassed: int
    valve_closed: int
    valve_fault: int
    unknown: int


def level_word(level: int) -> tuple[str, str]:
    """Return the name of a level; a bare number is never shown."""
    return f"{_DIGITS[level]}级重大危险源", f"level {level} source"


def by_source(process_points: Sequence[Row]) -> dict[int, list[Row]]:
    """Return the points of each source's SIS."""
    found: dict[int, list[Row]] = defaultdict(list)
    for point in process_points:
        if point["hazard_source_id"] is not None and point["quantity"] in _STATES:
            found[point["hazard_source_id"]].append(point)
    return found


def count(sources: Sequence[Row], sis: dict[int, list[Row]]) -> SisCount:
    """Count the states over the sources; a value that is old or flagged is unknown, never taken for normal."""
    states: Counter[tuple[str, float | None]] = Counter()
    connected = 0
    for source in sources:
        values = _values(sis.get(source["id"], []))
        connected += all(values[quantity] is not None for quantity in _STATES)
        states.update(values.items())
    return SisCount(
        connected=connected,
        out_of_service=states["x_interlock", 0.0],
        bypassed=states["x_bypass", 1.0],
        valve_closed=states["x_valve", 0.0],
        valve_fault=states["x_valve", 2.0],
        unknown=len(sources) - connected,
    )


def table_row(source: Row, sis: Sequence[Row], levels: dict[int, str], windows: Sequence[Row]) -> Row:
    """Return one source as a row of the page."""
    values = _values(sis)
    until = [w["ends_at"] for w in windows if w["hazard_source_id"] == source["id"]]
    who = [w["filed_by"] for w in windows if w["hazard_source_id"] == source["id"]]
    main = next((p for p in source["responsible"] if p.get("duty") == "main"), None)
    found = worst(levels[p["sensor_id"]] for p in sis if p["sensor_id"] in levels)
    return {
        "id": source["code"],
        "level_word": both(*level_word(source["level"])),
        "source": both(source["name_zh"], source["name_en"]),
        "enterprise": owner(source),
        "substances": both(
            "、".join(s["name_zh"] for s in source["substances"]),
            ", ".join(s["name_en"] for s in source["substances"]),
        ),
        **{name[2:]: _word(name, values[name]) for name in _STATES},
        "alert": found if found != "normal" else None,
        "window": min(until, default=None),
        "filed_by": "、".join(sorted(set(who))) or None,
        "responsible": main and f"{main['name']} {main['phone']}",
        "at": newest(sis),
        "link": f"/stations/{sis[0]['station_id']}" if sis else None,
    }


def _values(sis: Sequence[Row]) -> dict[str, float | None]:
    found = {point["quantity"]: good(point) for point in sis}
    return {quantity: found.get(quantity) for quantity in _STATES}


def _word(quantity: str, value: float | None) -> dict[str, str] | None:
    if value is None:
        return both("状态不明", "unknown")
    return both(*_STATES[quantity].get(value, ("状态不明", "unknown")))
