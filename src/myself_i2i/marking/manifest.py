"""What a mark says, as a C2PA manifest definition; pure. The format is spec/mark.md.

Statements come in as their signed envelopes and go in as they are; this module never signs and never decides
whether a source may be used.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from myself_i2i.c2pa import labels
from myself_i2i.c2pa.ingredient import Ingredient, instance_id_of
from myself_i2i.errors import LimitError, UsageError
from myself_i2i.marking.looks import Looks
from myself_i2i.wording import Text

__all__ = [
    "MARK_BYTES",
    "SOURCES",
    "MarkContent",
    "MarkSource",
    "Plan",
    "TrainingMining",
    "Use",
    "build",
    "digital_source_type",
]

MARK_BYTES: Final = 512 * 1024
"""Largest mark assertion, in bytes of JSON."""
SOURCES: Final = 64
"""Most sources in one mark."""

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_COMPOSITE_MODES: Final = frozenset({"inpaint", "outpaint", "edit"})
_COMPOSITE_WITH_INPUT: Final = frozenset({"upscale", "mixed", "unknown"})


class Use(StrEnum):
    """What the maker lets others do, CAWG training and data mining 1.1 §2.2."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "notAllowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingMining:
    """The maker's wish for their own picture; None = nothing is said about it."""

    ai_inference: Use | None = None
    """May it be the input of a model? This is the one that covers image-to-image."""
    ai_generative_training: Use | None = None
    """May a generative model be trained on it?"""
    ai_training: Use | None = None
    """May another model be trained on it?"""
    data_mining: Use | None = None
    """May it be mined for data?"""

    def entries(self) -> dict[str, dict[str, str]]:
        """Return the assertion's `entries`, only those that were said."""
        said = {
            labels.TRAINING_MINING_AI_INFERENCE: self.ai_inference,
            labels.TRAINING_MINING_GENERATIVE: self.ai_generative_training,
            labels.TRAINING_MINING_AI_TRAINING: self.ai_training,
            labels.TRAINING_MINING_DATA_MINING: self.data_mining,
        }
        return {label: {"use": use.value} for label, use in said.items() if use is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkSource:
    """One source picture: a file, whatever it was used for."""

    sha256: str
    """Lower-case hex sha256 of the source file."""
    mime: str
    """Its media type."""
    basis: str
    """The rights basis as the source statement has it, e.g. "own-drawing"; repeated for readers of other makes."""
    statement: bytes
    """The source/v1 envelope, `Envelope.to_json()`."""
    permission: bytes | None = None
    """The permission/v1 envelope that the basis names, or None."""
    image_data: str | None = None
    """Its `imageData/v1` digest, when known."""
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    """How it looks, by algorithm name, e.g. {"pdq64_v1": "…"}."""
    sealed: bool = False
    """The maker keeps to themselves how it looks; there are no `fingerprints` then."""
    roles: tuple[str, ...] = ()
    """What it was used for: "init", "mask", …"""
    title: str | None = None
    """What viewers show; None shows "source 1". A file name may say more than the maker wants to tell."""
    data: bytes | None = None
    """The file, so that a manifest of its own is kept; None when it has none or is not at hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkContent:
    """Everything a mark says; signed statements as their envelopes."""

    keyid: str
    """The maker's key id (hex sha256 of the SubjectPublicKeyInfo)."""
    generator_version: str
    """Our version, for `claim_generator_info`."""
    mode: str
    """How the picture was made: "t2i", "i2i", … (spec/inspection.md)."""
    image_input: str
    """Did an image file go in: "yes", "no", "not_recorded"."""
    pledge: bytes
    """The pledge/v1 envelope."""
    generation: bytes
    """The generation/v1 envelope."""
    sources: tuple[MarkSource, ...] = ()
    """The source pictures, each file once."""
    training_mining: TrainingMining = field(default_factory=TrainingMining)
    """The maker's wish for this picture."""
    title: str | None = None
    """The picture's title for viewers; None writes none."""
    all_actions_included: bool = False
    """Whether nothing else was done to the picture. False unless a recorder saw all of it: retouching by hand
    leaves no trace in a file."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What `native.sign` needs."""

    manifest: Mapping[str, Any]
    """The manifest definition."""
    ingredients: tuple[Ingredient, ...]
    """The parent first, if there is one, then the sources."""


def digital_source_type(mode: str, image_input: str) -> str:
    """Return the IPTC digital source type for a way of making; the table stands in spec/mark.md."""
    if mode in _COMPOSITE_MODES or (mode in _COMPOSITE_WITH_INPUT and image_input == "yes"):
        return labels.COMPOSITE_WITH_TRAINED_ALGORITHMIC_MEDIA
    return labels.TRAINED_ALGORITHMIC_MEDIA


def build(
    content: MarkContent,
    *,
    image_data: str,
    looks: Looks | None = None,
    parent: Ingredient | None = None,
    metadata_edited: bool = True,
) -> Plan:
    """Return the manifest for `content`; `image_data` is the picture's `imageData/v1` digest, `looks` how it looks.

    `parent` is the file as it was, when it already carries a manifest: it was then made under that claim, and the
    mark says "opened" instead of "created" (C2PA 2.4 §18.15.2 allows one of the two, first). `metadata_edited` is
    whether its metadata was changed since.

    Raises:
        UsageError: a digest is none, a source stands twice, an envelope is not JSON.
        LimitError: more than `SOURCES` sources or `MARK_BYTES` bytes.
    """
    _check(content, image_data)
    sources = tuple(_ingredient(index, source) for index, source in enumerate(content.sources))
    actions = _created(content, sources) if parent is None else _opened(metadata_edited=metadata_edited)
    assertions = [actions, _mark(content, image_data, looks)]
    if looks is not None:
        assertions.append(looks.soft_binding())
    entries = content.training_mining.entries()
    if entries:
        assertions.append({"label": labels.TRAINING_MINING, "data": {"entries": entries}})
    generator = {
        "name": labels.CLAIM_GENERATOR,
        "version": content.generator_version,
        "specVersion": labels.SPEC_VERSION,
    }
    manifest: dict[str, Any] = {"claim_generator_info": [generator], "assertions": assertions}
    if content.title is not None:
        manifest["title"] = content.title
    return Plan(manifest, sources if parent is None else (parent, *sources))


def _created(content: MarkContent, sources: tuple[Ingredient, ...]) -> dict[str, Any]:
    action: dict[str, Any] = {
        "action": labels.ACTION_CREATED,
        "digitalSourceType": digital_source_type(content.mode, content.image_input),
    }
    if sources:
        action["parameters"] = {"ingredientIds": [one.definition["label"] for one in sources]}
    return _actions([action], complete=content.all_actions_included)


def _opened(*, metadata_edited: bool) -> dict[str, Any]:
    # The sources went into what the parent's claim made, not into opening it: no action names them, our own
    # assertion does. Naming them in "opened" is refused, in "edited.metadata" it would be untrue.
    actions: list[dict[str, Any]] = [
        {"action": labels.ACTION_OPENED, "parameters": {"ingredientIds": [PARENT_LABEL]}}
    ]
    if metadata_edited:
        actions.append({"action": labels.ACTION_EDITED_METADATA})
    # The parent is the very file we were given, so since then nothing else happened.
    return _actions(actions, complete=True)


def _actions(actions: list[dict[str, Any]], *, complete: bool) -> dict[str, Any]:
    data = {"actions": actions, "allActionsIncluded": complete}
    return {"label": labels.ACTIONS, "data": data, "created": True}


PARENT_LABEL: Final = "parent"
"""The parent's temporary name, by which its action finds it; not written to the file."""


def _ingredient(index: int, source: MarkSource) -> Ingredient:
    definition = {
        "title": source.title or f"source {index + 1}",
        "format": source.mime,
        "relationship": labels.INPUT_TO,
        "label": f"source{index}",
        "instance_id": instance_id_of(source.sha256),
    }
    return Ingredient(definition, source.data)


def _mark(content: MarkContent, image_data: str, looks: Looks | None) -> dict[str, Any]:
    data = {
        "version": labels.MARK_VERSION,
        "maker": {"keyid": content.keyid},
        "imageData": image_data,
        **({} if looks is None else {"fingerprints": {looks.same.algorithm: looks.same.text}}),
        "pledge": _envelope(content.pledge),
        "generation": _envelope(content.generation),
        "sources": [_source(source) for source in content.sources],
    }
    size = len(json.dumps(data, separators=(",", ":")))
    if size > MARK_BYTES:
        raise LimitError(
            Text(
                en="the mark would have {size} bytes, more than {limit}",
                ja="目印が{size}バイトになり、上限の{limit}バイトを超えます",
            ).format(size=size, limit=MARK_BYTES),
            hint=Text(
                en="leave the prompt out of the record", ja="記録にプロンプトを含めない設定にしてください"
            ),
        )
    # Without "kind" the library writes CBOR, which a second verifier refuses for assertions of its own kind.
    return {"label": labels.MARK, "kind": "Json", "data": data, "created": True}


def _source(source: MarkSource) -> dict[str, Any]:
    said: dict[str, Any] = {
        "ingredient": instance_id_of(source.sha256),
        "sha256": source.sha256,
        "basis": source.basis,
        "statement": _envelope(source.statement),
    }
    optional = {
        "roles": list(source.roles),
        "imageData": source.image_data,
        "sealed": source.sealed,
        "fingerprints": {} if source.sealed else dict(source.fingerprints),
        "permission": None if source.permission is None else _envelope(source.permission),
    }
    return said | {name: value for name, value in optional.items() if value}


def _envelope(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as cause:
        raise _wrong(Text(en="an envelope that is not json", ja="JSONではない封筒")) from cause
    if not isinstance(value, dict) or "payload" not in value:
        raise _wrong(Text(en="json that is no envelope", ja="封筒ではないJSON"))
    return value


def _check(content: MarkContent, image_data: str) -> None:
    if len(content.sources) > SOURCES:
        raise LimitError(
            Text(
                en="got {count} sources, at most {limit} fit in one mark",
                ja="元画像が{count}枚あります。ひとつの目印に入るのは{limit}枚までです",
            ).format(count=len(content.sources), limit=SOURCES)
        )
    digests = [source.sha256 for source in content.sources]
    optional = [source.image_data for source in content.sources if source.image_data is not None]
    for digest in (content.keyid, image_data, *digests, *optional):
        if not _DIGEST.fullmatch(digest):
            raise _wrong(Text(en=f"{digest[:70]!r} for a sha256", ja=f"sha256ではない値（{digest[:70]!r}）"))
    if len(set(digests)) != len(digests):
        raise _wrong(Text(en="the same source file twice", ja="同じ元画像が2回"))


def _wrong(got: Text) -> UsageError:
    return UsageError(
        Text(en=f"a mark cannot be made: got {got.en}", ja=f"目印を作れません: {got.ja}が渡されました")
    )
