"""Marking one picture: what runs in a worker process for each file of `myself-i2i mark`."""

from __future__ import annotations

import functools
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from myself_i2i import __version__
from myself_i2i.attestation import IMAGE_DATA, SHA256, Envelope, PrivateKey, Subject, sign
from myself_i2i.cli._files import save
from myself_i2i.cli._home import now
from myself_i2i.cli._postkit import write_kit
from myself_i2i.cli._sources import Library, subject_of
from myself_i2i.declaration import ByHand, Declaration, GivenSource, Known, declare
from myself_i2i.errors import Error, InputError
from myself_i2i.image import decode, may_hide_text, read_stealth
from myself_i2i.inspection.files import read_bounded
from myself_i2i.inspection.matching import match_inputs
from myself_i2i.inspection.report import Inspection
from myself_i2i.ledger import Ledger
from myself_i2i.marking.content_credentials import Marked, Signing, mark
from myself_i2i.marking.manifest import SOURCES, MarkContent, MarkSource
from myself_i2i.marking.xmp import XmpFacts
from myself_i2i.predicates import Generation, make_statement
from myself_i2i.predicates.generation import WrittenBy
from myself_i2i.recording.looks import fingerprints_of_file
from myself_i2i.rights import OWN_WORD, LedgerStatements, RightsBasis
from myself_i2i.verification import inspect_unmarked
from myself_i2i.wording import Text

__all__ = ["BESIDE", "MarkJob", "mark_path"]

BESIDE = "marked"
"""The folder beside the pictures that marked copies go to, unless --out names another."""


HIDDEN = Text(
    en="a text hidden in the pixels (the prompt, as a rule) is still there: taking it out would change the picture",
    ja="画素の中に隠された文字（多くはプロンプト）は残っています。取り除くと画像そのものが変わってしまうためです",
)


IN_RECORD = Text(
    en="your recorder wrote down how the sources look, and its record is in the mark as it was signed: "
    "`fingerprints = false` in recording.toml keeps that out of new ones",
    ja="元画像の見た目の指紋が生成時の記録に書かれており、記録は署名されたまま目印に入ります。今後の記録に書かないようにするには、"
    "recording.toml に `fingerprints = false` と書いてください",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkJob:
    """What stays the same for all pictures of one run; picklable, and never written anywhere: it holds the key."""

    ledger: Path
    """The person's ledger; each picture opens it, so that several processes may append."""
    key_pem: bytes
    """The person's key."""
    pledge: bytes
    """The pledge envelope in force."""
    chain_pem: bytes
    """The certificate."""
    library: Library
    """The person's own pictures."""
    given: tuple[GivenSource, ...]
    """Sources that the maker named."""
    files: Mapping[str, Path]
    """Where source files are, by their sha256, as far as they are at hand: what is known of how they look."""
    seal: bool
    """Keep to oneself how the sources look."""
    by_hand: ByHand | None
    """What the maker typed."""
    insist: bool
    """Declare although the file says otherwise."""
    strip: bool
    """Leave the generator's metadata out."""
    prompt: str | None
    """The prompt to publish."""
    tsa_url: str | None
    """Time-stamp server to ask."""
    out: Path | None
    """Folder for the copies; None is `BESIDE` beside each file."""
    in_place: bool
    """Replace the originals."""
    at: datetime
    """The moment of this run."""

    def target(self, path: Path) -> Path:
        """Return where the marked copy of `path` goes."""
        return path if self.in_place else (self.out or path.parent / BESIDE) / path.name


def mark_path(path: Path, *, job: MarkJob) -> dict[str, Any]:
    """Mark one file and return {"target", "code", "notes"}, or {"error", "hint"} when it cannot be marked.

    Everything is decided and signed before anything is written; the statement is in the ledger before the marked copy
    is on disk, so a crash in between loses no record of what was signed.
    """
    key = PrivateKey.from_pem(job.key_pem)
    target = job.target(path)
    try:
        data = read_bounded(path)
        with Ledger.open(job.ledger) as ledger:
            declaration, marked = _mark(path, data, job, key, ledger)
        save(target, marked.data)
        save(target.with_name(target.name + ".c2pa"), marked.manifest_store)
        write_kit(target, marked.code, declaration)
    except Error as error:
        return {"error": _both(error.message), "hint": _both(error.hint)}
    notes = [*marked.notes, *_notes(data, declaration, job)]
    return {"target": str(target), "code": marked.code, "notes": [_both(note) for note in notes]}


def _notes(data: bytes, declaration: Declaration, job: MarkJob) -> list[Text]:
    """What the maker should know besides: wishes and conditions about the sources, prompts that could not be removed."""
    said = [note for held in declaration.bases for note in held.notes if note is not OWN_WORD]
    if job.strip and may_hide_text(data) and read_stealth(decode(data)) is not None:
        said.append(HIDDEN)
    if job.seal and any(item.fingerprints for item in declaration.generation.inputs):
        said.append(IN_RECORD)
    return list(dict.fromkeys(said))


def _both(text: Text | None) -> dict[str, str] | None:
    return None if text is None else {"en": text.en, "ja": text.ja}


def _mark(
    path: Path, data: bytes, job: MarkJob, key: PrivateKey, ledger: Ledger
) -> tuple[Declaration, Marked]:
    found = match_inputs(inspect_unmarked(data, name=path.name), job.library.index)
    if found.error is not None:
        raise InputError(found.error)
    subject = subject_of(path, data)
    statements = LedgerStatements(ledger)
    recorded = _recorded(statements, subject, key.keyid)
    known = Known(
        inspection=found,
        matched={m.input: job.library.sha256_of(m.source) for m in found.matches if not m.weak},
        names={job.library.sha256_of(m.source): Library.shown(m.source) for m in found.matches if not m.weak},
        given=job.given,
        by_hand=job.by_hand,
        recorded=None if recorded is None else recorded[1],
        insist=job.insist,
    )
    declaration = declare(known, statements, maker=key.keyid, writer=_writer(found), now=job.at)
    envelope = recorded[0] if recorded else sign(make_statement(declaration.generation, [subject]), key)
    record = declaration.generation
    marked = mark(
        data,
        _content(job, key, declaration, envelope),
        Signing(chain_pem=job.chain_pem, key=job.key_pem, tsa_url=job.tsa_url),
        facts=XmpFacts(system=record.tool, system_version=record.tool_version, prompt=job.prompt),
        strip=job.strip,
        image_data=subject.digest[IMAGE_DATA],
    )
    # Only now: a statement about a picture that could not be marked would stand in the ledger for nothing.
    ledger.append(envelope, appended_at=now(), public_key=key.public_key)
    return declaration, marked


def _writer(found: Inspection) -> str:
    return f"myself-i2i {__version__}" + (f" ({found.tool})" if found.tool else "")


def _recorded(
    statements: LedgerStatements, subject: Subject, keyid: str
) -> tuple[Envelope, Generation] | None:
    """The newest record that the maker's own recorder wrote about this picture, found by either digest."""
    found = [
        (signed.envelope, signed.predicate)
        for algorithm in (SHA256, IMAGE_DATA)
        for signed in statements.about(algorithm, subject.digest[algorithm])
        if signed.keyid == keyid
        and isinstance(signed.predicate, Generation)
        and signed.predicate.written_by is WrittenBy.RECORDER
    ]
    return max(found, key=lambda one: one[1].recorded_at, default=None)


def _content(job: MarkJob, key: PrivateKey, declaration: Declaration, envelope: Envelope) -> MarkContent:
    record = declaration.generation
    return MarkContent(
        keyid=key.keyid,
        generator_version=__version__,
        mode=record.mode,
        image_input=record.image_input,
        pledge=job.pledge,
        generation=envelope.to_json(),
        sources=tuple(_source(one, declaration, job) for one in declaration.bases),
        all_actions_included=record.written_by is WrittenBy.RECORDER,
    )


def _source(held: RightsBasis, declaration: Declaration, job: MarkJob) -> MarkSource:
    signed = held.declaration.signed
    subject = signed.statement.subjects[0]
    digest = held.file.sha256 or subject.digest[SHA256]
    return MarkSource(
        sha256=digest,
        mime=mimetypes.guess_type(subject.name)[0] or "application/octet-stream",
        basis=held.basis.value,
        statement=signed.envelope.to_json(),
        permission=None if held.permission is None else held.permission.envelope.to_json(),
        image_data=subject.digest.get(IMAGE_DATA),
        fingerprints={} if job.seal else _looks(digest, declaration, job.files.get(digest)),
        sealed=job.seal,
        roles=tuple(item.role for item in declaration.generation.inputs if item.sha256 == digest),
    )


def _looks(digest: str, declaration: Declaration, path: Path | None) -> Mapping[str, str]:
    """Return how a source looks: as its file does, when that is at hand and still the same, else as it was recorded."""
    found = {} if path is None else _looks_of_file(path, digest)
    recorded = (item.fingerprints for item in declaration.generation.inputs if item.sha256 == digest)
    return found or next(filter(None, recorded), {})


@functools.lru_cache(maxsize=SOURCES)
def _looks_of_file(path: Path, digest: str) -> Mapping[str, str]:
    try:
        data = read_bounded(path)
    except Error:
        return {}
    # Changed since it was read: its looks would be those of another file.
    return fingerprints_of_file(data, layout=True) if hashlib.sha256(data).hexdigest() == digest else {}
