"""A rule is a kind, its parameters, where it applies and how grave it is; versioned, never edited in place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

LEVELS = ("blue", "yellow", "orange", "red")  # of scheme risk, least grave first
CLASSES = ("alarm", "warning", "reminder")
STAGES = ("LL", "L", "H", "HH")
BASES = ("instant", "minute", "hour", "day", "month", "year")
LIMIT_KINDS = ("setpoint", "permit", "agreement", "local", "industry", "integrated")
WORDINGS = ("gas", "process", "emission")
FINDINGS = ("bad_clock", "ledger", "broker_dropped", "feed_down")

_ASPECTS = ("kinds", "quantities", "forms", "outlet_kinds", "enterprises", "stations")


@dataclass(frozen=True, slots=True)
class Selector:
    """Where a rule applies; an aspect that is empty does not restrict."""

    kinds: frozenset[str] = frozenset()  # of station
    quantities: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    outlet_kinds: frozenset[str] = frozenset()
    enterprises: frozenset[str] = frozenset()  # codes
    stations: frozenset[str] = frozenset()  # codes

    @classmethod
    def of(cls, applies: Mapping[str, Iterable[str]]) -> Self:
        """Make a selector of the JSON in ``rule.applies``."""
        return cls(**{aspect: frozenset(applies.get(aspect, ())) for aspect in _ASPECTS})

    def json(self) -> dict[str, list[str]]:
        """Return the JSON of ``rule.applies``, without empty aspects."""
        return {aspect: sorted(values) for aspect in _ASPECTS if (values := getattr(self, aspect))}

    def matches(
        self,
        *,
        kind: str,
        quantity: str,
        form: str = "",
        outlet_kind: str | None = None,
        enterprise: str | None = None,
        station: str = "",
    ) -> bool:
        """Return whether a sensor is meant; codes, not ids."""
        found = (kind, quantity, form, outlet_kind, enterprise, station)
        return all(
            not wanted or value in wanted
            for wanted, value in zip((getattr(self, a) for a in _ASPECTS), found, strict=True)
        )

    def overlaps(self, other: "Selector") -> bool:
        """Return whether one sensor could be meant by both."""
        pairs = ((getattr(self, aspect), getattr(other, aspect)) for aspect in _ASPECTS)
        return all(not mine or not theirs or mine & theirs for mine, theirs in pairs)


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a rule, as table ``rule`` holds it."""

    code: str
    version: int
    kind: str  # limit state silence marked_over platform
    class_: str  # alarm warning reminder
    name_zh: str
    name_en: str
    applies: Selector
    parameters: Mapping[str, Any] = field(default_factory=dict)
    enabled: bool = True
    source: str = ""

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """Make a rule of a row of table ``rule``."""
        return cls(
            row["code"],
            row["version"],
            row["kind"],
            row["class"],
            row["name_zh"],
            row["name_en"],
            Selector.of(row["applies"]),
            row["parameters"],
            row["enabled"],
            row["source"],
        )

    def level_of(self, stage: str | None = None) -> str:
        """Return the level of a stage of a limit rule, or the level of the rule."""
        stages: Mapping[str, Mapping[str, str]] = self.parameters.get("stages", {})
        if stage is not None and stage in stages:
            return stages[stage]["level"]
        return str(self.parameters.get("level", "yellow"))


def graver(one: str, other: str) -> str:
    """Return the graver of two levels of scheme risk."""
    return max(one, other, key=LEVELS.index)
