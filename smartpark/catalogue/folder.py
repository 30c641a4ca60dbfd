"""The YAML files of a catalogue as fields with lines, beside the tables of ``tables.py``."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from smartpark import written
from smartpark.catalogue.fields import Fields
from smartpark.catalogue.problems import Problems, choose

_PLACE = re.compile(r"(?P<line>\d+): (?P<what>.*?)(?:; (?P<instead>.*))?", re.DOTALL)
_Thing = TypeVar("_Thing")


def mappings(
    path: Path, keys: Sequence[str], problems: Problems, *, single: bool = False, needed: bool = False
) -> list[Fields]:
    """Read a list of mappings, or (``single``) the one mapping a file holds."""
    if not path.exists():
        if needed or single:
            problems.add(path.name, 1, "the file is missing", f"add {path.name}, see docs/catalogue.md")
        return []
    try:
        document = written.read(path)
    except written.WrittenError as err:
        match = _PLACE.fullmatch(str(err).removeprefix(f"{path}:"))
        line, what, instead = match.group("line", "what", "instead") if match else ("1", str(err), None)
        problems.add(path.name, int(line), what, instead or "mend it")
        return []
    content = [document.content] if single else document.content
    if not isinstance(content, list) or not all(isinstance(item, dict) for item in content):
        shape = "one mapping" if single else "a list of mappings"
        problems.add(
            path.name, 1, f"the file is not {shape}", f"write {shape} with the keys {', '.join(keys)}"
        )
        return []

    def line_of(*way: str | int) -> int:
        return int(document.where(*way).rpartition(":")[2])

    found = []
    for position, item in enumerate(content):
        way = () if single else (position,)
        found.append(_mapping(problems, path.name, item, keys, _line_finder(line_of, way)))
    return found


def items(fields: Fields, name: str, keys: Sequence[str]) -> list[Fields]:
    """Return the mappings of a list inside a mapping."""
    value = fields.raw(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        fields.wrong(name, f"{name} is not a list of mappings", f"write - {{{', '.join(keys)}}}")
        return []
    return [
        _mapping(fields.problems, fields.file, item, keys, _line_finder(fields.line_of, (name, position)))
        for position, item in enumerate(value)
    ]


def unique(
    rows: Iterable[Fields],
    make: Callable[[Fields, str], _Thing],
    *,
    name: str = "code",
    code_of: Callable[[Fields, str], str] = Fields.code,
    taken: Collection[str] = (),
) -> dict[str, _Thing]:
    """Make a thing of every row, by its code; a code that stands twice is noted."""
    found: dict[str, _Thing] = {}
    lines: dict[str, int] = {}
    for fields in rows:
        code = code_of(fields, name)
        if not code:
            continue
        if code in found or code in taken:
            first = f"line {lines[code]}" if code in lines else "another table"
            what = f"{name} {code!r} stands twice (first in {first})"
            fields.wrong(name, what, "give every one a code of its own")
            continue
        lines[code] = fields.line(name)
        found[code] = make(fields, code)
    return found


def reference(
    fields: Fields, name: str, known: Collection[str], file: str, *, needed: bool = False
) -> str | None:
    """Return the code of something that is defined in another file, None where there is none."""
    value = fields.text(name) if needed else fields.maybe_text(name)
    if not value:
        return None
    if not known and any(problem.file == file for problem in fields.problems.found):
        return None  # that file could not be read, which has been said
    if value not in known:
        fields.wrong(name, f"{name} {value!r} is not in {file}", choose(value, known, f"add it to {file}"))
        return None
    return value


def _mapping(
    problems: Problems,
    file: str,
    values: Mapping[str, Any],
    keys: Sequence[str],
    line_of: Callable[..., int],
) -> Fields:
    fields = Fields(problems, file, values, line_of)
    for key in values:
        if key not in keys:
            fields.wrong(key, f"key {key!r} is not known", choose(str(key), keys, "remove it"))
    return fields


def _line_finder(line_of: Callable[..., int], before: tuple[str | int, ...]) -> Callable[..., int]:
    return lambda *way: line_of(*before, *(step for step in way if step != ""))
