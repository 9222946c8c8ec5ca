"""Append-only logs that anybody can check, in the formats of C2SP: pure, from bytes to values and back."""

from myself_i2i.tlog.checkpoint import (
    Checkpoint,
    Cosignature,
    cosign,
    open_checkpoint,
    sign_checkpoint,
    verify_cosignatures,
)
from myself_i2i.tlog.frontier import Frontier
from myself_i2i.tlog.merkle import (
    EMPTY_ROOT,
    HASH_SIZE,
    HashReader,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_hash,
    verify_consistency,
    verify_inclusion,
)
from myself_i2i.tlog.note import Note, NoteKey, Signature, SignatureType, sign_note
from myself_i2i.tlog.proof import Logged, Receipt
from myself_i2i.tlog.replay import replay
from myself_i2i.tlog.tile import (
    ENTRIES,
    MOST_ENTRY_BYTES,
    WIDTH,
    Tile,
    hash_reader,
    pack_entries,
    tiles_of,
    tiles_to_write,
    unpack_entries,
)
from myself_i2i.tlog.witness import Refusal, RefusedError, Submission, consider

__all__ = [
    "EMPTY_ROOT",
    "ENTRIES",
    "HASH_SIZE",
    "MOST_ENTRY_BYTES",
    "WIDTH",
    "Checkpoint",
    "Cosignature",
    "Frontier",
    "HashReader",
    "Logged",
    "Note",
    "NoteKey",
    "Receipt",
    "Refusal",
    "RefusedError",
    "Signature",
    "SignatureType",
    "Submission",
    "Tile",
    "consider",
    "consistency_proof",
    "cosign",
    "hash_reader",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "open_checkpoint",
    "pack_entries",
    "replay",
    "root_hash",
    "sign_checkpoint",
    "sign_note",
    "tiles_of",
    "tiles_to_write",
    "unpack_entries",
    "verify_consistency",
    "verify_cosignatures",
    "verify_inclusion",
]
