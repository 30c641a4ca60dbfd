"""``GET /alerts/health``: how well the alarms serve their operator, each figure with its definition and source."""

from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from api.visit import From, Reads, To, as_json, check_period
from smartpark import clock, queries

router = APIRouter(tags=["alerts"])
_Q = queries.load("api", "health.sql")
_DAY = timedelta(days=1)
_FLOOD = 10  # annunciations in ten minutes, EEMUA 191
_TEN_MINUTES = timedelta(minutes=10)


class Loud(BaseModel):
    """A point that sounds often, with its share of all."""

    rule: str
    target_kind: str
    target_id: int
    station: str | None
    name_zh: str | None
    name_en: str | None
    n: int
    share: float


class Definition(BaseModel):
    """What a figure means, and what is good."""

    key: str
    zh: str
    en: str
    target: str
    source: str


class AlarmHealth(BaseModel):
    """Figures after EEMUA 191 / ISA-18.2; drills are left out."""

    from_: datetime = Field(alias="from")
    to: datetime
    annunciated: int
    ten_minute_windows: int
    mean_per_window: float
    max_per_window: int
    flood_windows: int
    flood_share: float
    open: int
    unacknowledged: int
    shelved: int
    suppressed: int
    unknown: int
    standing: int
    retrospective_unread: int
    by_level: list[dict[str, Any]]
    acknowledged: int
    median_answer_s: float | None
    p95_answer_s: float | None
    loudest: list[Loud]
    chattering: list[dict[str, int]]
    enough_data: bool = Field(description="true from 30 days on; shorter periods mislead")
    definitions: list[Definition]


_DEFINITIONS = [
    Definition(
        key="mean_per_window",
        zh="每 10 分钟发声的报警数 (首次发声、再次触发、升级), 自时段起点分窗",
        en="annunciations (first, again, level raised) in each ten minutes, counted from the start of the period",
        target="about 1; more than 2 is the most one operator can manage",
        source="EEMUA 191; ISA-18.2-2016",
    ),
    Definition(
        key="flood_share",
        zh="超过 10 次的 10 分钟窗口所占比例",
        en="share of the ten-minute windows with more than 10 annunciations",
        target="below 1 %",
        source="EEMUA 191",
    ),
    Definition(
        key="standing",
        zh="持续 24 小时以上仍未恢复的报警",
        en="alerts that have been active for more than 24 hours",
        target="0; fewer than 5, each with a plan",
        source="ISA-18.2-2016",
    ),
    Definition(
        key="chattering",
        zh="一分钟内触发 3 次及以上的报警",
        en="alerts that came back three times or more within one minute",
        target="0",
        source="ISA-18.2-2016",
    ),
    Definition(
        key="loudest",
        zh="发声最多的 10 个点位及其占比",
        en="the ten points that sounded most, with their share of all",
        target="together 1 to 5 %",
        source="EEMUA 191",
    ),
    Definition(
        key="median_answer_s",
        zh="从发声到首次确认的时间",
        en="time from the sound to the first acknowledgement",
        target="-",
        source="ISA-18.2-2016",
    ),
]


@router.get("/alerts/health", response_model=AlarmHealth)
def alarm_health(visit: Reads, start: From = None, to: To = None) -> Response:
    """Return the figures of a period, by default the last day."""
    now = clock.now()
    end = to or now
    begin = start or end - _DAY
    check_period(begin, end)
    period = {"from": begin, "to": end, "now": now}
    with visit.open() as conn:
        windows = conn.execute(_Q.windows, period).fetchall()
        standing = conn.execute(_Q.now, period).fetchone() or {}
        levels = conn.execute(_Q.levels, period).fetchall()
        answers = conn.execute(_Q.answers, period).fetchone() or {}
        loudest = conn.execute(_Q.loudest, period).fetchall()
        chattering = conn.execute(_Q.chattering, period).fetchall()
    total = sum(row["n"] for row in windows)
    count = max(1, -((begin - end) // _TEN_MINUTES))
    floods = sum(row["n"] > _FLOOD for row in windows)
    return as_json(
        {
            "from": begin,
            "to": end,
            "annunciated": total,
            "ten_minute_windows": count,
            "mean_per_window": total / count,
            "max_per_window": max((row["n"] for row in windows), default=0),
            "flood_windows": floods,
            "flood_share": floods / count,
            **standing,
            "by_level": levels,
            "acknowledged": answers["n"],
            "median_answer_s": _number(answers["median_s"]),
            "p95_answer_s": _number(answers["p95_s"]),
            "loudest": [{**row, "share": row["n"] / total} for row in loudest],
            "chattering": chattering,
            "enough_data": end - begin >= timedelta(days=30),
            "definitions": [one.model_dump() for one in _DEFINITIONS],
        }
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
