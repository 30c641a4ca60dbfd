"""The economy page: monthly figures with their status, and the targets of the policy documents by date."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from modules import registers
from modules.economy.indicators import STATUSES, Indicator, indicators
from modules.economy.targets import Target, targets
from modules.frame import Card, Chart, Page, Table, both, card, chart, column, missing, series, table
from modules.park_view import ParkView, Row
from modules.points import owner
from smartpark import queries

_Q = queries.load("modules.economy")
_REGISTER = ("月度数据台账", "register of monthly figures")
_TARGETS = ("政策文件目标目录", "catalogue of policy targets")
_CHARTED = ("output", "tax")
_YEARS = 2


def summary(view: ParkView) -> Page:
    """Return the page of the economy."""
    today = view.day_start.date()
    figures: dict[str, list[Row]] = defaultdict(list)
    for row in view.rows(_Q.figures, since=date(today.year - _YEARS, today.month, 1)):
        figures[row["indicator"]].append(row)
    month = view.row(_Q.newest_month)["month"]
    reported = view.rows(_Q.of_enterprises, month=month) if month is not None else []
    return Page(
        module="economy",
        name_zh="经济运行监测",
        name_en="Economic operation",
        generated_at=view.now,
        cards=(
            *(_card(view, one, figures[one.code]) for one in indicators().values()),
            *_target_cards(view, today),
        ),
        charts=tuple(_chart(indicators()[code], figures[code]) for code in _CHARTED if figures[code]),
        tables=(_figures(figures), _enterprises(reported, month), _targets(today)),
        missing=_MISSING,
    )


def _card(view: ParkView, indicator: Indicator, rows: Sequence[Row]) -> Card:
    """Return the newest figure that the park has confirmed; a draft never stands on a card."""
    confirmed = [row for row in rows if row["status"] != "draft"]
    last = confirmed[-1] if confirmed else None
    name = registers.source(_REGISTER, rows)
    if last is not None:
        status = STATUSES[last["status"]]
        name = (
            f"{last['month']:%Y年%m月}, {status[0]}, {name[0]}",
            f"{last['month']:%Y-%m}, {status[1]}, {name[1]}",
        )
    one = card(
        indicator.code,
        (f"{indicator.name_zh}(当月)", f"{indicator.name_en}, month"),
        last["value"] if last else None,
        name,
        unit=indicator.unit,
        decimals=indicator.decimals,
        stale_after_s=registers.STALE_AFTER_S,
        link="/modules/economy?table=figures",
        reason=("尚无核定数据", "no confirmed figure yet"),
    )
    return view.measured(one, last["confirmed_at"] if last else None)


def _target_cards(view: ParkView, today: date) -> list[Card]:
    running = [target for target in targets() if not target.is_closed(today)]
    label = ("执行中的政策目标", "Policy targets running")
    return [
        view.counted(
            card(
                "targets_running",
                label,
                len(running),
                _TARGETS,
                of=len(targets()),
                link="/modules/economy?table=targets",
            )
        )
    ]


def _chart(indicator: Indicator, rows: Sequence[Row]) -> Chart:
    by_year: dict[int, dict[int, float]] = defaultdict(dict)
    for row in rows:
        if row["status"] != "draft":
            by_year[row["month"].year][row["month"].month] = row["value"]
    sets = [
        series(
            str(year),
            (f"{year}年", str(year)),
            [(f"{month:02d}月", by_year[year].get(month)) for month in range(1, 13)],
            indicator.unit,
        )
        for year in sorted(by_year)[-2:]
    ]
    title = (f"{indicator.name_zh}(月, 不含待核)", f"{indicator.name_en} by month, drafts left out")
    return chart(indicator.code, title, sets, source=registers.source(_REGISTER, rows), type="bar")


def _figures(figures: Mapping[str, Sequence[Row]]) -> Table:
    rows = []
    for indicator in indicators().values():
        for row in figures.get(indicator.code, [])[::-1]:
            before = _year_before(figures[indicator.code], row["month"])
            rows.append(
                {
                    **registers.shown({**row, "key": f"{indicator.code}-{row['month']}"}, "value"),
                    "indicator": both(indicator.name_zh, indicator.name_en),
                    "month": f"{row['month']:%Y-%m}",
                    "unit": indicator.unit,
                    "growth": 100.0 * (row["value"] / before - 1) if before else None,
                    "status": both(*STATUSES[row["status"]]),
                    "reported_by": row["source"],
                }
            )
    rows.sort(key=lambda row: row["month"], reverse=True)
    return table(
        "figures",
        (
            "月度数据(待核、园区已核、统计已核)",
            "Monthly figures: draft, confirmed by the park, confirmed by statistics",
        ),
        (
            column("month", ("月份", "month")),
            column("indicator", ("指标", "indicator")),
            column("value", ("数值", "value"), "number", "", 2),
            column("unit", ("单位", "unit")),
            column("growth", ("同比", "on the year"), "number", "%", 1),
            column("status", ("状态", "status")),
            column("reported_by", ("来源", "source")),
            *registers.CONFIRMED,
        ),
        rows,
        source=registers.source(_REGISTER, [row for each in figures.values() for row in each]),
        empty=("台账为空", "the register is empty"),
    )


def _year_before(rows: Sequence[Row], month: date) -> float | None:
    earlier = date(month.year - 1, month.month, 1)
    return next((float(row["value"]) for row in rows if row["month"] == earlier), None)


def _enterprises(reported: Sequence[Row], month: date | None) -> Table:
    by_enterprise: dict[str, Row] = {}
    for row in reported:
        one = by_enterprise.setdefault(
            row["enterprise"],
            {"id": row["enterprise"], "enterprise": owner(row), "status": both(*STATUSES[row["status"]])},
        )
        one[row["indicator"]] = row["value"]
    said = f"{month:%Y-%m}" if month else ""
    shown = [indicators()[code] for code in _CHARTED]
    return table(
        "enterprises",
        (f"企业填报 {said}".strip(), f"Reported by enterprises {said}".strip()),
        (
            column("enterprise", ("企业", "enterprise")),
            *(column(one.code, (one.name_zh, one.name_en), "number", one.unit, 3) for one in shown),
            column("status", ("状态", "status")),
        ),
        sorted(by_enterprise.values(), key=lambda row: -row.get("output", 0.0)),
        source=registers.source(_REGISTER, reported),
        empty=("没有企业填报", "no enterprise has reported"),
    )


def _targets(today: date) -> Table:
    ordered = sorted(targets(), key=lambda target: (target.is_closed(today), -target.due.toordinal()))
    return table(
        "targets",
        ("政策目标(到期即关闭)", "Policy targets; closed once past due"),
        (
            column("state", ("状态", "state")),
            column("document", ("文件", "document")),
            column("scope", ("适用范围", "scope")),
            column("indicator", ("指标", "indicator")),
            column("wanted", ("目标", "target")),
            column("base", ("基数/基年", "base")),
            column("attribute", ("属性", "attribute")),
            column("due", ("期限", "due")),
        ),
        [_target_row(target, today) for target in ordered],
        source=_TARGETS,
        empty=("目录为空", "the catalogue is empty"),
    )


def _target_row(target: Target, today: date) -> Row:
    closed = both("已关闭(到期, 结果待核定)", "closed, past due; result to be confirmed")
    return {
        "id": target.code,
        "state": closed if target.is_closed(today) else both("执行中", "running"),
        "document": target.title,
        "scope": both(target.scope_zh, target.scope_en),
        "indicator": both(target.indicator_zh, target.indicator_en),
        "wanted": both(*target.wanted),
        "base": target.base or None,
        "attribute": target.attribute or both("未注明", "not said"),
        "due": target.due_next(today).isoformat(),
    }


_MISSING = (
    missing(("目标完成值与进度", "Values reached against targets"), ("需统计部门与园区共同核定", "to be confirmed jointly by statistics and the park")),
    missing(("亩均产值、亩均税收", "Output and tax per mu"), ("需土地台账", "needs the land register")),
    missing(("季度调度表(docx/xlsx)", "Quarterly dispatch sheet"), ("后续提供", "to come")),
    missing(("一企一策与闲置企业识别", "Idle-enterprise list"), ("后续由用能与排水趋势给出", "to come from trends of energy and outlets")),
)  # fmt: skip
