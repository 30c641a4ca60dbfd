"""Units are in the name, or in the registry; never in the head."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PHYSICAL = {
    "speed",
    "height",
    "distance",
    "flow",
    "timeout",
    "delay",
    "duration",
    "interval",
    "age",
    "bearing",
    "temperature",
    "pressure",
    "period",
}


def names_a_period(annotation: ast.expr | None) -> bool:
    """The period of a record is a word (hour, day ...) or a span with two ends: neither is a length of time."""
    return annotation is not None and ast.unparse(annotation).split(" |", maxsplit=1)[0] in {
        "str",
        "Period",
        "Span",
    }


def test_a_physical_parameter_names_its_unit():
    bare = []
    for package in ("smartpark", "ingest", "alerts", "records", "modules", "simulators"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef):
                    given = (*node.args.args, *node.args.kwonlyargs, *node.args.posonlyargs)
                    names = [a.arg for a in given if not (a.arg == "period" and names_a_period(a.annotation))]
                    bare += [f"{path.relative_to(ROOT)}:{node.lineno} {n}" for n in names if n in PHYSICAL]
    assert bare == []
