"""What a C2PA reader found in one file, as values.

A reading reports; it does not decide. `state` is the library's own word, narrowed where the library mixes up
trust lists; failures are split by what they are about, because "the certificate is not on a list" and "the
pixels were changed" must never look alike. Failures of ingredients are here too: the library leaves them out of
the state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from myself_i2i.errors import InputError
from myself_i2i.wording import Text

__all__ = [
    "Assertion",
    "Finding",
    "IngredientReading",
    "ManifestError",
    "ManifestReading",
    "RemoteManifestError",
    "SignerInfo",
    "Standing",
    "State",
]


class ManifestError(InputError):
    """The file has C2PA data, or is broken, so that no manifest can be read from it."""


class RemoteManifestError(ManifestError):
    """The manifest lies at an address outside the file; nothing was fetched."""

    def __init__(self, message: Text, *, url: str) -> None:
        super().__init__(message)
        self.url = url


class State(StrEnum):
    """The validation state, C2PA 2.4 §14.3."""

    TRUSTED = "Trusted"
    VALID = "Valid"
    INVALID = "Invalid"


class Standing(StrEnum):
    """Who knows the signer's certificate; says nothing about whether the claim is true."""

    C2PA_LIST = "c2pa_list"
    PRIVATE_ANCHOR = "private_anchor"
    NOBODY = "nobody"

    @property
    def text(self) -> Text:
        """The same in words."""
        return _STANDING_TEXTS[self]


_STANDING_TEXTS: Final = {
    Standing.C2PA_LIST: Text(
        en="the signer's issuer is on the C2PA trust list",
        ja="署名者の発行元はC2PAトラストリストに載っています",
    ),
    Standing.PRIVATE_ANCHOR: Text(
        en="the signer's issuer is one that you added on this machine",
        ja="署名者の発行元は、この端末で追加した発行元です",
    ),
    Standing.NOBODY: Text(
        en="the signer is on no list known here",
        ja="署名者は、ここにあるどのリストにも載っていません",
    ),
}

_HARD_BINDINGS: Final = (
    "assertion.dataHash.mismatch",
    "assertion.bmffHash.mismatch",
    "assertion.boxesHash.mismatch",
)
_CREDENTIAL_PREFIXES: Final = ("signingCredential.", "timeStamp.", "cawg.")


@dataclass(frozen=True, slots=True)
class Finding:
    """One validation status, C2PA 2.4 §15.2."""

    code: str
    """The status code, e.g. "assertion.dataHash.mismatch"."""
    url: str
    """The JUMBF URI of what it is about; "" when the library gives none."""
    explanation: str
    """The library's English words; a stranger's strings may stand in it."""

    @property
    def about_credential(self) -> bool:
        """Whether this is about who signed and when, and not about what was signed."""
        return self.code.startswith(_CREDENTIAL_PREFIXES)


@dataclass(frozen=True, slots=True)
class Assertion:
    """One assertion of the active manifest."""

    label: str
    """Its label, e.g. "c2pa.actions.v2"."""
    data: Any
    """Its content as JSON values; strings are a stranger's and unescaped."""
    created: bool
    """Whether the signer vouches for it (C2PA 2.4 §10.3); a "gathered" assertion is hearsay in the manifest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerInfo:
    """What the signature says about its maker, as the library reports it."""

    algorithm: str
    """E.g. "Ed25519", "Es256"; "" when not reported."""
    common_name: str
    """The certificate's CN: anyone may write any name here unless a list stands behind it."""
    issuer: str
    """The certificate's organisation as the library reports it; the same warning."""
    serial: int | None
    """The certificate's serial number."""
    signed_at: datetime | None
    """The time in the time-stamp, or None when there is no time-stamp."""
    signed_at_trusted: bool
    """Whether that time-stamp chains to a list known here; a time that is not trusted is only a claim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngredientReading:
    """One ingredient of the active manifest or of a manifest that it builds on."""

    of: str
    """The label of the manifest it belongs to."""
    label: str
    """Its assertion label, e.g. "c2pa.ingredient.v3__1"."""
    relationship: str
    """"parentOf", "inputTo" or "componentOf"; "" when absent."""
    title: str | None
    """Its title as the signer wrote it."""
    mime: str | None
    """Its media type as the signer wrote it."""
    instance_id: str | None
    """Its instance id; in our marks the `ni:` name of the source file's bytes."""
    active_manifest: str | None
    """The label of its own manifest in this store, or None when it came without one."""
    failures: tuple[Finding, ...]
    """What does not hold in its own manifest, findings about its credential left out."""
    credential_failures: tuple[Finding, ...]
    """What does not hold about its signer, e.g. "signingCredential.untrusted"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestReading:
    """What the C2PA reader reported for one file."""

    label: str
    """The active manifest's label, e.g. "urn:c2pa:…"."""
    state: State
    """The library's state, but never Trusted when the certificate is on none of our manifest lists."""
    standing: Standing
    """Who knows the signer."""
    signer: SignerInfo
    """Who signed, as the certificate says."""
    signature_holds: bool
    """Whether the certificate's key signed the claim. Where it did not, `signer` is only a certificate that somebody
    copied into the file."""
    altered: tuple[Finding, ...]
    """Failures about content: pixels, assertions, claim or store are not what was signed; what was already wrong with
    an ingredient when it was signed is not here but in `ingredients`. Empty = intact."""
    credential_failures: tuple[Finding, ...]
    """Failures about the credential: untrusted, expired, revoked, time-stamp not on a list."""
    informational: tuple[Finding, ...]
    """What the library remarks without failing."""
    assertions: tuple[Assertion, ...]
    """The active manifest's assertions, in order."""
    ingredients: tuple[IngredientReading, ...]
    """Ingredients of the active manifest first, then those of the manifests beneath it."""
    json: Mapping[str, Any]
    """The whole report of the library, unchanged: `active_manifest`, `manifests`, `validation_results`."""
    embedded: bool
    """Whether the library took the store out of the file itself; False when a store was handed in."""
    remote_url: str | None
    """Where the store came from when it was not embedded; never fetched by us."""
    store_sha256: str | None
    """Digest of the store that was handed in, or None; `signer.identify` asks for the same bytes."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """The active manifest as the library reports it."""
        found: Mapping[str, Any] = self.json["manifests"][self.label]
        return found

    def created(self, label: str) -> tuple[Assertion, ...]:
        """Return the assertions under `label` (or its numbered repeats) that the signer vouches for."""
        return tuple(
            one
            for one in self.assertions
            if one.created and (one.label == label or one.label.startswith(f"{label}__"))
        )

    @property
    def claim_holds(self) -> bool:
        """Whether everything that was signed is as it was, except perhaps the file's bytes around it.

        True for a file whose metadata was edited after signing, and for a sidecar beside a stripped copy: then the
        `imageData/v1` digest in our mark can still tell whether the coded picture is the one that was marked.
        """
        return all(one.code in _HARD_BINDINGS for one in self.altered)

    @property
    def altered_ingredients(self) -> tuple[IngredientReading, ...]:
        """Ingredients whose own manifest does not hold; the library's state stays silent about them."""
        return tuple(one for one in self.ingredients if one.failures)


def findings(values: Iterable[Any]) -> tuple[Finding, ...]:
    """Return the library's status objects as values; anything of another shape is left out."""
    return tuple(
        Finding(
            code=str(value["code"]),
            url=str(value.get("url") or ""),
            explanation=str(value.get("explanation") or ""),
        )
        for value in values
        if isinstance(value, Mapping) and "code" in value
    )
