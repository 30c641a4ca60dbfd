"""SQL lives in ``.sql`` files; each statement is named by a line ``-- name: what_it_does``.

The lines of comment below the name are its purpose. ``queries.load("ingest")`` reads ``ingest/queries.sql``.
"""

import re
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import LiteralString

_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


class Queries:
    """The named statements of one package, as attributes."""

    def __init__(self, package: str, texts: dict[str, LiteralString]) -> None:
        self.package = package
        self.texts = MappingProxyType(texts)

    def __getattr__(self, name: str) -> LiteralString:
        try:
            return self.texts[name]
        except KeyError:
            raise AttributeError(f"{self.package} has no query named {name!r}") from None


@cache
def load(package: str, file: str = "queries.sql") -> Queries:
    """Read the named statements of ``package/file``.

    Raises:
        ValueError: a name stands twice, or text stands before the first name.

    """
    text = files(package).joinpath(file).read_text(encoding="utf-8")
    head, *rest = _NAME.split(text)
    if any(line.strip() and not line.startswith("--") for line in head.splitlines()):
        raise ValueError(f"{package}/{file}: text before the first '-- name:' line")
    names = rest[::2]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"{package}/{file}: named twice: {', '.join(sorted(twice))}")
    return Queries(f"{package}/{file}", {n: t.strip() for n, t in zip(names, rest[1::2], strict=True)})
