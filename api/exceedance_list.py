"""Exceedances and compliance as they are printed: factors in decimal arithmetic, periods start-end, files for the officer."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from alerts.exceedance import printed_factor, printed_value
from alerts.period_sentences import Span

CSV_TYPE = "text/csv; charset=utf-8"
_PERIODS = {"hour": ("小时均值", "hour"), "day": ("日均值", "day")}
_KINDS = {
    "permit": ("排污许可", "permit"),
    "agreement": ("纳管协议", "agreement"),
    "local": ("地方标准", "local"),
    "industry": ("行业标准", "industry"),
    "integrated": ("综合标准", "integrated"),
}
_COLUMNS = (
    *(
        ("企业", "enterprise"),
        ("排口", "outlet"),
        ("因子", "factor"),
        ("形式", "form"),
        ("类型", "period_kind"),
    ),
    *(("监测时段", "period"), ("浓度", "value"), ("限值", "limit"), ("单位", "unit"), ("标准", "standard")),
    *(("条款", "clause"), ("限值类别", "limit_kind"), ("基准氧含量%", "reference_o2_pct")),
    *(
        ("超标倍数", "exceedance_factor"),
        ("连续超标", "consecutive"),
        ("近30日超标天数", "exceeding_days_30"),
    ),
    *(("数据标记", "flag"), ("发现", "live_or_late"), ("发现时间", "found_at"), ("修订版本", "revision")),
    *(("标记", "marks"), ("修正", "corrections"), ("报警编号", "alert")),
)


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of query ``exceedances`` as the API answers it."""
    limit = row["limit"]
    upper = row.pop("stage") in {"H", "HH"}
    zone, start, end = ZoneInfo(row.pop("timezone")), row["start"], row["end"]
    span = Span(row["period"], start.astimezone(zone), end.astimezone(zone))
    row["period_words"] = (
        span.words if row["period"] == "day" else f"{start.astimezone(zone):%Y}-{span.words}"
    )
    row["value_text"] = printed_value(row["value"], limit["value"], row["quantity"]["decimals"])
    row["factor"] = printed_factor(row["value"], limit["value"]) if upper else None
    revision, cause = row.pop("found_revision"), row.pop("found_cause")
    on_time = cause == "demo" or (cause == "closed" and row["found_at"] < end + (end - start))
    row["late"] = not (revision == 1 and on_time)
    for name in ("total", "made_at"):
        del row[name]
    return row


def csv_blocks(items: Iterable[Mapping[str, Any]], language: str) -> Iterator[bytes]:
    """Yield exceedances as CSV with the names of the reader's language; it opens with a byte order mark, for Excel."""
    column = 0 if language == "zh" else 1
    name = "name_zh" if language == "zh" else "name_en"
    yield "\ufeff".encode()
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow([each[column] for each in _COLUMNS])
    for item in items:
        limit, alert = item["limit"], item["alert"]
        found = ("补报", "late") if item["late"] else ("实时", "live")
        converted = ("折算", "reference O2") if item["form"] else ("实测", "measured")
        cells = (
            (item["enterprise"] or {}).get(name, ""),
            *(item["station"][name], item["quantity"][name], converted[column]),
            *(_PERIODS[item["period"]][column], item["period_words"], item["value_text"]),
            *(f"{limit['value']:.10g}", limit["unit"], limit["standard"], limit["clause"]),
            *(_KINDS[limit["kind"]][column], limit["reference_o2"], item["factor"], item["run"]),
            *(item["exceeding_days"], item["flag"], found[column], item["found_at"].isoformat()),
            *(item["revision"], _ids(item["marks"]), _ids(item["corrections"]), alert["id"] if alert else ""),
        )
        writer.writerow([_harmless(cell) for cell in cells])
    yield lines.getvalue().encode()


def compliance(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the sheet of query ``compliance``: every factor, every enterprise, and all together."""
    by_owner = [
        {"enterprise": found[0]["enterprise"], **_summed(found)}
        for _, each in groupby(rows, key=lambda row: (row["enterprise"] or {}).get("id"))
        for found in [list(each)]
    ]
    items = []
    for row in rows:
        about = {key: row[key] for key in ("sensor_id", "form", "enterprise", "station", "quantity")}
        items.append(about | _summed([row]))
    return {"total": _summed(rows), "enterprises": by_owner, "items": items}


def _summed(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    found = list(rows)
    names = ("hours_judged", "hours_over", "days_judged", "days_over")
    counts: dict[str, Any] = {name: sum(row[name] for row in found) for name in names}
    worst = max((row["worst"] for row in found if row["worst"]), default=None)
    for period in ("hours", "days"):
        judged = counts[f"{period}_judged"]
        counts[f"{period}_rate"] = (judged - counts[f"{period}_over"]) / judged if judged else None
    return counts | {
        "max_factor": printed_factor(worst[1], worst[2]) if worst else None,
        "max_value": worst[1] if worst else None,
        "max_limit": worst[2] if worst else None,
    }


def _ids(found: Iterable[Mapping[str, Any]]) -> str:
    return " ".join(f"{one['id']}({one['state']})" for one in found)


def _harmless(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@"} else cell
