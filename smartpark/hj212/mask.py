"""Frames as people may see them: passwords hidden, in whole frames and in what is left of broken ones.

Every PW that ``head.read`` finds is hidden here too; a test holds the two together. What merely looks like one is hidden
as well, since in quarantine there is no head that can be relied on.
"""

import re

HIDDEN = "******"
# As in the head: a name is blank-stripped and ends at "=", a value ends at ; or , or where CP begins; at the end of CP too.
_PASSWORD = re.compile(r"(PW\s*=)(?:(?!CP=&&|&&[0-9A-F]{3,4}\s*(?:##|\Z))[^;,])*", re.IGNORECASE | re.DOTALL)


def without_passwords(message: bytes) -> bytes:
    """Return a message of one frame, several, or something broken, with ****** in place of each password."""
    text = message.decode("utf-8", "surrogateescape")
    hidden = _PASSWORD.sub(rf"\1{HIDDEN}", text)
    return message if hidden == text else hidden.encode("utf-8", "surrogateescape")
