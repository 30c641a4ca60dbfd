"""Blocks of rows of a text file or a workbook, each with the place where the file goes on after it."""

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np
import pandas as pd

from records.imports.cells import Block, Refused, word
from records.imports.mapping import Format, ImportMapping, MappingError, Name, nearest

CELLS = 600_000  # about so many a block: a block is one transaction
_BYTES, _LEAST_BYTES, _MOST_BYTES = 4_000_000, 65_536, 64_000_000
_CANDIDATES = (",", ";", "\t", "|")


class Source(Protocol):
    """A file that can be read from any place that it has given."""

    size: int

    def blocks(self, position: int, line: int) -> Iterator[Block]:
        """Yield the blocks from a place on; 0 is the start."""
        ...


def open_source(path: Path, mapping: ImportMapping) -> Source:
    """Return the reader of a file by its name.

    Raises:
        MappingError: the file lacks a column that the mapping names, or cannot be read as what it says it is.

    """
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        from records.imports.workbook import Workbook

        return Workbook(path, mapping)
    return TextFile(path, mapping)


class TextFile:
    """A file of separated values; no cell may contain a line break."""

    def __init__(self, path: Path, mapping: ImportMapping) -> None:
        self._path = path
        self._mapping = mapping
        self._format = mapping.file
        self.size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(1 << 20)
        self._encoding = _encoding(head, self._format)
        bom = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
        lines = head[bom:].split(b"\n")[: self._format.skip + 1]
        top = lines[-1].decode(self._encoding, "replace").rstrip("\r")
        self._delimiter = self._format.delimiter or _delimiter(top, self._format)
        first = next(csv.reader([top], delimiter=self._delimiter), [])
        self._names: list[Name] = (
            [one.strip() for one in first] if self._format.header else list(range(1, len(first) + 1))
        )
        check_columns(self._names, mapping, str(path))
        self._used, self._words = set(mapping.columns), set(mapping.text_columns)
        skipped = lines if self._format.header else lines[:-1]
        self._start = bom + sum(len(line) + 1 for line in skipped)
        self._first_line = len(skipped) + 1

    def blocks(self, position: int, line: int) -> Iterator[Block]:
        """Yield the blocks from a place on."""
        place, line = (position, line) if position else (self._start, self._first_line)
        size = _BYTES
        with self._path.open("rb") as file:
            file.seek(place)
            while chunk := _whole_lines(file, size):
                place += len(chunk)
                block = self._block(chunk, line, place)
                line = block.next_line
                rows = max(1, len(block.line))
                fitting = CELLS / len(self._mapping.columns) * len(chunk) / rows
                size = int(min(_MOST_BYTES, max(_LEAST_BYTES, fitting)))
                yield block

    def _block(self, chunk: bytes, line: int, place: int) -> Block:
        count = chunk.count(b"\n") + (not chunk.endswith(b"\n"))
        if self._too_many(chunk):
            return self._row_by_row(chunk, line, place, count)
        try:
            frame = self._frame(chunk)
        except pd.errors.ParserError:
            return self._row_by_row(chunk, line, place, count)
        if len(frame) != count:  # an open quote has swallowed lines
            return self._row_by_row(chunk, line, place, count)
        return Block(frame, np.arange(line, line + count), place, line + count)

    def _too_many(self, chunk: bytes) -> bool:
        """Return whether some line may have more cells than there are columns: the parser would drop them unsaid."""
        letters = np.frombuffer(chunk, np.uint8)
        ends = np.flatnonzero(letters == ord("\n"))
        delimiters = np.flatnonzero(letters == ord(self._delimiter))
        before = np.r_[0, np.searchsorted(delimiters, ends), len(delimiters)]
        return bool((np.diff(before) >= len(self._names)).any())

    def _row_by_row(self, chunk: bytes, line: int, place: int, count: int) -> Block:
        """Read a block in which a row has too many cells or an open quote: that row is refused, the others are read."""
        good, numbers, refused = [], [], []
        for number, text in enumerate(chunk.split(b"\n")[:count], line):
            decoded = text.decode(self._encoding, "replace").rstrip("\r")
            cells = next(csv.reader([decoded], delimiter=self._delimiter), [])
            if not cells:
                continue
            if len(cells) > len(self._names) or decoded.count('"') % 2:
                advice = f"this file has {len(self._names)} columns; take out the delimiter or quote that is too many"
                refused.append(Refused(number, "row", decoded[:80], "bad_row", advice))
            else:
                good.append(text)
                numbers.append(number)
        frame = self._frame(b"\n".join(good)) if good else pd.DataFrame(columns=self._names)
        return Block(frame, np.asarray(numbers, np.int64), place, line + count, refused)

    def _frame(self, chunk: bytes) -> pd.DataFrame:
        used = [at for at, name in enumerate(self._names) if name in self._used]
        frame = pd.read_csv(
            io.BytesIO(chunk),
            sep=self._delimiter,
            header=None,
            names=list(map(str, range(len(self._names)))),
            usecols=used,
            dtype={str(at): "str" for at in used if self._names[at] in self._words},
            keep_default_na=False,
            na_values=list(self._mapping.words),
            decimal=self._format.decimal,
            skip_blank_lines=False,
            skipinitialspace=True,
            encoding=self._encoding,
            encoding_errors="replace",
            low_memory=False,
            index_col=False,
        )
        return frame.set_axis([self._names[at] for at in used], axis=1)


def check_columns(names: list[Name], mapping: ImportMapping, where: str) -> None:
    """Refuse a file that lacks a column.

    Raises:
        MappingError: a column that the mapping names is not in the file, or stands in it twice.

    """
    problems = []
    for name in mapping.columns:
        if name not in names:
            known = [str(one) for one in names]
            advice = nearest(str(name), known, f"it has: {', '.join(known[:30])}")
            problems.append(
                f"{where}: there is no {word(name) if isinstance(name, int) else repr(name)}; {advice}"
            )
        elif names.count(name) > 1:
            problems.append(f"{where}: {name!r} stands twice in the header; give each column its own name")
    if problems:
        raise MappingError("\n".join(problems))


def _encoding(head: bytes, given: Format) -> str:
    if given.encoding != "auto":
        try:
            return codecs.lookup(given.encoding).name
        except LookupError as error:
            raise MappingError(
                f"file: encoding {given.encoding!r} is not known; write auto, utf-8 or gb18030"
            ) from error
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise MappingError("the file is UTF-16; save it as CSV UTF-8")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _delimiter(top: str, given: Format) -> str:
    candidates = [one for one in _CANDIDATES if one != given.decimal]
    return max(candidates, key=top.count)


def _whole_lines(file: BinaryIO, size: int) -> bytes:
    chunk = file.read(size)
    return chunk + file.readline() if chunk and not chunk.endswith(b"\n") else chunk


def frame_of(rows: list[tuple[Any, ...]], names: list[Name], mapping: ImportMapping) -> pd.DataFrame:
    """Return the mapped columns of rows of a workbook, numbers as numbers, all else as words."""
    used = {name: names.index(name) for name in mapping.columns}
    text = set(mapping.text_columns)
    columns: dict[Name, Any] = {}
    for name, at in used.items():
        cells = [row[at] if at < len(row) else None for row in rows]
        if name in text:
            columns[name] = pd.Series([None if c is None else _spelt(c) for c in cells], dtype="str")
        else:
            columns[name] = pd.Series(cells).infer_objects()
    return pd.DataFrame(columns)


def _spelt(cell: Any) -> str:
    return str(cell.isoformat(" ")) if hasattr(cell, "isoformat") else str(cell)
