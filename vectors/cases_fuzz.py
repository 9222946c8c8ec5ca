"""Files that once were answered wrongly or not at all; vectors/fuzz."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from tests.support.marked import generated, graph, plain, with_assertions
from tests.support.pictures import png, text_chunk

from vectors.case import ALICE, PICTURE, data_of

__all__ = ["FOUND"]


def unhashable() -> bytes:
    """A role that is a list."""
    made = data_of()
    made["sources"][0]["roles"] = [[]]
    return with_assertions(ALICE, PICTURE, made)


def surrogate() -> bytes:
    """A lone surrogate in a model's name."""
    nodes = graph()
    nodes["4"]["inputs"]["ckpt_name"] = "\ud800.safetensors"
    return png(64, 64, chunks=[text_chunk("prompt", json.dumps(nodes))])


FOUND: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "role_is_a_list.png": ("a mark whose role is no text: raised TypeError", unhashable),
    "lone_surrogate.png": ("a model's name that is no text: the report could not be printed", surrogate),
    "cut_without_mark.png": (
        "a file cut short that carries no signed data: was said to carry some",
        lambda: (data := plain().data)[: len(data) // 2],
    ),
    "deep_assertion.png": (
        "a mark of a hundred nested lists: tried, since a reader may run out of frames",
        lambda: with_assertions(ALICE, generated("png"), json.loads("[" * 100 + "]" * 100)),
    ),
}
"""File name -> what it did, and how it is made."""
