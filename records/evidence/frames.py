"""A raw HJ 212 frame as evidence: the check that it carries and the one that is right, and what it says of a quantity; pure."""

import hashlib
from collections.abc import Sequence
from typing import Any, Literal

from smartpark.hj212.checksum import checksum
from smartpark.hj212.frame import Frame, FrameError, decode
from smartpark.hj212.mask import without_passwords

Verdict = Literal["ok", "bad", "encrypted"]


def opened(raw: bytes, codes: Sequence[str], *, exact: bool) -> dict[str, Any]:
    """Return what a frame shows: digest, both checks, verdict, and the fields of a quantity by any of its codes.

    ``bytes`` are those to hand out: as they came, or with the password hidden where the reader may not see it.
    """
    digits = 4 if raw[2:6].isdigit() else 3
    segment, said = raw[2 + digits : -4], raw[-4:].decode("ascii", "replace")
    right = f"{checksum(segment):04X}"
    verdict: Verdict = "ok" if said.upper() == right else "bad"
    values: dict[str, str] = {}
    try:
        values = _said(decode(raw), codes)
    except FrameError as error:
        if error.ciphered:
            verdict = "encrypted"
    shown = raw if exact else without_passwords(raw)
    return {
        "size": len(raw),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "crc_said": said,
        "crc_computed": right,
        "crc": verdict,
        "values": values,
        "masked": shown != raw,
        "bytes": shown,
    }


def _said(frame: Frame, codes: Sequence[str]) -> dict[str, str]:
    for code in codes:
        places = frame.shape.factors.get(code)
        if places:
            return {suffix: frame.values[at] for suffix, at in places.items()}
    return {}
