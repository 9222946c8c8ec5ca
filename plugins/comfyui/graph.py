"""Which pictures reach one output of a graph, and with which settings: the prompt JSON in, a plan out.

The walk is `myself_i2i.inspection.comfyui`, the same that reads finished files, so that what is recorded at the
moment and what a file says later cannot differ by two ideas of a graph. Pure: no file is opened here.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from myself_i2i.inspection.comfyui import read_graph
from myself_i2i.inspection.interface import ImageInput, Reading
from myself_i2i.recording.interface import Facts, Origin

from .words import EMBEDDED_NAME

__all__ = ["Going", "Plan", "ancestors", "make_plan", "output_nodes", "strings"]

MAX_EMBEDDED: Final = 64 * 2**20
"""Most characters of one embedded picture that are decoded."""
_OTHER: Final = ("seed", "steps", "cfg", "sampler", "scheduler")
_URL: Final = re.compile(r"^https?://", re.IGNORECASE)
_EDITOR: Final = re.compile(r"(^|/)clipspace/|clipspace-", re.IGNORECASE)
_CLIPBOARD: Final = re.compile(r"(^|/)pasted/", re.IGNORECASE)
_LATENT: Final = re.compile(r"\.latent(\s*\[\w+\])?$", re.IGNORECASE)
_CLIPBOARD_NODE: Final = re.compile(r"clipboard|paste", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Going:
    """One picture that goes into one output."""

    role: str
    """What it is used for: one of `predicates.generation.ROLES`."""
    value: str | None
    """The setting that names it, exactly as the graph has it; None where no setting does."""
    name: str
    """What a record may call it: the name, a URL without its secrets, or words for one that has no name."""
    origin: Origin
    """How it came into ComfyUI."""
    data: bytes | None = None
    """Its bytes where the graph itself carries them."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What one output is made from."""

    going: tuple[Going, ...]
    """Every picture that reaches it; one that nothing leads from is not here."""
    facts: Facts
    """Mode, model and settings."""


def ancestors(prompt: Mapping[str, Any], node: str) -> dict[str, Any]:
    """Return the part of the graph that `node` is made from, itself included. Cycles and broken links end the walk."""
    found: dict[str, Any] = {}
    waiting = [node]
    while waiting:
        key = waiting.pop()
        entry = prompt.get(key)
        if key in found or not isinstance(entry, Mapping):
            continue
        found[key] = entry
        inputs = entry.get("inputs")
        values = inputs.values() if isinstance(inputs, Mapping) else ()
        waiting += [one[0] for one in values if isinstance(one, list) and one and isinstance(one[0], str)]
    return {key: prompt[key] for key in prompt if key in found}


def output_nodes(prompt: Mapping[str, Any], classes: Mapping[str, Any]) -> list[str]:
    """Return the ids of the nodes that write or show something: `OUTPUT_NODE`, as ComfyUI itself asks."""
    return [
        key
        for key, entry in prompt.items()
        if isinstance(entry, Mapping)
        and getattr(classes.get(str(entry.get("class_type"))), "OUTPUT_NODE", False) is True
    ]


def make_plan(prompt: Mapping[str, Any], node: str) -> Plan:
    """Return what the output `node` is made from. Never raises for a graph of any shape."""
    part = ancestors(prompt, node)
    reading = read_graph(part, width=0, height=0)
    if reading is None:
        return Plan(going=(), facts=Facts(mode="unknown"))
    embedded = _Embedded(part)
    return Plan(
        going=tuple(_going(item, embedded, part) for item in reading.inputs),
        facts=_facts(reading),
    )


def strings(prompt: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield node id, input name and value of every literal text in the graph."""
    for key, entry in prompt.items():
        inputs = entry.get("inputs") if isinstance(entry, Mapping) else None
        for name, value in inputs.items() if isinstance(inputs, Mapping) else ():
            if isinstance(value, str):
                yield key, name, value


def _facts(reading: Reading) -> Facts:
    extras = reading.extras
    loras = extras.get("loras")
    return Facts(
        mode=reading.mode.value,
        model=reading.model,
        strength=reading.strength,
        loras=tuple(str(one) for one in loras) if isinstance(loras, list | tuple) else (),
        prompt=_text(extras.get("prompt")),
        negative_prompt=_text(extras.get("negative_prompt")),
        other={key: str(extras[key]) for key in _OTHER if extras.get(key) is not None},
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _going(item: ImageInput, embedded: _Embedded, part: Mapping[str, Any]) -> Going:
    role, value = item.role.value, item.name
    if value is None:
        found = embedded.find(item.sha256)
        if found is None:
            return Going(role=role, value=None, name=item.role.value, origin=Origin.UNKNOWN)
        return Going(role=role, value=found[0], name=EMBEDDED_NAME.en, origin=Origin.EMBEDDED, data=found[1])
    return Going(role=role, value=value, name=_shown(value), origin=_origin(value, role, part))


def _origin(value: str, role: str, part: Mapping[str, Any]) -> Origin:
    if _URL.match(value):
        return Origin.URL
    if role == "latent" or _LATENT.search(value):
        return Origin.LATENT
    if _EDITOR.search(value):
        return Origin.EDITOR
    loaders = [str(part[key].get("class_type")) for key, _, text in strings(part) if text == value]
    if _CLIPBOARD.search(value) or any(_CLIPBOARD_NODE.search(one) for one in loaders):
        return Origin.CLIPBOARD
    return Origin.FILE


def _shown(value: str) -> str:
    """The name for the record: a URL loses user, query and fragment, where keys and tokens stand."""
    if not _URL.match(value):
        return value
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        return value.split("?", 1)[0]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


class _Embedded:
    """The pictures that a graph carries as base64, by sha256; decoded only when one is asked for."""

    def __init__(self, part: Mapping[str, Any]) -> None:
        self._part = part
        self._found: dict[str, tuple[str, bytes]] | None = None

    def find(self, sha256: str | None) -> tuple[str, bytes] | None:
        """Return the setting and the bytes of the picture with this digest."""
        if sha256 is None:
            return None
        if self._found is None:
            self._found = {}
            for _, _, value in strings(self._part):
                data = _decode(value)
                if data:
                    self._found[hashlib.sha256(data).hexdigest()] = (value, data)
        return self._found.get(sha256)


def _decode(value: str) -> bytes | None:
    text = value[value.find(",") + 1 :] if value.startswith("data:") else value
    if not 64 < len(text) <= MAX_EMBEDDED:  # noqa: PLR2004  # shorter than any picture
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None
