"""What people write in their own words: reasons, notes, names of documents. It goes on into reports, which are XML."""

import re

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

_UNPRINTABLE = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what no XML can carry


def _printable(text: str) -> str:
    found = _UNPRINTABLE.search(text)
    if found:
        message = "holds the control character {character}; leave it out"
        raise PydanticCustomError("control_character", message, {"character": f"U+{ord(found[0]):04X}"})
    return text


Printable = AfterValidator(_printable)
