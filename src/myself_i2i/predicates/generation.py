"""generation/v1: how a picture was made, and who wrote that down. Page: spec/predicates/generation.md.

The subject is the finished picture by sha256 and, where it can be had, by imageData/v1. Models and LoRA are
recorded, not judged.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

from myself_i2i.predicates._fields import Fields, without_absent
from myself_i2i.predicates.interface import predicate_type
from myself_i2i.predicates.moments import format_moment

__all__ = [
    "IMAGE_INPUT",
    "MODES",
    "ROLES",
    "Generation",
    "Input",
    "Parent",
    "Prompt",
    "PromptPolicy",
    "Relation",
    "WrittenBy",
    "salted_digest",
]

MODES = (
    "t2i", "i2i", "inpaint", "outpaint", "controlnet", "reference", "edit", "upscale", "mixed", "unknown",
)  # fmt: skip
"""How a picture was made; the words of spec/inspection.md."""
IMAGE_INPUT = ("yes", "no", "not_recorded")
"""Did an image file go in?"""
ROLES = ("init", "mask", "control", "reference", "style", "latent", "unknown")
"""What an image input was used for."""


class WrittenBy(StrEnum):
    """Who wrote the record down; later in this list means further from the making."""

    RECORDER = "recorder"
    """A recorder inside the tool, when it was made."""
    FILE = "file"
    """Read from the file's own metadata, later."""
    HAND = "hand"
    """Typed in by the maker."""


class Relation(StrEnum):
    """How a picture comes from an earlier one of the same maker."""

    GENERATED_FROM = "generated-from"
    HAND_WORK = "hand-work"
    UPSCALED = "upscaled"


class PromptPolicy(StrEnum):
    """How much of the prompt the statement carries; the maker chooses."""

    FULL = "full"
    SALTED_DIGEST = "salted-digest"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Input:
    """One picture that went in."""

    role: str
    """One of `ROLES`."""
    name: str | None = None
    """Its name as the record has it."""
    sha256: str | None = None
    """The sha256 of the input file's bytes."""
    image_data: str | None = None
    """Its imageData/v1 digest."""
    hashes: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Other digests of the tool's own, e.g. "pixels-md5", "pixels-sha256-8"."""
    fingerprints: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Perceptual fingerprints by algorithm and version, e.g. "pdq64_v1"."""
    basis: str | None = None
    """Digest of the envelope of the source/v1 statement that gives its rights basis."""
    urn: str | None = None
    """C2PA manifest URN, where the file links one."""
    origin: str | None = None
    """How it came into the tool, where that is known: the words of spec/recording.md ("file", "clipboard", …)."""

    def to_json(self) -> dict[str, Any]:
        """Return one item of `inputs`."""
        return without_absent(
            role=self.role,
            name=self.name,
            sha256=self.sha256,
            imageData=self.image_data,
            hashes=dict(self.hashes),
            fingerprints=dict(self.fingerprints),
            basis=self.basis,
            urn=self.urn,
            origin=self.origin,
        )

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Return the input in one item of `inputs`."""
        return cls(
            role=fields.one_of("role", ROLES),
            name=fields.optional_text("name"),
            sha256=fields.optional_sha256("sha256"),
            image_data=fields.optional_sha256("imageData"),
            hashes=fields.mapping("hashes"),
            fingerprints=fields.mapping("fingerprints"),
            basis=fields.optional_sha256("basis"),
            urn=fields.optional_text("urn"),
            origin=fields.optional_text("origin"),
        )


@dataclass(frozen=True, kw_only=True)
class Parent:
    """An earlier picture of the same work: records are a graph over many steps, hand work included."""

    relation: Relation
    """How this picture comes from it."""
    sha256: str
    """The sha256 of the earlier file."""
    note: str | None = None
    """What was done, in the maker's words."""

    def to_json(self) -> dict[str, Any]:
        """Return one item of `parents`."""
        return without_absent(relation=str(self.relation), sha256=self.sha256, note=self.note)

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Return the parent in one item of `parents`."""
        return cls(
            relation=fields.choice("relation", Relation),
            sha256=fields.sha256("sha256"),
            note=fields.optional_text("note"),
        )


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """What the statement tells of the prompt."""

    policy: PromptPolicy
    """FULL carries `text`, SALTED_DIGEST carries `digest`, NONE neither."""
    text: str | None = None
    """The prompt."""
    negative: str | None = None
    """The negative prompt; only with FULL."""
    digest: str | None = None
    """`salted_digest` of the prompt; the maker keeps the salt and may open it later."""

    def to_json(self) -> dict[str, Any]:
        """Return the `prompt` object."""
        return without_absent(
            policy=str(self.policy), text=self.text, negative=self.negative, digest=self.digest
        )

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Return the prompt in `fields`; what the policy does not carry is not read."""
        policy = fields.choice("policy", PromptPolicy)
        full, digest = policy is PromptPolicy.FULL, policy is PromptPolicy.SALTED_DIGEST
        return cls(
            policy=policy,
            text=fields.text("text", limit=200_000) if full else None,
            negative=fields.optional_text("negative", limit=200_000) if full else None,
            digest=fields.sha256("digest") if digest else None,
        )


@dataclass(frozen=True, kw_only=True)
class Generation:
    """How one picture was made, as somebody wrote it down."""

    PREDICATE_TYPE: ClassVar[str] = predicate_type("generation")

    written_by: WrittenBy
    """Who wrote it down."""
    writer: str | None = None
    """The recorder's or reader's name and version, e.g. "myself-i2i 0.1.0 (ComfyUI reader)"."""
    tool: str | None = None
    """The generator, e.g. "ComfyUI"."""
    tool_version: str | None = None
    """Its version."""
    mode: str
    """One of `MODES`."""
    image_input: str
    """One of `IMAGE_INPUT`."""
    model: str | None = None
    """The base model's name."""
    strength: float | None = None
    """How much of the input was replaced, 0..1."""
    loras: tuple[str, ...] = ()
    """LoRA and the like, by name."""
    parameters: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Other recorded values as text ("seed", "steps"): seeds of 64 bits do not fit a JSON number."""
    inputs: tuple[Input, ...] = ()
    """Every picture that went in, as far as it is known."""
    parents: tuple[Parent, ...] = ()
    """Earlier pictures of the same work."""
    fingerprints: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Perceptual fingerprints of the finished picture by algorithm and version, e.g. "pdq64_v1"."""
    prompt: Prompt = field(default_factory=lambda: Prompt(policy=PromptPolicy.NONE))
    """What is told of the prompt."""
    note: str | None = None
    """The maker's own words."""
    generated_at: datetime | None = None
    """When the picture was made, where that is known."""
    recorded_at: datetime
    """When this was written down, as the signer says."""

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of spec/predicates/generation.md."""
        return without_absent(
            writtenBy=without_absent(who=str(self.written_by), writer=self.writer),
            tool=without_absent(name=self.tool, version=self.tool_version),
            mode=self.mode,
            imageInput=self.image_input,
            model=self.model,
            strength=self.strength,
            loras=list(self.loras),
            parameters=dict(self.parameters),
            inputs=[item.to_json() for item in self.inputs],
            parents=[item.to_json() for item in self.parents],
            fingerprints=dict(self.fingerprints),
            prompt=self.prompt.to_json(),
            note=self.note,
            generatedAt=format_moment(self.generated_at) if self.generated_at else None,
            recordedAt=format_moment(self.recorded_at),
        )

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Return the generation in `value`; raises `InputError`."""
        fields = Fields(value, "generation")
        written_by, tool = fields.inner("writtenBy"), fields.optional_inner("tool")
        return cls(
            written_by=written_by.choice("who", WrittenBy),
            writer=written_by.optional_text("writer"),
            tool=tool.optional_text("name") if tool else None,
            tool_version=tool.optional_text("version") if tool else None,
            mode=fields.one_of("mode", MODES),
            image_input=fields.one_of("imageInput", IMAGE_INPUT),
            model=fields.optional_text("model"),
            strength=fields.optional_number("strength"),
            loras=fields.texts("loras"),
            parameters=fields.mapping("parameters"),
            inputs=fields.items("inputs", Input.read),
            parents=fields.items("parents", Parent.read),
            fingerprints=fields.mapping("fingerprints"),
            prompt=Prompt.read(fields.inner("prompt")),
            note=fields.optional_text("note"),
            generated_at=fields.optional_moment("generatedAt"),
            recorded_at=fields.moment("recordedAt"),
        )


def salted_digest(prompt: str, salt: bytes) -> str:
    """Return HMAC-SHA-256 of the UTF-8 prompt under `salt`, in hex.

    The salt MUST be 32 random bytes, fresh for each prompt and kept by the maker: without it a short prompt
    could be found by trying, and the same prompt would show as the same digest everywhere.
    """
    return hmac.new(salt, prompt.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
