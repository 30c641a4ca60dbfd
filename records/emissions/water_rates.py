"""The four rates of the park's water, 收集率 集中处置率 再生水率 回用率, each with its meters; none is guessed or clipped.

The documents ask for them by name and define none: numerator and denominator are those of this table, shown with each rate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import psycopg

from records.emissions import totals
from records.emissions.accounts import share
from records.emissions.totals import Row, Span
from smartpark import queries

_Q = queries.load("records.emissions", "water.sql")

Role = Literal["produced", "collected", "treated", "reclaimed", "reused"]
ROLES: tuple[Role, ...] = get_args(Role)
ROLE_NAMES: Mapping[Role, tuple[str, str]] = {
    "produced": ("产生量", "produced"),
    "collected": ("收集量", "collected"),
    "treated": ("处理量", "treated"),
    "reclaimed": ("再生水量", "reclaimed"),
    "reused": ("回用量", "reused"),
}


@dataclass(frozen=True, slots=True)
class Definition:
    """A rate as it is counted."""

    code: str
    name_zh: str
    name_en: str
    numerator: Role
    denominator: Role


RATES = (
    Definition("collection", "收集率", "collection rate", "collected", "produced"),
    Definition("treatment", "集中处置率", "central treatment rate", "treated", "collected"),
    Definition("reclamation", "再生水率", "reclamation rate", "reclaimed", "treated"),
    Definition("reuse_of_reclaimed", "回用率(占再生水)", "reuse of reclaimed water", "reused", "reclaimed"),
    Definition("reuse_of_produced", "回用率(占产生量)", "reuse of water produced", "reused", "produced"),
)


def rates(conn: psycopg.Connection[Any], park_id: int, span: Span) -> dict[str, Any]:
    """Return the rates of a period and the volume of each role with its meters."""
    meters = totals.rows(conn, _Q.meters, {"park_id": park_id})
    about = {"sensors": [row["sensor_id"] for row in meters], "zone": span.zone.key, **span.parts("day")}
    volumes = {row["sensor_id"]: row for row in totals.rows(conn, _Q.volumes, about)}
    roles = {name: role(name, [row for row in meters if row["role"] == name], volumes) for name in ROLES}
    return {"rates": [rate(one, roles) for one in RATES], "roles": [*roles.values()]}


def role(name: Role, meters: Sequence[Row], volumes: Mapping[int, Row]) -> dict[str, Any]:
    """Return the volume [m³] of a role; None, with a sentence, where a meter of it counted nothing or there is none."""
    shown = []
    for meter in meters:
        volume = volumes.get(meter["sensor_id"], {"m3": None, "due_hours": 0, "valid_hours": 0})
        hours = {key: volume[key] for key in ("due_hours", "valid_hours")}
        listed = {
            key: meter[key] for key in ("sensor_id", "station", "name_zh", "name_en", "quantity", "sign")
        }
        valid = share(hours["valid_hours"], hours["due_hours"])
        shown.append({**listed, "m3": volume["m3"], **hours, "valid_percent": valid})
    silent = [one for one in shown if one["m3"] is None]
    zh, en = ROLE_NAMES[name]
    reason: tuple[str | None, str | None] = (None, None)
    if not shown:
        reason = f"未设置{zh}的计量表; 请在 water_balance.csv 中写明", f"no meter is named for water {en}"
    elif silent:
        reason = (
            f"{zh}的计量表无有效数据: {'、'.join(one['name_zh'] for one in silent)}",
            f"no valid data of the meter of water {en}: {', '.join(one['name_en'] for one in silent)}",
        )
    m3 = None if reason[0] else sum(one["sign"] * one["m3"] for one in shown)
    due, valid_hours = (sum(one[key] for one in shown) for key in ("due_hours", "valid_hours"))
    about = {"role": name, "name_zh": zh, "name_en": en, "m3": m3, "valid_percent": share(valid_hours, due)}
    return {**about, "reason_zh": reason[0], "reason_en": reason[1], "meters": shown}


def rate(one: Definition, roles: Mapping[Role, Mapping[str, Any]]) -> dict[str, Any]:
    """Return a rate [%]; None with the reason where it cannot be counted, above 100 with a warning."""
    above, below = roles[one.numerator], roles[one.denominator]
    percent: float | None = None
    reason = above["reason_zh"] or below["reason_zh"], above["reason_en"] or below["reason_en"]
    if reason[0] is None and below["m3"] <= 0:
        reason = f"分母{below['name_zh']}为 0", f"no water was {below['name_en']}: the denominator is 0"
    if reason[0] is None:
        percent = 100.0 * above["m3"] / below["m3"]
    warning: tuple[str | None, str | None] = (None, None)
    if percent is not None and not 0 <= percent <= 100:
        warning = (
            f"{one.name_zh} {percent:.1f}%, 不在 0-100% 内: 请核对{above['name_zh']}与{below['name_zh']}的计量表",
            f"the {one.name_en} is {percent:.1f} %, which cannot be: check the meters of water {above['name_en']} and {below['name_en']}",
        )
    return {
        "code": one.code,
        "name_zh": one.name_zh,
        "name_en": one.name_en,
        "numerator": one.numerator,
        "denominator": one.denominator,
        "numerator_m3": above["m3"],
        "denominator_m3": below["m3"],
        "percent": percent,
        "reason_zh": reason[0],
        "reason_en": reason[1],
        "warning_zh": warning[0],
        "warning_en": warning[1],
    }
