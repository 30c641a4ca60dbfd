"""SM4 of HJ 212-2025: ECB over whole blocks of 16 bytes, the tail stays clear; the only module that knows the cipher."""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 16


class KeyFormError(ValueError):
    """A key is not 16 bytes; the message says how to write one."""


def key_of(text: str) -> bytes:
    """Return the 16 bytes of a key written as 32 hexadecimal digits.

    Raises:
        KeyFormError: it is something else.

    """
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != BLOCK:
        raise KeyFormError("an SM4 key is 32 hexadecimal digits, such as 30303030303030303030303030303030")
    return key


def encrypt(region: bytes, key: bytes) -> bytes:
    """Return what stands between ``CP=&&`` and ``&&``, encrypted; as long as before."""
    return _run(region, key, forth=True)


def decrypt(region: bytes, key: bytes) -> bytes:
    """Return the plain bytes of an encrypted region."""
    return _run(region, key, forth=False)


def _run(region: bytes, key: bytes, *, forth: bool) -> bytes:
    whole = len(region) - len(region) % BLOCK
    cipher = Cipher(algorithms.SM4(key), modes.ECB())  # noqa: S305 - the standard says ECB
    context = cipher.encryptor() if forth else cipher.decryptor()
    return context.update(region[:whole]) + context.finalize() + region[whole:]
