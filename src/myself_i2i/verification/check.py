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

from myself_i2i.c2pa import labels
from myself_i2i.c2pa.native import read
from myself_i2i.c2pa.reading import ManifestError, ManifestReading, RemoteManifestError, Standing
from myself_i2i.c2pa.signer import identify
from myself_i2i.c2pa.trust import NO_TRUST, TrustSettings
from myself_i2i.errors import Error, InputError, VerificationError
from myself_i2i.image import Container, image_data_digest, read_container
from myself_i2i.inspection.files import inspect_container
from myself_i2i.inspection.report import Inspection
from myself_i2i.predicates.generation import Generation
from myself_i2i.predicates.moments import format_moment
from myself_i2i.rights import Statements
from myself_i2i.verification import answers, said
from myself_i2i.verification.consistency import compare
from myself_i2i.verification.evidence import Step
from myself_i2i.verification.mark import SignedMark, read_mark
from myself_i2i.verification.own_metadata import own_container, own_manifest
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What the person who checks knows; everything may be empty."""

    trust: TrustSettings = NO_TRUST
    """The C2PA and time-stamp lists, and issuers added by hand."""
    own: frozenset[str] = frozenset()
    """Key ids of the person's own keys."""
    makers: Mapping[str, str] = field(default_factory=dict)
    """Pinned makers: key id to name."""
    statements: Statements | None = None
    """The person's own ledger: withdrawals and permissions that did not travel with the file."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What steps 1 to 4 found."""

    container: Container
    reading: ManifestReading | None = None
    broken: Text | None = None
    keyid: str | None = None
    mark: SignedMark | None = None
    mark_trouble: Text | None = None
    image_data: str | None = None


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
    is embedded. The report names the file as `name`. Nothing here reaches the network.
    """
    known = knowledge or Knowledge()
    moment = format_moment(checked_at)
    # 1. the container
    try:
        container = read_container(data)
    except InputError as error:
        return answers.unreadable(name, moment, error)
    # 2. the manifest
    found = _read_manifest(data, container, known, sidecar)
    # 3. and 4. the mark, tied to picture and key
    found = _read_mark(data, found)
    mark = found.mark if found.mark is not None and found.mark.speaks_for(found.image_data or "") else None
    # 5. the file's own metadata
    inspection = _inspect(data, found)
    # 6. the two compared
    consistency = Consistency(Agreement.NOT_APPLICABLE)
    if mark is not None and isinstance(mark.generation.predicate, Generation):
        consistency = compare(inspection, mark.generation.predicate)
    # 7. what others add
    others = said.others(found.reading, mark, inspection, known.statements)
    # 8. who stands behind it
    return Report(
        file=name,
        checked_at=moment,
        intact=_intact(found, mark),
        signer=_signer(found, known),
        claims=said.claims(mark, inspection),
        others=others,
        step=_step(mark, found, inspection, container),
        consistency=consistency,
        marked=mark is not None,
        notes=tuple(
            note for note in (found.mark_trouble, *answers.notes(inspection, mark)) if note is not None
        ),
    )


def _read_manifest(data: bytes, container: Container, known: Knowledge, sidecar: bytes | None) -> _Found:
    store = container.manifest_store if sidecar is None else sidecar
    try:
        reading = read(data, container.format.mime, trust=known.trust, manifest_store=store)
    except RemoteManifestError as error:
        return _Found(container, mark_trouble=error.message)
    except ManifestError as error:
        return _Found(container, broken=error.message)
    except Error as error:
        return _Found(container, mark_trouble=error.message)
    if reading is None:
        return _Found(container)
    keyid = None
    trouble = None
    if store is not None:
        try:
            keyid = identify(store, reading).keyid
        except (InputError, VerificationError) as error:
            trouble = error.message
    return _Found(container, reading=reading, keyid=keyid, mark_trouble=trouble)


def _read_mark(data: bytes, found: _Found) -> _Found:
    reading = found.reading
    if reading is None:
        return found
    assertions = reading.created(labels.MARK)
    if not assertions:
        return found
    try:
        digest = image_data_digest(data)
        mark = read_mark(assertions[0].data)
    except (InputError, VerificationError) as error:
        return replace(found, mark_trouble=error.message)
    if mark.key.keyid != found.keyid:
        # Otherwise anyone could carry a maker's statements under a certificate of their own.
        return replace(found, mark_trouble=answers.OTHER_KEY)
    trouble = None if mark.speaks_for(digest) else answers.OTHER_PICTURE
    return replace(found, mark=mark, image_data=digest, mark_trouble=trouble)


def _inspect(data: bytes, found: _Found) -> Inspection:
    reading = found.reading
    return inspect_container(data, own_container(found.container), manifest=own_manifest(reading))


def _intact(found: _Found, mark: SignedMark | None) -> Intact:
    reading = found.reading
    if found.broken is not None:
        return Intact(Integrity.CHANGED, answers.DAMAGED.format(why=found.broken))
    if reading is None:
        return Intact(Integrity.NOTHING_TO_CHECK, answers.NOTHING_TO_CHECK)
    codes = tuple(one.code for one in (*reading.altered, *reading.credential_failures))
    ingredients = tuple(answers.ingredient_says(one) for one in reading.altered_ingredients)
    if reading.altered:
        says = answers.ONLY_METADATA if mark is not None else answers.CHANGED
        return Intact(Integrity.CHANGED, says, codes, ingredients)
    if any(code in answers.EXPIRED_CODES for code in codes):
        return Intact(Integrity.EXPIRED, answers.EXPIRED, codes, ingredients)
    return Intact(Integrity.INTACT, answers.INTACT, codes, ingredients)


def _signer(found: _Found, known: Knowledge) -> Signer:
    reading, keyid = found.reading, found.keyid
    if reading is None:
        return Signer(Known.NOBODY, answers.NO_SIGNER)
    name = reading.signer.common_name or reading.signer.issuer or None
    short = None
    if found.mark is not None:
        short = found.mark.key.short_form
    if keyid is not None and keyid in known.own:
        return Signer(Known.SELF, answers.SIGNED_BY_SELF, name, keyid, short)
    if keyid is not None and keyid in known.makers:
        return Signer(Known.PINNED, answers.PINNED.format(name=known.makers[keyid]), name, keyid, short)
    if reading.standing is Standing.C2PA_LIST:
        return Signer(Known.C2PA_LIST, answers.ON_LIST.format(name=name or "-"), name, keyid, short)
    if reading.standing is Standing.PRIVATE_ANCHOR:
        return Signer(Known.PINNED, answers.PRIVATE.format(name=name or "-"), name, keyid, short)
    return Signer(Known.UNKNOWN, answers.UNKNOWN.format(name=name or "-"), name, keyid, short)


def _step(mark: SignedMark | None, found: _Found, inspection: Inspection, container: Container) -> Step:
    if inspection.attested_by is not None:
        return Step.ATTESTED
    if mark is not None and isinstance(mark.generation.predicate, Generation):
        recorded = mark.generation.predicate.written_by.value == "recorder"
        return Step.RECORDED if recorded else Step.DECLARED
    reading = found.reading
    if reading is not None and found.mark_trouble is None and not reading.altered:
        return Step.ATTESTED if reading.standing is Standing.C2PA_LIST else Step.DECLARED
    return Step.TAGGED if answers.has_tag(container) else Step.NOT_RECORDED
