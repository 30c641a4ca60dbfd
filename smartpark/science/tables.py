"""The numbers of the standards lie beside the formulas as CSV; a row without a source is refused."""

import csv
from importlib.resources import files


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table of this package; lines that begin with ``#`` are remarks.

    Raises:
        ValueError: a row has no source, or does not say whether it was read in the text of the standard.

    """
    text = files("smartpark.science").joinpath(name).read_text(encoding="utf-8")
    found = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    for number, row in enumerate(found, start=1):
        if not row["source"].strip() or row["verified"] not in {"true", "false"}:
            raise ValueError(f"{name}: row {number} needs a source, and true or false under verified")
    return found
