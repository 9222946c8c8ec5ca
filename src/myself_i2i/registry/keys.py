"""The keys of one registry: its log's, its operator's, and that of the authority that issues certificates.

One folder, made at the first start, readable for its owner alone. Whoever loses the log's key cannot continue the
log; whoever has it can show two views of it. So: a copy in a safe place, and witnesses.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from myself_i2i.attestation import PrivateKey
from myself_i2i.c2pa.certificate import clean_name
from myself_i2i.errors import KeyFileError, RegistryError
from myself_i2i.tlog import NoteKey
from myself_i2i.wording import Text

__all__ = ["RegistryKeys", "open_keys"]

LOG: Final = "log.pem"
OPERATOR: Final = "operator.pem"
AUTHORITY: Final = "authority.pem"
ROOT: Final = "authority.crt"
ORIGIN: Final = "origin"
VALIDITY: Final = timedelta(days=7305)
"""Twenty years: leaves of ten years can be issued for the first ten."""
_BACKDATE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class RegistryKeys:
    """The keys, in memory."""

    log: Ed25519PrivateKey
    """Signs checkpoints (C2SP signed note)."""
    origin: str
    """The name under which it signs: chosen once, because another one would make another log."""
    operator: PrivateKey
    """Signs what the registry itself says: answers and suspensions."""
    authority: Ed25519PrivateKey
    """Signs certificates for pledged keys."""
    root: x509.Certificate
    """The authority's own certificate: a private anchor, on no C2PA list."""


def open_keys(
    folder: Path, *, origin: str, name: str, now: datetime, random: Callable[[int], bytes]
) -> RegistryKeys:
    """Return the keys in `folder`, made when there is none.

    New ones stand under the log's `origin`, and `name` in the authority's certificate. `random(n)` MUST return n unpredictable bytes. Two processes that start at once get the same keys, and a crash
    leaves all of them or none. Raises `KeyFileError` when a key is damaged or missing, `RegistryError` when the folder
    cannot be written.
    """
    try:
        if not folder.exists():
            _make(folder, (origin, name), now, random)
        return _load(folder)
    except OSError as error:
        raise RegistryError(
            Text(
                en="the registry's keys in {folder} cannot be read or made: {why}",
                ja="登録所の鍵（{folder}）を読み書きできません：{why}",
            ).format(folder=str(folder), why=error.strerror or type(error).__name__),
            hint=Text(
                en="put the copy of the keys back; a log cannot be continued without its key",
                ja="鍵の控えを戻してください。ログは、元の鍵がなければ続けられません",
            ),
        ) from error


def _make(folder: Path, names: tuple[str, str], now: datetime, random: Callable[[int], bytes]) -> None:
    origin, name = names
    NoteKey(origin, bytes(32))  # raises `InputError` for a name that no note can have
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: a folder appears by its name only when everything lies in it (mkdtemp makes it 0700).
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        authority = Ed25519PrivateKey.from_private_bytes(random(32))
        _write(fresh / LOG, _pem(Ed25519PrivateKey.from_private_bytes(random(32))))
        _write(fresh / OPERATOR, _pem(Ed25519PrivateKey.from_private_bytes(random(32))))
        _write(fresh / AUTHORITY, _pem(authority))
        _write(fresh / ORIGIN, origin.encode() + b"\n")
        _write(fresh / ROOT, _root(authority, name, now, random).public_bytes(Encoding.PEM))
        with suppress(FileExistsError):  # another process was faster: its keys are the keys
            _rename(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _rename(fresh: Path, folder: Path) -> None:
    try:
        fresh.rename(folder)
    except OSError as error:
        if not folder.exists():
            raise
        raise FileExistsError from error


def _write(path: Path, data: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(data)


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _load(folder: Path) -> RegistryKeys:
    try:
        log = load_pem_private_key((folder / LOG).read_bytes(), None)
        authority = load_pem_private_key((folder / AUTHORITY).read_bytes(), None)
        root = x509.load_pem_x509_certificate((folder / ROOT).read_bytes())
        origin = (folder / ORIGIN).read_text("utf-8").strip()
    except (ValueError, TypeError) as error:
        raise _damaged(folder) from error
    if not isinstance(log, Ed25519PrivateKey) or not isinstance(authority, Ed25519PrivateKey):
        raise _damaged(folder)
    operator = PrivateKey.from_pem((folder / OPERATOR).read_bytes())
    return RegistryKeys(log, origin, operator, authority, root)


def _root(
    key: Ed25519PrivateKey, name: str, now: datetime, random: Callable[[int], bytes]
) -> x509.Certificate:
    """Make the authority's certificate: C2PA 2.4 §14.5.1 asks for the same extensions of any issuer."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, clean_name(name)),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "registry (Myself_i2i)"),
        ]
    )
    public = key.public_key()
    usage = x509.KeyUsage(
        key_cert_sign=True,
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    start = now.replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .not_valid_before(start - _BACKDATE)
        .not_valid_after(start + VALIDITY)
        .public_key(public)
        .serial_number((int.from_bytes(random(20), "big") >> 1) or 1)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .sign(key, None)
    )


def _damaged(folder: Path) -> KeyFileError:
    return KeyFileError(
        Text(
            en="a key of the registry in {folder} is damaged or of another kind",
            ja="登録所の鍵（{folder}）が壊れているか、種類が違います",
        ).format(folder=str(folder)),
        hint=Text(en="put the copy of the keys back", ja="鍵の控えを戻してください"),
    )
