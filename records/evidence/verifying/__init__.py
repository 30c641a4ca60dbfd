"""What ``verify.py`` of a pack checks once every hash is right.

Every frame by its check (HJ 212-2017 appendix A) and the readings against the frames, minutes out of readings, the hour out
of minutes and inputs, its revisions, and the links of the chain with the marks and corrections that it speaks of. The
standard library of Python 3.9 alone; this folder lies in the pack as it stands here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from .chain import chain
from .frames import frames
from .hour import record
from .minutes import minutes
from .revisions import revisions


def differences(folder: Path, notes: list[str]) -> Iterator[str]:
    """Yield a sentence for everything in the pack that does not fit together; ``notes``: what could not be checked."""
    hour = json.loads((folder / "hour.json").read_text(encoding="utf-8"))
    yield from frames(folder, hour)
    yield from minutes(folder)
    yield from record(folder, hour, notes)
    yield from revisions(folder, hour)
    yield from chain(folder)
