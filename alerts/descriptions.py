"""Every rule explains itself: what it watches, when it raises, when it clears; in both languages."""

from collections.abc import Callable, Mapping
from typing import Any

from alerts.rules import Rule

Sentence = tuple[str, str]

_LEVELS: Mapping[str, Sentence] = {
    "red": ("红色", "red"),
    "orange": ("橙色", "orange"),
    "yellow": ("黄色", "yellow"),
    "blue": ("蓝色", "blue"),
    "of_limit": ("该限值的级别", "the level of that limit"),
}
_BASES: Mapping[str, Sentence] = {
    "instant": ("实时值", "instant values"),
    "minute": ("分钟值", "minute values"),
    "hour": ("小时均值", "hourly means"),
    "day": ("日均值", "daily means"),
    "month": ("月均值", "monthly means"),
    "year": ("年均值", "yearly means"),
}


def describe(rule: Rule) -> Sentence:
    """Say in one sentence per language what a rule watches and when it raises."""
    zh, en = _KINDS[rule.kind](rule.parameters)
    return f"{rule.name_zh}：{zh}", f"{rule.name_en}: {en}"


def _limit(parameters: Mapping[str, Any]) -> Sentence:
    basis_zh, basis_en = _BASES[parameters["basis"]]
    stages = [(stage, *_LEVELS[how["level"]]) for stage, how in parameters["stages"].items()]
    listed_zh = "、".join(f"{stage} {zh}" for stage, zh, _ in stages)
    listed_en = ", ".join(f"{stage} {en}" for stage, _, en in stages)
    tail_zh, tail_en = _margins(parameters)
    return (
        f"{basis_zh}越过限值即报警（{listed_zh}）{tail_zh}",
        f"raises when {basis_en} pass their limit ({listed_en}){tail_en}",
    )


def _state(parameters: Mapping[str, Any]) -> Sentence:
    relation, value = next(iter(parameters["violates"].items()))
    sign = {"above": ">", "below": "<", "equals": "="}[relation]
    level_zh, level_en = _LEVELS[parameters["level"]]
    tail_zh, tail_en = _margins(parameters)
    return (
        f"值 {sign} {value:g} 时为“{parameters['words_zh']}”，{level_zh}{tail_zh}",
        f"a value {sign} {value:g} means '{parameters['words_en']}', {level_en}{tail_en}",
    )


def _silence(parameters: Mapping[str, Any]) -> Sentence:
    level_zh, level_en = _LEVELS[parameters["level"]]
    periods = parameters["after_periods"]
    lends = "a point with an open alert becomes unknown and lends its level"
    return (
        f"超过 {periods:g} 个上报周期无数据即提醒，{level_zh}，每企业一条；有未恢复报警的点转为状态不明，级别不低于该报警",
        f"reminds when nothing came for {periods:g} periods, {level_en}, one item an enterprise; {lends}",
    )


def _marked_over(parameters: Mapping[str, Any]) -> Sentence:
    level_zh, level_en = _LEVELS[parameters["level"]]
    flags = " ".join(parameters["flags"])
    return (
        f"数据标记为 {flags} 且无备案时段的值越过 {parameters['stage']} 限值即报警，{level_zh}",
        f"raises when a value flagged {flags} without a filed window passes its {parameters['stage']} limit, {level_en}",
    )


def _platform(parameters: Mapping[str, Any]) -> Sentence:
    level_zh, level_en = _LEVELS[parameters["level"]]
    return (
        f"平台自检发现“{parameters['finding']}”即提示，{level_zh}",
        f"raises on finding '{parameters['finding']}', {level_en}",
    )


def _margins(parameters: Mapping[str, Any]) -> Sentence:
    zh, en = [], []
    for key, share_zh, share_en in (
        ("deadband_of_limit", "限值的 ", "of the limit"),
        ("deadband_of_span", "量程的 ", "of the span"),
    ):
        if share := parameters.get(key, 0):
            zh.append(f"回差为{share_zh}{share * 100:g} %")
            en.append(f"deadband {share * 100:g} % {share_en}")
    if band := parameters.get("deadband", 0):
        zh.append(f"回差 {band:g}")
        en.append(f"deadband {band:g}")
    for key, name_zh, name_en in (
        ("on_delay_s", "触发延时", "on-delay"),
        ("off_delay_s", "恢复延时", "off-delay"),
    ):
        if delay_s := parameters.get(key, 0):
            zh.append(f"{name_zh} {delay_s:g} s")
            en.append(f"{name_en} {delay_s:g} s")
    if parameters.get("latch"):
        zh.append("锁存，须办结复位")
        en.append("latched until closed")
    return "".join(f"，{part}" for part in zh), "".join(f", {part}" for part in en)


_KINDS: Mapping[str, Callable[[Mapping[str, Any]], Sentence]] = {
    "limit": _limit,
    "state": _state,
    "silence": _silence,
    "marked_over": _marked_over,
    "platform": _platform,
}
