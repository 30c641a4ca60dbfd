"""校验证据包 / check a pack of evidence: ``python3 verify.py``. Needs Python 3.9 or newer, no network and nothing else.

Hashes of every file, check of every frame (HJ 212-2017 appendix A), minutes out of readings, the hour out of minutes, the
conversion out of its inputs, and the links of the chain. Prints OK or what differs; exit code 0 or 1.
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

SLOTS = 60
ENOUGH = 0.75  # of the readings of a minute, HJ 212-2017 notes to C.16-C.18
ZERO_C_K, STANDARD_KPA, AIR_O2 = 273.0, 101.325, 21.0  # HJ 212-2017 app. D
NO2_PER_NO = 46.0 / 30.0


def main(folder: Path) -> int:
    """Check the pack in a folder; return the exit code."""
    try:
        wrong = list(hashes(folder))
        if not wrong:
            hour = json.loads((folder / "hour.json").read_text(encoding="utf-8"))
            wrong = [*frames(folder), *minutes(folder), *record(folder, hour), *chain(folder)]
    except Exception as error:  # noqa: BLE001 - whatever was done to the files, the answer is a sentence
        wrong = [f"the pack cannot be read: {type(error).__name__}: {error}"]
    for line in wrong:
        sys.stdout.write(f"不符 DIFFERS  {line}\n")
    sys.stdout.write(f"校验不通过 {len(wrong)} DIFFERENCES\n" if wrong else "校验通过 OK\n")
    return 1 if wrong else 0


def hashes(folder: Path) -> Iterator[str]:
    """Every file is the one in the manifest, and the manifest is the one that was sealed."""
    raw = (folder / "manifest.json").read_bytes()
    sealed = hashlib.sha256(raw).hexdigest() + "  manifest.json\n"
    if (folder / "manifest.sha256").read_bytes() != sealed.encode():
        yield "manifest.json is not the one of manifest.sha256"
        return
    listed = json.loads(raw)["files"]
    present = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    for name in sorted(set(listed) | present - {"manifest.json", "manifest.sha256"}):
        if name not in listed:
            yield f"{name} does not belong to the pack"
        elif name not in present:
            yield f"{name} is missing"
        elif hashlib.sha256((folder / name).read_bytes()).hexdigest() != listed[name]:
            yield f"{name} was changed"


def frames(folder: Path) -> Iterator[str]:
    """Every frame that is shown whole has the check that the index says; flags are those of its bytes."""
    for row in table(folder, "frames.csv"):
        raw = (folder / row["file"]).read_bytes()
        if row["masked"] == "1":
            continue  # the password is hidden, so the check cannot hold; its hash was noted before
        if hashlib.sha256(raw).hexdigest() != row["sha256"]:
            yield f"{row['file']} is not the frame of the index"
        digits = 4 if raw[2:6].isdigit() else 3
        segment, said = raw[2 + digits : -4], raw[-4:].decode("ascii", "replace")
        right = crc(segment)
        if f"{right:04X}" != row["crc_computed"] or said != row["crc_said"]:
            yield f"{row['file']}: its check is {said}, {right:04X} is right; the index says otherwise"


def crc(segment: bytes) -> int:
    """Return the check of HJ 212-2017 appendix A."""
    value = 0xFFFF
    for byte in segment:
        value = value >> 8 ^ byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value


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
        if (len(rows), len(values), flags) != (int(row["n"]), int(row["n_valid"]), row["flags"]):
            yield f"minute {row['time']}: n, n_valid or flags differ from its readings"
        elif values and not alike(math.fsum(values) / len(values), number(row["mean"])):
            yield f"minute {row['time']}: mean {row['mean']}, its readings have {math.fsum(values) / len(values)}"


def record(folder: Path, hour: dict[str, Any]) -> Iterator[str]:
    """The record of the hour comes out of its minutes, corrections laid over, and out of its inputs."""
    kept = hour["record"]
    if kept is None:
        return
    found = computed(folder, hour)
    for name in ("samples", "received"):
        if kept[name] != found[name]:
            yield f"record: {name} {kept[name]}, its minutes have {found[name]}"
    if kept["status"] != "valid":
        return
    for name in ("mean", "converted", "amount", "mass"):
        if kept[name] is not None and not alike(found.get(name), kept[name]):
            yield f"record: {name} {kept[name]}, its minutes and inputs come to {found.get(name)}"


def computed(folder: Path, hour: dict[str, Any]) -> dict[str, Any]:
    """Return what the minutes and inputs of the hour come to."""
    start = datetime.fromisoformat(hour["start"])
    grids = {"": Grid(start, table(folder, "minutes.csv"))}
    inputs = table(folder, "inputs.csv")
    for role in {row["role"] for row in inputs}:
        grids[role] = Grid(start, [row for row in inputs if row["role"] == role])
    roles = {item["sensor_id"]: item["role"] for item in hour["inputs"]} | {hour["sensor"]["id"]: ""}
    for row in table(folder, "corrections.csv"):
        if row["state"] == "confirmed" and int(row["sensor_id"]) in roles:
            grids.setdefault(roles[int(row["sensor_id"])], Grid(start, [])).lay(row)
    own = grids[""]
    for role, state in hour["gas_states"].items():
        if role in grids:
            grids[role].to_dry_standard(state, grids, is_flow=role == "flow" or hour["is_flow"])
    if not any(own.received) and "no" in grids:
        own.make_nox(grids["no"], grids.get("no2"))
    found: dict[str, Any] = {
        "received": min(sum(own.received), hour["slots"]),
        "samples": min(sum(own.counting), hour["slots"]),
    }
    mean, load, amount = averaged(hour, own, grids)
    found["mean"] = mean
    found["amount"] = mean * hour["amount_factor"] if mean is not None and hour["amount_factor"] else amount
    reference = hour["record"]["reference_o2"]
    oxygen = grids["oxygen"].mean() if "oxygen" in grids else None
    if mean is not None and reference is not None and oxygen is not None and oxygen < AIR_O2:
        found["converted"] = mean * (AIR_O2 - reference) / (AIR_O2 - oxygen)
    if hour["milligrams"] is not None and mean is not None and "flow" in grids:
        flow = grids["flow"].mean()
        if hour["medium"] == "water" and load is not None:
            found["mass"] = max(load, 0.0) * hour["milligrams"] * 0.0036
        elif flow is not None:
            found["mass"] = max(mean, 0.0) * hour["milligrams"] * max(flow, 0.0) * 1e-6
    return found


def averaged(
    hour: dict[str, Any], own: Grid, grids: dict[str, Grid]
) -> tuple[float | None, float | None, float | None]:
    """Return mean, load and amount of the hour by the method of its record."""
    method, valid = hour["record"]["method"], [at for at in range(SLOTS) if own.valid[at]]
    if not valid:
        return None, None, None
    if method == "flow_weighted":
        flow = grids["flow"]
        both = [at for at in valid if flow.valid[at]]
        carried = math.fsum(own.value[at] * max(flow.value[at], 0.0) for at in both)
        total = math.fsum(max(flow.value[at], 0.0) for at in both)
        return (carried / total if total > 0 else None), carried / len(both) if both else None, None
    if method == "vector":
        wind = grids.get("wind")
        some = [at for at in valid if wind is None or wind.valid[at]]
        weight = {at: 1.0 if wind is None else wind.value[at] for at in some}
        east = math.fsum(weight[at] * math.sin(math.radians(own.value[at])) for at in some)
        north = math.fsum(weight[at] * math.cos(math.radians(own.value[at])) for at in some)
        return math.degrees(math.atan2(east, north)) % 360.0, None, None
    if method == "energy":
        energy = math.fsum(10.0 ** (own.value[at] / 10.0) for at in valid)
        return 10.0 * math.log10(energy / len(valid)), None, None
    if method == "counted":
        readings = [own.last[at] for at in valid if own.received[at]]
        before = readings if hour["opening"] is None else [float(hour["opening"]), *readings]
        steps = [before[at + 1] - before[at] for at in range(len(before) - 1)]
        return readings[-1], None, math.fsum(step for step in steps if step > 0)
    return own.mean(), None, None


class Grid:
    """The sixty minutes of an hour."""

    def __init__(self, start: datetime, rows: list[dict[str, str]]) -> None:
        self.start = start
        self.value, self.last = [math.nan] * SLOTS, [math.nan] * SLOTS
        self.received, self.valid = [False] * SLOTS, [False] * SLOTS
        for row in rows:
            at = int((datetime.fromisoformat(row["time"]) - start) / timedelta(minutes=1))
            n, n_valid = int(row["n"]), int(row["n_valid"])
            self.value[at], self.last[at] = number(row["mean"]), number(row["last"])
            self.received[at], self.valid[at] = True, n_valid > 0 and n_valid >= ENOUGH * n

    @property
    def counting(self) -> list[bool]:
        """Which minutes are samples."""
        return [self.received[at] and self.valid[at] for at in range(SLOTS)]

    def mean(self) -> float | None:
        """Return the mean of the valid minutes, None without any."""
        valid = [self.value[at] for at in range(SLOTS) if self.valid[at]]
        return math.fsum(valid) / len(valid) if valid else None

    def lay(self, row: dict[str, str]) -> None:
        """Lay a correction over the minutes that it is about."""
        first, end = datetime.fromisoformat(row["from"]), datetime.fromisoformat(row["to"])
        for at in range(SLOTS):
            if not first <= self.start + timedelta(minutes=at) < end:
                continue
            if row["kind"] == "scale":
                factor, shift = number(row["factor"]), number(row["shift"] or "0")
                self.value[at], self.last[at] = (
                    self.value[at] * factor + shift,
                    self.last[at] * factor + shift,
                )
            elif row["kind"] == "exclude":
                self.valid[at] = False
            elif not self.valid[at]:
                self.value[at] = self.last[at] = number(row["value"])
                self.received[at] = self.valid[at] = True

    def to_dry_standard(self, state: str, grids: dict[str, Grid], *, is_flow: bool) -> None:
        """Bring what is measured wet or hot to dry gas at standard state, minute by minute."""
        if state == "dry_standard":
            return
        for at in range(SLOTS):
            factor = 1.0
            if state.startswith("wet"):
                wet = reading(grids, "moisture", at)
                share = 1.0 - wet / 100.0 if 0.0 <= wet < 100.0 else math.nan
                factor *= share if is_flow else 1.0 / share
            if state.endswith("actual"):
                air = reading(grids, "barometer", at)
                air = STANDARD_KPA if math.isnan(air) else air
                kelvin = ZERO_C_K + reading(grids, "temperature", at)
                shrinking = ZERO_C_K / kelvin * (air + reading(grids, "pressure", at)) / STANDARD_KPA
                factor *= shrinking if is_flow else 1.0 / shrinking
            self.value[at], self.last[at] = self.value[at] * factor, self.last[at] * factor
            self.valid[at] = self.valid[at] and not math.isnan(factor)

    def make_nox(self, no: Grid, no2: Grid | None) -> None:
        """Make nitrogen oxides of NO and NO2."""
        for at in range(SLOTS):
            other = 0.0 if no2 is None else no2.value[at] if no2.valid[at] else math.nan
            made = (no.value[at] if no.valid[at] else math.nan) * NO2_PER_NO + other
            self.value[at], self.received[at], self.valid[at] = made, no.received[at], not math.isnan(made)


def reading(grids: dict[str, Grid], role: str, at: int) -> float:
    """Return a valid minute of an input, NaN where there is none."""
    grid = grids.get(role)
    return grid.value[at] if grid is not None and grid.valid[at] else math.nan


def chain(folder: Path) -> Iterator[str]:
    """The chain is whole by its digests up to the one of the manifest, and the entries in the pack are in it."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    before = "0" * 64
    digests: dict[int, str] = {}
    for row in table(folder, "chain_digests.csv"):
        if int(row["id"]) != len(digests) + 1 or row["previous"] != before:
            yield f"chain entry {row['id']} is not bound to the one before it"
        before = digests[int(row["id"])] = row["digest"]
    if (len(digests), before) != (manifest["chain"]["entries"], manifest["chain"]["last"]):
        yield "the chain does not end with the digest of the manifest"
    for entry in json.loads((folder / "chain.json").read_text(encoding="utf-8")):
        taken = hashlib.sha256(bytes.fromhex(entry["previous"]))
        for field in ("id", "at", "actor", "action", "object", "content"):
            raw = str(entry[field]).encode()
            taken.update(len(raw).to_bytes(8, "big") + raw)
        if taken.hexdigest() != entry["digest"] or digests.get(entry["id"]) != entry["digest"]:
            yield f"chain entry {entry['id']} ({entry['action']} {entry['object']}) does not hold"


def table(folder: Path, name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str) -> float:
    """Return a number of a CSV file, NaN for an empty field."""
    return float(text) if text else math.nan


def alike(one: float | None, other: float) -> bool:
    """Return whether two numbers are the same but for rounding."""
    return one is not None and math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent))
