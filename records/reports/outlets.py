"""The outlets of a report: every pollutant over the whole period, and each outlet hour by hour, day by day; pure.

The table of one outlet follows the forms of HJ 75-2017 appendix D (小时均值日报表, 日均值月报表, 月均值年报表): a line a
period, measured, converted and mass side by side, mean, extremes, number of samples and sum below.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from records.reports import words
from records.reports.blocks import (
    DASH,
    Bars,
    Block,
    Cell,
    Column,
    Lines,
    Section,
    Table,
    Text,
    count,
    figure,
    word,
)
from records.reports.facts import Facts, Figure, Limit, Point, Row
from records.reports.periods import PART_WORDS, PARTS, part_label

MASS_DECIMALS = 3  # [kg]
_AMOUNT_DECIMALS = 0  # [m³]
_Over = frozenset[tuple[str, str, bool, datetime]]  # outlet, quantity, converted, start


def summary(facts: Facts) -> Section:
    """Return one line a pollutant: mean, extremes, validity, limit and mass of the whole period."""
    park = facts.cover.enterprise is None
    columns = (
        *((Column("企业", 18),) if park else ()),
        Column("排口", 20),
        Column("监测因子", 14),
        Column("单位", 8),
        Column("实测", 10, "期间均值"),
        Column("折算", 10, "期间均值"),
        Column("最小", 9, "有效值"),
        Column("最大", 9, "有效值"),
        Column("有效/应测", 10),
        Column("限值", 22),
        Column("排放量 kg", 13),
    )
    points = [point for point in facts.points if not point.auxiliary]
    rows = tuple((*((word(p.enterprise),) if park else ()), *_summary_row(p)) for p in points)
    table = Table("", columns, rows, empty="本期没有纳入统计的监测因子。")
    blocks: tuple[Block, ...] = (table,) if park else (table, *_mass_bars(points))
    return Section("监测结果汇总", "汇总", blocks)


def each(facts: Facts) -> Iterator[Section]:
    """Yield a section of each outlet: its table and, of each pollutant, its course with the limit."""
    over = frozenset(
        (e.outlet_code, e.quantity, e.converted, e.start)
        for e in facts.exceedances
        if e.basis == PARTS[facts.cover.kind]
    )
    by_outlet = groupby(facts.points, key=lambda point: (point.enterprise, point.outlet_code))
    for number, ((enterprise, code), group) in enumerate(by_outlet):
        points = list(group)
        name = points[0].outlet if facts.cover.enterprise else f"{enterprise} {points[0].outlet}"
        charts = [_course(point, facts) for point in points if not point.auxiliary]
        blocks: tuple[Block, ...] = (_form(points, facts, over), *charts)
        yield Section(f"{name} ({code})", points[0].outlet, blocks, level=2, opens=number > 0)


def details(facts: Facts) -> Section:
    """Return every record of every pollutant with its extremes, samples, state, flag and mass."""
    columns = (
        Column("排口", 20),
        Column("监测因子", 14),
        Column(PART_WORDS[facts.cover.kind], 13),
        Column("实测均值", 12),
        Column("折算均值", 12),
        Column("最小", 9),
        Column("最大", 9),
        Column("有效", 6),
        Column("应测", 6),
        Column("数据标记", 8),
        Column("排放量 kg", 12),
        Column("修订", 6),
    )
    rows = tuple(
        _detail(point, row)
        for point in facts.points
        if not point.auxiliary
        for row in _past(point.rows, facts)
    )
    title = "附表  各因子逐期明细"
    return Section(title, "明细", (Table("", columns, rows, empty="本期没有记录。"),))


def limit_words(limit: Limit) -> str:
    """Return a limit with its standard and clause."""
    sign = "≤" if limit.stage.startswith("H") else "≥"
    basis = words.BASES.get(limit.basis, limit.basis)
    return f"{basis}{sign}{limit.value:g} {limit.standard} {limit.clause}".strip()


def value_cell(row: Row, value: float | None, decimals: int, *, over: bool = False) -> Cell:
    """Return a value of a record, or why there is none."""
    one = row.figure
    return figure(
        value, decimals, words.lacking(one.status, one.samples, one.expected), "over" if over else ""
    )


def _summary_row(point: Point) -> tuple[Cell, ...]:
    whole, one = point.whole, point.whole.figure
    return (
        word(point.outlet),
        word(point.name),
        word(point.unit),
        value_cell(whole, one.mean, point.decimals),
        _converted(point, whole),
        figure(one.min, point.decimals),
        figure(one.max, point.decimals),
        word(f"{one.samples}/{one.expected}"),
        word("; ".join(map(limit_words, point.limits)) or "无已核实限值"),
        _mass(point, one),
    )


def _mass_bars(points: Iterable[Point]) -> tuple[Bars, ...]:
    bars = [
        (f"{p.outlet} {p.name}", p.whole.figure.mass, f"{p.whole.figure.mass:,.1f}")
        for p in points
        if p.whole.figure.mass is not None
    ]
    return (Bars("各排口排放量", "kg", tuple(bars)),) if bars else ()


def _converted(point: Point, row: Row, *, over: bool = False) -> Cell:
    if not point.converts:
        return Cell(DASH, tone="muted")
    return value_cell(row, row.figure.converted, point.decimals, over=over)


def _mass(point: Point, one: Figure) -> Cell:
    """Return the mass, or why there is none; a dash is of what is not weighed at all."""
    if not point.weighed:
        return Cell(DASH, tone="muted")
    instead = "数据不足" if one.status == "valid" else words.lacking(one.status, one.samples, one.expected)
    return figure(one.mass, MASS_DECIMALS, instead)


def _past(rows: Iterable[Row], facts: Facts) -> Iterator[Row]:
    return (row for row in rows if row.start < facts.cover.until)


def _form(points: list[Point], facts: Facts, over: _Over) -> Table:
    columns = [Column(PART_WORDS[facts.cover.kind], 13)]
    for point in points:
        columns += _columns(point)
    lines = []
    for number, row in enumerate(points[0].rows):
        if row.start < facts.cover.until:
            cells = [word(part_label(row.start, row.end))]
            for point in points:
                cells += _cells(point, point.rows[number], over)
            lines.append(tuple(cells))
    return Table("", tuple(columns), tuple(lines), _totals(points), "本期没有记录。")


def _columns(point: Point) -> list[Column]:
    group = f"{point.name} {point.unit}".strip()
    if point.auxiliary:
        return (
            [Column(group, 11)]
            if not _has_amount(point)
            else [Column("均值", 11, group), Column("累计 m³", 12, group)]
        )
    converted = [Column("折算", 9, group)] if point.converts else []
    return [Column("实测", 9, group), *converted, Column("排放量 kg", 11, group)]


def _has_amount(point: Point) -> bool:
    return any(row.figure.amount is not None for row in (*point.rows, point.whole))


def _cells(point: Point, row: Row, over: _Over) -> list[Cell]:
    one = row.figure
    key = (point.outlet_code, point.quantity)
    mean = value_cell(row, one.mean, point.decimals, over=(*key, False, row.start) in over)
    if point.auxiliary:
        return [mean, figure(one.amount, _AMOUNT_DECIMALS)] if _has_amount(point) else [mean]
    converted = [_converted(point, row, over=(*key, True, row.start) in over)] if point.converts else []
    return [mean, *converted, _mass(point, one)]


def _totals(points: list[Point]) -> tuple[tuple[Cell, ...], ...]:
    lines: dict[str, list[Cell]] = {
        name: [word(name)] for name in ("期间均值", "最小值", "最大值", "有效/应测", "合计")
    }
    for point in points:
        one = point.whole.figure
        pad = [Cell("")] * (len(_columns(point)) - 1)
        if point.auxiliary:
            total = [Cell(""), figure(one.amount, _AMOUNT_DECIMALS)] if pad else [Cell("")]
            lines["期间均值"] += [value_cell(point.whole, one.mean, point.decimals), *pad]
        else:
            total = [*pad, _mass(point, one)]
            converted = [_converted(point, point.whole)] if point.converts else []
            lines["期间均值"] += [
                value_cell(point.whole, one.mean, point.decimals),
                *converted,
                Cell(""),
            ]
        lines["最小值"] += [figure(one.min, point.decimals), *pad]
        lines["最大值"] += [figure(one.max, point.decimals), *pad]
        counted = f"{one.samples}/{one.expected}"
        lines["有效/应测"] += [word(counted), *pad]
        lines["合计"] += total
    return tuple(tuple(line) for line in lines.values())


def _course(point: Point, facts: Facts) -> Lines:
    rows = list(_past(point.rows, facts))
    basis = PARTS[facts.cover.kind]
    found = [x for x in point.limits if x.basis == basis and x.stage.startswith("H")]
    use_converted = point.converts
    return Lines(
        f"{point.outlet} {point.name}{'(折算)' if use_converted else ''}",
        point.unit,
        tuple(part_label(row.start, row.end).removesuffix("日").split("-")[0] for row in rows),
        tuple(row.figure.converted if use_converted else row.figure.mean for row in rows),
        found[0].value if found else None,
        limit_words(found[0]) if found else "",
    )


def _detail(point: Point, row: Row) -> tuple[Cell, ...]:
    one = row.figure
    label = part_label(row.start, row.end)
    return (
        word(point.outlet),
        word(point.name),
        word(label),
        value_cell(row, one.mean, point.decimals),
        _converted(point, row),
        figure(one.min, point.decimals),
        figure(one.max, point.decimals),
        count(one.samples),
        count(one.expected),
        word(one.flag or DASH),
        _mass(point, one),
        word(f"第{one.revision}版" if one.revision > 1 else DASH),
    )


def sentence(facts: Facts) -> Text:
    """Return what the tables of outlets hold."""
    names = {"daily": "小时", "monthly": "日", "annual": "月"}
    return Text(
        f"以下各表按排口列出逐{names[facts.cover.kind]}结果; 均值不足有效数据要求的, 以有效数与应测数注明。"
    )
