"""CP: ``name=value``, of one item joined by commas, items by semicolons.

A logger says the same names again and again, so names and their order are one remembered ``Shape``; what differs from
frame to frame are the values beside it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

_SEPARATORS = re.compile("[=;,]")
_FORM = re.compile(rb"(?:=[;,])*=")
_INFO = re.compile(r"//.*?//", re.DOTALL)
_DROPPED = bytes(b for b in range(256) if b not in b"=;,")
_REMEMBERED = 200_000  # names of all remembered shapes together: some hundred megabytes at the very most
_LONGEST_NAME = 64


class ContentError(ValueError):
    """CP is not of its grammar; the message says where."""


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """The names of a CP in order, and where each stands among the values.

    ``fields`` are names without a dash (DataTime, PolId, ExeRtn ...), ``factors`` those with one: code, then suffix
    (``a21026-ZsRtd`` is ``factors["a21026"]["ZsRtd"]``). A name said twice keeps its first place there; ``repeated`` has
    the places of the others. A bare ``Flag`` in an item of its own belongs to the factor before it.
    """

    names: tuple[str, ...]
    fields: Mapping[str, int]
    factors: Mapping[str, Mapping[str, int]]
    repeated: tuple[int, ...]
    deviations: frozenset[str]


EMPTY = Shape((), MappingProxyType({}), MappingProxyType({}), (), frozenset())


def read(text: str) -> tuple[Shape, Sequence[str]]:
    """Return the shape of a CP and its values; ``text`` is what stands between ``&&`` and ``&&``.

    Raises:
        ContentError: it breaks the grammar.

    """
    if not text:
        return EMPTY, ()
    if "//" in text:
        return _read_with_info(text)
    parts = _SEPARATORS.split(text)
    values = [value.strip() for value in parts[1::2]] if " " in text else parts[1::2]
    try:
        return _known.shape(text.encode().translate(None, _DROPPED), tuple(parts[::2])), values
    except ContentError:
        return _read_tidied(text)


def joined(shape: Shape, values: Sequence[str]) -> dict[str, str]:
    """Return names and values as they were said; of a name said twice the first."""
    found: dict[str, str] = {}
    for name, value in zip(shape.names, values, strict=True):
        found.setdefault(name, value)
    return found


def _read_tidied(text: str) -> tuple[Shape, Sequence[str]]:
    """Read what some devices write: a separator before the end, blanks around, an empty item between."""
    pairs = re.split("[;,]", text)
    kept = [pair.strip() for pair in pairs if pair.strip()]
    for pair in kept:
        name, sign, _ = pair.partition("=")
        if not sign or not name.strip():
            raise ContentError(f'CP has "{pair[:40]}" where name=value belongs')
        if pair.count("=") > 1:
            raise ContentError(f'CP has "{pair[:40]}" with more than one equals sign; join items by ; or ,')
    names = tuple(pair.partition("=")[0].strip() for pair in kept)
    values = [pair.partition("=")[2].strip() for pair in kept]
    if not kept:
        return EMPTY, ()
    return _known.shape(b"=" + b";=" * (len(kept) - 1), names, "separators"), values


def _read_with_info(text: str) -> tuple[Shape, Sequence[str]]:
    """Read a CP with free text between double slashes, which may hold separators."""
    held: list[str] = []

    def hide(match: re.Match[str]) -> str:
        held.append(match.group())
        return f"\x00{len(held) - 1}\x00"

    shape, values = read(_INFO.sub(hide, text.replace("\x00", "")).replace("//", "\x00\x00"))

    def show(match: re.Match[str]) -> str:
        return held[int(match.group(1))]

    return shape, [re.sub("\x00(\\d+)\x00", show, v).replace("\x00\x00", "//") for v in values]


class _Known:
    """Remembers shapes, so many that memory stays bounded whatever names are sent."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[bytes, tuple[str, ...], str], Shape] = {}
        self._names = 0

    def shape(self, signs: bytes, names: tuple[str, ...], deviation: str = "") -> Shape:
        """Return the shape of names joined by these signs; what is found wrong is not remembered."""
        key = (signs, names, deviation)
        found = self._shapes.get(key)
        if found is None:
            found = _shape(signs, names, deviation)
            self._names += len(names)
            if self._names > _REMEMBERED:
                self._shapes.clear()
                self._names = len(names)
            self._shapes[key] = found
        return found


_known = _Known()


def _shape(signs: bytes, names: tuple[str, ...], deviation: str) -> Shape:
    if not _FORM.fullmatch(signs):
        raise ContentError("CP is not of the form name=value,name=value;name=value")
    fields: dict[str, int] = {}
    factors: dict[str, dict[str, int]] = {}
    repeated: list[int] = []
    deviations = {deviation} if deviation else set()
    last = ""
    for at, name in enumerate(names):
        if not name or len(name) > _LONGEST_NAME or name != name.strip() or not name.isprintable():
            raise ContentError(f'CP has the name "{name[:40]}"; a name is 1 to {_LONGEST_NAME} characters')
        code, dash, suffix = name.rpartition("-")
        if not dash and name == "Flag" and last:
            code, dash, suffix = last, "-", "Flag"
            deviations.add("bare_flag")
        if not dash:
            place = fields
            suffix = name
        else:
            place = factors.setdefault(code, {})
            last = code
        if suffix in place:
            repeated.append(at)
        else:
            place[suffix] = at
    frozen = {code: MappingProxyType(places) for code, places in factors.items()}
    return Shape(
        names, MappingProxyType(fields), MappingProxyType(frozen), tuple(repeated), frozenset(deviations)
    )
