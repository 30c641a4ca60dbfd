"""Values in and bytes out: frames of the three editions, split and encrypted where they have to be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from smartpark.hj212 import cipher
from smartpark.hj212.checksum import checksum
from smartpark.hj212.frame import Frame

LARGEST_CP = 950  # bytes, HJ 212-2017 table 2
VERSION_BITS = {2005: 0, 2017: 1 << 2, 2025: 2 << 2}
ANSWER, SPLIT = 1, 2  # bits of Flag
SYSTEM = "91"  # ST of what is said between the two ends


@dataclass(frozen=True, slots=True)
class Sender:
    """What every frame of one end says of it: device number, system code, password, and its SM4 key if it has one."""

    mn: str
    st: str
    pw: str = "123456"
    key: bytes | None = None


def encode(
    sender: Sender,
    cn: str,
    cp: str,
    *,
    flag: int | None = None,
    qn: str | None = None,
    part: tuple[int, int] | None = None,
    resent: bool = False,
) -> bytes:
    """Return one frame with CR LF.

    Args:
        sender: whose frame it is; with a key the region between ``&&`` and ``&&`` is encrypted.
        cn: command.
        cp: what stands between ``&&`` and ``&&``.
        flag: 0..255; None leaves it out, as loggers of 2005 do.
        qn: 17 digits; None leaves it out, as loggers of 2005 do.
        part: (PNUM, PNO) of a split message.
        resent: RF=1, only of the 2025 edition.

    """
    said = [f"QN={qn};" if qn is not None else "", f"ST={sender.st};CN={cn};PW={sender.pw};MN={sender.mn};"]
    if flag is not None:
        said.append(f"Flag={flag};")
    if part is not None:
        said.append(f"PNUM={part[0]};PNO={part[1]};")
    if resent:
        said.append("RF=1;")
    before = ("".join(said) + "CP=&&").encode()
    region = cp.encode()
    segment = before + region + b"&&"
    check = checksum(segment)  # of the plain segment, as the length
    if sender.key is not None:
        segment = before + cipher.encrypt(region, sender.key) + b"&&"
    return b"##%04d%b%04X\r\n" % (len(segment), segment, check)


def parts(items: Iterable[str], first: str, largest: int = LARGEST_CP) -> list[str]:
    """Return the CPs that hold all items, each with ``first`` (its DataTime) in front and no longer than allowed.

    An item is ``name=value`` pairs of one factor joined by commas; one alone that is too long stays whole.
    """
    made: list[str] = []
    held: list[str] = [first]
    size = len(first.encode())
    for item in items:
        more = len(item.encode()) + 1
        if size + more > largest and len(held) > 1:
            made.append(";".join(held))
            held, size = [first], len(first.encode())
        held.append(item)
        size += more
    if len(held) > 1 or not made:
        made.append(";".join(held))
    return made


def answer(frame: Frame, cn: str, fields: Sequence[tuple[str, str]] = ()) -> bytes:
    """Return our reply (9011 to 9014) to a frame: its QN and edition, asking for no reply itself."""
    head = frame.head
    version = (head.flag or 0) & ~(ANSWER | SPLIT)
    cp = ";".join(f"{name}={value}" for name, value in fields)
    return encode(Sender(head.mn, SYSTEM, head.pw), cn, cp, flag=version, qn=frame.qn or None)
