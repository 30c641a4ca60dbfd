"""Rows of one sheet of an XLSX workbook, read as a stream; the only module that knows openpyxl."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl  # type: ignore[import-untyped] # it ships no types

from records.imports.cells import Block
from records.imports.mapping import ImportMapping, MappingError, Name, nearest
from records.imports.reading import CELLS, check_columns, frame_of


class Workbook:
    """A sheet; ``size`` and positions are rows."""

    def __init__(self, path: Path, mapping: ImportMapping) -> None:
        self._path = path
        self._mapping = mapping
        book = self._open()
        names = book.sheetnames
        self._sheet = mapping.file.sheet or names[0]
        if self._sheet not in names:
            raise MappingError(
                f"{path}: there is no sheet {self._sheet!r}; {nearest(self._sheet, names, str(names))}"
            )
        sheet = book[self._sheet]
        self.size = int(sheet.max_row or 1)  # as the sheet says, for progress
        sheet.reset_dimensions()  # what it says may be too small, and would cut it
        skip = mapping.file.skip
        top = next(sheet.iter_rows(min_row=skip + 1, max_row=skip + 1, values_only=True), ())
        header = mapping.file.header
        self._names: list[Name] = [
            str(cell).strip() if header else number for number, cell in enumerate(top, 1)
        ]
        book.close()
        check_columns(self._names, mapping, str(path))
        self._first = skip + 1 + header

    def blocks(self, position: int, line: int) -> Iterator[Block]:
        """Yield the blocks from a row on."""
        del line  # in a workbook the row is the line
        first = max(position, self._first)
        book = self._open()
        try:
            sheet = book[self._sheet]
            sheet.reset_dimensions()
            rows = sheet.iter_rows(min_row=first, values_only=True)
            while part := list(islice(rows, max(1, CELLS // 6 // len(self._mapping.columns)))):
                frame = frame_of(part, self._names, self._mapping)
                yield Block(frame, np.arange(first, first + len(part)), first + len(part), first + len(part))
                first += len(part)
        finally:
            book.close()

    def _open(self) -> Any:
        try:
            return openpyxl.load_workbook(self._path, read_only=True, data_only=True)
        except Exception as error:
            raise MappingError(
                f"{self._path}: is no XLSX workbook ({error}); save it anew, or as CSV"
            ) from error
