"""What a check found, as values: four separate questions, the evidence step, the consistency line.

The four are never folded into one tick (DESIGN.md, "Who says so"). `consistent` exists only because a command has
to end with an exit code; its docstring says exactly what it is worth.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar, cast

from myself_i2i.verification.evidence import LIMIT, Step
from myself_i2i.wording import Text

__all__ = [
    "Agreement",
    "Claims",
    "Consistency",
    "Intact",
    "Integrity",
    "Known",
    "Other",
    "PledgeClaim",
    "Report",
    "Signer",
    "SourceClaim",
]

SCHEMA = "myself-i2i-check/1"


class Integrity(StrEnum):
    """Is the file intact? Only a signature can tell, so without one there is nothing to check."""

    INTACT = "intact"
    CHANGED = "changed"
    EXPIRED = "expired"
    NOTHING_TO_CHECK = "nothing_to_check"
    UNREADABLE = "unreadable"


class Known(StrEnum):
    """Who signed, known to whom?"""

    SELF = "self"
    PINNED = "pinned"
    C2PA_LIST = "c2pa_list"
    UNKNOWN = "unknown"
    NOBODY = "nobody"


class Agreement(StrEnum):
    """The file's own metadata against the declaration."""

    AGREES = "agrees"
    CONTRADICTS = "contradicts"
    SILENT = "silent"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Intact:
    """Question 1: is the file intact?"""

    answer: Integrity
    """The answer."""
    says: Text
    """The answer in words."""
    codes: tuple[str, ...] = ()
    """C2PA status codes and our own that it rests on, e.g. "assertion.dataHash.mismatch"."""
    ingredients: tuple[Text, ...] = ()
    """Ingredients that do not hold by themselves; the top manifest may be whole all the same."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Question 2: who signed, known to whom?"""

    answer: Known
    """Known to whom."""
    says: Text
    """The answer in words."""
    name: str | None = None
    """The name in the certificate, as the signer wrote it."""
    keyid: str | None = None
    """Hex sha256 of the signer's key, or None when it could not be read."""
    short_form: str | None = None
    """The same for people to compare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeClaim:
    """The pledge inside the mark."""

    version: str
    """Version of the pledge text."""
    language: str
    """The language it was read in."""
    text_known: bool
    """Whether the digest is that of a text this program carries."""
    handle: str
    """The name the maker gave."""
    accounts: tuple[str, ...]
    """Where the tag stands, as the maker gave it."""
    pledged_at: str
    """When, by the maker's clock (RFC 3339)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceClaim:
    """One source picture as declared."""

    name: str | None
    """Its file name, as the maker gave it."""
    role: str
    """What it was used for."""
    sha256: str | None
    """Its digest; None when the mark carries none."""
    basis: str | None
    """The rights basis, e.g. "own-drawing"; None when none was declared."""
    says: Text
    """The basis in words, with what stands behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Question 3: what is claimed? Nothing here is checked beyond who said it."""

    mode: str | None = None
    """How the picture was made."""
    image_input: str = "not_recorded"
    """Did an image file go in? yes, no, not_recorded."""
    tool: str | None = None
    """The tool."""
    model: str | None = None
    """The model."""
    written_by: str | None = None
    """Who wrote the record: "recorder", "file" or "hand"."""
    sources: tuple[SourceClaim, ...] = ()
    """The sources as declared."""
    pledge: PledgeClaim | None = None
    """The pledge, or None."""


@dataclass(frozen=True, slots=True)
class Other:
    """Question 4: what do others add? One line for each, with what it covers."""

    kind: str
    """"time_stamp", "permission", "generator_signature", "vendor_manifest", "earlier_mark"."""
    says: Text
    """Who says what."""
    holds: bool
    """Whether it was checked here and holds."""


@dataclass(frozen=True, slots=True)
class Consistency:
    """Beside the step: what the file itself says against the declaration."""

    answer: Agreement
    """Agrees, contradicts, silent, or nothing to compare."""
    lines: tuple[Text, ...] = ()
    """What agrees or contradicts, one line each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One file's report."""

    file: str
    """The file as it was named to us."""
    checked_at: str
    """When, RFC 3339 UTC, by this machine's clock."""
    intact: Intact
    """Question 1."""
    signer: Signer
    """Question 2."""
    claims: Claims
    """Question 3."""
    others: tuple[Other, ...]
    """Question 4."""
    step: Step
    """Who stands behind what is said about how the picture was made."""
    consistency: Consistency
    """The file's own metadata against the declaration."""
    marked: bool
    """Whether a mark of ours is in the file (or in the sidecar given), and its statements hold for this picture."""
    refused: bool = False
    """Whether a mark of ours is there whose statements are not used; the first of `notes` says why."""
    notes: tuple[Text, ...] = ()
    """What a reader should know besides."""

    @property
    def consistent(self) -> bool:
        """Whether the command may end with 0: a signature is there, it holds, and nothing contradicts it.

        It does NOT say that the declaration is true or whole, and False says nothing about a person: a file
        without any metadata gives False too.
        """
        signed = self.intact.answer is Integrity.INTACT or self.step is Step.ATTESTED
        broken = self.intact.answer in (Integrity.CHANGED, Integrity.EXPIRED, Integrity.UNREADABLE)
        failed = any(not other.holds for other in self.others)
        against = self.consistency.answer is Agreement.CONTRADICTS
        return signed and not (broken or failed or against or self.refused or self.intact.ingredients)

    def to_json(self) -> dict[str, Any]:
        """Return the stable object of `spec/check.md` (strict JSON); sentences are in English and Japanese."""
        report: dict[str, Any] = {
            "schema": SCHEMA,
            "file": self.file,
            "checked_at": self.checked_at,
            "marked": self.marked,
            "refused": self.refused,
            "intact": {
                "answer": self.intact.answer.value,
                "says": _both(self.intact.says),
                "codes": list(self.intact.codes),
                "ingredients": [_both(text) for text in self.intact.ingredients],
            },
            "signer": {
                "answer": self.signer.answer.value,
                "says": _both(self.signer.says),
                "name": self.signer.name,
                "keyid": self.signer.keyid,
            },
            "claims": _claims(self.claims),
            "others": [
                {"kind": other.kind, "holds": other.holds, "says": _both(other.says)} for other in self.others
            ],
            "step": self.step.value,
            "consistency": {
                "answer": self.consistency.answer.value,
                "lines": [_both(text) for text in self.consistency.lines],
            },
            "consistent": self.consistent,
            "notes": [_both(text) for text in self.notes],
            "limit": _both(LIMIT),
        }
        return _printable(report)


T = TypeVar("T")


def _printable(value: T) -> T:
    """Return the JSON value without lone surrogates: one in a stranger's string would break whoever prints it."""
    if isinstance(value, dict):
        return cast("T", {key: _printable(item) for key, item in value.items()})
    if isinstance(value, list):
        return cast("T", [_printable(item) for item in value])
    return cast("T", value.encode("utf-8", "replace").decode()) if isinstance(value, str) else value


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "ja": text.ja}


def _claims(claims: Claims) -> dict[str, Any]:
    return {
        "mode": claims.mode,
        "image_input": claims.image_input,
        "tool": claims.tool,
        "model": claims.model,
        "written_by": claims.written_by,
        "sources": [_source(source) for source in claims.sources],
        "pledge": None if claims.pledge is None else _pledge(claims.pledge),
    }


def _source(source: SourceClaim) -> dict[str, Any]:
    return {
        "name": source.name,
        "role": source.role,
        "sha256": source.sha256,
        "basis": source.basis,
        "says": _both(source.says),
    }


def _pledge(pledge: PledgeClaim) -> dict[str, Any]:
    return {
        "version": pledge.version,
        "language": pledge.language,
        "text_known": pledge.text_known,
        "handle": pledge.handle,
        "accounts": list(pledge.accounts),
        "pledged_at": pledge.pledged_at,
    }
