"""What is measured: the registry of quantities by HJ 212 code, read once from ``quantities.csv``."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Quantity:
    """One measured quantity; a stored value is in ``unit``.

    ``molar_mass`` is in g/mol where the quantity is one substance; the plausible range is in ``unit``.
    """

    code: str
    name_zh: str
    name_en: str
    unit: str
    molar_mass: float | None
    plausible_low: float | None
    plausible_high: float | None
    decimals: int
    old_codes: tuple[str, ...]
    source: str


@cache
def registry() -> Mapping[str, Quantity]:
    """Return every quantity by code.

    Raises:
        ValueError: a code stands twice, a range is reversed, or a row has no source.

    """
    text = files("smartpark").joinpath("quantities.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    found: dict[str, Quantity] = {}
    for row in rows:
        quantity = _quantity(row)
        if quantity.code in found:
            raise ValueError(f"quantities.csv: {quantity.code} stands twice")
        found[quantity.code] = quantity
    return MappingProxyType(found)


@cache
def by_old_code() -> Mapping[str, Quantity]:
    """Return the quantities by the codes of HJ/T 212-2005 and other spellings."""
    return MappingProxyType({old: quantity for quantity in registry().values() for old in quantity.old_codes})


def _quantity(row: dict[str, str]) -> Quantity:
    low, high = _number(row["plausible_low"]), _number(row["plausible_high"])
    if not row["source"].strip():
        raise ValueError(f"quantities.csv: {row['code']} has no source")
    if low is not None and high is not None and low >= high:
        raise ValueError(f"quantities.csv: {row['code']} has a reversed plausible range")
    return Quantity(
        code=row["code"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        unit=row["unit"],
        molar_mass=_number(row["molar_mass"]),
        plausible_low=low,
        plausible_high=high,
        decimals=int(row["decimals"]),
        old_codes=tuple(row["old_codes"].split()),
        source=row["source"],
    )


def _number(text: str) -> float | None:
    return float(text) if text else None
