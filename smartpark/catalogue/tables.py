"""CSV tables with comment lines, read with the line of every row."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from smartpark.catalogue.fields import Fields
from smartpark.catalogue.problems import Problems, choose


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table: the ones every row needs, and the ones it may have."""

    needed: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def every(self) -> tuple[str, ...]:
        """All of them, in the order they are exported."""
        return (*self.needed, *self.optional)


def rows(path: Path, columns: Columns, problems: Problems, *, needed: bool = True) -> list[Fields]:
    """Read a table; a file that is not needed may be absent."""
    if not path.exists():
        if needed:
            problems.add(path.name, 1, "the file is missing", f"add {path.name}, see docs/catalogue.md")
        return []
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as err:
        line = path.read_bytes()[: err.start].count(b"\n") + 1
        problems.add(path.name, line, "the file is not UTF-8", "save it as CSV UTF-8")
        return []
    return list(_fields(path.name, text, columns, problems))


def _fields(file: str, text: str, columns: Columns, problems: Problems) -> Iterator[Fields]:
    header: list[str] | None = None
    for line, cells in _lines(file, text, problems):
        if header is None:
            header = [cell.strip() for cell in cells]
            if not _header_fits(file, line, header, columns, problems):
                return
            continue
        if len(cells) != len(header):
            problems.add(
                file,
                line,
                f"{len(cells)} cells where the first row names {len(header)} columns",
                "write one cell a column; put a text with a comma in double quotes",
            )
            continue
        yield Fields(problems, file, dict(zip(header, cells, strict=True)), _always(line))
    if header is None:
        problems.add(file, 1, "the table has no first row", f"begin it with: {','.join(columns.every)}")


def _lines(file: str, text: str, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, cells) of rows that are neither blank nor a comment; a quoted cell may span lines."""
    # A comment inside a quoted cell does not occur; comments are blanked, so that lines keep their numbers.
    kept = ["" if line.startswith("#") else line for line in text.splitlines()]
    reader = csv.reader(kept, strict=True)
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as err:
        problems.add(file, start, f"not valid CSV: {err}", "close every double quote")


def _header_fits(file: str, line: int, header: Sequence[str], columns: Columns, problems: Problems) -> bool:
    before = len(problems.found)
    for name in header:
        if name not in columns.every:
            problems.add(
                file, line, f"column {name!r} is not known", choose(name, columns.every, "remove it")
            )
    for name in sorted({name for name in header if header.count(name) > 1}):
        problems.add(file, line, f"column {name!r} stands twice", "keep one of them")
    for name in columns.needed:
        if name not in header:
            problems.add(
                file,
                line,
                f"column {name!r} is missing",
                f"add it; the columns are {','.join(columns.every)}",
            )
    return len(problems.found) == before


def write(path: Path, comment: str, columns: Columns, records: Iterable[Sequence[str]]) -> None:
    """Write a table that ``rows`` reads back."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        handle.writelines(f"# {line}\n" for line in comment.splitlines())
        out = csv.writer(handle, lineterminator="\n")
        out.writerow(columns.every)
        out.writerows(records)


def _always(line: int) -> Callable[..., int]:
    return lambda *_: line
