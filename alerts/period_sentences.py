"""What an official hour or day says in one sentence, in Chinese and in English; never a bare hour, always start-end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts import exceedance
from alerts.sentences import Sentence, Subject, bound, unit_words

_MEANS: Mapping[str, Sentence] = {"hour": ("小时均值", "hourly mean"), "day": ("日均值", "daily mean")}
# Why a record may not be held against a limit any more, by its status.
_SPOILT: Mapping[str, Sentence] = {
    "short": ("数据不足", "not enough data"),
    "abnormal": ("异常数据", "abnormal data"),
    "marked": ("已标记无效", "marked invalid"),
    "stopped": ("停运", "out of operation"),
    "no_flow": ("无流量", "no flow"),
    "none": ("无数据", "no data"),
}
_CAUSES: Mapping[str, Sentence] = {
    "closed": ("到期生成", "closed"),
    "late": ("补传数据", "late data"),
    "correction": ("数据修正", "correction"),
    "mark": ("数据标记", "mark"),
    "import": ("历史导入", "import"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """A period [start, end) in the park's zone; ``converted``: its value is at reference oxygen."""

    kind: str  # hour or day
    start: datetime
    end: datetime
    converted: bool = False

    @property
    def words(self) -> str:
        """``11-22 08:00-09:00``, or the day; the last hour ends at 24:00."""
        if self.kind == "day":
            return f"{self.start:%Y-%m-%d}"
        midnight = self.end.hour == self.end.minute == 0 and self.end > self.start
        end = "24:00" if midnight and self.end - self.start <= timedelta(days=1) else f"{self.end:%H:%M}"
        return f"{self.start:%m-%d %H:%M}-{end}"


@dataclass(frozen=True, slots=True)
class Against:
    """The limit that a period was held against."""

    value: float
    clause: str
    sign: int = 1


def over(subject: Subject, span: Span, value: float, limit: Against, *, late: bool) -> Sentence:
    """Say that a period is past its limit, by which factor, and from where the limit is."""
    zh, en = _named(subject, span)
    shown, edge = _shown(subject, value, limit), bound(subject, limit.value)
    past_zh, past_en = ("超过限值", "over limit") if limit.sign > 0 else ("低于下限", "below lower limit")
    cited_zh, cited_en = (f"（{limit.clause}）", f" ({limit.clause})") if limit.clause else ("", "")
    times = exceedance.printed_factor(value, limit.value) if limit.sign > 0 else None
    times_zh, times_en = (f"，超标 {times} 倍", f", exceeded by a factor of {times}") if times else ("", "")
    late_zh, late_en = ("补报超限：", "Found late: ") if late else ("", "")
    return (
        f"{late_zh}{zh} {shown}，{past_zh} {edge}{cited_zh}{times_zh}",
        f"{late_en}{en} {shown}, {past_en} {edge}{cited_en}{times_en}",
    )


def revised(
    subject: Subject,
    span: Span,
    values: tuple[float | None, float | None],
    limit: Against,
    *,
    still: bool,
    why: tuple[int, str, str],
) -> Sentence:
    """Say that a period that an alert spoke of has another value now: ``values`` before and after.

    ``why`` is the revision, its cause, and the status of the record where it may not be judged any more.
    """
    zh, en = _named(subject, span)
    revision, cause, status = why
    cause_zh, cause_en = _cause(cause)
    before, after = values
    was = "-" if before is None else _shown(subject, before, limit)
    if after is None:
        spoilt_zh, spoilt_en = _SPOILT.get(status, ("无有效值", "no valid value"))
        now_zh, now_en = f"不参与判定（{spoilt_zh}）", f"not judged ({spoilt_en})"
        end_zh = end_en = ""
    else:
        now_zh = now_en = _shown(subject, after, limit)
        edge = bound(subject, limit.value)
        end_zh = f"，{'仍超过' if still else '不再超过'}限值 {edge}"
        end_en = f", {'still' if still else 'no longer'} past the limit {edge}"
    return (
        f"{zh} 由 {was} 修订为 {now_zh}{end_zh}（修订版本 {revision}，{cause_zh}）",
        f"{en} revised from {was} to {now_en}{end_en} (revision {revision}, {cause_en})",
    )


def _named(subject: Subject, span: Span) -> Sentence:
    zh, en = _MEANS[span.kind]
    at_zh, at_en = ("(折算)", " (reference oxygen)") if span.converted else ("", "")
    return f"{span.words} {subject.name_zh}{zh}{at_zh}", f"{span.words} {subject.name_en} {en}{at_en}"


def _shown(subject: Subject, value: float, limit: Against) -> str:
    unit = unit_words(subject.unit)
    number = exceedance.printed_value(value, limit.value, subject.decimals)
    return number if unit in {"", "1"} else f"{number} {unit}"


def _cause(cause: str) -> Sentence:
    kind, _, number = cause.partition(" ")
    zh, en = _CAUSES.get(kind, (kind, kind))
    return f"{zh} {number}".strip(), f"{en} {number}".strip()
