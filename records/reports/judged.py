"""What was judged: exceedances, effective rates, missing hours, emissions against what is permitted; pure."""

from collections import Counter

from records.reports import words
from records.reports.blocks import (
    DASH,
    Bars,
    Block,
    Cell,
    Column,
    Section,
    Table,
    Text,
    Tone,
    count,
    figure,
    percent,
    word,
)
from records.reports.facts import Emission, Facts
from records.reports.findings import Exceedance, Missing, Rate
from records.reports.outlets import MASS_DECIMALS
from records.reports.periods import part_label, stretch

_FACTOR_DECIMALS = 2


def exceedances(facts: Facts) -> Section:
    """Return every record above its limit, with the limit's standard and clause and the factor (C-C0)/C0."""
    columns = (
        *((Column("企业", 18),) if facts.cover.enterprise is None else ()),
        Column("排口", 20),
        Column("监测因子", 14),
        Column("时段", 24),
        Column("均值类型", 9),
        Column("监测值", 10),
        Column("限值", 9),
        Column("单位", 8),
        Column("超标倍数", 9),
        Column("标准及条款", 30),
        Column("数据", 8),
    )
    lead = facts.cover.enterprise is None
    rows = tuple(_exceedance(one, lead=lead) for one in facts.exceedances)
    hours = sum(one.basis == "hour" for one in facts.exceedances)
    days = sum(one.basis == "day" for one in facts.exceedances)
    told = Text(
        f"本期小时均值超标 {hours} 次, 日均值超标 {days} 次; 仅以有效、未标记、非手工录入的数据判定。"
    )
    table = Table("超标记录", columns, rows, empty="本期无超标记录。")
    return Section("超标情况", "超标", (told, _compliance(facts, lead=lead), table))


def rates(facts: Facts) -> Section:
    """Return transmission x validity = effective rate of each outlet [%], against the rate that passes."""
    columns = (
        *((Column("企业", 18),) if facts.cover.enterprise is None else ()),
        Column("排口", 24),
        Column("应传", 9, "因子小时"),
        Column("实传", 9, "因子小时"),
        Column("有效", 9, "因子小时"),
        Column("剔除", 9, "因子小时"),
        Column("传输率 %", 10),
        Column("有效率 %", 10),
        Column("传输有效率 %", 12),
        Column("结论", 10),
    )
    lead = facts.cover.enterprise is None
    rows = tuple(_rate(one, lead=lead) for one in facts.rates)
    told = Text(
        f"传输有效率 = 传输率 x 有效率, 合格线 {facts.pass_rate:g}%; 因平台原因缺失的小时不计入企业应传, 列于“剔除”。"
    )
    return Section(
        "传输有效率", "传输有效率", (told, Table("", columns, rows, empty="本期没有应传数据的排口。"))
    )


def missing(facts: Facts) -> Section:
    """Return the hours in which data are missing, by cause, and each stretch of them."""
    hours: Counter[str] = Counter()
    for one in facts.missing:
        hours[one.cause] += one.hours
    causes = Table(
        "按原因合计",
        (Column("原因", 14), Column("缺失 排口小时", 14)),
        tuple((word(name), count(hours[cause])) for cause, name in words.CAUSES.items()),
    )
    columns = (
        *((Column("企业", 18),) if facts.cover.enterprise is None else ()),
        Column("排口", 22),
        Column("时段", 34),
        Column("小时", 8),
        Column("缺失分钟", 10),
        Column("原因", 10),
        Column("补传", 8),
    )
    lead = facts.cover.enterprise is None
    rows = tuple(_missing(one, lead=lead) for one in facts.missing)
    bars = tuple((words.CAUSES[c], float(n), f"{n}") for c, n in hours.items())
    chart: tuple[Block, ...] = (Bars("缺失排口小时的原因", "", bars),) if bars else ()
    table = Table("缺失时段", columns, rows, empty="本期无缺失时段。")
    return Section("数据缺失", "数据缺失", (causes, *chart, table))


def emissions(facts: Facts) -> Section:
    """Return what was let out [kg], measured and replaced apart, against the year's allowance."""
    columns = (
        *((Column("企业", 18),) if facts.cover.enterprise is None else ()),
        Column("污染物", 14),
        Column("实测 kg", 13, "本期排放量"),
        Column("替代 kg", 12, "本期排放量"),
        Column("核算 kg", 12, "本期排放量"),
        Column("合计 kg", 13, "本期排放量"),
        Column("非实测占比 %", 11),
        Column("缺失 因子小时", 12),
        Column("本年累计 kg", 13),
        Column("许可排放量 kg", 14),
        Column("已用 %", 9),
    )
    lead = facts.cover.enterprise is None
    rows = tuple(_emission(one, lead=lead) for one in facts.emissions)
    told = Text(
        "排放量由小时浓度与小时流量逐时相乘累加; 替代值只计入排放量, 不用于超标判定; 未替代的缺失因子小时未计入。"
    )
    bars = tuple(
        (f"{one.enterprise if lead else ''} {one.pollutant}".strip(), one.used, f"{one.used:.1f}%")
        for one in facts.emissions
        if one.used is not None
    )
    chart: tuple[Block, ...] = (Bars("本年累计占许可排放量", "%", bars, 100.0, "许可排放量"),) if bars else ()
    table = Table("", columns, rows, empty="本期没有计入总量的污染物。")
    blocks = (told, table, *_stands(facts, lead=lead), *chart)
    return Section("排放量与许可排放量", "排放量", blocks)


def _stands(facts: Facts, *, lead: bool) -> tuple[Block, ...]:
    """Return by which rules hours were replaced; a rule that nobody has compared with its text says so."""
    found = [(one, stand) for one in facts.emissions for stand in one.stands]
    if not found:
        return ()
    columns = (
        *((Column("企业", 18),) if lead else ()),
        Column("污染物", 14),
        Column("替代方法", 40),
        Column("依据", 24),
        Column("核实", 8),
        Column("替代 h", 9),
        Column("替代 kg", 12),
    )
    rows = tuple(
        (
            *((word(one.enterprise),) if lead else ()),
            word(one.pollutant),
            word(words.method_of(stand.method)),
            word(stand.standard),
            word("已核实") if stand.verified else word("待核实", "lacking"),
            count(stand.hours),
            figure(stand.kg, MASS_DECIMALS),
        )
        for one, stand in found
    )
    table = Table("替代方法", columns, rows)
    if all(stand.verified for _, stand in found):
        return (table,)
    return Text("含待核实替代方法的合计量仅供参考, 规则尚未与标准原文核对。", "lacking"), table


def _compliance(facts: Facts, *, lead: bool) -> Table:
    columns = (
        *((Column("企业", 18),) if lead else ()),
        Column("排口", 20),
        Column("监测因子", 16),
        Column("均值类型", 10),
        Column("判定次数", 10),
        Column("超标次数", 10),
        Column("达标率 %", 10),
    )
    rows = tuple(
        (
            *((word(one.enterprise),) if lead else ()),
            word(one.outlet),
            word(one.pollutant),
            word(words.BASES[one.basis]),
            count(one.judged),
            count(one.over, "over" if one.over else ""),
            percent(one.share),
        )
        for one in facts.compliance
    )
    return Table("达标情况", columns, rows, empty="本期没有可判定的数据。")


def _exceedance(one: Exceedance, *, lead: bool) -> tuple[Cell, ...]:
    when = stretch(one.start, one.end) if one.basis == "hour" else part_label(one.start, one.end)
    if one.basis == "day":
        when = f"{one.start:%Y-%m-%d}"
    return (
        *((word(one.enterprise),) if lead else ()),
        word(one.outlet),
        word(f"{one.pollutant}(折算)" if one.converted else one.pollutant),
        word(when),
        word(words.BASES[one.basis]),
        figure(one.value, one.decimals, tone="over"),
        Cell(f"{one.limit:g}", one.limit, one.decimals),
        word(one.unit),
        figure(one.factor, _FACTOR_DECIMALS),
        word(f"{words.LIMIT_KINDS.get(one.kind, one.kind)} {one.standard} {one.clause}".strip()),
        word("补传" if one.late else "实时"),
    )


def _rate(one: Rate, *, lead: bool) -> tuple[Cell, ...]:
    verdict = {None: DASH, True: "合格", False: "不合格"}[one.passed]
    return (
        *((word(one.enterprise),) if lead else ()),
        word(one.outlet),
        *(count(number) for number in (one.due, one.received, one.valid, one.excluded)),
        percent(one.transmission),
        percent(one.validity),
        percent(one.effective, tone="over" if one.passed is False else ""),
        word(verdict, "over" if one.passed is False else ""),
    )


def _missing(one: Missing, *, lead: bool) -> tuple[Cell, ...]:
    return (
        *((word(one.enterprise),) if lead else ()),
        word(one.outlet),
        word(stretch(one.start, one.end)),
        count(one.hours),
        count(one.minutes),
        word(words.CAUSES.get(one.cause, one.cause)),
        word("已补传" if one.resolved else DASH),
    )


def _emission(one: Emission, *, lead: bool) -> tuple[Cell, ...]:
    instead = f"数据不足(缺{one.missing_hours}h)" if one.missing_hours else "数据不足"
    over: Tone = "over" if one.used is not None and one.used > 100 else ""
    return (
        *((word(one.enterprise),) if lead else ()),
        word(one.pollutant),
        figure(one.measured_kg, MASS_DECIMALS, instead),
        figure(one.substituted_kg, MASS_DECIMALS),
        figure(one.calculated_kg, MASS_DECIMALS),
        figure(one.total_kg, MASS_DECIMALS, instead),
        percent(one.substituted_share),
        word(
            f"{one.missing_hours} (未替代 {one.unsubstituted_hours})"
            if one.unsubstituted_hours
            else f"{one.missing_hours}"
        ),
        figure(one.year_kg, MASS_DECIMALS, instead),
        figure(one.allowance_kg, 0, "未录入"),
        percent(one.used, tone=over),
    )
