"""What a judged hour or day wants to happen to an alert; pure. The intent meets the real row in alerts/settle.py.

A period that is the newest judgeable one of its sensor moves the condition; an older one is a finding: it is counted, it
never sounds, and it never says how things stand now. No data never resolve an alert; but an alert of which no period is left
over its limit, because revisions took back all of them, has nothing to stand on and is cleared.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from alerts import exceedance, period_sentences
from alerts.alert import Alert
from alerts.changes import Change, identity_of, source_of, subject_of
from alerts.fact import Fact, Outcome, Standing, Watch
from alerts.life import Event
from alerts.limits import RANK, SLOTS, Bound
from alerts.points import microseconds
from alerts.verdict import Progress


@dataclass(frozen=True, slots=True)
class Spoken:
    """A period over its limit that an alert spoke of, as it was judged last."""

    start: datetime
    value: float | None
    over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A fact, the alert that is open, and what was said of it before."""

    watch: Watch
    fact: Fact
    standing: Standing
    alert: Alert | None  # open
    before: Spoken | None  # what an alert said of this very period
    run: tuple[Spoken, ...]  # the other periods over the limit of the open alert's occurrence, in order
    newest: bool  # no newer judgeable period is known
    drill: bool = False

    @property
    def over(self) -> bool:
        """Whether it is past its limit."""
        return self.standing.outcome is Outcome.OVER

    @property
    def spoken(self) -> bool:
        """Whether an alert says already that it is past its limit."""
        return self.before is not None and self.before.over

    @property
    def taken_back(self) -> bool:
        """Whether the open alert spoke of periods and none of them, this one included, is over any more."""
        return self.alert is not None and "from" in self.alert.evidence and not self.run and not self.over

    def with_alert(self, alert: Alert | None) -> "Case":
        """Return the case after something happened to its alert."""
        return replace(self, alert=alert)


def changes_of(case: Case) -> Iterator[Change]:
    """Yield the intended events, in order."""
    if not case.newest:
        if case.over and not case.spoken:
            yield _change(case, "found_late", _found(case))
        return
    active = case.alert is not None and case.alert.condition != "normal"
    match case.standing.outcome:
        case Outcome.OVER:
            yield from _over(case, active=active)
        case Outcome.WITHIN if active:
            yield _change(case, "cleared", _ended(case, "revised" if case.spoken else "compliant"))
        case Outcome.UNKNOWN if active and case.taken_back:
            yield _change(case, "cleared", _ended(case, "revised"))
        case Outcome.UNKNOWN if active:
            yield _change(case, "unknown", _measured(case.run) if case.run else {})
        case Outcome.FREE if active:
            yield _change(case, "cleared", _ended(case, "rule_withdrawn"))
        case _:
            pass


def revision_of(case: Case, spoke: Alert) -> Event | None:
    """Return the event on the alert that spoke of this period when it has another value now; nothing is deleted."""
    before, now = case.before, case.standing
    if before is None or not before.over or (case.over and now.value == before.value):
        return None
    fact, bound = case.fact, now.bound
    if bound is None or bound.limit is None:
        return None
    zh, en = period_sentences.revised(
        subject_of(case.watch.point),
        _span(case.watch, fact),
        (before.value, now.value),
        _against(bound),
        still=case.over,
        why=(fact.revision, fact.cause, fact.status),
    )
    told = {
        "period": fact.period,
        "start": fact.start.isoformat(),
        "end": fact.end.isoformat(),
        "before": before.value,
        "after": now.value,
        "over": case.over,
        "revision": fact.revision,
        "cause": fact.cause,
        "text_zh": zh,
        "text_en": en,
    }
    evidence = dict(spoke.evidence)
    evidence["revised"] = [*evidence.get("revised", ()), told]
    data: dict[str, Any] = {"revision": told, "evidence": evidence}
    if evidence.get("start") == told["start"]:  # it is this period that the alert's own sentence is about
        data |= {"text_zh": zh, "text_en": en}
    return Event(type="revised", at=fact.made_at, data=data)


def progress_of(case: Case) -> Progress | None:
    """Return where an alert that is past its limit stands with this period; None for what moves no condition."""
    if not (case.newest and case.over):
        return None
    run = _with(case)
    peak = _peak(run, case.watch)
    return Progress(
        case.watch.key,
        run[-1].value or 0.0,
        case.fact.end,
        peak.value or 0.0,
        peak.start,
        len(run),
    )


def _over(case: Case, *, active: bool) -> Iterator[Change]:
    alert, fact = case.alert, case.fact
    data = _said(case)
    if alert is None or not active:
        if case.spoken:  # a person closed it, and a revision says the same again
            return
        yield _change(case, "raised", data)
        if fact.live:
            yield _change(case, "annunciated", {"fresh": True})
        return
    if alert.condition == "unknown":
        yield _change(case, "known", {"condition": "active", "fresh": fact.live})
    graver = _rank(case.standing.bound) > RANK[SLOTS.index(alert.stage or "H")]
    if graver:
        began = {"from": alert.evidence.get("from", fact.start.isoformat())}
        yield _change(case, "level_raised", data | {"evidence": {**data["evidence"], **began}})
    if fact.live and (graver or not alert.evidence.get("sounded", True)):
        yield _change(case, "annunciated", {"fresh": True})


def _change(case: Case, kind: str, data: Mapping[str, Any]) -> Change:
    event = Event(type=kind, at=case.fact.end, data=data)
    # What was taken back altogether is not counted as found late.
    place = None if kind == "cleared" and not case.run else case.watch.point
    return Change(key=case.watch.key, event=event, given=_said(case) if case.over else {}, place=place)


def _said(case: Case) -> dict[str, Any]:
    """Return the data of ``raised``."""
    watch, fact, (_, value, bound) = case.watch, case.fact, case.standing
    if bound is None or bound.limit is None or value is None:
        raise ValueError(f"{watch.key} has no exceedance")
    live = fact.live and case.newest
    zh, en = period_sentences.over(
        subject_of(watch.point), _span(watch, fact), value, _against(bound), late=not live
    )
    return identity_of(watch.rule, watch.point) | {
        "level": bound.level,
        "stage": bound.stage,
        "origin": "live" if live else "retrospective",
        "drill": case.drill,
        "value": value,
        "limit_value": bound.limit.value,
        "limit_id": bound.limit.id,
        "clause": bound.limit.words,
        "flag": fact.flag,
        "mark": "-",
        "evidence": _evidence(watch, fact, value, bound) | {"sounded": live},
        "text_zh": zh,
        "text_en": en,
        "raised_at": fact.end,
    }


def _evidence(watch: Watch, fact: Fact, value: float, bound: Bound) -> dict[str, Any]:
    limit = bound.limit.value if bound.limit else 0.0
    return source_of(bound.limit) | {
        "period": fact.period,
        "start": fact.start.isoformat(),
        "end": fact.end.isoformat(),
        "from": fact.start.isoformat(),
        "to": fact.end.isoformat(),
        "samples": fact.samples,
        "expected": fact.expected,
        "factor": exceedance.printed_factor(value, limit) if bound.sign > 0 else None,
        "converted": watch.converted or bool(watch.point.form),
        "revision": fact.revision,
        "cause": fact.cause,
        "stage": bound.stage,
        "periods": 1,
    }


def _found(case: Case) -> dict[str, Any]:
    """Return the data of an exceedance that is over and was not known while it lasted."""
    this = Spoken(case.fact.start, case.standing.value, over=True)
    data = _said(case)
    return _measured((this,)) | {
        "evidence": data["evidence"],
        "cleared_at": case.fact.end.isoformat(),
    }


def _ended(case: Case, because: str) -> dict[str, Any]:
    evidence = dict(case.alert.evidence) if case.alert else {}
    if not case.run:
        return {"because": "revised", "evidence": evidence}
    length = case.fact.length
    evidence |= {"periods": len(case.run), "to": (case.run[-1].start + length).isoformat()}
    return {"because": because, "evidence": evidence} | _measured(case.run, case.watch)


def _with(case: Case) -> tuple[Spoken, ...]:
    this = Spoken(case.fact.start, case.standing.value, over=True)
    return tuple(sorted((*case.run, this), key=lambda each: each.start))


def _measured(run: Sequence[Spoken], watch: Watch | None = None) -> dict[str, Any]:
    peak = _peak(run, watch)
    return {
        "last_value": run[-1].value,
        "last_at": run[-1].start.isoformat(),
        "peak_value": peak.value,
        "peak_at": peak.start.isoformat(),
        "count": len(run),
    }


def _peak(run: Sequence[Spoken], watch: Watch | None) -> Spoken:
    bounds = watch.bounds.at(microseconds(run[-1].start)) if watch else ()
    sign = bounds[0].sign if bounds else 1
    return max(run, key=lambda each: sign * (each.value or 0.0))


def _rank(bound: Bound | None) -> int:
    return RANK[bound.slot] if bound else 0


def _against(bound: Bound) -> period_sentences.Against:
    limit = bound.limit
    return period_sentences.Against(limit.value if limit else 0.0, limit.words if limit else "", bound.sign)


def _span(watch: Watch, fact: Fact) -> period_sentences.Span:
    zone = ZoneInfo(watch.point.timezone)
    start, end = fact.start.astimezone(zone), fact.end.astimezone(zone)
    return period_sentences.Span(fact.period, start, end, watch.converted or bool(watch.point.form))
