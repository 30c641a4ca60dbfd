"""Whatever bytes come: ``python -m tests.smartpark.hj212.fuzz --seconds 600`` breaks frames and looks what comes of them.

Only FrameError may come out of opening a piece, every item of a frame is kept or refused, what waits stays bounded,
memory does not grow, and a sound frame behind a line's end is found whatever came before it.
"""

import argparse
import json
import random
import resource
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from zoneinfo import ZoneInfo

from ingest.batch import Heard, Origin
from ingest.decode import Decoder
from ingest.directory import Logger
from smartpark import clock
from smartpark.hj212.checksum import checksum
from smartpark.hj212.content import joined
from smartpark.hj212.encode import VERSION_BITS, Sender, answer, encode
from smartpark.hj212.frame import Frame, FrameError, decode
from smartpark.hj212.framing import Splitter
from smartpark.hj212.times import Memory, TimeFormError
from tests.ingest.frames import MN, NOW_US, balance, decoder

BOUND = 10_100  # bytes that may wait
GROWTH_MB = 120  # what the bounded caches may take after the first tenth of a run
KEY = bytes(range(16))
LAST = encode(Sender("LAST", "91"), "9014", "", flag=4, qn="20260801085857999")
TOKENS = (
    *(
        b"##",
        b"&&",
        b"\r\n",
        b";",
        b",",
        b"=",
        b"//",
        b"CP=&&",
        b"Flag=",
        b"QN=",
        b"MN=",
        b"PNO=",
        b"\0",
        b"#",
    ),
    *(
        b"DataTime=",
        b"-Rtd=",
        b"##0101",
        b"##9999",
        b"##",
        b"\xff",
        b"\xa1\xa1",
        "采样".encode(),
        b" ",
        b"\r",
        b"&",
    ),
    *(b"99999999999999999999", b"-", b"CN=2011;", b"\x1b", b"%", b"'", b'"', b"\\"),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to; ``executions`` counts pieces that were opened or refused."""

    seconds: float
    executions: int
    opened: int
    refused: dict[str, int]
    most_held_bytes: int
    peak_mb: float
    grown_mb: float


def run(seconds: float, seed: int) -> Outcome:
    """Break frames for so long; raises AssertionError, or whatever came out, where something is wrong."""
    dice = random.Random(seed)
    corpus = sound_frames(dice)
    seen: Counter[str] = Counter()
    most_held = 0
    began_s = clock.monotonic_s()
    warm_mb = 0.0
    while (spent_s := clock.monotonic_s() - began_s) < seconds:
        if not warm_mb and spent_s > seconds / 10:
            warm_mb = peak_mb()
        for _ in range(50):
            stream = b"".join(broken(dice, corpus) for _ in range(dice.randrange(1, 5)))
            most_held = max(most_held, one(dice, stream, seen))
    grown_mb = peak_mb() - warm_mb
    assert grown_mb < GROWTH_MB, f"memory grew by {grown_mb:.0f} MB"
    opened = seen.pop("opened")
    return Outcome(
        round(clock.monotonic_s() - began_s, 1),
        opened + seen.total(),
        opened,
        dict(seen),
        most_held,
        round(peak_mb(), 1),
        round(grown_mb, 1),
    )


def one(dice: random.Random, stream: bytes, seen: Counter[str]) -> int:
    """Take one stream in, cut somehow, and return how many bytes waited at most."""
    splitter = Splitter()
    held, at = 0, 0
    pieces: list[bytes] = []
    stream += b"\r\n" + LAST
    while at < len(stream):
        size = dice.choice((1, 3, 17, 200, 1460, 65_536))
        pieces += splitter.feed(stream[at : at + size])
        held = max(held, splitter.held)
        at += size
    pieces += splitter.finish()
    assert held <= BOUND, f"{held} bytes waited"
    assert splitter.held == 0
    assert LAST.rstrip() in pieces, stream
    for piece in pieces:
        seen[opened(piece, dice.choice((None, key_of)))] += 1
    return held


def opened(piece: bytes, key: Callable[[str], bytes | None] | None) -> str:
    """Open one piece and use what is in it; return how it ended."""
    frame = attempt(piece, key)
    if isinstance(frame, FrameError):
        assert (str(frame) + frame.mn).isprintable(), piece
        return frame.reason
    assert len(frame.values) == len(frame.shape.names), piece
    assert decode(frame.raw, key) == frame, piece
    said = joined(frame.shape, frame.values)
    assert set(said) == set(frame.shape.names)
    assert (frame.head.mn + frame.head.st + frame.head.cn + frame.qn).isprintable()
    assert not any("\0" in text for text in (*said, *said.values(), *frame.key[:3])), piece
    reply(frame)
    taken(frame)
    return "opened"


def taken(frame: Frame) -> None:
    """Take a frame into a batch, as of an admitted logger; every item of it is kept or refused."""
    batch = DECODER.batch()
    DECODER.add(batch, Origin("smartpark/t1/hj212/fuzz", frame.raw, NOW_US, Heard(frame, "")))
    assert not any("could not be decoded" in refusal.detail for refusal in batch.refusals), batch.refusals
    received, became = balance(batch)
    assert received == became, frame.raw


def attempt(piece: bytes, key: Callable[[str], bytes | None] | None) -> Frame | FrameError:
    """A frame, or why it is none; anything else comes out of the run."""
    try:
        return decode(piece, key)
    except FrameError as error:
        return error


def reply(frame: Frame) -> None:
    """Answer a frame, and open the answer; read its time."""
    back = decode(answer(frame, "9014"))
    assert (back.head.mn, back.qn) == (frame.head.mn, frame.qn)
    with suppress(TimeFormError):
        TIMES.parse(frame.field("DataTime") or "")


class Everybody(dict[str, Logger]):
    """Every MN is admitted."""

    def get(self, _mn: str, _default: object = None) -> Logger:  # type: ignore[override]
        return self[MN]


DIRECTORY = decoder().directory
DECODER = Decoder(replace(DIRECTORY, loggers=Everybody(DIRECTORY.loggers)), "gateway")
TIMES = Memory(ZoneInfo("Asia/Shanghai"))


def key_of(mn: str) -> bytes | None:
    """A key for every other logger."""
    return KEY if mn.endswith(("0", "2", "4", "6", "8", "A", "C", "E")) else None


def sound_frames(dice: random.Random) -> list[bytes]:
    """Frames of every edition, whole and split, in clear and encrypted, as devices send them."""
    found = []
    for n in range(200):
        factors = [
            f"{dice.choice('aw')}{dice.randrange(99999):05d}-{dice.choice(('Rtd', 'Avg', 'ZsRtd', 'Flag', 'Info'))}"
            f"={dice.choice(('N', '1.5', '-3e9', '//采样; a=b//', '', '20260801085857'))}"
            for _ in range(dice.randrange(0, 40))
        ]
        cp = "DataTime=20260801085857" + "".join(dice.choice(";,") + one for one in factors)
        mn = dice.choice((f"{n:024X}", "LD130133000015", f"设备{n}"))
        bits = dice.choice((None, *VERSION_BITS.values()))
        flag = None if bits is None else bits | dice.randrange(4)
        part = (3, dice.randrange(1, 4)) if flag is not None and flag & 2 else None
        sender = Sender(mn, dice.choice(("31", "22", "91")), key=key_of(mn))
        qn = dice.choice((None, f"20260801085857{n:03d}"))
        cn = dice.choice(("2011", "2051", "2061", "2031", "3020", "9011"))
        found.append(encode(sender, cn, cp, flag=flag, qn=qn, part=part, resent=dice.random() < 0.2))
    return found


def broken(dice: random.Random, corpus: list[bytes]) -> bytes:
    """A frame with some things done to it; often the length and the check are put right again afterwards."""
    raw = dice.choice(corpus)
    for _ in range(dice.choice((0, 1, 1, 2, 4, 12))):
        raw = dice.choice(DEEDS)(dice, raw, corpus)
    if dice.random() < 0.6:
        raw = mended(raw)
    return raw + dice.choice((b"\r\n", b"\r\n", b"", b"\n", b"\r", b"\r\n\r\n"))


def mended(raw: bytes) -> bytes:
    """The same with the right length and check, so that what is behind them is reached."""
    segment = raw.rstrip(b"\r\n")[6:-4][:9999]
    return b"##%04d%b%04X" % (len(segment), segment, checksum(segment))


def _flipped(dice: random.Random, raw: bytes, _corpus: list[bytes]) -> bytes:
    at = dice.randrange(len(raw) + 1)
    return raw[:at] + bytes([dice.randrange(256)]) + raw[at + 1 :]


def _inserted(dice: random.Random, raw: bytes, _corpus: list[bytes]) -> bytes:
    at = dice.randrange(len(raw) + 1)
    return raw[:at] + dice.choice(TOKENS) * dice.choice((1, 1, 2, 30)) + raw[at:]


def _cut_out(dice: random.Random, raw: bytes, _corpus: list[bytes]) -> bytes:
    at = dice.randrange(len(raw) + 1)
    return raw[:at] + raw[at + dice.choice((1, 2, 10, 200)) :]


def _spliced(dice: random.Random, raw: bytes, corpus: list[bytes]) -> bytes:
    other = dice.choice(corpus)
    return raw[: dice.randrange(len(raw) + 1)] + other[dice.randrange(len(other)) :]


def _repeated(dice: random.Random, raw: bytes, _corpus: list[bytes]) -> bytes:
    at = dice.randrange(len(raw) + 1)
    size = dice.choice((1, 20, 100))
    return raw[:at] + raw[at : at + size] * dice.choice((2, 3, 50)) + raw[at + size :]


def _lied(dice: random.Random, raw: bytes, _corpus: list[bytes]) -> bytes:
    return b"##%04d" % dice.choice((0, 1, 50, 999, 9999, dice.randrange(10_000))) + raw[6:]


def _noise(dice: random.Random, raw: bytes, _corpus: list[bytes]) -> bytes:
    return dice.choice((raw, b"")) + dice.randbytes(dice.choice((1, 16, 300, 20_000)))


DEEDS = (_flipped, _flipped, _inserted, _inserted, _cut_out, _spliced, _repeated, _lied, _noise)


def peak_mb() -> float:
    """The most memory that this process has held [MB]."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long [s]")
    parser.add_argument("--seed", type=int, default=1, help="another one breaks other frames")
    args = parser.parse_args()
    print(json.dumps(asdict(run(args.seconds, args.seed))))


if __name__ == "__main__":
    main()
