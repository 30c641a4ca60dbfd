"""The words of a pack: what the hour is, out of what it was made and how to check it; Chinese first; pure."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from records.corrections.links import Entry

_STATUS = {
    "valid": "有效",
    "short": "数据不足",
    "abnormal": "异常数据(标记非N)",
    "marked": "已标记无效",
    "stopped": "停运(F)",
    "no_flow": "无流量",
    "none": "无数据",
}
_CRC = {"ok": "校验正确 ok", "bad": "校验错误 BAD", "encrypted": "加密 encrypted"}
_ROLES = {
    "flow": "流量",
    "wind": "风速",
    "oxygen": "含氧量",
    "no": "一氧化氮",
    "no2": "二氧化氮",
    "temperature": "烟气温度",
    "pressure": "烟气静压",
    "moisture": "含湿量",
    "barometer": "大气压",
}
_STATE = {"waiting_second": "待复核", "confirmed": "已复核", "refused": "已退回", "withdrawn": "已撤回"}

Section = tuple[str, list[str]]


def readme(evidence: Mapping[str, Any]) -> str:
    """Return how the pack is checked."""
    return (
        f"证据包: {_place(evidence)}\n\n"
        "校验(任何装有 Python 3.9 以上的计算机, 不联网):\n\n    python3 verify.py\n\n"
        "它核对每个文件的哈希、每条报文的校验码, 由读数重算分钟值, 由分钟值重算小时值, 由输入重算折算, 并核对修正链。\n"
        "未经平台发出的包可自行另造: 请以 manifest.sha256 向平台核实, 平台审计日志存有每次发出的值。\n"
        "报文中的密码以 ****** 显示时, 该报文校验码由平台出具, 见 frames.csv。\n\n"
        "Check this pack on any computer with Python 3.9 or newer, without network: python3 verify.py\n"
        "It checks the hash of every file and the check of every frame, computes minutes out of readings, the hour out of\n"
        "minutes and the conversion out of its inputs, and follows the chain of corrections. Ask the platform whether it issued\n"
        "the value in manifest.sha256: its audit trail has each one. Where a password is hidden, the check of the frame is the\n"
        "platform's word: see frames.csv.\n"
    )


def text(evidence: Mapping[str, Any], entries: Sequence[Entry]) -> str:
    """Return the summary as plain text."""
    parts = [f"证据摘要 Summary of evidence\n{_place(evidence)}\n"]
    parts += [
        f"\n{title}\n" + "".join(f"  {line}\n" for line in lines)
        for title, lines in _sections(evidence, entries)
    ]
    return "".join(parts)


def html(evidence: Mapping[str, Any], entries: Sequence[Entry]) -> str:
    """Return the summary as a page that needs nothing else."""
    body = "".join(
        f"<h2>{escape(title)}</h2><ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"
        for title, lines in _sections(evidence, entries)
    )
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>证据摘要</title>'
        '<body style="font: 15px/1.6 sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em">'
        f"<h1>证据摘要 Summary of evidence</h1><p>{escape(_place(evidence))}</p>{body}</body></html>\n"
    )


def conversion(evidence: Mapping[str, Any]) -> list[str]:
    """Return the steps from the minutes to the value, each with its numbers."""
    record, inputs = evidence["record"], {one["role"]: one for one in evidence["inputs"]}
    if record is None:
        return []
    unit = evidence["sensor"]["unit"]
    lines = [f"小时均值 mean = {_number(record['mean'])} {unit} ({record['method']}, {record['edition']})"]
    state = evidence["gas_states"].get("")
    if state is not None:
        lines.append(f"气体状态 state of the gas: {state} → dry_standard (标干 273 K, 101.325 kPa)")
    if record["converted"] is not None:
        oxygen = _number(inputs.get("oxygen", {}).get("mean"))
        lines.append(
            f"折算 converted = {_number(record['mean'])} × (21 − {_number(record['reference_o2'])}) / (21 − {oxygen}) = "
            f"{_number(record['converted'])} {unit} (HJ 212-2017 附录D)"
        )
    if record["mass"] is not None:
        flow = inputs.get("flow", {})
        lines.append(
            f"排放量 mass = {_number(record['mass'])} kg; 流量 flow {_number(flow.get('mean'))} {flow.get('unit', '')}"
        )
    return lines


def _place(evidence: Mapping[str, Any]) -> str:
    sensor = evidence["sensor"]
    owner = sensor["enterprise_zh"] or "园区"
    form = " 折算(Zs)" if sensor["form"] else ""
    return f"{owner} {sensor['station_zh']}({sensor['station']}) {sensor['name_zh']} {sensor['quantity']}{form}, {evidence['label']}"


def _sections(evidence: Mapping[str, Any], entries: Sequence[Entry]) -> Iterator[Section]:
    record = evidence["record"]
    yield (
        "小时记录 The record",
        ["尚未生成 not made yet"] if record is None else [_revision(record, evidence)],
    )
    yield (
        "历史版本 Earlier revisions",
        [_revision(row, evidence) for row in evidence["revisions"]] or ["无 none"],
    )
    yield "由来 How it was made", conversion(evidence) or ["无 none"]
    yield (
        "输入 Inputs",
        [
            f"{_ROLES.get(one['role'], one['role'])} {one['role']}: {one['name_zh']} {_number(one['mean'])} {one['unit']} "
            f"({_STATUS.get(one['status'], '无记录')})"
            for one in evidence["inputs"]
        ]
        or ["无 none"],
    )
    flags = sorted({flag for row in evidence["minutes"] for flag in row["flags"]})
    yield (
        "分钟与读数 Minutes and readings",
        [
            f"分钟 minutes {len(evidence['minutes'])}, 读数 readings {len(evidence['readings'])}, 数据标记 flags {' '.join(flags)}",
            f"不一致的重复值 conflicting values {len(evidence['conflicts'])}",
        ],
    )
    verdicts = [frame["crc"] for frame in evidence["frames"]]
    yield (
        "原始报文 Frames as they came",
        [f"{words}: {verdicts.count(kind)}" for kind, words in _CRC.items() if kind in verdicts]
        or ["无 none"],
    )
    yield (
        "当时有效的限值 Limits in force then",
        [
            f"{one['value']:g} {one['unit']} {one['basis']} {one['form']} — {one['standard']} {one['clause']} ({one['kind']})"
            for one in evidence["limits"]
        ]
        or ["无 none"],
    )
    yield (
        "数采仪上报 The logger's own record",
        [
            f"第 {one['revision']} 版: {_number(one['avg'])} flag {one['flag']}, 收到 {one['received_at'].isoformat()}"
            for one in evidence["reported"]
        ]
        or ["无 none"],
    )
    yield from _deeds(evidence, entries)


def _deeds(evidence: Mapping[str, Any], entries: Sequence[Entry]) -> Iterator[Section]:
    yield (
        "标记 Marks",
        [
            f"{one['id']}: {one['kind']} {one['code']} {one['state']}, {one['filed_by']}: {one['reason']}"
            for one in evidence["marks"]
        ]
        or ["无 none"],
    )
    yield (
        "修正 Corrections",
        [
            f"{one['id']}: {one['kind']} {_STATE[one['state']]}, {one['made_by']} → {one['decided_by'] or '-'}: {one['reason']}"
            for one in evidence["corrections"]
        ]
        or ["无 none"],
    )
    yield "报警 Alerts", [f"{one['id']}: {one['text_zh']}" for one in evidence["alerts"]] or ["无 none"]
    missing = evidence["missing"]
    yield (
        "缺失 Missing",
        ["无 none"]
        if missing is None
        else [f"应有 {missing['due']} 分钟, 实有 {missing['present']}, 原因 {missing['cause']}"],
    )
    yield (
        "修正链 Chain",
        [f"{one.id} {one.actor} {one.action} {one.object} {bytes(one.digest).hex()}" for one in entries]
        or ["无 none"],
    )


def _revision(row: Mapping[str, Any], evidence: Mapping[str, Any]) -> str:
    unit = evidence["sensor"]["unit"]
    return (
        f"第 {row['revision']} 版 {_STATUS[row['status']]}: 均值 {_number(row['mean'])} {unit}, 折算 {_number(row['converted'])}, "
        f"数据 {row['samples']}/{row['expected']}, 标记 {row['flag']}, 原因 {row['cause']}, {row['made_at'].isoformat()}"
    )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"
