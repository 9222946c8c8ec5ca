"""A ledger as JSON lines, out and in. Format: spec/ledger.md.

The lines are for people, other programs and long keeping; `Ledger.copy_to` copies the file itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from myself_i2i.attestation import ENVELOPE_BYTES, Envelope, PublicKey, canonical_json, parse_strict
from myself_i2i.errors import InputError
from myself_i2i.ledger.interface import EntryKind, Head, Imported
from myself_i2i.ledger.store import Ledger
from myself_i2i.predicates.moments import format_moment, parse_moment
from myself_i2i.wording import Text

__all__ = ["EXPORT_FORMAT", "export_lines", "import_lines"]

EXPORT_FORMAT = "https://myself-i2i.org/ledger-export/v1"

_LINE = Text(en="line {number}", ja="{number} 行目")
_LINE_BYTES = ENVELOPE_BYTES + 4_096
_Line = tuple[EntryKind, bytes, datetime, str]


def export_lines(ledger: Ledger) -> Iterator[bytes]:
    """Yield the ledger line by line, each with its newline: a header with the head, then one entry a line.

    What is appended meanwhile is left out: the lines are exactly what the header's head covers.
    """
    head = ledger.head
    yield canonical_json({"format": EXPORT_FORMAT, "size": head.size, "head": head.hash}) + b"\n"
    for entry in ledger.entries():
        if entry.position >= head.size:
            return
        content: Any
        if entry.kind is EntryKind.KEY:
            content = entry.public_key.to_base64()
        else:
            content = parse_strict(
                entry.content, where=Text(en="the envelope", ja="封筒"), limit=ENVELOPE_BYTES
            )
        yield (
            canonical_json(
                {
                    "position": entry.position,
                    "kind": str(entry.kind),
                    "appendedAt": format_moment(entry.appended_at),
                    "content": content,
                    "hash": entry.hash,
                }
            )
            + b"\n"
        )


def import_lines(ledger: Ledger, lines: Iterable[bytes], *, appended_at: datetime) -> Imported:
    """Bring exported `lines` into `ledger`, all or nothing.

    Into an empty ledger this restores: same entries, times and hashes, so that a head kept elsewhere still
    fits. Otherwise envelopes that are new here are appended, at `appended_at`. Every signature is verified.
    Raises `InputError` for lines that are no export, `VerificationError` for a signature that does not hold,
    `LedgerError` when the lines do not give the head their header promises.
    """
    numbered = enumerate(lines, start=1)
    head = _header(numbered)
    entries = [_entry(line, number) for number, line in numbered if line.strip()]
    if (len(entries), entries[-1][3] if entries else head.hash) != (head.size, head.hash):
        raise _wrong(len(entries) + 1, f"{head.size} entries up to the head that line 1 names")
    envelopes = [Envelope.from_json(content) for kind, content, _, _ in entries if kind is EntryKind.ENVELOPE]
    if ledger.head.size == 0:
        ledger.restore(entries)
        return Imported(added=len(envelopes), known=0)
    known = sum(ledger.get(envelope.digest) is not None for envelope in envelopes)
    keys = [PublicKey.from_der(content) for kind, content, _, _ in entries if kind is EntryKind.KEY]
    ledger.append_all(envelopes, appended_at=appended_at, public_keys=keys)
    return Imported(added=len(envelopes) - known, known=known)


def _header(numbered: Iterator[tuple[int, bytes]]) -> Head:
    """Return the head in the first line."""
    number, line = next(numbered, (1, b""))
    fields = _object(line, number)
    size, head = fields.get("size"), fields.get("head")
    if fields.get("format") != EXPORT_FORMAT or type(size) is not int or not isinstance(head, str):
        raise _wrong(number, f'a header with "format": "{EXPORT_FORMAT}", "size" and "head"')
    return Head(size, head)


def _entry(line: bytes, number: int) -> _Line:
    """Return one entry's kind, content, time and hash. Position is the line's; it is not read."""
    fields = _object(line, number)
    kind, content = fields.get("kind"), fields.get("content")
    appended_at, digest = fields.get("appendedAt"), fields.get("hash")
    if not isinstance(appended_at, str) or not isinstance(digest, str):
        raise _wrong(number, '"appendedAt" and "hash"')
    moment = parse_moment(appended_at, where=f"line {number}: appendedAt")
    if kind == EntryKind.KEY and isinstance(content, str):
        return EntryKind.KEY, PublicKey.from_base64(content).der, moment, digest
    if kind == EntryKind.ENVELOPE and isinstance(content, dict):
        return EntryKind.ENVELOPE, Envelope.from_json(content).to_json(), moment, digest
    raise _wrong(number, 'a "kind" of key or envelope with its "content"')


def _object(line: bytes, number: int) -> dict[str, Any]:
    value = parse_strict(line, where=_LINE.format(number=number), limit=_LINE_BYTES)
    if not isinstance(value, dict):
        raise _wrong(number, "an object")
    return value


def _wrong(number: int, wanted: str) -> InputError:
    return InputError(
        Text(
            en="line {number} is not of a ledger export: wanted {wanted}",
            ja="{number} 行目が帳簿の書き出しの形ではありません（必要なもの: {wanted}）",
        ).format(number=number, wanted=wanted)
    )
