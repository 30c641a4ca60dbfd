"""The hour that is running, outlet by outlet: its mean so far, and what the rest of it must stay below."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from alerts.exceedance import printed_value
from alerts.period_sentences import Span
from alerts.sentences import Named, bound, unit_words
from smartpark.science import flue_gas
from smartpark.science.hour_projection import Outlook, project

_HOUR_MIN = 60
_MINUTE_S = 60


def shown(row: dict[str, Any], span: Span, passed_min: float) -> dict[str, Any]:
    """Return a row of query ``running_hours`` as the API answers it, ``passed_min`` into the hour [min]."""
    limit, quantity = row["limit"], row["quantity"]
    mean, left = _mean(row), _HOUR_MIN - passed_min
    # A sample stands for its period, but not for more than has passed.
    had = min(row["minutes"] * max(1.0, row["period_s"] / _MINUTE_S), passed_min)
    answer = {
        key: row[key] for key in ("sensor_id", "enterprise", "station", "quantity", "form", "converted")
    }
    answer |= {"limit": limit, "mean": mean, "valid_minutes": row["minutes"], "minutes_left": round(left, 2)}
    if mean is None:
        zh, en = f"{span.words} 尚无有效分钟数据", f"{span.words}: no valid minute yet"
        nothing = {"mean_text": None, "rest_below": None, "outlook": "no data", "on_course": None}
        return answer | nothing | {"text_zh": zh, "text_en": en}
    # The span is of the measured value; at reference oxygen it says nothing.
    top = None if row["form"] else row["span_high"]
    projection = project(mean, had, left, limit["value"], span_high=top)
    zh, en = _sentence(row, span, mean, (projection.outlook, projection.rest_below, left))
    return answer | {
        "mean_text": printed_value(mean, limit["value"], quantity["decimals"]),
        "rest_below": projection.rest_below,
        "outlook": projection.outlook.value,
        "on_course": mean <= limit["value"],
        "text_zh": zh,
        "text_en": en,
    }


def nearness(item: Mapping[str, Any]) -> float:
    """Return how near an outlet is to its limit: mean / limit, -1 without a mean."""
    edge = item["limit"]["value"]
    return item["mean"] / edge if item["mean"] is not None and edge else -1.0


def begins(now: datetime) -> datetime:
    """Return the start of the hour of an instant in the zone that it is written in."""
    return now.replace(minute=0, second=0, microsecond=0)


def _mean(row: Mapping[str, Any]) -> float | None:
    mean, oxygen = row["mean"], row["oxygen"]
    if mean is None or not row["converted"]:
        return None if mean is None else float(mean)
    if oxygen is None or row["reference_o2"] is None:
        return None
    converted = float(flue_gas.at_reference_oxygen(mean, oxygen, row["reference_o2"]))
    return converted if converted == converted else None  # noqa: PLR0124 - NaN: no answer at this oxygen


def _sentence(
    row: Mapping[str, Any], span: Span, mean: float, what: tuple[Outlook, float | None, float]
) -> tuple[str, str]:
    limit, quantity = row["limit"], row["quantity"]
    outlook, rest, left = what
    subject = Named(quantity["name_zh"], quantity["name_en"], quantity["unit"], quantity["decimals"])
    unit = unit_words(quantity["unit"])
    edge = bound(subject, limit["value"])
    clause = f"{limit['standard']} {limit['clause']}".strip()
    form_zh, form_en = ("(折算)", " (reference oxygen)") if row["form"] else ("", "")
    shown_mean = printed_value(mean, limit["value"], quantity["decimals"])
    head_zh = f"{span.words} {subject.name_zh}{form_zh}至今均值 {shown_mean} {unit}"
    head_en = f"{span.words} {subject.name_en}{form_en} mean so far {shown_mean} {unit}"
    minutes = f"{left:.0f}"
    match outlook:
        case Outlook.OPEN if rest is not None:
            below = f"{rest:.{quantity['decimals']}f} {unit}"
            tail_zh = f"，余下 {minutes} 分钟均值不高于 {below} 方可不超限值 {edge}（{clause}）"
            tail_en = f"; the remaining {minutes} min must average no more than {below} to keep the limit {edge} ({clause})"
        case Outlook.LOST | Outlook.EXCEEDED:
            tail_zh = f"，余下 {minutes} 分钟即使为零，小时均值也将超过限值 {edge}（{clause}）"
            tail_en = f"; even at zero for the remaining {minutes} min the hour will exceed its limit {edge} ({clause})"
        case _:
            tail_zh = f"，余下 {minutes} 分钟不会使小时均值超过限值 {edge}（{clause}）"
            tail_en = f"; the remaining {minutes} min cannot take the hour over its limit {edge} ({clause})"
    return head_zh + tail_zh, head_en + tail_en
