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


def test_a_physical_parameter_names_its_unit():
    bare = []
    for package in ("smartpark", "ingest", "alerts", "records", "modules", "simulators"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef):
                    names = [a.arg for a in (*node.args.args, *node.args.kwonlyargs, *node.args.posonlyargs)]
                    bare += [f"{path.relative_to(ROOT)}:{node.lineno} {n}" for n in names if n in PHYSICAL]
    assert bare == []
