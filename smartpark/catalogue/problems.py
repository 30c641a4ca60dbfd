"""Everything that is wrong with a catalogue, said at once: file, line, what it is, what to write instead."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend."""

    file: str
    line: int
    what: str
    instead: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}; {self.instead}"


class CatalogueError(ValueError):
    """The catalogue cannot be used; the message lists every problem, one a line."""

    def __init__(self, problems: "Iterable[Problem]") -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


class Problems:
    """Collects what is found, so that one reading tells everything."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, file: str, line: int, what: str, instead: str) -> None:
        """Note one problem."""
        self.found.append(Problem(file, line, what, instead))

    def raise_if_any(self) -> None:
        """Raise everything noted so far.

        Raises:
            CatalogueError: something was noted.

        """
        if self.found:
            raise CatalogueError(self.found)


def choose(given: str, known: "Iterable[str]", where: str) -> str:
    """Return advice for a name that is not known: the nearest ones, or all when they are few."""
    names = sorted(name for name in known if name)
    near = get_close_matches(given, names, n=2, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(near)}?"
    if names and len(names) <= 20:
        return f"write one of: {', '.join(names)}"
    return where
