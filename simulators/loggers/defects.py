"""What is odd or broken about frames: each name has a rate, and a seeded generator says whom it strikes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from simulators.chance import generator
from simulators.faults import FaultError
from smartpark.hj212.checksum import checksum, modbus

WORDS: Mapping[str, str] = {
    "split": "share of messages cut into packets, each with a QN of its own",
    "wrong_crc": "share of frames whose check is wrong",
    "modbus_crc": "share of frames under CRC-16/MODBUS",
    "lower_case_crc": "share of frames whose check is in small letters",
    "three_digit_length": "share of frames whose length has three digits",
    "long_time": "share of frames whose DataTime has milliseconds",
    "no_qn": "share of frames without QN",
    "no_flag": "share of frames without Flag; nobody answers them",
    "trailing_semicolon": "share of frames with a semicolon before the last &&",
    "gb18030": "share of frames with a Chinese text that are in GB 18030",
    "half_frames": "share of frames that break off in the middle",
    "slow_loris": "share of frames that come byte by byte",
    "torn": "share of frames that come in many pieces",
    "glued": "share of frames that wait for the next and come with it in one piece",
}
_LORIS_S, _TORN_S = 0.005, 0.01
_PIECES = 12
_INSTANT = re.compile(r"\b(DataTime=\d{14})(?=[;,]|$)")
_HEAD, _CHECK = 6, 4  # ## and four digits; four digits of check

Struck = frozenset[str]
CLEAN: Struck = frozenset()


class Segment(NamedTuple):
    """Bytes that leave together, and how long the line rests after them [s]."""

    data: bytes
    rest_s: float


@dataclass(slots=True)
class Defects:
    """The rate of each defect of one logger, 0-1; what is not named does not happen."""

    rates: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0
    name: str = ""
    _chance: np.random.Generator = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._chance = generator(self.seed, f"defects/{self.name}")

    def strike(self) -> Struck:
        """Return what is wrong with the next frame."""
        if not self.rates:
            return CLEAN
        return frozenset(name for name, rate in self.rates.items() if self._chance.random() < rate)


def parse(text: str) -> dict[str, float]:
    """Read ``wrong_crc:0.01,torn:0.1``; a rate that is not said is 1.

    Raises:
        FaultError: an unknown name or a rate outside 0-1.

    """
    rates = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        name, _, number = item.partition(":")
        if name not in WORDS:
            raise FaultError(f"no defect of a logger is called {name!r}; write one of {', '.join(WORDS)}")
        try:
            rates[name] = float(number or "1")
        except ValueError:
            rates[name] = -1.0
        if not 0 <= rates[name] <= 1:
            raise FaultError(f"{item!r}: write a rate between 0 and 1, like {name}:0.01")
    return rates


def worded(cp: str, struck: Struck) -> str:
    """Return a CP as a struck logger words it."""
    if "long_time" in struck:
        cp = _INSTANT.sub(r"\g<1>000", cp)
    return f"{cp};" if "trailing_semicolon" in struck else cp


def spoilt(frame: bytes, struck: Struck, *, encrypted: bool = False) -> bytes:
    """Return a sound frame, with its line's end, as a struck logger writes it."""
    end = len(frame.rstrip(b"\r\n"))
    head, segment, check = frame[:_HEAD], frame[_HEAD : end - _CHECK], frame[end - _CHECK : end]
    if "gb18030" in struck and not encrypted and not segment.isascii():
        segment = segment.decode().encode("gb18030")
        head, check = b"##%04d" % len(segment), b"%04X" % checksum(segment)
    if "modbus_crc" in struck:
        check = b"%04X" % modbus(segment)
    if "wrong_crc" in struck:
        check = b"%04X" % (int(check, 16) ^ 0x0100)
    if "lower_case_crc" in struck:
        check = check.lower()
    if "three_digit_length" in struck and len(segment) < 1000:
        head = b"##%03d" % len(segment)
    return head + segment + check + frame[end:]


def segments(frames: Sequence[tuple[bytes, Struck]]) -> list[Segment]:
    """Return how frames that are ready together go onto the line."""
    found: list[Segment] = []
    held = b""
    for frame, struck in frames:
        if "half_frames" in struck:
            found.append(Segment(held + frame[: len(frame) // 2], 0.0))
        elif "slow_loris" in struck:
            found += [Segment(piece, _LORIS_S) for piece in _cut(held + frame, 1)]
        elif "torn" in struck:
            whole = held + frame
            found += [Segment(piece, _TORN_S) for piece in _cut(whole, max(1, len(whole) // _PIECES))]
        elif "glued" in struck:
            held += frame
            continue
        else:
            found.append(Segment(held + frame, 0.0))
        held = b""
    return [*found, Segment(held, 0.0)] if held else found


def _cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]
