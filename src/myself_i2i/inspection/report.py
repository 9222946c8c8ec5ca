"""The answer of inspection for one file: what every reader found, joined, ready to print as JSON.

An `Inspection` is what the commands, the check and the mark read. Its JSON shape is written down in
`spec/inspection.md` with a schema beside it; `Inspection.to_json` is the only place that makes it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from myself_i2i.inspection.interface import Answer, Evidence, ImageInput, Mode
from myself_i2i.wording import Text

__all__ = ["InputMatch", "Inspection", "MatchedBy", "json_ready"]

MatchedBy = Literal["sha256", "pixels-md5", "pixels-sha256-8", "urn", "name"]

MAX_STRING = 100_000
"""Longest string printed; a stranger's prompt may be megabytes long."""
MAX_DEPTH = 24
"""Deepest nesting printed; deeper values are replaced by a mark, so no reader of our JSON overflows."""
MAX_VALUES = 20_000
"""Most values printed from one `extras`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputMatch:
    """One image input found among the files a person has."""

    input: int
    """Index into `Inspection.inputs`."""
    source: str
    """The matching file, named as the caller named it to the index."""
    by: MatchedBy
    """What agreed. "name" is only a hint: two different pictures may have the same file name."""

    @property
    def weak(self) -> bool:
        """Whether this is only a hint (a file name) and no digest or link agreed."""
        return self.by == "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What one file records about how it was made, from all readers together."""

    file: str = ""
    """The file's name as the caller gave it; empty when bytes were inspected without one."""
    format: str | None = None
    """"png", "jpeg", "webp" or "avif" by the bytes, or None when it is none of them."""
    width: int = 0
    """Pixels, as the header says; 0 when unknown."""
    height: int = 0
    """Pixels, as the header says; 0 when unknown."""
    tool: str | None = None
    """The generator, or None when nothing in the file names one."""
    tool_version: str | None = None
    """Its version as the file has it."""
    mode: Mode = Mode.UNKNOWN
    """What the metadata records."""
    image_input: Answer = Answer.NOT_RECORDED
    """Did an image file go in? Takes into account what the tool is known to leave out of its metadata."""
    inputs: tuple[ImageInput, ...] = ()
    """Every image input that is named, hashed or linked."""
    strength: float | None = None
    """How much of the input was replaced, 0..1, or None."""
    model: str | None = None
    """The base model as recorded."""
    extras: Mapping[str, Any] = field(default_factory=dict)
    """Recorded and not judged: LoRA names, prompt, seed and the like."""
    attested_by: str | None = None
    """Whose verified signature covers the answer, or None."""
    evidence: tuple[Evidence, ...] = ()
    """The keys and values the answer rests on, the deciding reader's first."""
    notes: tuple[Text, ...] = ()
    """What could not be told, what disagreed, what was broken; a short sentence each."""
    matches: tuple[InputMatch, ...] = ()
    """Inputs found among the person's own files; see `myself_i2i.inspection.matching`."""
    error: Text | None = None
    """Why the file could not be inspected; every other answer is then "not recorded"."""

    def to_json(self) -> dict[str, Any]:
        """Return the stable JSON object of `spec/inspection.md`: strict JSON, no NaN, no lone surrogate, bounded."""
        return {
            "file": _string(self.file),
            "tool": json_ready(self.tool),
            "mode": self.mode.value,
            "image_input": self.image_input.value,
            "inputs": [self._input(index, item) for index, item in enumerate(self.inputs)],
            "strength": json_ready(self.strength),
            "model": json_ready(self.model),
            "extras": json_ready(dict(self.extras)),
            "attested_by": json_ready(self.attested_by),
            "evidence": [{"key": _string(item.key), "value": _string(item.value)} for item in self.evidence],
            "tool_version": json_ready(self.tool_version),
            "format": self.format,
            "width": self.width,
            "height": self.height,
            "notes": [_both(note) for note in self.notes],
            "error": None if self.error is None else _both(self.error),
        }

    def _input(self, index: int, item: ImageInput) -> dict[str, Any]:
        return {
            "name": json_ready(item.name),
            "role": item.role.value,
            "sha256": item.sha256,
            "hashes": {_string(key): _string(value) for key, value in item.hashes.items()},
            "urn": json_ready(item.urn),
            "note": None if item.note is None else _both(item.note),
            "matches": [
                {"source": _string(match.source), "by": match.by, "weak": match.weak}
                for match in self.matches
                if match.input == index
            ],
        }


def json_ready(value: Any) -> Any:
    """Return `value` as strict JSON can carry it: bounded in size and depth, NaN and Infinity as None."""
    return _ready(value, MAX_DEPTH, iter(range(MAX_VALUES)))


def _ready(value: Any, depth: int, budget: Iterator[int]) -> Any:
    spent = next(budget, None) is None
    if spent or value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        if depth == 0:
            return "…"
        if isinstance(value, Mapping):
            return {_string(key): _ready(item, depth - 1, budget) for key, item in value.items()}
        return [_ready(item, depth - 1, budget) for item in value]
    return _string(value)


def _both(text: Text) -> dict[str, str]:
    return {"en": _string(text.en), "ja": _string(text.ja)}


def _string(value: object) -> str:
    # A JSON string may carry a lone surrogate ("\ud800"); printed as UTF-8 it would raise far from its cause.
    text = str(value)[: MAX_STRING + 1]
    text = text if len(text) <= MAX_STRING else text[: MAX_STRING - 1] + "…"
    return text.encode("utf-8", "replace").decode("utf-8")
