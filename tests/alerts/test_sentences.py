"""Golden sentences, both languages."""

from datetime import datetime

import pytest

from alerts import sentences
from alerts.descriptions import describe
from alerts.rulebook import SHIPPED, rules_in
from alerts.sentences import Named
from smartpark.catalogue.problems import Problems
from smartpark.quantities import registry

CL2 = Named("氯气", "Chlorine", "mg/m3", 2)
LEVEL = Named("液位", "Level", "%", 1)
COD = Named("化学需氧量", "COD", "mg/L", 1)
PH = Named("pH值", "pH", "", 2)
GAS = "GB/T 50493-2019 5.5.2"


def at(text):
    return datetime.fromisoformat(f"2026-11-22T{text}+08:00")


OVER = sentences.limit(CL2, 2.3, stage="HH", limit_value=2, clause=GAS, wording="gas")
OFFLINE = sentences.silence("天泽氯碱", "Tianze Chlor-Alkali", 12, at("02:38:10"))

GOLDEN = {
    "gas level 2": (
        OVER,
        "氯气 2.30 mg/m³，超过高限报警(二级) 2 mg/m³（GB/T 50493-2019 5.5.2）",
        "Chlorine 2.30 mg/m³, over high-limit alarm (level 2) 2 mg/m³ (GB/T 50493-2019 5.5.2)",
    ),
    "gas level 1": (
        sentences.limit(CL2, 1, stage="H", limit_value=1.0, clause=GAS, wording="gas"),
        "氯气 1.00 mg/m³，超过低限报警(一级) 1 mg/m³（GB/T 50493-2019 5.5.2）",
        "Chlorine 1.00 mg/m³, over low-limit alarm (level 1) 1 mg/m³ (GB/T 50493-2019 5.5.2)",
    ),
    "a saturated detector": (
        sentences.limit(CL2, 10, stage="HH", limit_value=2, clause=GAS, wording="gas", over_span=True),
        "氯气 10.00 mg/m³，超量程，超过高限报警(二级) 2 mg/m³（GB/T 50493-2019 5.5.2）",
        "Chlorine 10.00 mg/m³, over range, over high-limit alarm (level 2) 2 mg/m³ (GB/T 50493-2019 5.5.2)",
    ),
    "a tank runs empty": (
        sentences.limit(LEVEL, 9.5, stage="LL", limit_value=10, clause="企业运行设定值", wording="process"),
        "液位 9.5 %，低于低低报 LL 10 %（企业运行设定值）",
        "Level 9.5 %, below low-low LL 10 % (企业运行设定值)",
    ),
    "an outlet": (
        sentences.limit(COD, 512.34, stage="H", limit_value=500, clause="纳管协议", wording="emission"),
        "化学需氧量 512.3 mg/L，超过限值 500 mg/L（纳管协议）",
        "COD 512.3 mg/L, over limit 500 mg/L (纳管协议)",
    ),
    "no unit and no clause": (
        sentences.limit(PH, 5.8, stage="L", limit_value=6, clause="", wording="emission"),
        "pH值 5.80，低于下限 6",
        "pH 5.80, below lower limit 6",
    ),
    "found in back-filled data": (
        sentences.retrospective(CL2, 3, 2.5, at("02:55:00"), at("03:05:00")),
        "补传数据发现 3 次超限，氯气最高 2.50 mg/m³，时段 11-22 02:55-03:05",
        "Back-filled data hold Chlorine past its limit 3 times, peak 2.50 mg/m³, 11-22 02:55-03:05",
    ),
    "an enterprise goes dark": (
        OFFLINE,
        "天泽氯碱 12 点离线，自 02:38:10",
        "Tianze Chlor-Alkali: 12 points offline since 02:38:10",
    ),
    "dark with an open alert": (
        sentences.silence_with_open(OFFLINE, CL2, 1.4, at("02:38:09"), others=1),
        "天泽氯碱 12 点离线，自 02:38:10；其中有未恢复报警，状态不明：氯气最后值 1.40 mg/m³（02:38:09），另有 1 项",
        (
            "Tianze Chlor-Alkali: 12 points offline since 02:38:10; an open alert is now unknown: "
            "Chlorine last 1.40 mg/m³ at 02:38:09, and 1 more"
        ),
    ),
    "it returns": (
        sentences.returned("天泽氯碱", "Tianze", 12, 4320, 864),
        "天泽氯碱 12 点恢复在线，中断 1 h 12 min，补传 864 条，全部入库",
        "Tianze: 12 points online again after 1 h 12 min, 864 readings back-filled and stored",
    ),
    "one point returns with nothing": (
        sentences.returned("西厂界站", "West fence", 1, 42, 0),
        "西厂界站 1 点恢复在线，中断 42 s，无补传",
        "West fence: 1 point online again after 42 s, nothing back-filled",
    ),
    "muted by a flag": (
        sentences.marked_over(CL2, 2.3, flag="M", stage="HH", limit_value=2, clause=GAS, wording="gas"),
        "维护/校准标记下超限：氯气 2.30 mg/m³，超过高限报警(二级) 2 mg/m³（GB/T 50493-2019 5.5.2），数据标记 M 维护，无备案时段",
        (
            "Over limit while flagged: Chlorine 2.30 mg/m³, over high-limit alarm (level 2) 2 mg/m³ "
            "(GB/T 50493-2019 5.5.2), flag M maintenance, no filed window"
        ),
    ),
    "an interlock is bridged": (
        sentences.state(
            Named("联锁旁路", "Interlock bypassed", "", 0), 1, "安全联锁已旁路", "Safety interlock bypassed"
        ),
        "安全联锁已旁路（联锁旁路 1）",
        "Safety interlock bypassed (Interlock bypassed 1)",
    ),
    "a clock runs ahead": (
        sentences.bad_clock(OVER, "future", at("13:12:00")),
        (
            "时钟/链路异常：氯气 2.30 mg/m³，超过高限报警(二级) 2 mg/m³（GB/T 50493-2019 5.5.2），数据已隔离（报文时间超前），"
            "报文时间 2026-11-22 13:12:00，须现场核实"
        ),
        (
            "Bad clock or feed: Chlorine 2.30 mg/m³, over high-limit alarm (level 2) 2 mg/m³ (GB/T 50493-2019 5.5.2), "
            "quarantined (time in the future), stamped 2026-11-22 13:12:00; check on site"
        ),
    ),
    "the ledger": (
        sentences.platform("ledger", "mqtt 3"),
        "数据账本不平：接收 ≠ 入库 + 重复 + 隔离：mqtt 3",
        "Ledger out of balance: received differs from stored + duplicate + quarantined: mqtt 3",
    ),
}


@pytest.mark.parametrize("case", GOLDEN)
def test_an_alert_says_itself_in_both_languages(case):
    said, zh, en = GOLDEN[case]
    assert said == (zh, en)


def test_a_bare_level_one_is_never_written():
    for wording in ("gas", "process", "emission"):
        for stage in ("LL", "L", "H", "HH"):
            zh, _ = sentences.limit(CL2, 3, stage=stage, limit_value=2, clause="", wording=wording)
            assert zh.count("级") == zh.count("(一级)") + zh.count("(二级)")


def test_the_word_of_the_it_trade_appears_nowhere():
    texts = [said[0] for said, _, _ in GOLDEN.values()] + [describe(one.rule)[0] for one in shipped()]
    assert not any("告警" in text for text in texts)


def shipped():
    problems = Problems()
    found = rules_in(SHIPPED, registry(), problems)
    assert problems.found == []
    return found


def test_every_shipped_rule_describes_itself():
    described = {one.rule.code: describe(one.rule) for one in shipped()}
    assert described["gas_toxic"] == (
        "有毒气体浓度：实时值越过限值即报警（H 橙色、HH 红色），回差为限值的 10 %，恢复延时 30 s，锁存，须办结复位",
        (
            "Toxic gas: raises when instant values pass their limit (H orange, HH red), deadband 10 % of the limit, "
            "off-delay 30 s, latched until closed"
        ),
    )
    assert described["sis_bypass"][0] == "联锁旁路：值 = 1 时为“安全联锁已旁路”，橙色"
    assert all(zh and en and zh != en for zh, en in described.values())
