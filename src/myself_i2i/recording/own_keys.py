"""Whose recorder this is: the person's key where it opens, their keyid where it does not."""

from __future__ import annotations

from pathlib import Path

from myself_i2i.attestation import PrivateKey
from myself_i2i.errors import KeyFileError
from myself_i2i.ledger import KeyStore, Ledger
from myself_i2i.predicates import Source

__all__ = ["maker_keyid", "open_key", "own_keyids", "protected"]

CERTIFICATES = "certificates"


def open_key(home: Path) -> PrivateKey:
    """Return the person's key. Raises KeyFileError when there is none, or it asks for a passphrase."""
    return KeyStore(home).load()


def own_keyids(home: Path) -> frozenset[str]:
    """Return the keyids that can be told to be this person's without asking for a passphrase."""
    store = KeyStore(home)
    found = set()
    for name in store.names():
        try:
            found.add(store.load(name).keyid)
        except KeyFileError:
            continue
    return frozenset(found | {path.stem for path in (home / CERTIFICATES).glob("*.pem")})


def maker_keyid(home: Path, ledger: Ledger) -> str | None:
    """Return the keyid under which this person declares sources; None when it cannot be told.

    A protected key does not say its keyid. Then it is the newest certificate's, or the newest declared source's.
    """
    try:
        return open_key(home).keyid
    except KeyFileError:
        pass
    certificates = sorted((home / CERTIFICATES).glob("*.pem"), key=lambda path: path.stat().st_mtime)
    if certificates:
        return certificates[-1].stem
    declared = ledger.by_predicate_type(Source.PREDICATE_TYPE)
    return declared[-1].envelope.keyids[0] if declared else None


def protected(path: Path) -> bool:
    """Return whether the key file at `path` asks for a passphrase; False when it cannot be read."""
    try:
        with path.open("rb") as file:
            return b"ENCRYPTED" in file.read(4096)
    except OSError:
        return False
