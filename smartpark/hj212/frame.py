"""One frame: ``##``, four digits of length in bytes, the data segment, four digits of check."""

import re
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from smartpark.hj212 import cipher, content
from smartpark.hj212.checksum import checksum, modbus

LARGEST_SEGMENT = 9999  # what four digits can say; the standards' 1024 is exceeded by devices in use
# Of names (QN and so on) the header has some, in any order; PW and MN as devices write them.
_HEADS = 50_000
_LONGEST_HEAD = 300
_MN = re.compile(r"[0-9A-F]{24}")
_CHECK = re.compile(rb"[0-9A-Fa-f]{4}")

Reason = Literal["bad_frame", "bad_crc"]
KeyOf = Callable[[str], bytes | None]


class FrameError(ValueError):
    """A frame is refused; ``mn`` is who it says it is from, as far as it can be read."""

    def __init__(self, reason: Reason, detail: str, mn: str = "") -> None:
        super().__init__(detail)
        self.reason: Reason = reason
        self.mn = mn


class Head(NamedTuple):
    """What stands before CP; texts are empty and numbers None where the frame does not say them."""

    st: str
    cn: str
    pw: str
    mn: str
    flag: int | None
    pnum: int | None
    pno: int | None
    resent: bool
    deviations: frozenset[str]


class Frame(NamedTuple):
    """An opened frame; ``raw`` reaches from ``##`` to the check, ``values`` stand in the places of ``shape``."""

    raw: bytes
    qn: str
    head: Head
    shape: content.Shape
    values: Sequence[str]
    encrypted: bool
    deviations: frozenset[str]

    @property
    def edition(self) -> int:
        """The edition that bits 2 to 7 of Flag name; without Flag 2005."""
        version = (self.head.flag or 0) >> 2
        return (2005, 2017, 2025)[min(version, 2)]

    @property
    def wants_answer(self) -> bool:
        """Bit 0 of Flag."""
        return bool((self.head.flag or 0) & 1)

    def field(self, name: str) -> str | None:
        """Return the value of a name without a dash, None where it is not said."""
        at = self.shape.fields.get(name)
        return None if at is None else self.values[at]

    @property
    def key(self) -> tuple[str, str, str, int]:
        """(MN, QN, CN, PNO): the same in a frame that is sent again."""
        return (self.head.mn, self.qn, self.head.cn, self.head.pno or 0)


def decode(raw: bytes, key_of: KeyOf | None = None) -> Frame:
    """Open a frame that begins with ``##`` and ends with its check.

    Args:
        raw: the bytes; CR LF behind them are passed over.
        key_of: returns the SM4 key of an MN [16 bytes], None where it has none.

    Raises:
        FrameError: and nothing else, whatever the bytes are.

    """
    raw = raw.rstrip(b"\r\n") if raw.endswith((b"\r", b"\n")) else raw
    segment, at, odd = _segment(raw)
    start = segment.find(b"CP=&&")
    if start < 0 or len(segment) < start + 7 or not segment.endswith(b"&&"):
        raise FrameError("bad_frame", "the data segment has no CP=&&...&&", _mn_in(segment))
    before = segment[:start]
    if before.startswith(b"QN="):
        qn, _, rest = before[3:].partition(b";")
        if b"," in qn:  # a misprint of the standard itself: a comma after QN
            qn, _, rest = before[3:].partition(b",")
    else:
        qn, rest = b"", before
    head = _heads.get(rest)
    if head is None:
        head = _remember(rest)
        if not qn:
            qn = _value_in(rest, b"QN")
    region = segment[start + 5 : -2]
    given = raw[at:]
    encrypted = False
    check = b"%04X" % checksum(segment)
    if check != given:
        if check == given.upper():
            odd = odd | {"lower_case_check"}
        else:
            region = _deciphered(segment, start, given, head, key_of)
            encrypted = True
    try:
        shape, values, odd = _content(region, odd)
    except FrameError as error:
        # One check in 256 fits by chance: an encrypted region may look sound until it is read.
        key = key_of(head.mn) if key_of is not None and not encrypted else None
        if key is None:
            raise FrameError(error.reason, str(error), head.mn) from None
        region = _deciphered(segment, start, given, head, key_of)
        shape, values, odd = _content(region, odd)
        encrypted = True
    odd = odd | head.deviations | shape.deviations if shape.deviations or head.deviations else odd
    if not qn:
        odd = odd | {"no_qn"}
    return Frame(raw, qn.decode("ascii", "replace"), head, shape, values, encrypted, odd)


def _segment(raw: bytes) -> tuple[bytes, int, frozenset[str]]:
    """Return the data segment, where the check begins, and what was odd about it."""
    if raw[:2] != b"##":
        raise FrameError("bad_frame", "the frame does not begin with ##")
    digits, odd = raw[2:6], _NOTHING
    if not (len(digits) == 4 and digits.isdigit()):
        digits = raw[2:5]
        odd = _THREE
        if not (len(digits) == 3 and digits.isdigit()):
            said = raw[2:6].decode("ascii", "replace")
            raise FrameError("bad_frame", f'the length is "{said}"; write four digits such as 0101')
    begin = 2 + len(digits)
    declared, actual = int(digits), len(raw) - begin - 4
    segment = raw[begin : begin + declared]
    if declared != actual:
        check = raw[raw.rfind(b"&&") + 2 :] if b"&&" in raw else b""
        if 0 < len(check) < 5 and not _CHECK.fullmatch(check):
            right = checksum(raw[begin : -len(check)])
            raise FrameError("bad_crc", _no_check(check, right), _mn_in(raw))
        detail = f"the length says {declared} bytes, the data segment has {max(actual, 0)}; count bytes, not characters"
        raise FrameError("bad_frame", detail, _mn_in(raw))
    return segment, begin + declared, odd


_NOTHING: frozenset[str] = frozenset()
_THREE = frozenset({"three_digit_length"})


def _deciphered(segment: bytes, start: int, given: bytes, head: Head, key_of: KeyOf | None) -> bytes:
    """Return the plain region of an encrypted frame; without a key, or with a wrong one, the check is wrong."""
    key = key_of(head.mn) if key_of is not None else None
    if key is not None:
        region = cipher.decrypt(segment[start + 5 : -2], key)
        plain = segment[: start + 5] + region + b"&&"
        if b"%04X" % checksum(plain) == given.upper():
            return region
    right = f"{checksum(segment):04X}"
    said = given.decode("ascii", "replace")
    if not _CHECK.fullmatch(given):
        detail = _no_check(given, checksum(segment))
    elif int(given, 16) in _of_modbus(segment):
        detail = (
            f"the check {said} is CRC-16/MODBUS, {right} is right; use the check of HJ 212-2017 appendix A"
        )
    elif key is not None:
        detail = (
            f"the check is {said}, {right} is right, and the SM4 key of this logger does not open it either"
        )
    else:
        detail = (
            f"the check is {said}, {right} is right; the frame was damaged, or is encrypted and no key is set"
        )
    raise FrameError("bad_crc", detail, head.mn)


def _no_check(given: bytes, right: int) -> str:
    said = given.decode("ascii", "replace")
    return f'the check is "{said}", {right:04X} is right; send four hexadecimal digits'


def _of_modbus(segment: bytes) -> tuple[int, int]:
    """Return CRC-16/MODBUS with its high byte first, and, as Modbus sends it, with its low byte first."""
    value = modbus(segment)
    return value, value >> 8 | (value & 255) << 8


def _content(region: bytes, odd: frozenset[str]) -> tuple[content.Shape, Sequence[str], frozenset[str]]:
    try:
        text = region.decode()
    except UnicodeDecodeError:
        try:
            text = region.decode("gb18030")
        except UnicodeDecodeError as error:
            raise FrameError("bad_frame", f"byte {error.start} of CP is neither UTF-8 nor GB 18030") from None
        odd = odd | {"text_in_gb18030"}
    try:
        shape, values = content.read(text)
    except content.ContentError as error:
        raise FrameError("bad_frame", str(error)) from None
    return shape, values, odd


_heads: dict[bytes, Head] = {}


def _remember(rest: bytes) -> Head:
    head = _read_head(rest)
    if len(rest) <= _LONGEST_HEAD:
        if len(_heads) >= _HEADS:
            _heads.clear()
        _heads[rest] = head
    return head


def _read_head(rest: bytes) -> Head:
    try:
        text = rest.decode()
    except UnicodeDecodeError as error:
        raise FrameError("bad_frame", f"byte {error.start} of the header is not UTF-8") from None
    said: dict[str, str] = {}
    for part in text.replace(",", ";").split(";"):
        name, sign, value = part.strip().partition("=")
        if sign:
            said.setdefault(name, value)
        elif name:
            raise FrameError("bad_frame", f'the header has "{name[:40]}" where name=value belongs')
    mn, cn, st = said.get("MN", ""), said.get("CN", ""), said.get("ST", "")
    if not cn.isascii() or not cn.isdigit() or len(cn) > 4:
        raise FrameError("bad_frame", f'CN is "{cn[:20]}"; write the four digits of a command', mn[:64])
    if not mn or len(mn) > 64 or not mn.isprintable():
        raise FrameError("bad_frame", f'MN is "{mn[:40]}"; write the 24 characters of the logger')
    if len(st) > 8 or not st.isprintable():
        raise FrameError("bad_frame", f'ST is "{st[:20]}"; write the two digits of a system', mn)
    flag = _number(said, "Flag", 255, mn)
    pnum, pno = _number(said, "PNUM", 9999, mn), _number(said, "PNO", 9999, mn)
    odd = set()
    if flag is None:
        odd.add("no_flag")
    elif (pnum is not None) != bool(flag & 2):
        odd.add("split_bit")
    if not _MN.fullmatch(mn):
        odd.add("mn_form")
    if len(said.get("PW", "")) != 6:
        odd.add("pw_length")
    return Head(st, cn, said.get("PW", ""), mn, flag, pnum, pno, said.get("RF", "") == "1", frozenset(odd))


def _number(said: dict[str, str], name: str, largest: int, mn: str) -> int | None:
    value = said.get(name)
    if value is None or value == "":
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 4 and int(value) <= largest):
        raise FrameError("bad_frame", f'{name} is "{value[:20]}"; write a number up to {largest}', mn)
    return int(value)


def _value_in(text: bytes, name: bytes) -> bytes:
    match = re.search(rb"(?:^|[;,#\d])" + name + rb"=([^;,&]{1,64})", text)
    return match.group(1) if match else b""


def _mn_in(text: bytes) -> str:
    return _value_in(text, b"MN").decode("utf-8", "replace")
