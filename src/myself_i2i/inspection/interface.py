"""The words of inspection: what a file records about how it was made, and the evidence for each answer.

Inspection reports; it never decides whether a picture is "allowed". The main question, "did an image file go
in?", has three answers, and "not recorded" is the honest one whenever the file does not say.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from myself_i2i.image.interface import LIMITS, Container
from myself_i2i.wording import Text

__all__ = [
    "Answer",
    "Evidence",
    "ImageInput",
    "Material",
    "Mode",
    "Reader",
    "Reading",
    "Role",
    "parse_json",
    "shorten",
]


class Mode(StrEnum):
    """How a picture was made, as far as recorded (spec/inspection.md)."""

    T2I = "t2i"
    I2I = "i2i"
    INPAINT = "inpaint"
    OUTPAINT = "outpaint"
    CONTROLNET = "controlnet"
    REFERENCE = "reference"
    EDIT = "edit"
    UPSCALE = "upscale"
    MIXED = "mixed"
    UNKNOWN = "unknown"


class Answer(StrEnum):
    """Did an image file go in? Three answers; absence is never turned into one of the first two."""

    YES = "yes"
    NO = "no"
    NOT_RECORDED = "not_recorded"


class Role(StrEnum):
    """What an image input was used for."""

    INIT = "init"
    MASK = "mask"
    CONTROL = "control"
    REFERENCE = "reference"
    STYLE = "style"
    LATENT = "latent"
    UNKNOWN = "unknown"


EVIDENCE_CHARACTERS = 300


def shorten(value: object, limit: int = EVIDENCE_CHARACTERS) -> str:
    """Return `value` as text of at most `limit` characters, the cut shown by an ellipsis. Never raises."""
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    except (RecursionError, ValueError):
        text = "…"  # nested just less deep than the parser allows: writing it out needs a few frames more
    return text if len(text) <= limit else text[: limit - 1] + "…"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One key and value in the file that an answer rests on."""

    key: str
    """Where it stands: "PNG parameters: Denoising strength", "prompt[12].class_type", "C2PA action c2pa.created"."""
    value: str
    """What stands there, shortened to `EVIDENCE_CHARACTERS`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageInput:
    """One image that the metadata says went in."""

    role: Role
    """What it was used for."""
    name: str | None = None
    """The name exactly as the metadata has it (file name, path, URL, server id), or None when it is not named."""
    sha256: str | None = None
    """Lower-case hex sha256 of the input FILE's bytes, where the metadata gives it."""
    hashes: Mapping[str, str] = field(default_factory=dict)
    """Other digests the metadata gives: "pixels-md5" (A1111 `Init image hash`), "pixels-sha256-8" (SD.Next, first
    8 hex of sha256 of decoded pixels)."""
    urn: str | None = None
    """C2PA manifest URN of the input, where the file links it."""
    note: Text | None = None
    """What kind of thing the name is, in words: "clipboard", "mask editor", "earlier ComfyUI output"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one reader found in one file."""

    tool: str
    """The generator, e.g. "ComfyUI", "AUTOMATIC1111", "Forge", "NovelAI"."""
    tool_version: str | None = None
    """Its version as the file has it."""
    mode: Mode
    """How the picture was made; UNKNOWN when the file does not say."""
    image_input: Answer
    """Did an image file go in?"""
    inputs: tuple[ImageInput, ...] = ()
    """Every image input that is named, hashed or linked; may be empty although `image_input` is YES."""
    strength: float | None = None
    """How much of the input was replaced, 0..1 (1 = all noise); None when not recorded or not applicable."""
    model: str | None = None
    """The base model's name as recorded."""
    extras: Mapping[str, Any] = field(default_factory=dict)
    """Recorded, not judged, JSON-ready: "loras" (list of names), "controlnets", "prompt", "negative_prompt", "seed",
    "steps", "sampler", "second_pass", "model_hash", …"""
    attested_by: str | None = None
    """Whose signature over this answer was verified (e.g. "NovelAI"), or None."""
    evidence: tuple[Evidence, ...] = ()
    """What each answer rests on; never empty when any answer is given."""
    notes: tuple[Text, ...] = ()
    """What the reader could not tell and why, one short sentence each; values from the file are shortened."""


@dataclass(frozen=True)
class Material:
    """Everything a reader may look at: one file's container, and the costlier parts made on first use.

    Readers MUST NOT decide by file name or by knowing a particular file; the name is not here at all.
    """

    container: Container
    """The file's structure and metadata."""
    load_stealth: Callable[[], str | None] = lambda: None
    """Reads the text hidden in the low bits of the pixels; costs a full decode. Use `stealth`."""
    load_pixels: Callable[[], Any] = lambda: None
    """Decodes to a Pillow image, or None when it cannot be decoded. Use `pixels`."""
    manifest: Mapping[str, Any] | None = None
    """What the C2PA reader reported (its JSON), or None; see `myself_i2i.c2pa`."""

    @functools.cached_property
    def stealth(self) -> str | None:
        """The JSON text in the alpha or RGB low bits (`stealth_pnginfo` family), or None."""
        return self.load_stealth()

    @functools.cached_property
    def pixels(self) -> Any:
        """The decoded Pillow image (mode as stored), or None."""
        return self.load_pixels()

    def text(self, *keywords: str) -> str | None:
        """Return the first PNG text under `keywords`."""
        return self.container.text(*keywords)

    def exif(self, name: str) -> str | None:
        """Return an EXIF string by tag name, or None."""
        return self.container.exif.get(name)

    @property
    def xmp(self) -> str | None:
        """The XMP packet as text."""
        return self.container.xmp


class Reader(Protocol):
    """One generator's reader: a module with this function.

    It MUST return None when the file is not from its generator, and MUST NOT raise on any bytes: a value of an
    unexpected type or shape is treated as absent.
    """

    def read(self, material: Material) -> Reading | None:
        """Return what the file records, or None when this generator wrote nothing here."""


_DECODER = json.JSONDecoder(strict=False, parse_constant=lambda _: None)


def parse_json(text: str | None, *, limit: int = LIMITS.text) -> Any:
    """Return the JSON value in `text`, or None: never raises, bounded in size and (by the C scanner) in depth.

    Accepts what real tools write: NaN and Infinity (read as None), text after the value, a leading byte order
    mark. The value may still be nested hundreds deep: walk it with a bound or without recursion.
    """
    if text is None or len(text) > limit:
        return None
    try:
        value, _ = _DECODER.raw_decode(text.lstrip("\ufeff \t\r\n\0"))
    except (ValueError, RecursionError):
        return None
    return value
