"""A rule's test file: series and the events they ought to raise, run through the same engine that judges live."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from alerts import record_trial
from alerts.alert import Alert
from alerts.engine import Engine
from alerts.fact import is_official
from alerts.life import Event
from alerts.limit_list import ListedLimit
from alerts.limits import Limit
from alerts.points import Finding, Point, Window, microseconds
from alerts.rulebook import Pen, Written, opened
from alerts.rules import STAGES
from alerts.series import Sample, SeriesError, samples
from alerts.settle import settle
from smartpark.catalogue.problems import Problems
from smartpark.places import stream_class
from smartpark.quantities import registry
from smartpark.readings import NO_MARK, Readings

START = datetime(2026, 11, 22, tzinfo=UTC)
_KEYS = frozenset({"name", "point", "series", "late_s", "limits", "window", "findings", "expect"})
_POINT_KEYS = frozenset({"kind", "quantity", "form", "outlet_kind", "period_s", "span"})


@dataclass(frozen=True, slots=True)
class Case:
    """One series and what it ought to raise, instants as seconds after the start [s]."""

    point: Point
    samples: tuple[Sample, ...]
    late_s: float
    limits: tuple[Limit, ...]
    windows: tuple[Window, ...]
    findings: tuple[tuple[float, Finding], ...]
    expect: tuple[str, ...]


def run(written: Written, limits: Sequence[ListedLimit], problems: Problems) -> int:
    """Run the test file of a rule; note what does not fit, return how many cases there were."""
    document = opened(written.test_path, problems)
    if document is None:
        return 0
    pen = Pen(document, problems)
    cases = document.content.get("cases")
    if not isinstance(cases, list) or not cases:
        pen.wrong((), "there is no case", "write cases: and below it name, point, series and expect")
        return 0
    for number, given in enumerate(cases):
        way = ("cases", number)
        try:
            happened, expected = _outcome(written, given, limits)
        except (KeyError, TypeError, ValueError) as err:
            example = "stack_hour" if is_official(written.rule) else "gas_toxic"
            pen.wrong(
                way, f"the case cannot be read: {_sentence(err)}", f"see the cases of {example}.test.yaml"
            )
            continue
        if happened != expected:
            name = given.get("name", f"case {number + 1}")
            shown = ", ".join(happened) or "nothing"
            pen.wrong(
                (*way, "expect"),
                f"{name!r} raised: {shown}",
                f"it ought to be: {', '.join(expected) or 'nothing'}",
            )
    if is_official(written.rule) and not any(
        isinstance(given, dict) and "records" in given for given in cases
    ):
        pen.wrong(("cases",), "no case has records", "write one with records: 40 58x2 45, one value a period")
    return len(cases)


def _outcome(
    written: Written, given: Mapping[str, Any], limits: Sequence[ListedLimit]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what happens in a case as written, and what ought to."""
    if "records" not in given:
        case = _case(given, limits)
        return tuple(events_of(written, case)), case.expect
    _only(given, record_trial.KEYS)
    point = _point(given["point"])
    found = _limits(given, limits, point)
    return tuple(record_trial.events_of(written.rule, point, found, given, START)), tuple(given["expect"])


def events_of(written: Written, case: Case) -> Iterator[str]:
    """Yield what happens in a case: ``5s raised H orange``, ``5s annunciated``, ``60s cleared`` ..."""
    engine = Engine.of([case.point], [written.rule], case.limits, case.windows, now=START)
    rows: dict[Any, Alert | None] = {}
    for new, now, findings in _steps(case):
        verdict = engine.judge(new, now, findings)
        for change in verdict.changes:
            alert, happened = settle(rows.get(change.key), change)
            rows[change.key] = alert
            for event in happened:
                yield _shown(event, alert)
        engine.adopt(verdict)


def _steps(case: Case) -> Iterator[tuple[Readings, datetime, list[Finding]]]:
    """Yield the batches: one a period, and one a second in between, as the worker does."""
    period_s = case.point.period_s
    waiting = list(case.findings)
    for sample in case.samples:
        for second in range(period_s):
            at = START + timedelta(seconds=sample.position * period_s + second)
            now = at + timedelta(seconds=case.late_s)
            due = [finding for seconds, finding in waiting if START + timedelta(seconds=seconds) <= at]
            waiting = waiting[len(due) :]
            new = _reading(case.point, sample, at, now) if second == 0 else Readings.empty()
            yield new, now, due


def _reading(point: Point, sample: Sample, at: datetime, now: datetime) -> Readings:
    if sample.value is None:
        return Readings.empty()
    mark = NO_MARK
    if point.span_high is not None and sample.value > point.span_high:
        mark = ord("O")
    elif point.span_low is not None and sample.value < point.span_low:
        mark = ord("U")
    return Readings(
        np.array([point.sensor_id], np.int32),
        np.array([microseconds(at)], np.int64),
        np.array([sample.value]),
        np.array([ord(sample.flag)], np.uint8),
        np.array([mark], np.uint8),
        np.array([microseconds(now)], np.int64),
    )


def _shown(event: Event, alert: Alert | None) -> str:
    words = [f"{(event.at - START).total_seconds():g}s", event.type]
    if alert is not None and event.type in {"raised", "level_raised"}:
        words += [word for word in (alert.stage, alert.level) if word]
        words += ["retrospective"] if alert.origin == "retrospective" else []
        words += ["by_design"] if alert.suppressed == "by_design" else []
    return " ".join(words)


def _case(given: Mapping[str, Any], limits: Sequence[ListedLimit]) -> Case:
    _only(given, _KEYS)
    point = _point(given["point"])
    found = _limits(given, limits, point)
    window = given.get("window")
    windows = (
        [Window(1, None, window["kind"], *(_us(window[name]) for name in ("from_s", "to_s")))]
        if window
        else []
    )
    return Case(
        point,
        tuple(samples(given.get("series", "_"))),
        float(given.get("late_s", 0)),
        tuple(found),
        tuple(windows),
        tuple(_finding(row, point) for row in given.get("findings", ())),
        tuple(given["expect"]),
    )


def _only(given: Mapping[str, Any], known: frozenset[str]) -> None:
    unknown = given.keys() - known
    if unknown:
        raise ValueError(f"{min(unknown)!r} is not known, write some of {', '.join(sorted(known))}")


def _limits(given: Mapping[str, Any], limits: Sequence[ListedLimit], point: Point) -> list[Limit]:
    own = given.get("limits")
    return [_own_limit(number, row, point) for number, row in enumerate(own)] if own else _shared(limits)


def _us(seconds_s: float) -> int:
    return microseconds(START + timedelta(seconds=seconds_s))


def _point(given: Mapping[str, Any]) -> Point:
    unknown = given.keys() - _POINT_KEYS
    if unknown:
        raise ValueError(f"{min(unknown)!r} is not known of a point, write {', '.join(sorted(_POINT_KEYS))}")
    quantity = registry()[given["quantity"]]
    low, high = given.get("span", (None, None))
    return Point(
        sensor_id=1,
        quantity=quantity.code,
        form=given.get("form", ""),
        quantity_zh=quantity.name_zh,
        quantity_en=quantity.name_en,
        unit=quantity.unit,
        decimals=quantity.decimals,
        period_s=given.get("period_s", 1),
        span_low=low,
        span_high=high,
        due_since=START - timedelta(days=1),
        station_id=1,
        station="trial",
        station_kind=given["kind"],
        stream_class=stream_class(given["kind"]),
        outlet_kind=given.get("outlet_kind"),
        station_zh="试验点",
        station_en="trial point",
        enterprise_id=1,
        enterprise="trial",
        enterprise_zh="试验企业",
        enterprise_en="trial works",
    )


def _shared(limits: Sequence[ListedLimit]) -> list[Limit]:
    everywhere = [
        limit for limit in limits if limit.station is None and limit.enterprise is None and not limit.region
    ]
    return [
        Limit(
            id=number,
            code=limit.code,
            quantity=limit.quantity,
            form=limit.form,
            outlet_kind=limit.outlet_kind,
            station_kind=limit.station_kind,
            basis=limit.basis,
            stage=limit.stage,
            value=limit.value,
            unit=limit.unit,
            kind=limit.kind,
            standard=limit.standard,
            clause=limit.clause,
            valid_from=limit.valid_from,
            valid_to=limit.valid_to,
            verified=limit.verified,
        )
        for number, limit in enumerate(everywhere, 1)
    ]


def _own_limit(number: int, row: Mapping[str, Any], point: Point) -> Limit:
    if row["stage"] not in STAGES:
        raise ValueError(f"stage {row['stage']!r} is not one of {', '.join(STAGES)}")
    limit = Limit(
        id=number,
        code=f"trial-{number}",
        quantity=point.quantity,
        stage=row["stage"],
        value=float(row["value"]),
        kind=row["kind"],
        standard="trial",
        clause="",
        valid_from=START - timedelta(days=1),
    )
    return replace(
        limit, form=row.get("form", point.form), unit=point.unit, basis=row.get("basis", "instant")
    )


def _finding(row: Mapping[str, Any], point: Point) -> tuple[float, Finding]:
    seconds = float(row["at_s"])
    of_point = row.get("value") is not None
    return seconds, Finding(
        kind=row["kind"],
        sensor_id=point.sensor_id if of_point else None,
        station_id=point.station_id if of_point else None,
        value=row.get("value"),
        time_us=_us(seconds),
        detail=str(row.get("detail", "")),
        active=bool(row.get("active", True)),
    )


def _sentence(err: Exception) -> str:
    if isinstance(err, SeriesError):
        return str(err)
    return f"{err.args[0]!r} is missing or unknown" if isinstance(err, KeyError) else str(err)
