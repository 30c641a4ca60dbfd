"""Rulebooks as written: one YAML file a rule, its test file beside it; read with everything that is wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alerts import parameters
from alerts.rules import CLASSES, Rule, Selector
from smartpark.catalogue.problems import Problems, choose
from smartpark.places import FORMS, KINDS, OUTLET_KINDS
from smartpark.written import Document, WrittenError, read

SHIPPED = Path(__file__).with_name("rulebooks")
TEST_ENDING = ".test.yaml"

_KEYS = ("rule", "kind", "class", "name", "applies", "parameters", "source", "enabled")
_ASPECTS = ("kinds", "quantities", "forms", "outlet_kinds", "enterprises", "stations")


class RulebookError(ValueError):
    """The rulebooks cannot be used; the message lists every problem, one a line."""

    def __init__(self, problems: Problems) -> None:
        self.problems = tuple(sorted(set(problems.found)))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Written:
    """A rule and the file it stands in."""

    rule: Rule
    document: Document

    @property
    def test_path(self) -> Path:
        """Where its test file belongs."""
        return self.document.path.with_name(f"{self.rule.code}{TEST_ENDING}")


class Pen:
    """Notes problems of one file at the line they stand on."""

    def __init__(self, document: Document, problems: Problems) -> None:
        self.document = document
        self.problems = problems

    def wrong(self, way: Iterable[str | int], what: str, instead: str) -> None:
        """Note one problem."""
        file, line = self.document.where(*way).rsplit(":", 1)
        self.problems.add(file, int(line), what, instead)


def rules_in(folder: Path, quantities: Mapping[str, Any], problems: Problems) -> list[Written]:
    """Read every rule of a folder; what is wrong is noted in ``problems`` and left out."""
    paths = sorted(path for path in folder.glob("*.yaml") if not path.name.endswith(TEST_ENDING))
    found = []
    for path in paths:
        document = opened(path, problems)
        rule = _rule(Pen(document, problems), quantities) if document is not None else None
        if document is not None and rule is not None:
            found.append(Written(rule, document))
    _overlaps(found, problems)
    return found


def opened(path: Path, problems: Problems) -> Document | None:
    """Read one file; None when it is no YAML mapping, which is then noted."""
    try:
        document = read(path)
    except WrittenError as err:
        place, _, rest = str(err).partition(": ")
        file, line = place.rsplit(":", 1)
        what, _, instead = rest.partition("; ")
        problems.add(file, int(line), what, instead)
        return None
    if not isinstance(document.content, dict):
        problems.add(str(path), 1, "the file is no mapping", f"write the keys: {', '.join(_KEYS)}")
        return None
    return document


def _rule(pen: Pen, quantities: Mapping[str, Any]) -> Rule | None:
    before = len(pen.problems.found)
    content = pen.document.content
    for key in content:
        if key not in _KEYS:
            pen.wrong((key,), f"key {key!r} is not known", choose(str(key), _KEYS, "remove it"))
    for key in _KEYS[:-1]:
        if content.get(key) in (None, ""):
            pen.wrong((key,), f"{key} is missing", _EXAMPLES[key])
    if len(pen.problems.found) > before:
        return None
    code, kind = content["rule"], content["kind"]
    if code != pen.document.path.stem:
        pen.wrong(
            ("rule",), f"rule {code!r} stands in {pen.document.path.name}", f"name the file {code}.yaml"
        )
    if content["class"] not in CLASSES:
        pen.wrong(
            ("class",), f"class {content['class']!r} is not known", f"write one of: {', '.join(CLASSES)}"
        )
    name = content["name"]
    if not isinstance(name, dict) or set(name) != {"zh", "en"}:
        pen.wrong(("name",), f"name {name!r} does not say both languages", _EXAMPLES["name"])
    if kind not in parameters.KINDS:
        pen.wrong(("kind",), f"kind {kind!r} is not known", choose(str(kind), parameters.KINDS, ""))
    elif not isinstance(content["parameters"], dict):
        pen.wrong(("parameters",), "parameters is no mapping", _EXAMPLES["parameters"])
    else:
        for way, what, instead in parameters.refused(kind, content["parameters"]):
            pen.wrong(("parameters", *way), what, instead)
    _selector(pen, content["applies"], quantities)
    if len(pen.problems.found) > before:
        return None
    return Rule(
        code,
        0,
        kind,
        content["class"],
        name["zh"],
        name["en"],
        Selector.of(content["applies"]),
        content["parameters"],
        bool(content.get("enabled", True)),
        str(content["source"]),
    )


_EXAMPLES = {
    "rule": "write rule: gas_toxic",
    "kind": f"write kind: one of {', '.join(parameters.KINDS)}",
    "class": f"write class: one of {', '.join(CLASSES)}",
    "name": "write name: {zh: 有毒气体浓度, en: Toxic gas}",
    "applies": "write applies: {kinds: [gas]}, or {} for everywhere",
    "parameters": "write parameters: and below it what the kind needs",
    "source": "write source: the standard and clause, or 'product default' and why",
}


def _selector(pen: Pen, applies: Any, quantities: Mapping[str, Any]) -> None:
    if not isinstance(applies, dict):
        pen.wrong(("applies",), "applies is no mapping", _EXAMPLES["applies"])
        return
    outlets = sorted(set().union(*OUTLET_KINDS.values()))
    known: dict[str, Iterable[str] | None] = {
        "kinds": KINDS,
        "quantities": quantities,
        "forms": FORMS,
        "outlet_kinds": outlets,
        "enterprises": None,
        "stations": None,
    }
    for aspect, values in applies.items():
        if aspect not in known:
            pen.wrong(("applies", aspect), f"{aspect!r} is not known", choose(str(aspect), _ASPECTS, ""))
            continue
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            pen.wrong(("applies", aspect), f"{aspect} is no list of texts", f"write {aspect}: [one, other]")
            continue
        words = known[aspect]
        for position, value in enumerate(values):
            if words is not None and value not in words:
                noun = {"quantities": "quantity", "kinds": "station kind"}.get(aspect, aspect[:-1])
                advice = choose(value, words, "see smartpark/quantities.csv")
                pen.wrong(("applies", aspect, position), f"{noun} {value!r} is not known", advice)


def _overlaps(found: list[Written], problems: Problems) -> None:
    """Two rules of one kind that judge one sensor alike would raise everything twice."""
    for position, one in enumerate(found):
        for other in found[:position]:
            if _alike(one.rule, other.rule) and one.rule.applies.overlaps(other.rule.applies):
                what = f"rule {one.rule.code} and rule {other.rule.code} judge the same sensors"
                Pen(one.document, problems).wrong(("applies",), what, "narrow one of the two in applies")


def _alike(one: Rule, other: Rule) -> bool:
    if one.kind != other.kind or not (one.enabled and other.enabled):
        return False
    mine, theirs = one.parameters, other.parameters
    match one.kind:
        case "limit":
            return mine["basis"] == theirs["basis"] and bool(
                set(mine["limit_kinds"]) & set(theirs["limit_kinds"])
                and set(mine["stages"]) & set(theirs["stages"])
            )
        case "state":
            return bool(mine["violates"] == theirs["violates"])
        case "platform":
            return bool(mine["finding"] == theirs["finding"])
        case _:
            return True
