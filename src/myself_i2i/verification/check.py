"""Check one picture: numbered steps, four separate answers, no verdict on anybody.

1. Read the container.
2. Read the C2PA manifest, if there is one, against the lists known here.
3. Find our mark among the assertions that the signer vouches for, and verify its statements.
4. Tie mark, picture and certificate together.
5. Read the file's own metadata, without what the mark wrote.
6. Compare the two.
7. Collect what others add.
8. Say who stands behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from myself_i2i.c2pa.native import read
from myself_i2i.c2pa.reading import ManifestReading, RemoteManifestError, Standing
from myself_i2i.c2pa.signer import ClaimSigner, identify
from myself_i2i.c2pa.trust import NO_TRUST, TrustSettings
from myself_i2i.errors import InputError, VerificationError
from myself_i2i.image import Container, read_container
from myself_i2i.inspection.files import inspect_container
from myself_i2i.inspection.report import Inspection
from myself_i2i.predicates.generation import WrittenBy
from myself_i2i.predicates.moments import format_moment
from myself_i2i.rights import Statements
from myself_i2i.verification import answers, said
from myself_i2i.verification.consistency import compare
from myself_i2i.verification.evidence import Step
from myself_i2i.verification.mark import SignedMark, find_mark
from myself_i2i.verification.own_metadata import own_container, own_manifest
from myself_i2i.verification.registries import registry_behind
from myself_i2i.verification.report import (
    Agreement,
    Consistency,
    Intact,
    Integrity,
    Known,
    Report,
    Signer,
)
from myself_i2i.wording import Text

__all__ = ["Knowledge", "check"]

MOST_TOLD = 100
"""Most status codes, and most ingredients that do not hold, in one report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What the person who checks knows; everything may be empty."""

    trust: TrustSettings = NO_TRUST
    """The C2PA and time-stamp lists, and issuers added by hand."""
    own: frozenset[str] = frozenset()
    """Key ids of the person's own keys."""
    makers: Mapping[str, str] = field(default_factory=dict)
    """Pinned makers: key id to name."""
    registries: tuple[bytes, ...] = ()
    """Roots (DER) of the registries among the issuers added by hand; `trust` MUST hold them too."""
    statements: Statements | None = None
    """The person's own ledger: withdrawals and permissions that did not travel with the file."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What steps 1 to 4 found."""

    container: Container
    reading: ManifestReading | None = None
    broken: Text | None = None
    """Why a manifest that is there cannot be read."""
    signer: ClaimSigner | None = None
    """Who signed the manifest, None when that cannot be told."""
    mark: SignedMark | None = None
    """The mark, when it holds for this file."""
    refused: bool = False
    """Whether a mark is there that does not."""
    notes: tuple[Text, ...] = ()

    @property
    def keyid(self) -> str | None:
        """The key that signed the manifest."""
        return None if self.signer is None else self.signer.keyid


def check(
    data: bytes,
    *,
    name: str,
    checked_at: datetime,
    knowledge: Knowledge | None = None,
    sidecar: bytes | None = None,
) -> Report:
    """Return the report on the picture in `data`; never raises for what a file contains.

    `checked_at` is read once by the caller; `sidecar` is a `.c2pa` store kept beside the file, used instead of what
    is embedded. The report names the file as `name`. Nothing here reaches the network. Raises SigningError when the
    installed C2PA library does not do what it is told: then no file can be checked.
    """
    known = knowledge or Knowledge()
    moment = format_moment(checked_at)
    # 1. the container
    try:
        container = read_container(data)
    except InputError as error:
        return answers.unreadable(name, moment, error)
    # 2. the manifest
    found = _Found(container)
    if sidecar is not None or container.manifest_possible(data):
        found = _read_manifest(data, container, known, sidecar)
    # 3. and 4. the mark, tied to picture and key
    return _report(data, _read_mark(data, found), known, name=name, moment=moment)


def _report(data: bytes, found: _Found, known: Knowledge, *, name: str, moment: str) -> Report:
    mark, container = found.mark, found.container
    intact = _intact(found)
    # 5. the file's own metadata
    inspection = inspect_container(data, own_container(container), manifest=own_manifest(found.reading))
    # 6. the two compared
    consistency = (
        Consistency(Agreement.NOT_APPLICABLE) if mark is None else compare(inspection, mark.record.says)
    )
    # 7. what others add
    others = said.others(found.reading, mark, inspection, intact=intact.answer, known=known.statements)
    # 8. who stands behind it
    return Report(
        file=name,
        checked_at=moment,
        intact=intact,
        signer=_signer(found, known),
        claims=said.claims(mark, inspection),
        others=others,
        step=_step(found, intact.answer, inspection),
        consistency=consistency,
        marked=mark is not None,
        refused=found.refused,
        notes=(*found.notes, *_notes(mark, intact.answer, inspection, known)),
    )


def _read_manifest(data: bytes, container: Container, known: Knowledge, sidecar: bytes | None) -> _Found:
    store = container.manifest_store if sidecar is None else sidecar
    try:
        reading = read(data, container.format.mime, trust=known.trust, manifest_store=store)
    except RemoteManifestError as error:
        return _Found(container, notes=(error.message,))
    except InputError as error:
        if store is None:
            # The library goes through the whole file and stumbles over any damage; that shows no manifest.
            return _Found(container, notes=(answers.UNREAD.format(why=error.message),))
        return _Found(container, broken=error.message)
    if reading is None or store is None:
        return _Found(container, reading)
    try:
        return _Found(container, reading, signer=identify(store, reading))
    except (InputError, VerificationError) as error:
        return _Found(container, reading, notes=(error.message,))


def _read_mark(data: bytes, found: _Found) -> _Found:
    if found.reading is None:
        return found
    try:
        mark = find_mark(found.reading, keyid=found.keyid, picture=data)
    except (InputError, VerificationError) as error:
        return replace(found, refused=True, notes=(error.message, *found.notes))
    return replace(found, mark=mark)


def _intact(found: _Found) -> Intact:
    reading = found.reading
    if found.broken is not None:
        return Intact(Integrity.CHANGED, answers.DAMAGED.format(why=found.broken))
    if reading is None:
        return Intact(Integrity.NOTHING_TO_CHECK, answers.NOTHING_TO_CHECK)
    failures = (*reading.altered, *reading.credential_failures)
    codes = tuple(dict.fromkeys(one.code for one in failures))[:MOST_TOLD]
    ingredients = tuple(answers.ingredient_says(one) for one in reading.altered_ingredients[:MOST_TOLD])
    if not reading.signature_holds:
        return Intact(Integrity.CHANGED, answers.NOT_HOLDING, codes, ingredients)
    if reading.altered:
        says = answers.CHANGED if found.mark is None else answers.ONLY_METADATA
        return Intact(Integrity.CHANGED, says, codes, ingredients)
    if not answers.EXPIRED_CODES.isdisjoint(codes):
        return Intact(Integrity.EXPIRED, answers.EXPIRED, codes, ingredients)
    return Intact(Integrity.INTACT, answers.INTACT, codes, ingredients)


def _signer(found: _Found, known: Knowledge) -> Signer:
    reading, keyid = found.reading, found.keyid
    if reading is None:
        return Signer(Known.NOBODY, answers.NO_SIGNER)
    if not reading.signature_holds:
        # The certificate is somebody's, but anyone can copy one into a file: its name must not be shown as a signer's.
        return Signer(Known.UNKNOWN, answers.NOT_SIGNED)
    name = reading.signer.common_name or reading.signer.issuer or None
    short = found.mark.key.short_form if found.mark is not None else None
    if keyid is not None and keyid in known.own:
        return Signer(Known.SELF, answers.SIGNED_BY_SELF, name, keyid, short)
    if keyid is not None and keyid in known.makers:
        return Signer(Known.PINNED, answers.PINNED.format(name=known.makers[keyid]), name, keyid, short)
    answer, says = _STANDINGS[reading.standing]
    registry = None
    if reading.standing is Standing.PRIVATE_ANCHOR and found.signer is not None:
        registry = registry_behind(found.signer.certificate_der, known.registries)
    if registry is not None:
        says = answers.REGISTRY
    return Signer(answer, says.format(registry=registry, name=name or "-"), name, keyid, short)


_STANDINGS = {
    Standing.C2PA_LIST: (Known.C2PA_LIST, answers.ON_LIST),
    Standing.PRIVATE_ANCHOR: (Known.PINNED, answers.PRIVATE),
    Standing.NOBODY: (Known.UNKNOWN, answers.UNKNOWN),
}


def _step(found: _Found, intact: Integrity, inspection: Inspection) -> Step:
    if inspection.attested_by is not None:
        return Step.ATTESTED
    if found.mark is not None:
        recorded = found.mark.record.says.written_by is WrittenBy.RECORDER
        return Step.RECORDED if recorded else Step.DECLARED
    if found.reading is not None and intact is Integrity.INTACT and not found.refused:
        return Step.ATTESTED if found.reading.standing is Standing.C2PA_LIST else Step.DECLARED
    return Step.TAGGED if answers.has_tag(found.container) else Step.NOT_RECORDED


def _notes(
    mark: SignedMark | None, intact: Integrity, inspection: Inspection, known: Knowledge
) -> tuple[Text, ...]:
    if mark is not None:
        return () if known.statements is None else tuple(said.withdrawn(mark, known.statements))
    unsigned = (
        inspection.tool is not None and inspection.attested_by is None and intact is not Integrity.INTACT
    )
    return (answers.UNSIGNED,) if unsigned else ()
