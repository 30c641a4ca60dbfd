"""What a logger that nobody has let in says of itself, and where it may be let in."""

from datetime import datetime
from typing import Any

from api.problems import InputProblem, Problem
from api.words import Words
from smartpark import db, queries
from smartpark.hj212.frame import FrameError, decode
from smartpark.hj212.head import HeadError, read
from smartpark.places import STREAM_CLASS

Q = queries.load("api", "strangers.sql")
# What data loggers measure; a safety system and a meter report by other ways, a vehicle and a camera as well.
KINDS = frozenset(
    kind for kind, stream in STREAM_CLASS.items() if stream in {"emission", "ambient"} and kind != "mobile"
)
_BEFORE, _CHECK = 6, 4  # bytes: ## and the length; the check


def said_by(payload: bytes) -> tuple[str | None, int | None]:
    """Return (ST, edition) of a frame, None where it does not say; what is encrypted says both before CP."""
    raw = payload.rstrip(b"\r\n")
    try:
        frame = decode(raw)
    except FrameError:
        try:
            head, _, _ = read(raw[_BEFORE:-_CHECK])
        except HeadError:
            return None, None
        return head.st or None, (2005, 2017, 2025)[min((head.flag or 0) >> 2, 2)]
    return frame.head.st or None, frame.edition


def check_place(
    conn: db.DictConnection, station_id: int, reason: str | None, now: datetime
) -> datetime | None:
    """Return when a station's newest values came by another way, which an admission shuts; None: by none, of late.

    Raises:
        Problem: 422, it is a station of safety, or it delivers by another way and no reason is given.

    """
    place: dict[str, Any] = conn.execute(Q.places, {"id": station_id, "now": now}).fetchone() or {}
    if place.get("stream_class") == "safety":
        raise Problem(
            422,
            f"“{place['name_zh']}”是安全监测站点, 不能接入数采仪: 接入会关断它的安全监测数据",
            f"{place['name_en']} is a safety station; no logger is admitted to it, since that would shut off its own data",
        )
    other_at: datetime | None = place.get("other_at")
    if other_at is not None and not (reason or "").strip():
        raise InputProblem(
            "body.reason",
            f"必填: 站点“{place['name_zh']}”正由其他通道上报, 接入后该通道的数据进隔离区",
            f"is missing: {place['name_en']} delivers by another way, whose data go to quarantine from then on",
            label=Words("原因", "reason"),
        )
    return other_at
