"""The two packets of MQTT 5 that come by the thousand, as bytes: pure.

A client library makes a dozen objects of every PUBLISH; a plain one, QoS 1 without properties, needs one.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

PUBACK = 0x40
_PUBLISH_QOS_1, _BUT_DUP_AND_RETAIN = 0x32, 0xF6
_ACK = np.dtype([("type", "u1"), ("remaining", "u1"), ("mid", ">u2")])


class Message(NamedTuple):
    """One received message; ``received_us`` is when it came in [us since 1970]."""

    generation: int
    mid: int
    qos: int
    topic: str
    payload: bytes
    received_us: int


def extent(data: bytes, at: int) -> tuple[int, int] | None:
    """Return where the body of the packet at ``at`` begins and ends; None where ``data`` ends before it does.

    A length that no packet may have is said to end at once: whoever reads the packet will refuse it.
    """
    length = shift = 0
    for body in range(at + 2, min(at + 6, len(data) + 1)):
        byte = data[body - 1]
        length |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (body, body + length) if body + length <= len(data) else None
        shift += 7
    return (at + 5, at + 5) if len(data) >= at + 5 else None


def plain(data: bytes, at: int, generation: int, received_us: int) -> tuple[list[Message], int]:
    """Take the whole, plain PUBLISH packets from ``at`` on; return their messages and where the next packet begins.

    Ends before the first packet that is something else, has not come to its end, or is not well formed.
    """
    found = []
    while at < len(data) and data[at] & _BUT_DUP_AND_RETAIN == _PUBLISH_QOS_1:
        span = extent(data, at)
        if span is None:
            break
        body, end = span
        topic_at = body + 2
        mid_at = topic_at + int.from_bytes(data[body:topic_at])
        payload_at = mid_at + 3
        if (
            payload_at > end or data[payload_at - 1] or mid_at == topic_at
        ):  # has properties, or an alias as its topic
            break
        try:
            topic = data[topic_at:mid_at].decode()
        except UnicodeDecodeError:
            topic = "(topic is not UTF-8)"
        mid = data[mid_at] << 8 | data[mid_at + 1]
        found.append(Message(generation, mid, 1, topic, data[payload_at:end], received_us))
        at = end
    return found, at


def pubacks(mids: Sequence[int]) -> bytes:
    """Return the confirmations of messages of QoS 1, in order."""
    packets = np.empty(len(mids), _ACK)
    packets["type"], packets["remaining"], packets["mid"] = PUBACK, 2, mids
    return packets.tobytes()
