"""Frames out of a stream, by their length and never by a delimiter: an encrypted frame may hold any byte.

Nothing is judged here: bytes that are no frame, or whose length lies, are handed on as they are, and opening them says
why they are refused. Memory is bounded: the longest piece that waits is some ten thousand bytes.
"""

import re

# The end of a plain frame; inside the length that a frame claims, it says that the length lies.
_END = re.compile(rb"&&[0-9A-Za-z]{3,4}\r\n")
# The begin of the next frame behind a line's end, likewise.
_NEXT = re.compile(rb"\r\n##\d{3}")
_BLANK = b"\r\n \t\0"
_HASH, _RETURN = b"#\r"


class Splitter:
    """Takes bytes as they come and returns what each frame, or stretch of no frame, consists of."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held = b""

    @property
    def held(self) -> int:
        """How many bytes wait for the rest of their frame."""
        return len(self._held)

    def feed(self, data: bytes) -> list[bytes]:
        """Return the pieces that are whole now: frames from ``##`` to the check, and what is between them."""
        if self._held:
            data = self._held + data
        found: list[bytes] = []
        at, size = 0, len(data)
        while at < size:
            if data.startswith(b"##", at):
                extent = _extent(data, at)
                if extent is None:
                    break
                end, following = extent
            elif data[at] in _BLANK:
                at += 1
                continue
            else:
                end = data.find(b"##", at)
                if end < 0:
                    end = size - (data[-1] == _HASH)  # the other # may follow
                    if end == at:
                        break
                following = end
            found.append(data[at:end])
            at = following
        self._held = data[at:]
        return found

    def finish(self) -> list[bytes]:
        """Return what waits: nothing more will come, or it has been waited for long enough."""
        found: list[bytes] = []
        while self._held:
            data, self._held = self._held, b""
            following = data.find(b"##", 2)
            cut = following if following > 0 else len(data)
            found.append(data[:cut].rstrip(b"\r\n"))
            found += self.feed(data[cut:])
        return found


def _extent(data: bytes, at: int) -> tuple[int, int] | None:
    """Return where the piece that begins at ``at`` ends and the next begins; None while that has not come."""
    digits = data[at + 2 : at + 6]
    if len(digits) < 4 and (not digits or digits.isdigit()):
        return None
    if not digits[:3].isdigit() or len(digits) < 4:
        return _stray(data, at)
    begin = at + 5 + digits.isdigit()
    end = begin + int(digits if digits.isdigit() else digits[:3]) + 4
    lie = _END.search(data, begin, min(end, len(data)))
    if lie is not None and lie.end() < end:
        return lie.end() - 2, lie.end()
    following = _NEXT.search(data, begin, min(end, len(data)))
    if following is not None:
        return following.start(), following.start() + 2
    if len(data) < end:
        return None
    if data.startswith(b"&&", end - 6):
        # A check of three characters and the line's end look like one of four.
        return (end - 1 if data[end - 1] == _RETURN else end), end
    lie = _END.search(data, end - 6)
    begins = data.find(b"##", at + 2)
    if lie is not None and (begins < 0 or lie.start() < begins):
        return lie.end() - 2, lie.end()
    return (begins, begins) if begins > 0 else (len(data), len(data))


def _stray(data: bytes, at: int) -> tuple[int, int]:
    """Return the extent of a ``##`` without a length: to the line's end or the next frame."""
    ends = [cut for cut in (data.find(b"##", at + 2), data.find(b"\r\n", at + 2)) if cut > 0]
    end = min(ends, default=len(data))
    return end, end
