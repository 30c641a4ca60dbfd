"""Frames as they came: their checks, and the readings that they brought."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from .tables import alike, table

_AHEAD, _SOON = timedelta(minutes=10), timedelta(days=1)
_FLAGS = "NFMSDCTB"


def frames(folder: Path, hour: dict[str, Any]) -> Iterator[str]:
    """Every frame that is shown whole has the check that the index says; its values and flags are those of the readings."""
    said: dict[datetime, list[tuple[float, str, str]]] = {}
    for row in table(folder, "frames.csv"):
        raw = (folder / row["file"]).read_bytes()
        if row["masked"] != "1":
            yield from _whole(row, raw)
        if row["crc"] == "ok" and row["cn"] == hour["instants"]:
            for at, value, flag in _instants(raw, row, hour):
                said.setdefault(at, []).append((value, flag, row["file"]))
    yield from _against_readings(folder, hour, said)


def crc(segment: bytes) -> int:
    """Return the check of HJ 212-2017 appendix A."""
    value = 0xFFFF
    for byte in segment:
        value = value >> 8 ^ byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value


def _whole(row: dict[str, str], raw: bytes) -> Iterator[str]:
    # Of a hidden password the check cannot hold; its hash was noted before.
    if hashlib.sha256(raw).hexdigest() != row["sha256"]:
        yield f"{row['file']} is not the frame of the index"
    digits = 4 if raw[2:6].isdigit() else 3
    segment, said = raw[2 + digits : -4], raw[-4:].decode("ascii", "replace")
    right = f"{crc(segment):04X}"
    if right != row["crc_computed"] or said != row["crc_said"]:
        yield f"{row['file']}: its check is {said}, {right} is right; the index says otherwise"
    elif (row["crc"] == "ok") != (said.upper() == right):
        yield f"{row['file']}: its check is {said}, {right} is right; the index says {row['crc']}"


def _instants(raw: bytes, row: dict[str, str], hour: dict[str, Any]) -> Iterator[tuple[datetime, float, str]]:
    """Yield instant, value in the unit of the readings, and flag of the sensor, as a frame says them."""
    fields: dict[str, str] = {}
    _, _, content = raw.decode("latin-1").partition("CP=&&")
    for item in content.rpartition("&&")[0].replace(";", ",").split(","):
        name, is_said, words = item.partition("=")
        if is_said:
            fields.setdefault(name.strip(), words.strip())
    at = datetime.fromisoformat(row["data_time"])
    text = fields.get("DataTime", "")
    if len(text) == 14 and text.isdigit():
        offset = datetime.strptime(hour["label"][-6:-1], "%z").tzinfo  # (UTC+0800)
        at = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=offset)
    form = hour["sensor"]["form"]
    for code in hour["codes"]:
        try:
            value = float(fields[f"{code}-{form}Rtd"])
        except (KeyError, ValueError):
            continue
        flag = fields.get(f"{code}-Flag", "N").upper() or "N"
        if math.isfinite(value) and flag in _FLAGS and len(flag) == 1 and _stored(at, row, hour):
            factor, shift = _unit(at, hour["units"])
            yield at, value * factor + shift, flag
            return


def _stored(at: datetime, row: dict[str, str], hour: dict[str, Any]) -> bool:
    """Return whether a value of an instant must have become a reading: in time, of a sensor that was let in already."""
    received = datetime.fromisoformat(row["received_at"])
    begin, end = (datetime.fromisoformat(hour[name]) for name in ("start", "end"))
    admitted = hour["admitted_at"]
    return (
        begin <= at < end
        and at - _AHEAD <= received <= at + _SOON
        and (admitted is None or received > datetime.fromisoformat(admitted))
    )


def _unit(at: datetime, units: list[dict[str, Any]]) -> tuple[float, float]:
    """Return factor and shift from what the sender sent to what is stored, at an instant."""
    since = [one for one in units if one["since"] is None or datetime.fromisoformat(one["since"]) <= at]
    return (float(since[-1]["factor"]), float(since[-1]["shift"])) if since else (1.0, 0.0)


def _against_readings(
    folder: Path, hour: dict[str, Any], said: dict[datetime, list[tuple[float, str, str]]]
) -> Iterator[str]:
    kept = {datetime.fromisoformat(row["time"]): row for row in table(folder, "readings.csv")}
    if not kept and not hour["readings_kept"]:
        return
    for at in sorted(said):
        file = said[at][0][2]
        row = kept.get(at)
        if row is None:
            yield f"{file} says {said[at][0][0]:g} of {at.isoformat()}, and there is no such reading"
        elif not any(
            flag == row["flag"] and alike(value, float(row["value"])) for value, flag, _ in said[at]
        ):
            value, flag, _ = said[at][0]
            yield f"reading {row['time']}: {row['value']} flag {row['flag']}, {file} says {value:g} flag {flag}"
