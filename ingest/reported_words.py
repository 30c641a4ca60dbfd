"""What a logger says of one factor over one period, word after word: which words make a new revision. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ingest.batch import NORMAL
from ingest.reported import Reported

Key = tuple[int, str, int]  # sensor, period, start [us]


class Content(NamedTuple):
    """What is said: ``values`` are mean, low and high in the registry's unit, and the amount as sent, None unsaid."""

    values: tuple[float | None, ...]
    flag: int

    @property
    def mean(self) -> float | None:
        """The mean of the period."""
        return self.values[0]

    def holds(self, word: "Content") -> bool:
        """Return whether a word says nothing that is not said here; a part without a mean says no flag of its own."""
        said = all(
            theirs is None or ours == theirs for ours, theirs in zip(self.values, word.values, strict=True)
        )
        return said and (word.flag == self.flag or (word.mean is None and word.flag == NORMAL))

    def beside(self, word: "Content") -> bool:
        """Return whether none of both says what the other says."""
        return all(
            ours is None or theirs is None for ours, theirs in zip(self.values, word.values, strict=True)
        )

    def then(self, word: "Content") -> "Content":
        """Return what is said after a further word; what it does not say stays."""
        values = tuple(
            ours if theirs is None else theirs for ours, theirs in zip(self.values, word.values, strict=True)
        )
        keeps = word.mean is None and self.mean is not None and word.flag == NORMAL
        return Content(values, self.flag if keeps else word.flag)


class Word(NamedTuple):
    """A word as it came.

    ``again``: its frame has been here before, or says that it is sent once more; ``released``: it leaves quarantine.
    """

    said: Reported
    content: Content
    came_us: int
    again: bool
    released: bool


@dataclass(slots=True)
class Revision:
    """A revision; ``parts`` counts the words of this batch that are in it, 0 where it is stored already."""

    number: int
    content: Content
    came_us: int
    mn: str
    said: Reported | None = None
    maker_flag: str | None = None
    sample_us: int | None = None
    parts: int = 0


@dataclass(slots=True)
class Record:
    """The revisions of one period in order, and how many words brought nothing new."""

    revisions: list[Revision] = field(default_factory=list)
    known: int = 0

    def hear(self, word: Word) -> None:
        """Take a word in.

        A released word that came before the newest one only fills what that does not say. One that comes again and was said
        before is no correction of what followed. Parts that come together are one revision.
        """
        if not self.revisions:
            self._add(word, word.content, 1)
            return
        last = self.revisions[-1]
        late = word.released and word.came_us < last.came_us
        before = self.revisions if word.again or late else self.revisions[-1:]
        content = word.content.then(last.content) if late else last.content.then(word.content)
        if any(one.content.holds(word.content) for one in before) or content == last.content:
            self.known += 1
        elif last.parts and not late and last.mn == word.said.mn and last.content.beside(word.content):
            _join(last, word, content)
        else:
            self._add(word, content, last.number + 1)

    def _add(self, word: Word, content: Content, number: int) -> None:
        last = self.revisions[-1] if self.revisions else None
        said = word.said
        maker_flag = said.maker_flag if last is None or said.maker_flag is not None else last.maker_flag
        sample_us = said.sample_us if last is None or said.sample_us is not None else last.sample_us
        came_us = word.came_us if last is None else max(word.came_us, last.came_us)
        self.revisions.append(Revision(number, content, came_us, said.mn, said, maker_flag, sample_us, 1))


def _join(last: Revision, word: Word, content: Content) -> None:
    last.content, last.parts = content, last.parts + 1
    last.maker_flag = word.said.maker_flag if last.maker_flag is None else last.maker_flag
    last.sample_us = word.said.sample_us if last.sample_us is None else last.sample_us


def told(records: dict[Key, Record], words: Sequence[tuple[Key, Word]]) -> None:
    """Take words in, in the order of their coming, into the records that they belong to."""
    for key, word in words:
        records.setdefault(key, Record()).hear(word)
