"""The hour out of its minutes and inputs: what it must be, number by number and word by word."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from .grid import LETTERS, SLOTS, Grid
from .tables import alike, table

AIR_O2 = 21.0  # HJ 212-2017 app. D
_COUNTING = frozenset({"filed", "confirmed"})  # states of a mark


def record(folder: Path, hour: dict[str, Any], notes: list[str]) -> Iterator[str]:
    """The record of the hour comes out of its minutes, marks and corrections laid over, and out of its inputs."""
    kept = hour["record"]
    if kept is None:
        return
    found = computed(folder, hour)
    if kept["received"] and not found["received"]:
        notes.append(
            "the minutes of this hour are no longer kept, or never were: its record cannot be computed anew"
        )
        return
    for name in ("status", "judgeable", "flag", "method", "received", "samples"):
        if kept[name] != found[name]:
            yield f"record: {name} {kept[name]}, its minutes have {found[name]}"
    whole = round(kept["expected"] / hour["due_share"]) if hour["due_share"] else kept["expected"]
    if whole != hour["rule"]["slots"] and (kept["expected"] or hour["due_share"]):
        yield f"record: expected {kept['expected']}, {hour['rule']['slots']} are due in an hour"
    for name in ("mean", "min", "max", "converted", "amount", "mass"):
        if not alike(found[name], kept[name]):
            yield f"record: {name} {kept[name]}, its minutes and inputs come to {found[name]}"


def computed(folder: Path, hour: dict[str, Any]) -> dict[str, Any]:
    """Return what the minutes and inputs of the hour come to."""
    grids = _grids(folder, hour)
    own, rule = grids[""], hour["rule"]
    mean, load, amount, method = averaged(hour, own, grids)
    oxygen = grids["oxygen"].mean() if "oxygen" in grids and grids["oxygen"].usable else None
    idle = oxygen is not None and oxygen >= hour["oxygen_not_running"]
    status = status_of(own, mean, method, idle=idle)
    valid, reference = status == "valid", hour["record"]["reference_o2"]
    entered = _by_hand(own) or (reference is not None and _by_hand(grids.get("oxygen")))
    entered = entered or (method == "flow_weighted" and _by_hand(grids.get("flow")))
    some = [at for at in range(SLOTS) if own.valid[at]]
    found: dict[str, Any] = {
        "status": status,
        "judgeable": valid and not entered,
        "flag": flag_of(own, status),
        "method": method,
        "received": min(sum(own.received), rule["slots"]),
        "samples": min(own.samples, rule["slots"]),
        "mean": mean if valid else None,
        "min": min(own.low[at] for at in some) if own.samples else None,
        "max": max(own.high[at] for at in some) if own.samples else None,
        "converted": None,
        "amount": None,
        "mass": mass_of(hour, grids, status, (mean, load), idle=idle),
    }
    burns = oxygen is not None and 0.0 <= oxygen < AIR_O2 and not idle
    if valid and burns and mean is not None and oxygen is not None and reference is not None:
        found["converted"] = mean * (AIR_O2 - reference) / (AIR_O2 - oxygen)
    if valid or (method == "counted" and status == "short"):
        found["amount"] = own.mean() * hour["amount_factor"] if hour["amount_factor"] else amount
    return found


def averaged(
    hour: dict[str, Any], own: Grid, grids: dict[str, Grid]
) -> tuple[float | None, float | None, float | None, str]:
    """Return mean, load and amount of the hour, and the method by which they are made."""
    method, valid = hour["method"], [at for at in range(SLOTS) if own.valid[at]]
    if method == "flow_weighted":
        flow = {at: grids["flow"].minute(at) for at in valid if "flow" in grids}
        both = [at for at in flow if own.value[at] >= 0 and not math.isnan(flow[at])]
        if len(both) < own.rule["need"]:
            return own.mean(), None, None, "arithmetic"
        carried = math.fsum(own.value[at] * max(flow[at], 0.0) for at in both)
        total = math.fsum(max(flow[at], 0.0) for at in both)
        return (carried / total if total > 0 else None), carried / len(both), None, method
    if not valid:
        return None, None, None, method
    if method == "vector":
        return _direction(own, grids.get("wind"), valid), None, None, method
    if method == "energy":
        energy = math.fsum(10.0 ** (own.value[at] / 10.0) for at in valid)
        return 10.0 * math.log10(energy / len(valid)), None, None, method
    if method == "counted":
        readings = [own.last[at] for at in valid if own.received[at]]
        before = readings if hour["opening"] is None else [float(hour["opening"]), *readings]
        steps = [before[at + 1] - before[at] for at in range(len(before) - 1)]
        amount = math.fsum(step for step in steps if step > 0) if readings else None
        return (readings[-1] if readings else None), None, amount, method
    return own.mean(), None, None, method


def status_of(own: Grid, mean: float | None, method: str, *, idle: bool) -> str:
    """Return the status of an hour: the first of the findings that holds."""
    received = sum(own.received)
    stops = sum(own.received[at] and "F" in own.flags[at] for at in range(SLOTS))
    if own.marked:
        return "marked"
    if not received:
        return "none"
    if 2 * stops > max(own.rule["slots"], received) or (idle and own.rule["burns"]):
        return "stopped"
    if own.rule["spoils"] and any(own.received[at] and not own.whole[at] for at in range(SLOTS)):
        return "abnormal"
    if min(own.samples, own.rule["slots"]) < own.rule["need"]:
        return "short"
    return "no_flow" if mean is None and method in ("flow_weighted", "vector") else "valid"


def flag_of(own: Grid, status: str) -> str:
    """Return the flag of an hour; HJ 212-2017, notes to C.16-C.18."""
    received = sum(own.received)
    if not received:
        return "-"
    if own.rule["spoils"]:
        times = {c: sum(own.received[at] and c in own.flags[at] for at in range(SLOTS)) for c in LETTERS[1:]}
        most = max(times.values())
        return (
            next(c for c in LETTERS[1:] if times[c] == most) if most else "D" if status == "abnormal" else "N"
        )
    normal = sum(own.received[at] and own.flags[at] == "N" for at in range(SLOTS))
    return "N" if normal >= 0.75 * received else "F" if status == "stopped" else "D"


def mass_of(
    hour: dict[str, Any],
    grids: dict[str, Grid],
    status: str,
    means: tuple[float | None, float | None],
    *,
    idle: bool,
) -> float | None:
    """Return the mass of the hour [kg]; HJ 212-2017 app. D: gas of its means, water of its minutes (``means``: mean, load)."""
    mean, load = means
    flow = grids.get("flow")
    if hour["milligrams"] is None or flow is None or status not in ("valid", "no_flow"):
        return None
    flowing = flow.mean()
    if status_of(flow, flowing, "arithmetic", idle=idle) != "valid" or flowing is None:
        return None
    if status == "no_flow":
        return 0.0
    if hour["medium"] == "gas":
        return None if mean is None else max(mean, 0.0) * hour["milligrams"] * max(flowing, 0.0) * 1e-6
    return None if load is None else max(load, 0.0) * hour["milligrams"] * 0.0036


def _grids(folder: Path, hour: dict[str, Any]) -> dict[str, Grid]:
    """Return the minutes of the sensor and its inputs with everything laid over, by role; its own is ''."""
    start = datetime.fromisoformat(hour["start"])
    inputs = table(folder, "inputs.csv")
    grids = {"": Grid(start, table(folder, "minutes.csv"), hour["rule"])}
    roles = {str(hour["sensor"]["id"]): ""}
    for item in hour["inputs"]:
        role = roles[str(item["sensor_id"])] = item["role"]
        grids[role] = Grid(start, [row for row in inputs if row["role"] == role], item["rule"])
    held = hour["held"]
    if held is not None and not any(grids[""].received):
        whole = held["n"] == held["n_valid"] and held["flags"] == "N"
        grids[""].hold(0, held["mean"], whole=whole, flags=held["flags"])
    for row in table(folder, "marks.csv"):
        for number, role in roles.items():
            if row["state"] in _COUNTING and row["sensor_id"] in ("", number):
                grids[role].marked = True
    for row in table(folder, "corrections.csv"):
        if row["state"] == "confirmed" and row["sensor_id"] in roles:
            grids[roles[row["sensor_id"]]].lay(row)
    for role, state in hour["gas_states"].items():
        if role in grids:
            grids[role].to_dry_standard(
                state, grids, is_flow=role == "flow" or (not role and hour["is_flow"])
            )
    if not any(grids[""].received) and "no" in grids:
        grids[""].make_nox(grids["no"], grids.get("no2"))
    return grids


def _direction(own: Grid, wind: Grid | None, valid: list[int]) -> float | None:
    """Return the direction [°] of the mean vector; none where a thousandth of what was weighed remains."""
    speed = {at: math.nan if wind is None else wind.minute(at) for at in range(SLOTS)}
    if all(math.isnan(one) for one in speed.values()):
        speed = dict.fromkeys(range(SLOTS), 1.0)
    some = [at for at in valid if not math.isnan(speed[at])]
    east = math.fsum(speed[at] * math.sin(math.radians(own.value[at])) for at in some)
    north = math.fsum(speed[at] * math.cos(math.radians(own.value[at])) for at in some)
    steady = math.hypot(east, north) > 1e-9 * math.fsum(speed[at] for at in some)
    return math.degrees(math.atan2(east, north)) % 360.0 if steady else None


def _by_hand(grid: Grid | None) -> bool:
    return grid is not None and any(grid.entered[at] and grid.valid[at] for at in range(SLOTS))
