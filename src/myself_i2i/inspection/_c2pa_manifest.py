"""A C2PA manifest store as c2pa-python's `Reader.json()` gives it, narrowed to what inspection asks of it.

Only the active manifest speaks for the file. Where it merely opens an earlier version of the same picture (`parentOf`
and `c2pa.opened`), the earlier manifest is followed, as far as the store holds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from myself_i2i.inspection.values import dicts, mapping, text

__all__ = ["AI_TYPES", "STANDING", "Action", "Ingredient", "Standing", "Store"]

AI_TYPES = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia")
"""IPTC digital source types that say a generator took part: https://cv.iptc.org/newscodes/digitalsourcetype/"""
CREDENTIAL_CODES = ("signingCredential.", "timeStamp.", "cawg.", "timestamp.")
"""Failures about who signed, not about whether file and statements are intact."""
STANDING = "myself_i2i.standing"
"""Our own key beside the library's report: on which list the signer was found; see `manifests`."""
MAX_DEPTH = 16
MAX_ITEMS = 500


class Standing(Enum):
    """How far the signature carries."""

    TRUSTED = "Trusted"
    """Intact, and the signer is on a known list."""
    INTACT = "intact"
    """File and statements are as signed; the signer is not known here."""
    BROKEN = "broken"
    """File or statements were changed after signing, or this cannot be told."""


@dataclass(frozen=True, slots=True)
class Action:
    """One action of a manifest."""

    name: str
    """E.g. "c2pa.created"."""
    agent: str | None
    """The software agent's name."""
    source_type: str | None
    """Last part of the digital source type's address."""
    description: str | None
    """The vendor's own words."""
    parameters: Mapping[str, Any]
    """As they stand."""

    @property
    def by_ai(self) -> bool:
        """Whether a generator took part in this step."""
        return self.source_type in AI_TYPES


@dataclass(frozen=True, slots=True)
class Ingredient:
    """One picture or other thing that went in."""

    relationship: str
    """"inputTo", "parentOf" or "componentOf"."""
    title: str | None
    """Its name."""
    urn: str | None
    """The URN of its own manifest."""
    is_image: bool | None
    """Whether it is a picture; None when the manifest does not say."""


@dataclass(frozen=True, slots=True)
class Store:
    """What the active manifest, and those it continues, say."""

    standing: Standing
    """How far the signature carries."""
    state: str
    """The validator's word: "Trusted", "Valid" or "Invalid"."""
    failures: tuple[str, ...]
    """Failure codes of the active manifest."""
    issuer: str | None
    """The organisation in the signing certificate of the active manifest."""
    generator: str
    """The claim generator of the first manifest of the line."""
    generator_version: str | None
    """Its version."""
    actions: tuple[Action, ...]
    """All actions, the earliest manifest's first."""
    ingredients: tuple[Ingredient, ...]
    """All ingredients of the line, without those that are followed."""
    vouched: bool
    """Whether one signer on the C2PA list vouches for every action used: in claim version 2 only *created*
    assertions are the signer's own word (C2PA 2.4, §10.3), and a private list is the reader's own choice."""
    complete: bool
    """Whether the line was followed to a manifest that opens no other."""

    @classmethod
    def parse(cls, value: Any) -> Store | None:
        """Return the store in the reader's JSON, or None when there is no active manifest in it."""
        record = mapping(value)
        manifests = mapping(record.get("manifests"))
        line = list(_line(manifests, text(record.get("active_manifest"))))
        if not line:
            return None
        first, active = line[-1][1], line[0][1]
        followed = {urn for urn, _ in line[1:]}
        ingredients = [item for _, manifest in reversed(line) for item in _ingredients(manifest)]
        generator, version = _generator(first)
        state, failures, standing = _standing(record)
        return cls(
            standing=standing,
            state=state,
            failures=failures,
            issuer=text(mapping(active.get("signature_info")).get("issuer")),
            generator=generator,
            generator_version=version,
            actions=tuple(action for _, manifest in reversed(line) for action in _actions(manifest)),
            ingredients=tuple(item for item in ingredients if item.urn is None or item.urn not in followed),
            vouched=standing is Standing.TRUSTED and _vouched([manifest for _, manifest in line], record),
            complete=_parent(first) is None,
        )

    def used(self, relationship: str) -> list[Ingredient]:
        """Return the ingredients of that relationship."""
        return [item for item in self.ingredients if item.relationship == relationship]

    def says(self, *words: str) -> bool:
        """Return whether one of `words` stands in the issuer, the generator or an agent's name, in any case."""
        named = [self.issuer, self.generator, *(action.agent for action in self.actions)]
        whole = "\n".join(name for name in named if name).casefold()
        return any(word.casefold() in whole for word in words)


def _line(manifests: Mapping[str, Any], label: str | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    seen: set[str] = set()
    while label is not None and label in manifests and label not in seen and len(seen) < MAX_DEPTH:
        manifest = mapping(manifests[label])
        yield label, manifest
        seen.add(label)
        label = _parent(manifest)


def _parent(manifest: Mapping[str, Any]) -> str | None:
    """Return the manifest of the earlier version that this one opens, or None when it opens none (or unmarked)."""
    if any(action.name == "c2pa.created" for action in _actions(manifest)):
        return None
    for item in dicts(manifest.get("ingredients")):
        if item.get("relationship") == "parentOf":
            return text(item.get("active_manifest")) or ""
    return None


def _vouched(line: list[Mapping[str, Any]], record: Mapping[str, Any]) -> bool:
    signers = {text(mapping(manifest.get("signature_info")).get("issuer")) for manifest in line}
    own_word = all(
        assertion.get("created") is True
        for manifest in line
        if manifest.get("claim_version") != 1
        for assertion in dicts(manifest.get("assertions"))
        if (text(assertion.get("label")) or "").startswith("c2pa.actions")
    )
    return own_word and len(signers) == 1 and record.get(STANDING) != "private_anchor"


def _actions(manifest: Mapping[str, Any]) -> Iterator[Action]:
    for assertion in dicts(manifest.get("assertions"))[:MAX_ITEMS]:
        if not (text(assertion.get("label")) or "").startswith("c2pa.actions"):
            continue
        for item in dicts(mapping(assertion.get("data")).get("actions"))[:MAX_ITEMS]:
            agent = item.get("softwareAgent")
            yield Action(
                name=text(item.get("action")) or "",
                agent=text(agent) or text(mapping(agent).get("name")),
                source_type=(text(item.get("digitalSourceType")) or "").rsplit("/", 1)[-1] or None,
                description=text(item.get("description")),
                parameters=mapping(item.get("parameters")),
            )


def _ingredients(manifest: Mapping[str, Any]) -> Iterator[Ingredient]:
    # The library lists ingredients of the manifest, and spells some out once more (or only) beside their action.
    beside = [item for action in _actions(manifest) for item in dicts(action.parameters.get("ingredients"))]
    listed = [*dicts(manifest.get("ingredients")), *(item for item in beside if "relationship" in item)]
    return iter(dict.fromkeys(_ingredient(item) for item in listed[:MAX_ITEMS]))


def _ingredient(item: Mapping[str, Any]) -> Ingredient:
    media = text(item.get("format"))
    urn = text(item.get("active_manifest"))
    shown = text(mapping(item.get("thumbnail")).get("format"))
    pictured = bool(urn or (shown and shown.startswith("image/")))
    return Ingredient(
        relationship=text(item.get("relationship")) or "",
        title=text(item.get("title")),
        urn=urn,
        is_image="image" in media or "/" not in media if media else pictured or None,
    )


def _generator(manifest: Mapping[str, Any]) -> tuple[str, str | None]:
    for info in dicts(manifest.get("claim_generator_info")):
        if name := text(info.get("name")):
            return name.replace("_", " "), text(info.get("version"))
    whole = text(manifest.get("claim_generator")) or "C2PA"
    name, _, rest = whole.partition("/")
    return name.split(" ")[0].replace("_", " "), rest.split(" ")[0] or None


def _standing(record: Mapping[str, Any]) -> tuple[str, tuple[str, ...], Standing]:
    state = text(record.get("validation_state")) or "unknown"
    results = mapping(mapping(record.get("validation_results")).get("activeManifest"))
    listed = dicts(results.get("failure")) or dicts(record.get("validation_status"))
    failures = tuple(dict.fromkeys(code for item in listed if (code := text(item.get("code")))))
    if state == Standing.TRUSTED.value:
        return state, failures, Standing.TRUSTED
    whole = all(code.startswith(CREDENTIAL_CODES) for code in failures)
    # "Invalid" without a reason would be taken for intact, so a reason is asked for.
    intact = whole and (state == "Valid" or (state == "Invalid" and bool(failures)))
    return state, failures, Standing.INTACT if intact else Standing.BROKEN
