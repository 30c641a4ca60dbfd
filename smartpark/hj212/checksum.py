"""The check of a frame, HJ 212-2017 appendix A; it is not CRC-16/MODBUS, which some devices send by mistake.

The state is cut to its high byte before each byte, so that step is a linear map L of eight bits; L to the eighth power
is the identity. Bytes eight apart therefore act alike, and a whole segment folds into eight of them.
"""

_BLOCK = 64  # bits that a segment folds into
_POLYNOMIAL = 0xA001


def _shifted(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
    return value


_STEP = [_shifted(byte) for byte in range(256)]


def _tables() -> list[list[int]]:
    """Return for each distance from the end of the segment what a byte there adds to the check."""
    tables, power = [], list(range(256))
    for _ in range(8):
        tables.append([_STEP[byte] for byte in power])
        power = [_STEP[byte] >> 8 for byte in power]
    return tables


_T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7 = _tables()


def checksum(segment: bytes) -> int:
    """Return the check (0..65535) of a data segment, of ``123456789`` 0x2F80."""
    size = len(segment)
    if not size:
        return 0xFFFF
    value = int.from_bytes(segment, "big") ^ (0xFF << 8 * (size - 1))
    width = _BLOCK
    while width * 2 < size * 8:
        width *= 2
    while width >= _BLOCK:
        value = (value >> width) ^ (value & ((1 << width) - 1))
        if value.bit_length() <= width:
            width //= 2
    return (
        _T0[value & 255]
        ^ _T1[value >> 8 & 255]
        ^ _T2[value >> 16 & 255]
        ^ _T3[value >> 24 & 255]
        ^ _T4[value >> 32 & 255]
        ^ _T5[value >> 40 & 255]
        ^ _T6[value >> 48 & 255]
        ^ _T7[value >> 56]
    )


def modbus(segment: bytes) -> int:
    """Return CRC-16/MODBUS of a segment, to name the mistake."""
    value = 0xFFFF
    for byte in segment:
        value = value >> 8 ^ _STEP[(value ^ byte) & 255]
    return value
