"""The frames of one item as HJ 212 says them; pure.

Codes and units are those of the registry: a receiver that wants others is not served yet. Codes of our own (``x_...``)
are nobody's standard and stay here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from records.upward.figures import Figures
from records.upward.periods import PERIODS, Going, Item
from smartpark.hj212.encode import ANSWER, SPLIT, VERSION_BITS, Sender, encode, parts
from smartpark.hj212.times import digits, qn

_MOST = 1e15  # more digits than any field of the standard has; infinity and NaN are no figures either


@dataclass(frozen=True, slots=True)
class Factor:
    """One sensor's figures; ``form`` is ``Zs`` for values at reference oxygen, ``decimals`` how many the page shows."""

    code: str
    form: str
    decimals: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class Terms:
    """How one receiver is spoken to: edition, password, SM4 key [16 bytes], and the zone of the park's times."""

    edition: int
    password: str
    key: bytes | None
    zone: ZoneInfo


def content(factors: Iterable[Factor]) -> list[str]:
    """Return one text for each code: amount, least, mean, greatest, the same at reference oxygen, then the flag."""
    by_code: dict[str, dict[str, Factor]] = {}
    for factor in factors:
        by_code.setdefault(factor.code, {})[factor.form] = factor
    texts = []
    for code, forms in sorted(by_code.items()):
        fields = [field for form in sorted(forms) for field in _fields(forms[form])]
        if fields:
            first = forms[min(forms)]
            fields.append(("Flag", first.figures.flag))
            texts.append(",".join(f"{code}-{name}={value}" for name, value in fields))
    return texts


def contents(item: Item, texts: Sequence[str], zone: ZoneInfo) -> list[str]:
    """Return the CPs of an item: one, or as many as its texts need."""
    return parts(texts, f"DataTime={digits(_us(item.start), zone)}")


def digest(cps: Sequence[str]) -> bytes:
    """Return what tells contents apart: 16 bytes; the same content in the same parts has the same."""
    return sha256("\0".join(cps).encode()).digest()[:16]


def frames(going: Going, cps: Sequence[str], terms: Terms) -> dict[str, bytes]:
    """Return the frames of an item by their QN; each part of a split one has a QN of its own, a millisecond apart.

    The same contents and first instant make the same bytes, but for RF=1 once they are re-sent: whoever gets them twice
    can tell. 2017 has no word for re-sent data.
    """
    item = going.item
    sender = Sender(item.mn, item.system, terms.password, terms.key if terms.edition == 2025 else None)
    split = len(cps) > 1
    flag = VERSION_BITS[terms.edition] | ANSWER | (SPLIT if split else 0)
    made: dict[str, bytes] = {}
    for number, cp in enumerate(cps):
        name = qn(_us(going.first_sent_at) + number * 1000, terms.zone)
        made[name] = encode(
            sender,
            PERIODS[item.period].cn,
            cp,
            flag=flag,
            qn=name,
            part=(len(cps), number + 1) if split else None,
            resent=going.resent and terms.edition == 2025,
        )
    return made


def _fields(factor: Factor) -> list[tuple[str, str]]:
    """Return the figures that are numbers, by name."""
    figures, places = factor.figures, max(4, factor.decimals + 2)
    named = [
        ("Cou", figures.amount if not factor.form else None),
        (f"{factor.form}Min", figures.low),
        (f"{factor.form}Avg", figures.mean),
        (f"{factor.form}Max", figures.high),
    ]
    return [
        (name, _number(value, places)) for name, value in named if value is not None and abs(value) < _MOST
    ]


def _number(value: float, places: int) -> str:
    """Return a number without exponent and without zeros at its end."""
    text = f"{round(value, places) + 0.0:.{places}f}"
    return text.rstrip("0").rstrip(".")


def _us(instant: datetime) -> int:
    return round(instant.timestamp() * 1_000_000)
