"""The refusal file beside an import: one line for each cell that was not taken, and why, for whoever sent the file."""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from records.imports.cells import Refused

EXAMPLES = 3
_HEADER = ("line", "column", "value", "reason", "instead")


class RefusalFile:
    """``<file>.import-<job>.refused.csv``; what lies beyond ``kept`` bytes belongs to a block that was never committed."""

    def __init__(self, path: Path, kept: int) -> None:
        self.path = path
        self.size = min(kept, path.stat().st_size) if path.exists() else 0
        if path.exists():
            with path.open("r+b") as file:
                file.truncate(self.size)
            if not self.size:
                path.unlink()

    def add(self, refused: Iterable[Refused]) -> None:
        """Write refusals at the end and keep the new size."""
        text = io.StringIO()
        writer = csv.writer(text)
        if not self.size:
            writer.writerow(_HEADER)
        for one in refused:
            writer.writerow(one)
        data = text.getvalue().encode("utf-8" if self.size else "utf-8-sig")
        with self.path.open("ab") as file:
            file.write(data)
        self.size += len(data)


class Examples:
    """The first few refusals of each reason."""

    def __init__(self) -> None:
        self._found: dict[str, list[Refused]] = {}

    def add(self, refused: Iterable[Refused]) -> None:
        """Keep what is among the first."""
        for one in refused:
            kept = self._found.setdefault(one.reason, [])
            if len(kept) < EXAMPLES:
                kept.append(one)

    def lines(self, counts: Counter[str]) -> list[str]:
        """Return a paragraph for each reason: how many, and the first of them."""
        out = []
        for reason, kept in self._found.items():
            count = counts[f"refused {reason}"] or counts[reason]
            out.append(f"  {reason}: {count}")
            out += [f"    line {one.line}, {one.column}: {one.value!r}; {one.instead}" for one in kept]
        return out
