"""Words of the catalogue: what many operations have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from myself_i2i.registry.api.operations import Answer, Handler, Operation, Parameter
from myself_i2i.registry.api.schemas import ref
from myself_i2i.wording import Text

__all__ = ["ALL_WELL", "JSON", "in_json", "named", "plain"]

JSON: Final = "application/json"
ALL_WELL: Final = Text(en="as asked for", ja="求められたもの")


def plain(path: str, handler: Handler, name: str, words: Text, answers: Mapping[int, Answer]) -> Operation:
    """Return a GET without parameters."""
    return Operation(method="GET", path=path, handler=handler, name=name, words=words, answers=answers)


def in_json(schema: str, words: Text = ALL_WELL, *, status: int = 200) -> dict[int, Answer]:
    """Return an answer in JSON."""
    return {status: Answer(words=words, content={JSON: ref(schema)})}


def named(name: str, words: Text) -> Parameter:
    """Return a parameter of the path."""
    return Parameter(name=name, words=words, schema={"type": "string", "minLength": 1})
