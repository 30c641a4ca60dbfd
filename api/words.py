"""The sentences of the API in the reader's language: Chinese first, English on request."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence in both languages."""

    zh: str
    en: str

    def pick(self, language: str) -> str:
        """Return the sentence in ``zh`` or ``en``."""
        return self.en if language == "en" else self.zh


TITLES: dict[int, Words] = {
    400: Words("请求有误", "Bad request"),
    401: Words("未登录", "Not logged in"),
    403: Words("没有权限", "Not allowed"),
    404: Words("未找到", "Not found"),
    405: Words("不支持此方法", "Method not allowed"),
    406: Words("不支持此格式", "Format not available"),
    409: Words("状态冲突", "Conflict"),
    413: Words("请求过大", "Request too large"),
    415: Words("不支持此内容类型", "Content type not supported"),
    422: Words("输入有误", "Input does not fit"),
    429: Words("请求过于频繁", "Too many requests"),
    500: Words("服务器内部错误", "Internal error"),
    503: Words("服务暂不可用", "Temporarily unavailable"),
}


def title(status: int) -> Words:
    """Return the title of an HTTP status."""
    return TITLES.get(status) or (TITLES[500] if status >= 500 else TITLES[400])


def language_of(accept_language: str) -> str:
    """Return ``zh`` or ``en``: the one the header weighs higher; Chinese when it names neither."""
    best: tuple[float, str] = (0.0, "zh")
    for part in accept_language.split(","):
        tag, _, weight = part.strip().partition(";q=")
        primary = tag.split("-")[0].strip().lower()
        if primary not in {"zh", "en"}:
            continue
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            quality = 0.0
        if quality > best[0]:
            best = (quality, primary)
    return best[1]


# What pydantic finds, in our words: what is wrong, and what to write instead. {name} is filled from its context.
_FINDINGS: dict[str, Words] = {
    "missing": Words("缺少此项; 请填写", "is missing; add it"),
    "extra_forbidden": Words("没有此项; 请删除", "is not known here; remove it"),
    "int_parsing": Words("不是整数; 请写整数, 例如 42", "is not a whole number; write one such as 42"),
    "int_type": Words("不是整数; 请写整数, 例如 42", "is not a whole number; write one such as 42"),
    "int_from_float": Words("不是整数; 请写整数, 例如 42", "is not a whole number; write one such as 42"),
    "int_parsing_size": Words("整数过大; 请写较小的整数", "is too large; write a smaller whole number"),
    "float_parsing": Words("不是数字; 请写数字, 例如 1.5", "is not a number; write one such as 1.5"),
    "float_type": Words("不是数字; 请写数字, 例如 1.5", "is not a number; write one such as 1.5"),
    "finite_number": Words("不是有限的数字; 请写普通数字", "is not finite; write an ordinary number"),
    "bool_parsing": Words("不是真假值; 请写 true 或 false", "is neither true nor false; write one of them"),
    "bool_type": Words("不是真假值; 请写 true 或 false", "is neither true nor false; write one of them"),
    "string_type": Words("不是文字; 请写文字", "is not text; write text"),
    "string_too_short": Words(
        "太短; 至少 {min_length} 个字符", "is too short; write at least {min_length} characters"
    ),
    "string_too_long": Words(
        "太长; 至多 {max_length} 个字符", "is too long; write at most {max_length} characters"
    ),
    "string_pattern_mismatch": Words(
        "格式不符; 应符合 {pattern}", "has the wrong form; it must match {pattern}"
    ),
    "control_character": Words(
        "含有控制字符 {character}; 请删去", "holds the control character {character}; leave it out"
    ),
    "greater_than_equal": Words("过小; 应大于等于 {ge}", "is too small; write {ge} or more"),
    "greater_than": Words("过小; 应大于 {gt}", "is too small; write more than {gt}"),
    "less_than_equal": Words("过大; 应小于等于 {le}", "is too large; write {le} or less"),
    "less_than": Words("过大; 应小于 {lt}", "is too large; write less than {lt}"),
    "literal_error": Words("不在可选值内; 可选: {expected}", "is not one of the choices; write {expected}"),
    "enum": Words("不在可选值内; 可选: {expected}", "is not one of the choices; write {expected}"),
    "json_invalid": Words("不是合法的 JSON; 请检查引号与逗号", "is not valid JSON; check quotes and commas"),
    "model_attributes_type": Words("应为 JSON 对象", "must be a JSON object"),
    "dict_type": Words("应为 JSON 对象", "must be a JSON object"),
    "list_type": Words("应为列表", "must be a list"),
    "too_long": Words("项数过多; 至多 {max_length} 项", "has too many items; write at most {max_length}"),
    "too_short": Words("项数过少; 至少 {min_length} 项", "has too few items; write at least {min_length}"),
}
_INSTANT = Words(
    "不是带时区偏移的时间; 请写如 2026-11-22T08:00:00+08:00 (网址中 + 写作 %2B)",
    "is not a time with its offset; write it like 2026-11-22T08:00:00+08:00 (in a URL, + is %2B)",
)


def finding(kind: str, context: dict[str, object], message: str) -> Words:
    """Return what is wrong with an input and what to write, from a finding of pydantic."""
    if kind.startswith(("datetime", "timezone")):
        return _INSTANT
    known = _FINDINGS.get(kind)
    if known is None:
        return Words(f"不合要求: {message}", message)
    try:
        return Words(known.zh.format_map(context), known.en.format_map(context))
    except KeyError:
        return Words(f"不合要求: {message}", message)
