"""Everything behind one hour (证据): a drill-down, and a pack that is verified without us (证据包)."""

import base64
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from api.correction_shapes import entry_shown
from api.evidence_shapes import Evidence
from api.login import note as noted
from api.problems import InputProblem, not_found
from api.visit import Instant, Reads, Visit, as_json
from records.corrections import chain
from records.evidence import hour as hours
from records.evidence import pack, summary
from smartpark import clock

router = APIRouter(prefix="/evidence", tags=["records"])

SensorId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Hour = Annotated[Instant, Path(description="start of a full hour; RFC 3339 with offset")]
_INNER = (
    "input_minutes",
    "objects",
    "rule",
    "due_share",
    "method",
    "held",
    "codes",
    "instants",
    "units",
    "admitted_at",
    "readings_kept",
    "oxygen_not_running",
    "amount_factor",
    "milligrams",
    "medium",
    "is_flow",
    "gas_states",
    "opening",
)
_ZIP = "application/zip"
_PACKED: dict[int | str, dict[str, Any]] = {
    200: {"content": {_ZIP: {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("/{sensor_id}/{hour}", response_model=Evidence)
def evidence(visit: Reads, sensor_id: SensorId, hour: Hour) -> Response:
    """Return everything behind one hour of a sensor, down to the frames as they came."""
    found = _gathered(visit, sensor_id, hour)
    with visit.house.whole(visit.zone) as conn:
        entries = chain.entries_of(conn, found["objects"])
    bare = visit.principal.may("command") or visit.principal.may("administer")
    shown = {name: value for name, value in found.items() if name not in _INNER}
    shown["inputs"] = [
        {name: value for name, value in one.items() if name != "rule"} for one in found["inputs"]
    ]
    shown["conversion"] = summary.conversion(found)
    shown["frames"] = [_frame(frame, bare=bare) for frame in found["frames"]]
    shown["entries"] = [entry_shown(entry) for entry in entries]
    return as_json(shown)


@router.get("/{sensor_id}/{hour}/pack", response_class=Response, responses=_PACKED)
def evidence_pack(visit: Reads, sensor_id: SensorId, hour: Hour) -> Response:
    """Return the same as a zip file that ``python3 verify.py`` in it checks off line; who took it is noted."""
    now, actor = clock.now(), visit.principal.actor
    found = _gathered(visit, sensor_id, hour)
    with visit.house.whole(visit.zone) as conn:
        entries = chain.entries_of(conn, found["objects"])
        packed, digest = pack.pack(found, entries, hours.digests(conn), made_by=actor, now=now)
        about = {"hour": found["label"], "manifest_sha256": digest}
        noted(conn, now, actor, "evidence.pack", f"sensor/{sensor_id}", detail=about)
    sensor = found["sensor"]
    name = f"evidence_{sensor['station']}_{sensor['quantity']}{sensor['form']}_{found['start']:%Y%m%dT%H%M%z}.zip"
    ascii_name = "".join(c if c.isascii() and (c.isalnum() or c in "._+-") else "_" for c in name)
    headers = {
        "Content-Disposition": f'attachment; filename="{ascii_name}"',
        "Cache-Control": "private, no-store",
    }
    return Response(packed, media_type=_ZIP, headers=headers)


def _gathered(visit: Visit, sensor_id: int, hour: datetime) -> dict[str, Any]:
    if hour.timestamp() % 3600:
        raise InputProblem(
            "path.hour",
            "须为整点, 如 2026-03-14T05:00:00+08:00",
            "write a full hour such as 2026-03-14T05:00:00+08:00",
        )
    try:
        with visit.open() as conn:
            return hours.gather(
                conn,
                sensor_id,
                hour,
                exact=visit.principal.may("administer"),
                zone=visit.zone,
                oxygen_not_running=visit.house.settings.records.oxygen_not_running,
            )
    except hours.UnknownSensorError as error:
        raise not_found(f"点位 {sensor_id}", f"sensor {sensor_id}") from error


def _frame(frame: dict[str, Any], *, bare: bool) -> dict[str, Any]:
    raw = frame["bytes"]
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = None
    shown = {name: value for name, value in frame.items() if name != "bytes"}
    return {**shown, "text": text, "base64": base64.b64encode(raw).decode() if bare else None}
