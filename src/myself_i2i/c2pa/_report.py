"""The library's JSON report -> `ManifestReading`; pure, so that every case can be tried without a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from myself_i2i.c2pa.reading import (
    Assertion,
    Finding,
    IngredientReading,
    ManifestError,
    ManifestReading,
    SignerInfo,
    Standing,
    State,
    findings,
)
from myself_i2i.wording import Text

__all__ = ["Source", "reading_from"]

_MANIFESTS: Final = 500  # a store is a few manifests; a crafted one may chain thousands
_TRUSTED: Final = "signingCredential.trusted"
_SIGNED: Final = "claimSignature.validated"
_TIME_TRUSTED: Final = "timeStamp.trusted"
# Older ingredients list successes and failures together, C2PA 2.4 §15.2.1.
_SUCCESSES: Final = (".match", ".validated", ".trusted", ".accessible", ".insideValidity", ".notRevoked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a report came from, and which lists count."""

    lists: Mapping[str, Standing]
    """Trust list URI -> who that list is."""
    embedded: bool
    """The library took the store out of the file."""
    remote_url: str | None
    """The library's remote URL."""
    store_sha256: str | None
    """Digest of the store handed in."""


def reading_from(report: Mapping[str, Any], source: Source) -> ManifestReading:
    """Return the report as a reading.

    Raises:
        ManifestError: the report names no active manifest.
    """
    manifests = _mapping(report.get("manifests"))
    label = str(report.get("active_manifest") or "")
    if label not in manifests:
        raise ManifestError(
            Text(
                en="the c2pa data names no active manifest",
                ja="C2PAデータに有効なマニフェストがありません",
            )
        )
    active = _mapping(manifests[label])
    results = _mapping(report.get("validation_results"))
    codes = _mapping(results.get("activeManifest"))
    succeeded = {one.code for one in findings(_sequence(codes.get("success")))}
    failures = findings(_sequence(codes.get("failure")))
    # Failures found in ingredients now, that their assertions did not record: the store was changed after signing.
    deltas = _deltas(results)
    since = tuple(one for found in deltas.values() for one in found)
    standing = _standing(succeeded, results.get("trustListUri"), source.lists)
    return ManifestReading(
        label=label,
        state=_state(report.get("validation_state"), standing),
        standing=standing,
        signer=_signer(_mapping(active.get("signature_info")), succeeded),
        signature_holds=_SIGNED in succeeded,
        altered=tuple(one for one in failures + since if not one.about_credential),
        credential_failures=tuple(one for one in failures if one.about_credential),
        informational=findings(_sequence(codes.get("informational"))),
        assertions=tuple(_assertions(active)),
        ingredients=tuple(_ingredients(manifests, label, deltas)),
        json=report,
        embedded=source.embedded,
        remote_url=source.remote_url,
        store_sha256=source.store_sha256,
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _sequence(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _standing(succeeded: set[str], uri: object, lists: Mapping[str, Standing]) -> Standing:
    # The library trusts a claim signer under a root that was loaded for time-stamps only (its `trust_kind` does
    # not separate purposes). Only a list that we loaded for manifests counts.
    # And it finds the certificate on the list before it looks at the signature: anyone can copy a certificate.
    if not {_TRUSTED, _SIGNED} <= succeeded:
        return Standing.NOBODY
    return lists.get(uri, Standing.NOBODY) if isinstance(uri, str) else Standing.NOBODY


def _state(value: object, standing: Standing) -> State:
    try:
        state = State(str(value))
    except ValueError:
        return State.INVALID
    return State.VALID if state is State.TRUSTED and standing is Standing.NOBODY else state


def _signer(info: Mapping[str, Any], succeeded: set[str]) -> SignerInfo:
    serial = str(info.get("cert_serial_number") or "")
    return SignerInfo(
        algorithm=str(info.get("alg") or ""),
        common_name=str(info.get("common_name") or ""),
        issuer=str(info.get("issuer") or ""),
        serial=int(serial) if serial.isascii() and serial.isdigit() and len(serial) <= 60 else None,  # noqa: PLR2004 - 20 bytes (RFC 5280) are 49 digits
        signed_at=_time(info.get("time")),
        signed_at_trusted=_TIME_TRUSTED in succeeded,
    )


def _time(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def _assertions(manifest: Mapping[str, Any]) -> Iterator[Assertion]:
    # Claims before version 2 have one list only, and the signer vouches for all of it.
    all_created = manifest.get("claim_version") != 2  # noqa: PLR2004 - the claim version of C2PA 2.x
    for value in _sequence(manifest.get("assertions")):
        entry = _mapping(value)
        if isinstance(entry.get("label"), str):
            yield Assertion(
                label=entry["label"],
                data=entry.get("data"),
                created=all_created or entry.get("created") is True,
            )


def _deltas(results: Mapping[str, Any]) -> dict[str, tuple[Finding, ...]]:
    """What the library found in ingredients now, beyond what their assertions recorded; by assertion URI."""
    found: dict[str, tuple[Finding, ...]] = {}
    for value in _sequence(results.get("ingredientDeltas")):
        entry = _mapping(value)
        delta = _mapping(entry.get("validationDeltas"))
        uri = str(entry.get("ingredientAssertionURI") or "")
        found[uri] = found.get(uri, ()) + findings(_sequence(delta.get("failure")))
    return found


def _ingredients(
    manifests: Mapping[str, Any], label: str, deltas: Mapping[str, tuple[Finding, ...]]
) -> Iterator[IngredientReading]:
    seen, waiting = {label}, [label]
    while waiting and len(seen) <= _MANIFESTS:
        of = waiting.pop(0)
        for value in _sequence(_mapping(manifests.get(of)).get("ingredients")):
            one = _ingredient(of, _mapping(value), deltas)
            yield one
            beneath = one.active_manifest
            if beneath is not None and beneath in manifests and beneath not in seen:
                seen.add(beneath)
                waiting.append(beneath)


def _ingredient(
    of: str, value: Mapping[str, Any], deltas: Mapping[str, tuple[Finding, ...]]
) -> IngredientReading:
    label = str(value.get("label") or "")
    codes = _mapping(_mapping(value.get("validation_results")).get("activeManifest"))
    mixed = findings(_sequence(value.get("validation_status")))
    recorded = findings(_sequence(codes.get("failure"))) + tuple(
        one for one in mixed if not one.code.endswith(_SUCCESSES)
    )
    suffix = f"/{of}/c2pa.assertions/{label}"
    now = tuple(one for uri, found in deltas.items() if uri.endswith(suffix) for one in found)
    failures = tuple(dict.fromkeys(recorded + now))
    return IngredientReading(
        of=of,
        label=label,
        relationship=str(value.get("relationship") or ""),
        title=_text(value.get("title")),
        mime=_text(value.get("format")),
        instance_id=_text(value.get("instance_id")),
        active_manifest=_text(value.get("active_manifest")),
        failures=tuple(one for one in failures if not one.about_credential),
        credential_failures=tuple(one for one in failures if one.about_credential),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
