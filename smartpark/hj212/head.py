"""What stands before CP: who sends what to whom. A logger says the same again and again, so it is remembered."""

import re
from typing import NamedTuple

# Of names (QN and so on) the header has some, in any order; PW and MN as devices write them.
_HEADS = 50_000
_LONGEST_HEAD = 300
_LONGEST_MN = 64
_LONGEST_QN = 40
_MN = re.compile(r"[0-9A-F]{24}")
_NO_TOPIC = re.compile("[/+#]")


class HeadError(ValueError):
    """The header is not of its grammar; ``mn`` is who it says it is from, as far as it can be read."""

    def __init__(self, detail: str, mn: str = "") -> None:
        super().__init__(detail)
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


_heads: dict[bytes, Head] = {}


def read(segment: bytes) -> tuple[Head, str, int]:
    """Return the header of a data segment, its QN (empty where it says none), and where the region of CP begins.

    Raises:
        HeadError: it breaks the grammar.

    """
    start = segment.find(b"CP=&&")
    if start < 0 or len(segment) < start + 7 or not segment.endswith(b"&&"):
        raise HeadError("the data segment has no CP=&&...&&", mn_in(segment))
    before = segment[:start]
    qn, rest = b"", before
    if before.startswith(b"QN="):
        qn, _, rest = before[3:].partition(b";")
        if b"," in qn:  # a misprint of the standard itself: a comma after QN
            qn, _, rest = before[3:].partition(b",")
    head = _heads.get(rest)
    if head is None:
        head = _read(rest)
        if len(rest) <= _LONGEST_HEAD:
            if len(_heads) >= _HEADS:
                _heads.clear()
            _heads[rest] = head
    if not qn and b"QN=" in rest:
        qn = _value_in(rest, b"QN")
    if len(qn) != 17 or not qn.isdigit():
        _check_qn(qn, head.mn)
    return head, qn.decode("ascii"), start + 5


def is_mn(mn: str) -> bool:
    """Tell whether a device number can be kept, and be a part of a topic."""
    return 0 < len(mn) <= _LONGEST_MN and mn.isprintable() and not _NO_TOPIC.search(mn)


def mn_in(text: bytes) -> str:
    """Return the device number in a frame that cannot be opened, empty where none can be found."""
    return _value_in(text, b"MN").decode("utf-8", "replace")


def _check_qn(qn: bytes, mn: str) -> None:
    """Let other forms than 17 digits pass, while they can be kept and repeated in an answer."""
    if len(qn) > _LONGEST_QN or not (qn.isascii() and qn.decode("ascii").isprintable()):
        said = qn[:_LONGEST_QN].decode("ascii", "replace")
        raise HeadError(f'QN is "{said}"; write 17 digits YYYYMMDDhhmmsszzz', mn)


def _read(rest: bytes) -> Head:
    try:
        text = rest.decode()
    except UnicodeDecodeError as error:
        raise HeadError(f"byte {error.start} of the header is not UTF-8", mn_in(rest)) from None
    said: dict[str, str] = {}
    for part in text.replace(",", ";").split(";"):
        name, sign, value = part.strip().partition("=")
        if sign:
            said.setdefault(name.strip(), value.strip())
        elif name:
            raise HeadError(f'the header has "{name[:40]}" where name=value belongs', mn_in(rest))
    mn, cn, st = said.get("MN", ""), said.get("CN", ""), said.get("ST", "")
    if not cn.isascii() or not cn.isdigit() or len(cn) > 4:
        raise HeadError(f'CN is "{cn[:20]}"; write the four digits of a command', mn)
    if not is_mn(mn):
        raise HeadError(f'MN is "{mn[:40]}"; write the 24 characters of the logger')
    if len(st) > 8 or not st.isprintable():
        raise HeadError(f'ST is "{st[:20]}"; write the two digits of a system', mn)
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
        raise HeadError(f'{name} is "{value[:20]}"; write a number up to {largest}', mn)
    return int(value)


def _value_in(text: bytes, name: bytes) -> bytes:
    match = re.search(rb"(?:^|[;,#\d])" + name + rb"=([^;,&]{1,64})", text)
    return match.group(1) if match else b""
