"""Every named statement fits the migrated schema."""

import re
from pathlib import Path

import pytest

from smartpark import db, queries

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("smartpark", "ingest", "alerts", "records", "modules", "api", "simulators")
FILES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.sql") if "migrations" not in path.parts
)
PREPARED = re.compile(r"^(select|insert|update|delete|with|values|merge)\b", re.IGNORECASE)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sbt]|%[sbt]")


def body(text: str) -> str:
    """Return a statement without its comments and its last semicolon."""
    return re.sub(r"--[^\n]*", "", text).strip().rstrip(";")


def numbered(text: str) -> str:
    """Return a statement with $n in place of psycopg's placeholders."""
    seen: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        name = match[1] or f"#{len(seen)}"
        return f"${seen.setdefault(name, len(seen) + 1)}"

    return PLACEHOLDER.sub(number, text).replace("%%", "%")


@pytest.mark.parametrize("file", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_statement_fits_the_migrated_schema(file, conn: db.Connection):
    package = ".".join(file.parent.relative_to(ROOT).parts)
    texts = {name: body(text) for name, text in queries.load(package, file.name).texts.items()}
    for text in texts.values():
        if re.match(r"create\s+temp", text, re.IGNORECASE):
            conn.execute(text.encode())
    for name, text in texts.items():
        if ";" in text or not PREPARED.match(text):
            continue  # several statements, or COPY, LISTEN and the like: their own tests run them
        try:
            conn.execute(f"prepare check_{name} as {numbered(text)}".encode())
        except db.Error as err:
            pytest.fail(f"{file.relative_to(ROOT)}: {name}: {err}")


@pytest.mark.parametrize("file", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_statement_is_left_that_nobody_runs(file):
    package = ".".join(file.parent.relative_to(ROOT).parts)
    top = ROOT / package.split(".", maxsplit=1)[0]
    sources = "\n".join(path.read_text(encoding="utf-8") for path in top.rglob("*.py"))
    unused = [
        name for name in queries.load(package, file.name).texts if not re.search(rf"\b{name}\b", sources)
    ]
    assert unused == []
