"""A report from its facts: the cover, the sections in their order, the legend; pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from records.periods.rules import Period, rule_of
from records.reports import deeds, judged, outlets, words
from records.reports.blocks import (
    DASH,
    Block,
    Cell,
    Column,
    Report,
    Section,
    Table,
    Text,
    Tiles,
    count,
    percent,
    printable,
    word,
)
from records.reports.blocks import words as worded
from records.reports.facts import Air, Facts
from records.reports.periods import TITLES, label, moment, part_label, stretch
from records.validity import rates

_TILES = {"daily": 12, "monthly": 16, "annual": 31}  # a line


def report(facts: Facts) -> Report:
    """Return the whole report."""
    cover = facts.cover
    park = cover.enterprise is None
    sections = [overview(facts)]
    if park:
        sections.append(_enterprises(facts))
    sections += [
        outlets.summary(facts),
        judged.exceedances(facts),
        judged.rates(facts),
        judged.missing(facts),
        deeds.deeds(facts),
        deeds.revisions(facts),
        judged.emissions(facts),
    ]
    if facts.air or park:
        sections.append(air(facts))
    if not park or cover.kind == "daily":
        sections.append(Section("各排口监测结果", "", (outlets.sentence(facts),), opens=True))
        sections += outlets.each(facts)
        if not park:
            sections.append(outlets.details(facts))
    sections.append(legend(facts))
    title = f"{cover.subject}{TITLES[cover.kind]}"
    period = label(cover.kind, cover.start.date())
    made = Report(
        title=title,
        subject=cover.subject,
        period=period,
        draft=draft(facts),
        foot=f"{title} {period} 第{cover.revision}版 编制于 {moment(cover.made_at)}",
        cover=_cover(facts),
        sections=tuple(_numbered(sections)),
    )
    whole: Report = printable(made)
    return whole


def draft(facts: Facts) -> str:
    """Return the word that stands across an unfinished report; "" where nothing is to be finalised."""
    if not facts.cover.over:
        return "未完结"
    if facts.cover.kind == "monthly" and facts.cover.enterprise is not None and facts.cover.sealed is None:
        return "未定稿"
    return ""


def overview(facts: Facts) -> Section:
    """Return the handful of numbers that a leader reads first."""
    points = [point for point in facts.points if not point.auxiliary]
    bases = Counter(one.basis for one in facts.exceedances)
    received, valid = sum(one.received for one in facts.rates), sum(one.valid for one in facts.rates)
    due = sum(one.due for one in facts.rates)
    effective = rates.percent(valid, due)
    rows: list[tuple[Cell, Cell]] = [
        (word("排口 / 监测因子"), word(f"{len({p.outlet_code for p in points})} / {len(points)}")),
        (word("小时均值超标 (次)"), count(bases["hour"], "over" if bases["hour"] else "")),
        (word("日均值超标 (次)"), count(bases["day"], "over" if bases["day"] else "")),
        (word("应传 / 实传 / 有效 (因子小时)"), word(f"{due} / {received} / {valid}")),
        (word("传输有效率 %"), percent(effective, "无应传数据")),
        (word("数据缺失 (排口小时)"), count(sum(one.hours for one in facts.missing))),
        (
            word("其中平台原因 (排口小时)"),
            count(sum(one.hours for one in facts.missing if one.cause == "platform")),
        ),
        (word("数据标记 / 修正与补录 (条)"), word(f"{len(facts.marks)} / {len(facts.corrections)}")),
        (word("记录修订 (条)"), count(len(facts.revisions))),
    ]
    if facts.cover.sealed is not None:
        later = sum(one.after_sealing for one in facts.revisions)
        rows.append((word("其中定稿后变更 (条)"), count(later, "over" if later else "")))
    blocks: list[Block] = [Table("", (Column("项目", 30), Column("本期", 24)), tuple(rows))]
    if draft(facts):
        blocks.insert(0, Text(_draft_words(facts), "lacking"))
    return Section("概况", "概况", tuple(blocks))


def air(facts: Facts) -> Section:
    """Return the AQI of the air stations: hour by hour of a day, day by day else, and the count of each class."""
    columns = (
        Column("站点", 18),
        Column("时段", 22),
        Column("AQI", 8),
        Column("级别", 12),
        Column("首要污染物", 16),
        Column("版本", 14),
        Column("说明", 26),
    )
    rows = tuple(
        (
            word(one.station),
            word(stretch(one.start, one.end) if facts.cover.kind == "daily" else f"{one.start:%Y-%m-%d}"),
            count(one.aqi) if one.aqi is not None else word("NA", "lacking"),
            word(one.level or DASH),
            word(one.primary or DASH),
            word(one.edition),
            word("沙尘天气" if one.sand else one.why or DASH),
        )
        for one in facts.air
    )
    counts = Table("各级别统计", *_classes(facts), empty="本期没有空气站数据。")
    table = Table("逐期 AQI", columns, rows, empty="本期没有空气站数据。")
    blocks: list[Block] = [counts, *_calendars(facts)]
    if facts.cover.kind != "annual":  # its days are in the months
        blocks.append(table)
    return Section("环境空气质量", "环境空气", tuple(blocks))


def legend(facts: Facts) -> Section:
    """Return where the numbers come from: standards, rules of validity, meaning of flags and words."""
    flags = Table(
        "数据标记 (HJ 212-2017 表8, 以数采仪上报为准, 平台不改写)",
        (Column("标记", 8), Column("含义", 20)),
        tuple(worded(pair) for pair in words.FLAGS.items()),
    )
    rules = Table(
        "有效性与计算",
        (Column("项目", 18), Column("规则", 60), Column("依据", 30)),
        tuple(worded(rule) for rule in (*_validity(), *_RULES)),
    )
    standards = sorted({(x.standard, x.clause) for point in facts.points for x in point.limits if x.standard})
    used = Table(
        "本报表引用的限值标准",
        (Column("标准", 30), Column("条款", 40)),
        tuple(worded(pair) for pair in standards),
        empty="本期因子没有适用限值。",
    )
    notes = [Text(line) for line in _NOTES]
    return Section("说明", "说明", (*notes, rules, flags, used))


_MEDIA = (("gas", "废气"), ("water", "废水"))
_PERIODS: tuple[tuple[Period, str, str], ...] = (
    ("hour", "小时", "分钟"),
    ("day", "日", "小时"),
    ("month", "月", "日"),
    ("year", "年", "日"),
)
_RULES = (
    ("折算浓度", "按基准氧含量折算", "限值所在标准的基准氧含量"),
    ("超标倍数", "(C - C0) / C0, C0 为当日有效的限值", "标准版本按数据日期选取"),
    ("排放量", "小时浓度 x 小时流量逐时累加, 不以日均浓度乘日均流量", "HJ 212-2017 附录D"),
    ("传输有效率", "传输率 (实传/应传) x 有效率 (有效/实传)", "污染源自动监控数据传输有效率考核办法"),
    ("修约", "四舍六入五成双", "GB/T 8170-2008"),
)
_NOTES = (
    "时段均为起止时刻, 含起点、不含终点; 时间为园区所在时区。",
    "“数据不足(x/y)”: 应测 y 个, 有效 x 个, 未达到有效数据要求, 不给出均值。",
    "“—”: 该项不适用。已标记无效、停运、无流量的时段不参与均值与超标判定。",
    "因子小时: 一个因子的一个小时; 应传、实传、有效与排放量中的缺失按此计。",
    "排口小时: 一个排口的一个小时, 其中任一因子缺数即计一个, 数据缺失按此计; 两者不能相减。",
    "缺失原因: 企业 (现场设备或企业侧)、网络 (传输线路)、平台 (本平台停运)、原因不明。",
    "超标判定只用已核对原文的限值, 按数据所在时间选取标准版本。",
    "月报、年报的修订记录列出日、月、年记录; 定稿后的变更连小时记录一并列出。",
    "文件每次编制为新版本; 已定稿或已签发的文件不再改变, 其后的变化列入“定稿后变更”。",
)


def _validity() -> Iterator[tuple[str, str, str]]:
    """Yield the rules by which records were found valid; one that nobody has compared with its text says so."""
    for medium, zh in _MEDIA:
        for period, name, samples in _PERIODS:
            rule = rule_of(medium, period)
            february = f" (二月 {rule.need_february} 个)" if rule.need_february else ""
            spoils = ", 有一个异常数据即为异常" if rule.spoils else ""
            source = rule.edition if rule.verified else f"{rule.edition} (待核对原文)"
            yield f"{zh}{name}均值有效", f"有效{samples}不少于 {rule.need} 个{february}{spoils}", source


def _cover(facts: Facts) -> tuple[tuple[str, str], ...]:
    cover = facts.cover
    state = draft(facts) or ("已定稿" if cover.sealed else "正式")
    if cover.sealed is not None:
        state = f"已定稿 ({cover.sealed.by}, {moment(cover.sealed.at)})"
    lines = [
        ("企业", f"{cover.enterprise} ({cover.enterprise_code})") if cover.enterprise else ("范围", "全园区"),
        ("所属园区", cover.park),
        *(
            [
                ("所在片区", cover.zone or DASH),
                ("行业", words.SECTORS.get(cover.sector, cover.sector) or DASH),
            ]
            if cover.enterprise
            else []
        ),
        ("统计时段", f"{moment(cover.start)} 至 {moment(cover.end)} ({cover.timezone})"),
        *([] if cover.over else [("数据截至", moment(cover.until))]),
        ("编制时间", moment(cover.made_at)),
        ("版本", f"第 {cover.revision} 版"),
        ("状态", state),
    ]
    return tuple(lines)


def _draft_words(facts: Facts) -> str:
    if not facts.cover.over:
        return f"本期尚未结束, 数据截至 {moment(facts.cover.until)}。"
    return "本月尚未定稿, 数据可能因补传、标记或修正而变化。"


def _enterprises(facts: Facts) -> Section:
    columns = (
        Column("企业", 26),
        Column("排口", 8),
        Column("小时超标", 10),
        Column("日超标", 10),
        Column("传输有效率 %", 12),
        Column("缺失 排口小时", 12),
        Column("数据标记", 10),
    )
    rows = tuple(
        (
            word(one.name),
            count(one.outlets),
            count(one.hours_over, "over" if one.hours_over else ""),
            count(one.days_over, "over" if one.days_over else ""),
            percent(one.effective, "无应传数据"),
            count(one.missing_hours),
            count(one.marks),
        )
        for one in facts.enterprises
    )
    sums = [sum(getattr(one, n) for one in facts.enterprises) for n in ("outlets", "hours_over", "days_over")]
    tail = [sum(getattr(one, n) for one in facts.enterprises) for n in ("missing_hours", "marks")]
    total = (word("合计"), *map(count, sums), word(""), *map(count, tail))
    return Section("各企业情况", "各企业", (Table("", columns, rows, (total,), "本期没有企业数据。"),))


_LEVELS = ("优", "良", "轻度污染", "中度污染", "重度污染", "严重污染")


def _classes(facts: Facts) -> tuple[tuple[Column, ...], tuple[tuple[Cell, ...], ...]]:
    """Return how often each level was, and without the times of declared sand where there were any."""
    found = facts.air
    columns = (
        Column("站点", 18),
        Column("口径", 12),
        *(Column(level, 10) for level in (*_LEVELS, "无 AQI")),
        Column("优良小时占比 %" if facts.cover.kind == "daily" else "优良率 %", 10),
    )
    kinds = ("含沙尘", "剔除沙尘") if any(one.sand for one in found) else ("全部",)
    rows = []
    for station in dict.fromkeys(one.station for one in found):
        for kind in kinds:
            chosen = [
                one for one in found if one.station == station and not (kind == "剔除沙尘" and one.sand)
            ]
            counts = Counter(one.level or "无 AQI" for one in chosen)
            judged = sum(counts[level] for level in _LEVELS)
            good = 100 * (counts["优"] + counts["良"]) / judged if judged else None
            numbers = (count(counts[level]) for level in (*_LEVELS, "无 AQI"))
            rows.append((word(station), word(kind), *numbers, percent(good)))
    return columns, tuple(rows)


def _calendars(facts: Facts) -> tuple[Tiles, ...]:
    found: dict[str, list[Air]] = {}
    for one in facts.air:
        found.setdefault(one.station, []).append(one)
    tiles = []
    for station, days in found.items():
        squares = tuple(
            (
                part_label(day.start, day.end).split("-")[0].removesuffix("日"),
                "NA" if day.aqi is None else str(day.aqi),
                day.rgb,
            )
            for day in days
        )
        tiles.append(Tiles(f"{station} AQI", squares, _TILES[facts.cover.kind]))
    return tuple(tiles)


def _numbered(sections: Iterable[Section]) -> Iterable[Section]:
    """Give chapters their Chinese numbers, and the outlets within one theirs."""
    chapter = part = 0
    for section in sections:
        if section.level == 1:
            part = 0
            if section.title.startswith("附表"):
                yield section
                continue
            yield replace(section, title=f"{words.ORDINALS[chapter]}、{section.title}")
            chapter += 1
        else:
            part += 1
            yield replace(section, title=f"({part}) {section.title}")
