"""YAML as somebody wrote it: plain values, and the line each of them stands on, so that a refusal can point."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

Keys = tuple[str | int, ...]


class WrittenError(ValueError):
    """The file cannot be read; the message is ``file:line: what is wrong; what to write instead``."""


@dataclass(frozen=True, slots=True)
class Document:
    """The content of one file and the line of every key and item, by the way that leads there."""

    path: Path
    content: Any
    lines: Mapping[Keys, int]

    def where(self, *keys: str | int) -> str:
        """Return ``file:line`` of the place, or of the nearest place above it that exists."""
        way: Keys = keys
        while way and way not in self.lines:
            way = way[:-1]
        return f"{self.path}:{self.lines.get(way, 1)}"


def read(path: Path) -> Document:
    """Read one file.

    Raises:
        WrittenError: the file is missing, is no YAML, or gives a key twice.

    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as err:
        raise WrittenError(f"{path}:1: cannot be read ({err}); write a UTF-8 text file") from err
    return parse(text, path)


def parse(text: str, path: Path) -> Document:
    """Make a document of text; ``path`` is for the messages.

    Raises:
        WrittenError: the text is no YAML, or gives a key twice.

    """
    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        lines = dict(_lines(root, (), path)) if root is not None else {}
        content = loader.construct_document(root) if root is not None else None
    except yaml.MarkedYAMLError as err:
        mark = err.problem_mark or err.context_mark
        line = mark.line + 1 if mark else 1
        raise WrittenError(
            f"{path}:{line}: is no YAML ({err.problem}); check indentation and quotes"
        ) from err
    finally:
        loader.dispose()
    return Document(path, content, MappingProxyType(lines))


def text_of(content: Any) -> str:
    """Return plain values as YAML, keys in their own order, Chinese as it is."""
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110)


def _lines(node: yaml.Node, way: Keys, path: Path) -> Iterator[tuple[Keys, int]]:
    yield way, node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            yield from _lines(item, (*way, position), path)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.value in seen:
                raise WrittenError(f"{path}:{line}: '{key.value}' stands twice; keep one of them")
            seen.add(key.value)
            yield from _lines(value, (*way, key.value), path)
            yield (*way, key.value), line
