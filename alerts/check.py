"""Everything that is wrong with rulebooks, limits and their tests, said at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from alerts import coverage
from alerts.limit_list import FILE, ListedLimit, limits_in
from alerts.rulebook import SHIPPED, RulebookError, Written, rules_in
from smartpark.catalogue import reader
from smartpark.catalogue.problems import CatalogueError, Problems
from smartpark.quantities import registry


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found: a line for each problem, and one sentence."""

    lines: tuple[str, ...]
    summary: str
    passed: bool


def shipped(folders: Iterable[Path]) -> tuple[list[Written], list[ListedLimit]]:
    """Read the rules and limits of folders; a folder may hold either or neither.

    Raises:
        RulebookError: something is wrong; the message lists everything.

    """
    problems = Problems()
    found = _read(folders, problems)
    if problems.found:
        raise RulebookError(problems)
    return found


def check(folders: Sequence[Path]) -> Verdict:
    """Read the rules and limits of folders and run every test."""
    from alerts import trial

    problems = Problems()
    rules, limits = _read(folders, problems)
    cases = 0
    for written in rules:
        if not written.test_path.exists():
            what = f"rule {written.rule.code} has no test"
            instead = f"write {written.test_path.name} beside it: a series and the events it ought to raise"
            problems.add(str(written.document.path), 1, what, instead)
            continue
        cases += trial.run(written, limits, problems)
    _cover(folders, rules, limits, problems)
    lines = tuple(str(problem) for problem in sorted(set(problems.found)))
    verdict = f"{len(lines)} problems" if lines else "nothing wrong"
    return Verdict(lines, f"{len(rules)} rules, {len(limits)} limits, {cases} cases: {verdict}", not lines)


def _cover(
    folders: Iterable[Path], rules: Iterable[Written], limits: Iterable[ListedLimit], problems: Problems
) -> None:
    """Note every limit of hour or day at an emission outlet that nothing judges; the shipped rules are always there."""
    known = {one.rule.code: one.rule for one in [*_rules(SHIPPED, Problems()), *rules]}
    for limit, (kind, outlet) in coverage.unjudged(limits, list(known.values()), _stations(folders)):
        what = f"limit {limit.code!r} of basis {limit.basis} is judged by no rule at {kind} {outlet or ''}".rstrip()
        problems.add(FILE, 1, what, "widen applies of a rule of this basis, or write one")


def _stations(folders: Iterable[Path]) -> dict[str, coverage.Outlet]:
    """Return kind and outlet kind of the stations of the parks in folders; what is wrong with a park is said elsewhere."""
    found: dict[str, coverage.Outlet] = {}
    for folder in folders:
        if (folder / "park.yaml").exists():
            try:
                stations = reader.read(folder).stations
            except CatalogueError:
                continue
            found |= {one.code: (one.kind, one.outlet_kind) for one in stations}
    return found


def _read(folders: Iterable[Path], problems: Problems) -> tuple[list[Written], list[ListedLimit]]:
    quantities = registry()
    rules: list[Written] = []
    limits: list[ListedLimit] = []
    for folder in folders:
        if not folder.is_dir():
            problems.add(str(folder), 1, "the folder is missing", "name a folder with rulebooks or limits")
            continue
        if (folder / FILE).exists():
            limits += limits_in(folder / FILE, quantities, problems)
        rules += _rules(folder, problems)
    codes = [limit.code for limit in limits]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        problems.add(FILE, 1, f"limit {code!r} stands in two lists", "give each limit its own code")
    return rules, limits


def _rules(folder: Path, problems: Problems) -> list[Written]:
    # A park's catalogue is a folder of YAML too; its rules, if any, stand in rulebooks/ below it.
    own = folder / "rulebooks" if (folder / "rulebooks").is_dir() else folder
    catalogue = (folder / "park.yaml").exists()
    return [] if catalogue and own is folder else rules_in(own, registry(), problems)


__all__ = ["RulebookError", "Verdict", "check", "shipped"]
