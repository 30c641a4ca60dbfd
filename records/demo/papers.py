"""Small files that stand for the papers of the demo: a page of a PDF and a strip chart as PNG, made in code; pure."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 298]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
_WIDE, _HIGH = 320, 120  # of a strip chart [px]


@dataclass(frozen=True, slots=True)
class Paper:
    """A file."""

    name: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> bytes:
        """Return its digest."""
        return sha256(self.content).digest()


def page(name: str, lines: Sequence[str]) -> Paper:
    """Return a PDF of one page with lines of ASCII."""
    shown = "".join(f"({_escaped(line)}) Tj T* " for line in lines)
    stream = f"BT /F 11 Tf 16 TL 30 260 Td {shown}ET".encode("ascii", "replace")
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        _PAGE,
        b"<</Length %d>>stream\n%b\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return Paper(f"{name}.pdf", "application/pdf", out + head + table + tail)


def strip(name: str, heights: Sequence[float]) -> Paper:
    """Return a PNG with a course, heights 0 to 1 from left to right."""
    rows = [bytearray(b"\xff" * _WIDE) for _ in range(_HIGH)]
    for x in range(_WIDE):
        height = heights[x * len(heights) // _WIDE]
        rows[_HIGH - 1 - round(min(1.0, max(0.0, height)) * (_HIGH - 1))][x] = 0
        rows[-1][x] = 128
    raw = b"".join(b"\0" + bytes(row) for row in rows)
    header = struct.pack(">IIBBBBB", _WIDE, _HIGH, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b""))
    return Paper(f"{name}.png", "image/png", b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*one) for one in chunks))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
