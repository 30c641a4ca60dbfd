"""How frames of one shape are read at one station: worked out once, used for every frame of that shape."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ingest.directory import Station
from smartpark.hj212.content import Shape

# What holds the value of a period, in the order of preference; noise says Data, some devices say Rtd.
_MEAN = ("Avg", "Data", "Rtd")
_TEXTS = frozenset({"Info", "SN"})


class Slot(NamedTuple):
    """Where one item of a plan stands among the values; places are -1 where it says nothing."""

    name: str
    row: int  # of the directory; -1: no sensor
    code: str
    form: str
    mean: int
    low: int
    high: int
    amount: int
    flag: int
    maker_flag: int
    sample: int


@dataclass(frozen=True, slots=True)
class Plan:
    """How frames of one shape are read at one station; ``odd`` are names that hold no value."""

    slots: tuple[Slot, ...]
    rows: list[int]
    places: list[int]
    flags: list[int]
    known: bool  # every item has its sensor
    odd: tuple[str, ...]
    texts: tuple[tuple[str, int], ...]  # names, and where they stand among the values
    twice: tuple[str, ...]  # names said a second time; the first counts


def plan_of(station: Station, shape: Shape, carries: str) -> Plan:
    """Work out where the items of a shape stand, and which sensors of the station they belong to."""
    slots: list[Slot] = []
    odd: list[str] = []
    texts: list[tuple[str, int]] = []
    wanted = ("Rtd",) if carries == "instant" else _MEAN
    for code, places in shape.factors.items():
        found = [_slot(station, code, form, places, wanted) for form in ("", "Zs")]
        taken = [slot for slot in found if slot is not None]
        slots += taken
        if not taken and _TEXTS & places.keys():
            texts += [(f"{code}-{suffix}", at) for suffix, at in places.items()]
        elif not taken:
            odd.append(code)
    known = all(slot.row >= 0 for slot in slots)
    flags = sorted({slot.flag for slot in slots if slot.flag >= 0})
    return Plan(
        tuple(slots),
        [s.row for s in slots],
        [s.mean for s in slots],
        flags,
        known,
        tuple(odd),
        tuple(texts),
        tuple(shape.names[at] for at in shape.repeated if not shape.names[at].endswith("Flag")),
    )


def _slot(
    station: Station, code: str, form: str, places: Mapping[str, int], wanted: Sequence[str]
) -> Slot | None:
    mean = next((places[form + suffix] for suffix in wanted if form + suffix in places), -1)
    low, high = places.get(f"{form}Min", -1), places.get(f"{form}Max", -1)
    amount = places.get("Cou", -1) if not form else -1
    if "Avg" not in wanted:
        low = high = amount = -1
    if max(mean, low, high, amount) < 0:
        return None
    name = f"{code}-{form}" if form else code
    return Slot(
        name,
        station.keys.get(name, -1),
        code,
        form,
        mean,
        low,
        high,
        amount,
        places.get("Flag", -1),
        places.get("EFlag", -1),
        places.get("SampleTime", -1),
    )
