"""What the parameters of each kind of rule may say; every refusal tells what to write instead."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from alerts.rules import BASES, FINDINGS, LEVELS, LIMIT_KINDS, STAGES, WORDINGS

Refused = tuple[tuple[str, ...], str, str]  # the way to the value, what is wrong, what to write instead
_Check = Callable[[Any], str | None]  # what to write instead, None when the value fits

_DEADBANDS = ("deadband", "deadband_of_limit", "deadband_of_span")


def _one_of(*words: str) -> _Check:
    return lambda value: None if value in words else f"write one of: {', '.join(words)}"


def _some_of(*words: str) -> _Check:
    def check(value: Any) -> str | None:
        fits = isinstance(value, list) and value and set(value) <= set(words)
        return None if fits else f"write a list of: {', '.join(words)}"

    return check


def _number(low: float, high: float, example: str) -> _Check:
    def check(value: Any) -> str | None:
        fits = type(value) in {int, float} and low <= float(value) <= high
        return None if fits else f"write a number from {low:g} to {high:g}, for example {example}"

    return check


def _switch(value: Any) -> str | None:
    return None if isinstance(value, bool) else "write true or false"


def _text(value: Any) -> str | None:
    return None if isinstance(value, str) and value.strip() else "write a text"


def _flags(value: Any) -> str | None:
    fits = isinstance(value, str) and value and set(value) <= set("FMSDCB")
    return None if fits else "write letters of F M S D C B, for example MCDFSB"


def _stages(value: Any) -> str | None:
    fits = (
        isinstance(value, dict)
        and value
        and set(value) <= set(STAGES)
        and all(
            isinstance(how, dict) and set(how) == {"level"} and how["level"] in LEVELS
            for how in value.values()
        )
    )
    return None if fits else "write stages of LL L H HH, each with its level, for example H: {level: orange}"


def _violates(value: Any) -> str | None:
    fits = isinstance(value, dict) and len(value) == 1 and next(iter(value)) in {"above", "below", "equals"}
    number = fits and isinstance(next(iter(value.values())), int | float)
    return None if number else "write one of {above: 1}, {below: 1}, {equals: 1}"


_level = _one_of(*LEVELS)
_band = _number(0, 1e9, "0.5")
_share = _number(0, 0.5, "0.05")
_delay = _number(0, 86_400, "60")
_margins: Mapping[str, _Check] = {
    "deadband": _band,
    "deadband_of_limit": _share,
    "deadband_of_span": _share,
    "on_delay_s": _delay,
    "off_delay_s": _delay,
    "latch": _switch,
}
_NEEDED: Mapping[str, Mapping[str, _Check]] = {
    "limit": {
        "wording": _one_of(*WORDINGS),
        "basis": _one_of(*BASES),
        "limit_kinds": _some_of(*LIMIT_KINDS),
        "stages": _stages,
    },
    "state": {"violates": _violates, "level": _level, "words_zh": _text, "words_en": _text},
    "silence": {"after_periods": _number(1, 1000, "1.2"), "level": _level},
    "marked_over": {"stage": _one_of(*STAGES), "level": _level, "flags": _flags},
    "platform": {"finding": _one_of(*FINDINGS), "level": _one_of(*LEVELS, "of_limit")},
}
_OPTIONAL: Mapping[str, Mapping[str, _Check]] = {
    "limit": _margins,
    "state": {name: _margins[name] for name in ("on_delay_s", "off_delay_s", "latch")},
    "silence": {"at_least_s": _delay},
    "marked_over": _margins,
    "platform": {},
}
KINDS = tuple(_NEEDED)


def refused(kind: str, parameters: Mapping[str, Any]) -> Iterator[Refused]:
    """Yield what does not fit in the parameters of a rule of one of KINDS."""
    needed, optional = _NEEDED[kind], _OPTIONAL[kind]
    known = {**needed, **optional}
    for name in needed.keys() - parameters.keys():
        yield (), f"a rule of kind {kind} needs the parameter {name}", needed[name](None) or f"add {name}"
    for name, value in parameters.items():
        if name not in known:
            yield (name,), f"parameter {name!r} is not known for kind {kind}", f"use: {', '.join(known)}"
        elif instead := known[name](value):
            yield (name,), f"{name} {value!r} does not fit", instead
    given = [name for name in _DEADBANDS if name in parameters]
    if len(given) > 1:
        yield (given[1],), f"{' and '.join(given)} are both given", "keep one deadband"
