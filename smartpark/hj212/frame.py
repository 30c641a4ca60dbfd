"""One frame: ``##``, four digits of length in bytes, the data segment, four digits of check."""

import re
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from smartpark.hj212 import cipher, content, times
from smartpark.hj212 import head as header
from smartpark.hj212.checksum import checksum, modbus
from smartpark.hj212.head import Head, HeadError, is_mn, mn_in

LARGEST_SEGMENT = 9999  # what four digits can say; the standards' 1024 is exceeded by devices in use
_CHECK = re.compile(rb"[0-9A-Fa-f]{4}")
_NOTHING: frozenset[str] = frozenset()
_THREE = frozenset({"three_digit_length"})

Reason = Literal["bad_frame", "bad_crc"]
KeyOf = Callable[[str], bytes | None]


class FrameError(ValueError):
    """A frame is refused; ``mn`` is who it says it is from, as far as it can be read; ``raw`` what is kept of it.

    ``ciphered``: its head is sound and it looks encrypted, and there is no key for its MN.
    """

    def __init__(self, reason: Reason, detail: str, mn: str = "") -> None:
        super().__init__("".join(c if c.isprintable() else "\ufffd" for c in detail))
        self.reason: Reason = reason
        self.mn = mn if is_mn(mn) else ""
        self.raw = b""
        self.ciphered = False


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
    given, right = raw[at:], b"%04X" % checksum(segment)
    try:
        head, qn, start = header.read(segment)
    except HeadError as error:
        if given.upper() != right:
            raise FrameError("bad_crc", _wrong_check(segment, given), error.mn) from None
        raise FrameError("bad_frame", str(error), error.mn) from None
    region, encrypted = segment[start:-2], False
    if given != right:
        if given.upper() == right:
            odd = odd | {"lower_case_check"}
        else:
            region, encrypted = _deciphered(segment, start, given, head, key_of), True
    try:
        shape, values, odd = _content(region, odd, head.mn)
    except FrameError:
        # One check in 256 fits by chance: an encrypted region may look sound until it is read.
        key = key_of(head.mn) if key_of is not None and not encrypted else None
        plain = _opened(segment, start, given, key) if key is not None else None
        if plain is None:
            raise
        shape, values, odd = _content(plain, odd, head.mn)
        encrypted = True
    odd = odd | head.deviations | shape.deviations if shape.deviations or head.deviations else odd
    if not qn:
        odd = odd | {"no_qn"}
    place = shape.fields.get("DataTime")
    if place is not None and len(values[place]) == times.LONG:
        odd = odd | {"long_time"}
    return Frame(raw, qn, head, shape, values, encrypted, odd)


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
            raise FrameError("bad_crc", _no_check(check, right), mn_in(raw))
        detail = f"the length says {declared} bytes, the data segment has {max(actual, 0)}; count bytes, not characters"
        raise FrameError("bad_frame", detail, mn_in(raw))
    return segment, begin + declared, odd


def _deciphered(segment: bytes, start: int, given: bytes, head: Head, key_of: KeyOf | None) -> bytes:
    """Return the plain region of an encrypted frame; without a key, or with a wrong one, the check is wrong."""
    key = key_of(head.mn) if key_of is not None else None
    region = _opened(segment, start, given, key) if key is not None else None
    if region is not None:
        return region
    error = FrameError("bad_crc", _wrong_check(segment, given, tried=key is not None), head.mn)
    error.ciphered = bool(error.mn) and key is None and _looks_ciphered(segment[start:-2], head)
    raise error


def _looks_ciphered(region: bytes, head: Head) -> bool:
    """Return whether an edition that encrypts holds bytes that are no text; damage seldom does that to text."""
    if (head.flag or 0) >> 2 < 2:
        return False
    try:
        region.decode()
    except UnicodeDecodeError:
        return True
    return False


def _wrong_check(segment: bytes, given: bytes, *, tried: bool = False) -> str:
    """Return what is wrong with a check; ``tried`` says that a key did not open the frame."""
    right, said = f"{checksum(segment):04X}", given.decode("ascii", "replace")
    if not _CHECK.fullmatch(given):
        return _no_check(given, checksum(segment))
    if int(given, 16) in _of_modbus(segment):
        return f"the check {said} is CRC-16/MODBUS, {right} is right; use the check of HJ 212-2017 appendix A"
    if tried:
        return (
            f"the check is {said}, {right} is right, and the SM4 key of this logger does not open it either"
        )
    return f"the check is {said}, {right} is right; the frame was damaged, or is encrypted and no key is set"


def _opened(segment: bytes, start: int, given: bytes, key: bytes) -> bytes | None:
    """Return the plain region that a key gives, None where the check says that it is the wrong one."""
    region = cipher.decrypt(segment[start:-2], key)
    plain = segment[:start] + region + b"&&"
    return region if b"%04X" % checksum(plain) == given.upper() else None


def _no_check(given: bytes, right: int) -> str:
    said = given.decode("ascii", "replace")
    return f'the check is "{said}", {right:04X} is right; send four hexadecimal digits'


def _of_modbus(segment: bytes) -> tuple[int, int]:
    """Return CRC-16/MODBUS with its high byte first, and, as Modbus sends it, with its low byte first."""
    value = modbus(segment)
    return value, value >> 8 | (value & 255) << 8


def _content(
    region: bytes, odd: frozenset[str], mn: str
) -> tuple[content.Shape, Sequence[str], frozenset[str]]:
    try:
        text = region.decode()
    except UnicodeDecodeError:
        try:
            text = region.decode("gb18030")
        except UnicodeDecodeError as error:
            raise FrameError(
                "bad_frame", f"byte {error.start} of CP is neither UTF-8 nor GB 18030", mn
            ) from None
        odd = odd | {"text_in_gb18030"}
    if "\0" in text:
        raise FrameError("bad_frame", "CP has the character NUL; send text and numbers alone", mn)
    try:
        shape, values = content.read(text)
    except content.ContentError as error:
        raise FrameError("bad_frame", str(error), mn) from None
    return shape, values, odd
