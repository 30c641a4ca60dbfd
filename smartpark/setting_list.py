"""Every setting in words, for its page and its example; pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo


@dataclass(frozen=True, slots=True)
class Leaf:
    """One setting as the documentation shows it."""

    name: str
    type: str
    default: str
    description: str


def describe(group: type[BaseModel], prefix: str) -> Iterator[Leaf]:
    """Yield every leaf of the tree, in order."""
    for name, field in group.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from describe(inner, f"{prefix}{name.upper()}__")
        else:
            yield Leaf(
                f"{prefix}{name.upper()}", _type_words(field), _default_words(field), field.description or ""
            )


def markdown(group: type[BaseModel], prefix: str) -> str:
    """Return docs/settings.md."""
    rows = "".join(
        f"| `{leaf.name}` | {leaf.type} | {leaf.default} | {leaf.description} |\n"
        for leaf in describe(group, prefix)
    )
    return (
        "# Settings\n\nRead once per process from the environment, then from `.env`; the environment wins. A name that is "
        "not in this table stops the process.\nThis page is made by `python -m smartpark settings --write`.\n\n"
        f"| name | type | default | meaning |\n|---|---|---|---|\n{rows}"
    )


def env_example(group: type[BaseModel], prefix: str) -> str:
    """Return .env.example."""
    head = "# Copy to .env and change what you need; an empty value means the default.\n"
    return head + "".join(
        f"\n# {leaf.description}\n#{leaf.name}={leaf.default if leaf.type != 'secret' else ''}\n"
        for leaf in describe(group, prefix)
    )


def _type_words(field: FieldInfo) -> str:
    text = str(field.annotation).replace("typing.", "")
    for long, short in (
        ("pydantic.types.SecretStr", "secret"),
        ("<class 'pathlib.Path'>", "path"),
        ("<class 'int'>", "integer"),
        ("<class 'str'>", "text"),
        ("<class 'bool'>", "true/false"),
        ("<class 'float'>", "number"),
        ("<class 'secret'>", "secret"),
        (" | None", ""),
    ):
        text = text.replace(long, short)
    return text.replace("Literal[", "one of ").rstrip("]") if text.startswith("Literal") else text


def _default_words(field: FieldInfo) -> str:
    default = field.default
    if default is None:
        return ""
    if isinstance(default, SecretStr):
        return "(demo secret)"
    return str(default).lower() if isinstance(default, bool) else str(default)
