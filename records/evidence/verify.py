"""校验证据包 / check a pack of evidence: ``python3 verify.py``. Needs Python 3.9 or newer, no network and nothing else.

First the hash of every file, this program's other parts among them; then what these parts, in the folder ``verifying`` of
the pack, find. Prints OK or what differs; exit code 0 or 1.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path


def main(folder: Path) -> int:
    """Check the pack in a folder; return the exit code."""
    notes: list[str] = []
    try:
        wrong = list(hashes(folder))
        if not wrong:
            wrong = contents(folder, notes)
    except Exception as error:  # noqa: BLE001 - whatever was done to the files, the answer is a sentence
        wrong = [f"the pack cannot be read: {type(error).__name__}: {error}"]
    for line in notes:
        sys.stdout.write(f"说明 NOTE  {line}\n")
    for line in wrong:
        sys.stdout.write(f"不符 DIFFERS  {line}\n")
    sys.stdout.write(f"校验不通过 {len(wrong)} DIFFERENCES\n" if wrong else "校验通过 OK\n")
    return 1 if wrong else 0


def hashes(folder: Path) -> Iterator[str]:
    """Every file is the one in the manifest, and the manifest is the one that was sealed."""
    raw = (folder / "manifest.json").read_bytes()
    sealed = hashlib.sha256(raw).hexdigest() + "  manifest.json\n"
    if (folder / "manifest.sha256").read_bytes() != sealed.encode():
        yield "manifest.json is not the one of manifest.sha256"
        return
    listed = json.loads(raw)["files"]
    present = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    for name in sorted(set(listed) | present - {"manifest.json", "manifest.sha256"}):
        if name not in listed:
            yield f"{name} does not belong to the pack"
        elif name not in present:
            yield f"{name} is missing"
        elif hashlib.sha256((folder / name).read_bytes()).hexdigest() != listed[name]:
            yield f"{name} was changed"


def contents(folder: Path, notes: list[str]) -> list[str]:
    """Return what the parts of the program that lie in the pack find; what could not be checked is noted."""
    sys.path.insert(0, str(folder))
    try:
        return list(importlib.import_module("verifying").differences(folder, notes))
    finally:
        sys.path.remove(str(folder))


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent))
