"""Targets of the policy documents as dated data: one past its date is closed, never running."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

RELATIONS = frozenset({">", ">=", "<=", "=", "range", "assigned", "done"})
_SIGNS = {">": "> ", ">=": "≥ ", "<=": "≤ ", "=": ""}


@dataclass(frozen=True, slots=True)
class Target:
    """One row of ``targets.csv``."""

    code: str
    document: str
    title: str
    scope_zh: str
    scope_en: str
    indicator_zh: str
    indicator_en: str
    relation: str
    value: float | None
    value_to: float | None
    unit: str
    base: str
    attribute: str
    due: date
    repeats: str
    source: str

    def due_next(self, today: date) -> date:
        """Return when it is due: of a yearly one the end of this year, once its first date is past."""
        if self.repeats == "yearly" and self.due < today:
            return date(today.year, 12, 31)
        return self.due

    def is_closed(self, today: date) -> bool:
        """Return whether its date is past."""
        return self.due_next(today) < today

    @property
    def wanted(self) -> tuple[str, str]:
        """What is wanted, in Chinese and English."""
        if self.relation == "assigned":
            return "自治区下达", "as assigned by the region"
        if self.relation == "done" or self.value is None:
            return "完成", "done"
        if self.relation == "range" and self.value_to is not None:
            text = f"{self.value:g}-{self.value_to:g} {self.unit}"
        else:
            text = f"{_SIGNS[self.relation]}{self.value:g} {self.unit}"
        return text.strip(), text.strip()


@cache
def targets() -> tuple[Target, ...]:
    """Return the targets, in the order of the file.

    Raises:
        ValueError: a row has no source, an unknown relation, or a number where none belongs.

    """
    text = files("modules.economy").joinpath("targets.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return tuple(_target(row) for row in rows)


def _target(row: dict[str, str]) -> Target:
    if row["relation"] not in RELATIONS or not row["source"]:
        raise ValueError(f"targets.csv: {row['code']}: needs a source and one of {sorted(RELATIONS)}")
    if (row["relation"] in {"assigned", "done"}) != (row["value"] == ""):
        raise ValueError(
            f"targets.csv: {row['code']}: {row['relation']} and value {row['value']!r} do not fit"
        )
    texts = {key: row[key] for key in _TEXTS}
    return Target(
        **texts,
        value=float(row["value"]) if row["value"] else None,
        value_to=float(row["value_to"]) if row["value_to"] else None,
        due=date.fromisoformat(row["due"]),
    )


_TEXTS = (
    "code", "document", "title", "scope_zh", "scope_en", "indicator_zh", "indicator_en", "relation", "unit", "base",
    "attribute", "repeats", "source",
)  # fmt: skip
