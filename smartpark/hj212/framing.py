"""Frames out of a stream, by their length and never by a delimiter: an encrypted frame may hold any byte.

Nothing is judged here: bytes that are no frame, or whose length lies, are handed on as they are, and opening them says
why they are refused. The pieces are the same however the bytes arrive, and what waits is bounded.
"""

import re

from smartpark.hj212.frame import LARGEST_SEGMENT

_LONGEST = 2 + 4 + LARGEST_SEGMENT + 4  # bytes of a frame, and of a piece that is none
# What says, inside the length that a frame claims, that the length lies: a frame's end, or the next one's begin.
_INSIDE = re.compile(rb"(&&[0-9A-Za-z]{3,4})\r\n|\r\n##\d{3}")
# Behind that length, or without one, less is needed to go on.
_BEHIND = re.compile(rb"(&&[0-9A-Za-z]{3,4})\r\n|(?:\r\n)?##\d{3}")
_LINE = re.compile(rb"\r\n|##\d{3}")
_BEGIN = re.compile(rb"##\d{3}")
_MARK = 8  # bytes of the longest match of these
_CHECK = re.compile(rb"[^\r\n#]*")
_BLANK = b"\r\n \t\0"


class Splitter:
    """Takes bytes as they come and returns what each frame, or stretch of no frame, consists of."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held = b""

    @property
    def held(self) -> int:
        """How many bytes wait for the rest of their frame; at most some ten thousand."""
        return len(self._held)

    def feed(self, data: bytes) -> list[bytes]:
        """Return the pieces that are whole now: frames from ``##`` to the check, and what is between them."""
        if self._held:
            data = self._held + data
        found: list[bytes] = []
        at, size = 0, len(data)
        while at < size:
            if data[at] in _BLANK:
                at += 1
                continue
            end = _end(data, at) if data.startswith(b"##", at) else _before(_BEGIN, data, at, at + 1)
            if end is None:
                break
            found.append(data[at:end])
            at = end
        self._held = data[at:]
        return found

    def finish(self) -> list[bytes]:
        """Return what waits: nothing more will come, or it has been waited for long enough."""
        found: list[bytes] = []
        while self._held:
            data, self._held = self._held, b""
            following = _BEGIN.search(data, 1)
            cut = following.start() if following is not None else len(data)
            found.append(data[:cut].rstrip(b"\r\n"))
            found += self.feed(data[cut:])
        return found


def _end(data: bytes, at: int) -> int | None:
    """Return where the piece that begins with ``##`` ends; None while that has not come."""
    digits = data[at + 2 : at + 6]
    if len(digits) < 4 and (not digits or digits.isdigit()):
        return None
    if not digits[:3].isdigit():
        return _before(_LINE, data, at, at + 1)
    begin = at + 5 + digits.isdigit()
    end = begin + int(digits if digits.isdigit() else digits[:3]) + 4
    lie = _INSIDE.search(data, begin, end) if data.find(b"\r\n", begin, end) >= 0 else None
    if lie is not None:
        return lie.end(1) if lie.lastindex else lie.start()
    if len(data) < end:
        return None
    if data.startswith(b"&&", end - 6):
        check = _CHECK.match(data, end - 4, end)
        return check.end() if check is not None else end
    return _before(_BEHIND, data, at, begin)


def _before(mark: re.Pattern[bytes], data: bytes, at: int, begin: int) -> int | None:
    """Return where a piece ends that no length tells about: at the first mark, or as long as a frame may be."""
    limit = at + _LONGEST
    found = mark.search(data, begin, limit + _MARK)
    if found is not None:
        return found.end(1) if found.lastindex else found.start()
    return limit if len(data) >= limit + _MARK else None
