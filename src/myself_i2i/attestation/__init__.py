"""Statements that anyone can sign and check: in-toto Statement v1 in a DSSE envelope, Ed25519.

Pure: bytes in, values out. Time, randomness and files are the caller's. The formats are spec/statements.md.

A reader of strangers' bytes calls `Envelope.from_json`, finds the signer's `PublicKey` by `Envelope.keyids`,
and takes the statement only from `Envelope.verify`, which returns it or raises.
"""

from myself_i2i.attestation.envelope import ENVELOPE_BYTES, PAYLOAD_TYPE, Envelope, Signature, sign
from myself_i2i.attestation.keys import PrivateKey, PublicKey
from myself_i2i.attestation.statement import IMAGE_DATA, SHA256, STATEMENT_TYPE, Statement, Subject
from myself_i2i.attestation.strict_json import canonical_json, parse_strict

__all__ = [
    "ENVELOPE_BYTES",
    "IMAGE_DATA",
    "PAYLOAD_TYPE",
    "SHA256",
    "STATEMENT_TYPE",
    "Envelope",
    "PrivateKey",
    "PublicKey",
    "Signature",
    "Statement",
    "Subject",
    "canonical_json",
    "parse_strict",
    "sign",
]
