"""One row of a table or one mapping of a YAML file: asks for typed values and notes what does not fit."""

import json
import math
import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime
from typing import Any

from smartpark.catalogue.problems import Problems, choose
from smartpark.places import CODE, Person

# Mainland numbers: area code and subscriber, mobile, or 400/800 service numbers; an extension may follow.
_PHONE = re.compile(
    r"(\+86[ -]?)?(0\d{2,3}-?\d{7,8}|1\d{2}-?\d{4}-?\d{4}|[48]00-?\d{3}-?\d{4}|11\d|12\d)(-\d{1,5})?"
)
_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class Fields:
    """Named values with the place they stand at; a value that does not fit is noted and read as absent."""

    def __init__(
        self, problems: Problems, file: str, values: Mapping[str, Any], line_of: Callable[..., int]
    ) -> None:
        self.problems = problems
        self.file = file
        self.line_of = line_of
        self._values = values

    def line(self, name: str = "") -> int:
        """Return the line of a value, or of the whole row."""
        return self.line_of(name)

    def raw(self, name: str) -> Any:
        """Return what was written, None when nothing was."""
        value = self._values.get(name)
        return None if isinstance(value, str) and not value.strip() else value

    def wrong(self, name: str, what: str, instead: str) -> None:
        """Note a problem with one value."""
        self.problems.add(self.file, self.line(name), what, instead)

    def text(self, name: str, *, example: str = "") -> str:
        """Return a text that must be there."""
        value = self.maybe_text(name)
        if value is None:
            self.wrong(
                name, f"{name} is missing", f"write {name}" + (f", for example {example}" if example else "")
            )
        return value or ""

    def maybe_text(self, name: str) -> str | None:
        """Return a text, or None."""
        value = self.raw(name)
        if value is None:
            return None
        if isinstance(value, list | dict):
            self.wrong(name, f"{name} is a list or a mapping", "write one text")
            return None
        return str(value).strip()

    def code(self, name: str = "code") -> str:
        """Return a code: letters, digits, '-' and '_', at most 40."""
        value = self.text(name, example="gas-hy-017")
        if value and not CODE.fullmatch(value):
            self.wrong(
                name,
                f"{name} {value!r} has characters that a topic cannot carry",
                "use letters, digits, - and _, beginning with a letter or digit, at most 40",
            )
        return value

    def choice(self, name: str, known: Collection[str], *, what: str | None = None) -> str:
        """Return one of a closed set."""
        value = self.text(name, example=min(known))
        if value and value not in known:
            self.wrong(
                name, f"{what or name} {value!r} is not known", choose(value, known, "see docs/catalogue.md")
            )
        return value

    def maybe_choice(self, name: str, known: Collection[str], *, what: str | None = None) -> str | None:
        """Return one of a closed set, or None."""
        return None if self.raw(name) is None else self.choice(name, known, what=what)

    def number(self, name: str) -> float | None:
        """Return a finite number, or None."""
        value = self.raw(name)
        if value is None or isinstance(value, bool):
            return None
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number):
            self.wrong(name, f"{name} {value!r} is not a number", "write a plain number such as 12.5")
            return None
        return number

    def positive(self, name: str, *, example: int) -> int:
        """Return a whole number above 0; ``example`` stands in when it does not fit."""
        value = self.number(name)
        if value is None:
            if self.raw(name) is None:
                self.wrong(name, f"{name} is missing", f"write a whole number above 0, for example {example}")
            return example
        if value <= 0 or value != int(value):
            self.wrong(
                name, f"{name} {value:g} is not a whole number above 0", f"write for example {example}"
            )
            return example
        return int(value)

    def yes(self, name: str, *, default: bool) -> bool:
        """Return a yes or no."""
        value = self.raw(name)
        if value is None:
            return default
        answer = _YES.get(str(value).strip().lower())
        if answer is None:
            self.wrong(name, f"{name} {value!r} is neither yes nor no", "write yes or no")
        return default if answer is None else answer

    def instant(self, name: str) -> datetime | None:
        """Return an aware instant, or None."""
        value = self.raw(name)
        if value is None:
            return None
        parsed: datetime | None = None
        if isinstance(value, datetime):
            parsed = value
        elif not isinstance(value, date):
            try:
                parsed = datetime.fromisoformat(str(value).strip())
            except ValueError:
                parsed = None
        if parsed is None or parsed.tzinfo is None:
            self.wrong(
                name, f"{name} {value!s} is not an instant with an offset", "write 2026-01-01T00:00:00+08:00"
            )
            return None
        return parsed.astimezone(UTC)

    def phone(self, name: str, *, needed: bool = False) -> str | None:
        """Return a phone number, or None."""
        value = self.text(name, example="138-0000-0101") or None if needed else self.maybe_text(name)
        if value is not None and not _PHONE.fullmatch(value):
            self.wrong(
                name,
                f"{name} {value!r} is not a phone number",
                "write for example 0473-5550101 or 138-0000-0101",
            )
        return value

    def people(self, name: str) -> tuple[Person, ...]:
        """Return ``duty name phone; duty name phone`` of a cell."""
        found = []
        for part in filter(str.strip, str(self.raw(name) or "").split(";")):
            words = part.split()
            if len(words) < 3 or not _PHONE.fullmatch(words[-1]):
                self.wrong(name, f"{name} has {part.strip()!r}", "write duty name phone; duty name phone")
                continue
            found.append(Person(duty=words[0], name=" ".join(words[1:-1]), phone=words[-1]))
        return tuple(found)

    def attributes(self, name: str) -> dict[str, Any]:
        """Return ``key=value; key=value`` or a JSON object of a cell, numbers as numbers."""
        value = self.raw(name)
        if value is None:
            return {}
        if str(value).lstrip().startswith("{"):
            return self._object(name, str(value))
        found: dict[str, Any] = {}
        for part in str(value).split(";"):
            key, equals, text = part.partition("=")
            if not part.strip():
                continue
            if not equals or not key.strip():
                self.wrong(name, f"{name} has {part.strip()!r}", "write key=value; key=value")
                continue
            found[key.strip()] = _number_or_text(text.strip())
        return found

    def _object(self, name: str, text: str) -> dict[str, Any]:
        try:
            found = json.loads(text)
        except json.JSONDecodeError as err:
            self.wrong(name, f"{name} is not valid JSON: {err.msg}", 'write {"key": "value"} or key=value')
            return {}
        return dict(found)


def _number_or_text(text: str) -> float | int | str:
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number):
        return text
    return int(number) if number == int(number) and "." not in text and "e" not in text.lower() else number
