"""The readers, in order of precedence: the first one that found something names the tool."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from myself_i2i.inspection.interface import Material, Reading

__all__ = ["READERS", "Directness", "ListedReader"]


class Directness(IntEnum):
    """How close a record stands to what ran; a higher one decides when two disagree."""

    HINT = 0
    """Says that AI was used, not how (XMP, IPTC)."""
    SUMMARY = 1
    """A text or claim about the run, written for people or by a vendor."""
    RECORD = 2
    """The tool's own parameters of the run."""
    EXECUTED = 3
    """The graph that was executed."""


@dataclass(frozen=True, slots=True)
class ListedReader:
    """One reader and how much its word weighs."""

    name: str
    """The module's name."""
    read: Callable[[Material], Reading | None]
    """See `myself_i2i.inspection.interface.Reader`."""
    directness: Directness
    """What kind of record it reads."""


_NAMES = (
    ("novelai", Directness.RECORD),
    ("invokeai", Directness.EXECUTED),
    ("invokeai_legacy", Directness.RECORD),
    ("swarmui", Directness.RECORD),
    ("stabilitymatrix", Directness.RECORD),
    ("tensorart", Directness.RECORD),
    ("civitai", Directness.RECORD),
    ("comfyui", Directness.EXECUTED),
    ("drawthings", Directness.RECORD),
    ("krita", Directness.RECORD),
    ("fooocus", Directness.RECORD),
    ("sdnext", Directness.RECORD),
    ("easydiffusion", Directness.RECORD),
    ("hfspace", Directness.RECORD),
    ("imaginairy", Directness.RECORD),
    ("midjourney", Directness.RECORD),
    ("a1111", Directness.SUMMARY),
    ("contentcredentials", Directness.SUMMARY),
    ("xmp_iptc", Directness.HINT),
)


def _existing() -> tuple[ListedReader, ...]:
    found = []
    for name, directness in _NAMES:
        try:
            module = importlib.import_module(f"myself_i2i.inspection.{name}")
            found.append(ListedReader(name, module.read, directness))
        except (ModuleNotFoundError, AttributeError):
            continue
    return tuple(found)


READERS = _existing()
