"""The only importer of c2pa-python: sign a picture, read what a picture carries.

Everything it is told goes through `settings`, everything it says comes out as values or as our errors, and once
per process `self_test` holds the settings to their effect, because the library accepts misspelt ones in silence.
Both functions are safe in threads. After a fork they make their own contexts: the library refuses inherited ones.
"""

from __future__ import annotations

import functools
import hashlib
import io
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import c2pa

from myself_i2i.c2pa import _failures, _report, _self_test
from myself_i2i.c2pa._claim import is_all_created
from myself_i2i.c2pa._failures import SigningError
from myself_i2i.c2pa.ingredient import Ingredient
from myself_i2i.c2pa.reading import ManifestReading
from myself_i2i.c2pa.settings import SIGN
from myself_i2i.c2pa.trust import NO_TRUST, TrustSettings
from myself_i2i.errors import LimitError, UsageError
from myself_i2i.wording import Text

__all__ = [
    "MAX_ASSET",
    "MAX_STORE",
    "MIMES",
    "Signed",
    "SigningError",
    "read",
    "self_test",
    "sign",
]

MIMES: Final = frozenset({"image/png", "image/jpeg", "image/webp", "image/avif"})
"""What we sign: the formats in which a second, independent verifier agrees."""

MAX_ASSET: Final = 512 * 2**20
"""Largest file handed to the library, in bytes."""
MAX_STORE: Final = 64 * 2**20
"""Largest manifest store handed to the library, in bytes."""

_TRACES: Final = (b"jumb", b"provenance")
"""Without one of these no file has a manifest: the type of a JUMBF box (C2PA 2.4 §11.1), which no container compresses
or splits at the start of a store, and the XMP property that names a remote one (`dcterms:provenance`, §11.4)."""

_ALGORITHMS: Final = {
    "ed25519": c2pa.C2paSigningAlg.ED25519,
    "es256": c2pa.C2paSigningAlg.ES256,
    "es384": c2pa.C2paSigningAlg.ES384,
    "ps256": c2pa.C2paSigningAlg.PS256,
}


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed picture."""

    data: bytes
    """The picture with its manifest store inside."""
    manifest_store: bytes
    """The same store alone, for a sidecar file."""


def sign(
    data: bytes,
    mime: str,
    manifest: Mapping[str, Any],
    ingredients: Sequence[Ingredient] = (),
    *,
    chain_pem: bytes,
    key: bytes | Callable[[bytes], bytes],
    alg: str = "ed25519",
    tsa_url: str | None = None,
) -> Signed:
    """Return `data` with `manifest` signed into it; all its assertions are "created", none only "gathered".

    `key` is a PKCS 8 PEM or a function that signs the bytes it is given (the library then reserves 10 kB more in
    the file); it must belong to the first certificate of `chain_pem`. With `tsa_url` one request goes to that time-stamp server, and only then; the caller asks
    the person first. The library checks its own result before it is returned.

    Raises:
        UsageError: media type or algorithm that we do not sign.
        KeyFileError: the key does not belong to the certificate, or the certificate is not valid now.
        SigningError: the library refused the manifest, or the time-stamp server did not answer.
        InputError: the picture or an ingredient cannot be read.
    """
    _check_request(data, mime, alg)
    self_test()
    failed: list[BaseException] = []
    listed = [dict(one.definition) for one in ingredients if one.data is None]
    definition = {**manifest, "ingredients": [*manifest.get("ingredients", ()), *listed]}
    output = io.BytesIO()
    try:
        with (
            _signer(chain_pem, key, alg, tsa_url, failed) as signer,
            c2pa.Builder(definition, context=_context(os.getpid(), _SIGN)) as builder,
        ):
            for one in ingredients:
                if one.data is not None:
                    builder.add_ingredient(
                        dict(one.definition), one.definition["format"], io.BytesIO(one.data)
                    )
            store = builder.sign(signer, mime, io.BytesIO(data), output)
    except c2pa.C2paError as cause:
        raise _failures.signing_error(_kind(cause), str(cause), failed) from cause
    if not is_all_created(store):
        raise SigningError(
            Text(
                en="the library left assertions that the signature does not vouch for",
                ja="署名の対象に入らない項目が残りました",
            )
        )
    return Signed(output.getvalue(), store)


def read(
    data: bytes, mime: str, *, trust: TrustSettings = NO_TRUST, manifest_store: bytes | None = None
) -> ManifestReading | None:
    """Return what the file's active manifest says and whether it holds, or None when there is no manifest.

    Nothing is fetched. With `manifest_store` (a sidecar, or the store taken out of the same file by
    `image.read_container`) that store is judged against `data`, and `signer.identify` can name the key. A caller
    who wants the key MUST pass the store: two parsers may find different stores in one crafted file.

    Raises:
        RemoteManifestError: the file only names an address where its manifest lies.
        LimitError: file or store are larger than `MAX_ASSET`, `MAX_STORE`.
        ManifestError: C2PA data is there but cannot be read.
    """
    if len(data) > MAX_ASSET or (manifest_store is not None and len(manifest_store) > MAX_STORE):
        raise LimitError(
            Text(
                en="the file or its manifest store is larger than {asset} or {store} bytes",
                ja="ファイルまたはC2PAデータが上限（{asset}／{store}バイト）を超えています",
            ).format(asset=MAX_ASSET, store=MAX_STORE)
        )
    self_test()
    if manifest_store is None and not any(trace in data for trace in _TRACES):
        # Most files. The library would take milliseconds, and calls a broken picture a broken manifest.
        return None
    try:
        report, embedded, url = _read(data, mime, trust.json, manifest_store)
    except c2pa.C2paError.ManifestNotFound:
        return None
    except c2pa.C2paError as cause:
        raise _failures.reading_error(str(cause)) from cause
    digest = None if manifest_store is None else hashlib.sha256(manifest_store).hexdigest()
    source = _report.Source(lists=dict(trust.lists), embedded=embedded, remote_url=url, store_sha256=digest)
    return _report.reading_from(report, source)


def self_test() -> None:
    """Check once per process that the library does what its settings say; later calls cost nothing.

    Raises:
        SigningError: a setting has no effect in the installed library, so nothing may be signed or read.
    """
    _self_tested(os.getpid())


@functools.lru_cache(maxsize=1)
def _self_tested(_pid: int) -> None:
    port = _self_test.Port(
        sign=_sign_for_test, read=_read_for_test, remote=_failures.REMOTE, accepts=_accepts_for_test
    )
    problem = _self_test.run(port)
    if problem is not None:
        raise SigningError(
            Text(
                en="the installed c2pa library ignores a setting: {problem}",
                ja="インストールされているC2PAライブラリが設定を無視しています: {problem}",
            ).format(problem=problem),
            hint=Text(
                en="install the c2pa-python version that this release names",
                ja="このバージョンが指定する c2pa-python を入れ直してください",
            ),
        )


_SIGN: Final = json.dumps(SIGN)


@functools.lru_cache(maxsize=16)
def _context(_pid: int, settings: str) -> c2pa.Context:
    # The process id is in the key because an inherited context raises in the child of a fork.
    return c2pa.Context.from_json(settings)


def _read(
    data: bytes, mime: str, settings: str, store: bytes | None
) -> tuple[dict[str, Any], bool, str | None]:
    context = _context(os.getpid(), settings)
    with c2pa.Reader(mime, io.BytesIO(data), store, context=context) as reader:
        report: dict[str, Any] = json.loads(reader.json())
        return report, reader.is_embedded(), reader.get_remote_url()


def _signer(
    chain_pem: bytes,
    key: bytes | Callable[[bytes], bytes],
    alg: str,
    tsa_url: str | None,
    failed: list[BaseException],
) -> c2pa.Signer:
    if isinstance(key, bytes):
        url = None if tsa_url is None else tsa_url.encode()
        info = c2pa.C2paSignerInfo(_ALGORITHMS[alg], chain_pem, key, url)
        return c2pa.Signer.from_info(info)

    def guarded(message: bytes) -> bytes:
        # An exception out of the callback would be printed by the library and lost; keep it for the caller.
        try:
            return key(message)
        except Exception as cause:  # noqa: BLE001 - whatever it is, `sign` raises it again as our error
            failed.append(cause)
            return b""

    return c2pa.Signer.from_callback(guarded, _ALGORITHMS[alg], chain_pem.decode("ascii"), tsa_url)


def _check_request(data: bytes, mime: str, alg: str) -> None:
    if mime not in MIMES or alg not in _ALGORITHMS:
        raise UsageError(
            Text(
                en="got {mime} with {alg}, wanted one of {mimes} with one of {algs}",
                ja="{mime}（{alg}）には対応していません。対応: {mimes}（{algs}）",
            ).format(mime=mime, alg=alg, mimes=", ".join(sorted(MIMES)), algs=", ".join(_ALGORITHMS))
        )
    if len(data) > MAX_ASSET:
        raise LimitError(
            Text(
                en="the file has {size} bytes, more than {limit}",
                ja="ファイルが{size}バイトあり、上限の{limit}バイトを超えています",
            ).format(size=len(data), limit=MAX_ASSET)
        )


def _kind(cause: c2pa.C2paError) -> str:
    return type(cause).__name__.removeprefix("_C2pa")


def _sign_for_test(
    data: bytes, manifest: Mapping[str, Any], chain_pem: bytes, key_pem: bytes, remote_url: str | None
) -> tuple[bytes, bytes]:
    output = io.BytesIO()
    try:
        with (
            _signer(chain_pem, key_pem, "ed25519", None, []) as signer,
            c2pa.Builder(dict(manifest), context=_context(os.getpid(), _SIGN)) as builder,
        ):
            if remote_url is not None:
                builder.set_no_embed()
                builder.set_remote_url(remote_url)
            store = builder.sign(signer, "image/png", io.BytesIO(data), output)
    except c2pa.C2paError as cause:
        raise _failures.signing_error(_kind(cause), str(cause), ()) from cause
    return output.getvalue(), store


def _read_for_test(data: bytes, settings: str) -> dict[str, Any] | str:
    try:
        return _read(data, "image/png", settings, None)[0]
    except c2pa.C2paError as cause:
        return str(cause)


def _accepts_for_test(settings: str) -> bool:
    try:
        c2pa.Context.from_json(settings).close()
    except c2pa.C2paError:
        return False
    return True
