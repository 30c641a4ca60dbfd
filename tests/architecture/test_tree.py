"""The architecture is readable from the tree, and the tree is held to it."""

import ast
import re
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("smartpark", "ingest", "alerts", "records", "modules", "api", "simulators")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
VAGUE = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "core",
    "misc",
    "base",
    "manager",
    "models",
    "services",
    "types",
    "constants",
}
OURS = {"services"}  # the seventh module, 综合服务
LONGEST = 320  # lines a file; two ideas begin about here

# One module per outside library; a package that owns several adapters is named as such.
OUTSIDE = {
    "paho": {"smartpark/mqtt.py", "smartpark/mqtt_client.py"},
    "apscheduler": {"ingest/schedule.py", "alerts/schedule.py"},
    "xlsxwriter": {"api/workbook.py", "records/reports/workbook.py"},
    "docx": {"records/reports/word.py"},
    "openpyxl": {"records/imports/workbook.py"},
    "jwt": {"api/tokens.py"},
    "pwdlib": {"api/passwords.py"},
    "structlog": {"smartpark/log.py"},
}
CLOCK = "smartpark/clock.py"


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module)
    return found


def test_no_file_or_folder_has_a_vague_name():
    named = {
        relative(p) for p in SOURCES if p.stem in VAGUE or VAGUE & set(p.relative_to(ROOT).parts[:-1]) - OURS
    }
    assert named == set()


def test_every_file_is_one_idea_long():
    files = [
        *SOURCES,
        *(ROOT / "dashboards" / "src").rglob("*.vue"),
        *(ROOT / "dashboards" / "src").rglob("*.ts"),
    ]
    generated = {"dashboards/src/api/schema.d.ts"}
    long = {
        relative(path): lines
        for path in files
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
        and relative(path) not in generated
    }
    assert long == {}


@pytest.mark.parametrize("library", OUTSIDE)
def test_one_module_touches_each_outside_library(library):
    users = {relative(p) for p in SOURCES if any(name.split(".")[0] == library for name in imports(p))}
    assert users <= OUTSIDE[library]


def test_only_the_clock_reads_the_clock():
    calls = re.compile(
        r"\b(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|monotonic|sleep|perf_counter))\("
    )
    readers = {relative(p) for p in SOURCES if calls.search(p.read_text(encoding="utf-8"))}
    assert readers <= {CLOCK}


def test_only_the_settings_read_the_environment():
    reads = re.compile(r"os\.(environ|getenv)")
    readers = {relative(p) for p in SOURCES if reads.search(p.read_text(encoding="utf-8"))}
    starter = {name for name in readers if name.startswith("smartpark/embedded/")}  # hands the environment on
    assert readers - starter <= {"smartpark/settings.py", "smartpark/processes.py"}


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_starts_nothing_and_reads_no_environment(package):
    code = (
        "import os, socket, sys, threading\n"
        "class Guard(dict):\n"
        "    pass\n"
        "def deny(*a, **k): raise SystemExit('a socket was opened at import')\n"
        "socket.socket.connect = deny\n"
        "seen = []\n"
        "original = os.environ.get\n"
        "import importlib, pkgutil\n"
        f"package = importlib.import_module({package!r})\n"
        "for info in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "    if not info.name.endswith('__main__'):\n"
        "        importlib.import_module(info.name)\n"
        "assert threading.active_count() == 1, threading.enumerate()\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "SMARTPARK_NO_SUCH_NAME": "would stop anything that reads the settings",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_tests_mirror_the_packages():
    folders = {p.name for p in (ROOT / "tests").iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert folders <= {*PACKAGES, "architecture", "stories", "faults", "golden", "dashboards"}


def test_no_installed_distribution_owns_our_names():
    ours = set(PACKAGES) | {"tests"}
    owners = {
        f"{dist.metadata['Name']}: {file}"
        for dist in distributions()
        for file in dist.files or []
        if file.parts[0] in ours and file.suffix == ".py"
    }
    assert owners == set()


def test_tests_are_sentences():
    short = [
        f"{relative(path)}:{node.name}"
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and node.name.count("_") < 3
    ]
    assert short == []


def test_no_test_sleeps():
    sleepers = {
        relative(path)
        for path in (ROOT / "tests").rglob("*.py")
        if re.search(r"\btime\.sleep\(", path.read_text(encoding="utf-8"))
    }
    assert sleepers == set()


def test_nothing_names_this_workplace():
    words = re.compile(r"\.\./shared/(?!data)|/work/(main|shared|\.library)|helper-\d")
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    named = []
    for name in filter(None, tracked):
        path = ROOT / name
        if path.suffix in {".png", ".jpg", ".woff2"} or not path.is_file() or path == Path(__file__):
            continue
        if words.search(path.read_text(encoding="utf-8", errors="ignore")):
            named.append(name)
    assert named == []
