"""A published mark held against its manifest: the same maker, the same picture, the same sources. Pure but for the C2PA library.

1. The bytes are the ones that were named, and their active manifest is too.
2. Nothing that was signed in the manifest was changed; that its picture is not at hand is expected.
3. The maker's own key signed the claim.
4. It carries one mark that the claim vouches for, whose statements hold, by the same key, for the same picture.
5. What the statement repeats is what the mark says.

What cannot be told without the picture: whether the fingerprints fit it.
"""

from __future__ import annotations

import base64
import hashlib
import struct
import zlib
from collections.abc import Mapping
from typing import Any, Final

from myself_i2i.attestation import IMAGE_DATA
from myself_i2i.c2pa import labels, native
from myself_i2i.c2pa.reading import ManifestReading
from myself_i2i.c2pa.signer import identify
from myself_i2i.errors import Error
from myself_i2i.fingerprint import ISCC, ORIGIN, PARTS, PDQ, PDQ64, PDQ64_FLAT, Fingerprint
from myself_i2i.fingerprint.iscc import iscc_unit
from myself_i2i.fingerprint.origin import DIMENSIONS
from myself_i2i.predicates import Mark, Signed
from myself_i2i.predicates.mark import MarkedSource
from myself_i2i.registry.admission import Reason, RefusedError
from myself_i2i.verification.mark import SignedMark, read_mark
from myself_i2i.wording import Text

__all__ = ["check_fingerprints", "check_mark"]

_PNG: Final = "image/png"
_SIZES: Final[Mapping[str, range]] = {
    PDQ64: range(32, 33),
    PDQ64_FLAT: range(32, 33),
    PDQ: range(32, 33),
    ISCC: range(32, 33),
    ORIGIN: range(DIMENSIONS, DIMENSIONS + 1),
    PARTS: range(1, 4097),
}
"""Sizes in bytes of the fingerprints that are published."""


def check_mark(signed: Signed, manifest: bytes) -> None:
    """Return only when the mark statement agrees with its manifest; raises `RefusedError` saying where it does not.

    `signed` MUST be a verified mark/v1 about one picture.
    """
    says = signed.predicate
    if not isinstance(says, Mark):
        raise TypeError(type(says))  # the caller's duty
    check_fingerprints(says)
    # 1. the bytes that were named
    if (len(manifest), hashlib.sha256(manifest).hexdigest()) != (says.manifest.size, says.manifest.sha256):
        raise _refused(_OTHER_BYTES)
    try:
        reading, data, mark = _read(manifest, signed)
    except RefusedError:
        raise
    except Error as error:
        raise _refused(_DOES_NOT_HOLD.format(why=error.message)) from error
    # 5. the same said twice
    subject = signed.statement.subjects[0]
    if data["imageData"] != subject.digest[IMAGE_DATA]:
        raise _refused(_DIFFERS.format(what="imageData"))
    if mark.record.says.mode != says.mode:
        raise _refused(_DIFFERS.format(what="mode"))
    _check_looks(data, reading, says)
    _check_sources(data, mark, says)


def check_fingerprints(says: Mark) -> None:
    """Raise `RefusedError` unless every published fingerprint is of a kind and size known here."""
    for found in (says.fingerprints, *(source.fingerprints for source in says.sources)):
        for algorithm, text in found.items():
            sizes = _SIZES.get(algorithm)
            if sizes is None or len(Fingerprint.from_text(algorithm, text).value) not in sizes:
                raise RefusedError(Reason.MANIFEST, _FINGERPRINT.format(algorithm=algorithm))


def _read(manifest: bytes, signed: Signed) -> tuple[ManifestReading, Mapping[str, Any], SignedMark]:
    # 2. nothing was changed
    reading = native.read(_NO_PICTURE, _PNG, manifest_store=manifest)
    says = signed.predicate
    if reading is None or not isinstance(says, Mark) or reading.label != says.manifest.id:
        raise _refused(_OTHER_ID)
    if not (reading.signature_holds and reading.claim_holds):
        codes = ", ".join(dict.fromkeys(one.code for one in reading.altered))[:200]
        raise _refused(_DOES_NOT_HOLD.format(why=codes))
    # 3. the maker's key
    if identify(manifest, reading).keyid != signed.keyid:
        raise _refused(_OTHER_KEY)
    # 4. one mark
    found = [one for one in reading.assertions if one.label.split("__")[0] == labels.MARK]
    if len(found) != 1 or not found[0].created:
        raise _refused(_NO_MARK)
    mark = read_mark(found[0].data)
    if mark.key.keyid != signed.keyid:
        raise _refused(_OTHER_KEY)
    return reading, found[0].data, mark


def _check_looks(data: Mapping[str, Any], reading: ManifestReading, says: Mark) -> None:
    if not _covers(says.fingerprints, data.get("fingerprints")):
        raise _refused(_DIFFERS.format(what="fingerprints"))
    for binding in reading.created(labels.SOFT_BINDING):
        if binding.data.get("alg") != labels.SOFT_BINDING_ISCC:
            continue
        stated = says.fingerprints.get(ISCC)
        values = [block.get("value") for block in binding.data.get("blocks", [])]
        if stated is None or values != [_soft_binding(stated)]:
            raise _refused(_DIFFERS.format(what=ISCC))


def _soft_binding(text: str) -> str:
    return base64.b64encode(iscc_unit(Fingerprint.from_text(ISCC, text))).decode()


def _check_sources(data: Mapping[str, Any], mark: SignedMark, says: Mark) -> None:
    asserted = {one["sha256"]: one for one in data["sources"]}
    permissions = {one.file.sha256: one.statement.says.permission for one in mark.sources}
    if {source.sha256 for source in says.sources} != set(asserted):
        raise _refused(_DIFFERS.format(what="sources"))
    for source in says.sources:
        if not _agrees(source, asserted[source.sha256], permissions[source.sha256]):
            raise _refused(_DIFFERS.format(what=f"sources, {source.sha256[:16]}…"))


def _agrees(source: MarkedSource, asserted: Mapping[str, Any], permission: str | None) -> bool:
    return (
        asserted["basis"] == source.basis
        and list(asserted.get("roles", [])) == list(source.roles)
        and asserted.get("imageData") == source.image_data
        and bool(asserted.get("sealed")) == source.sealed
        and permission == source.permission
        and _covers(source.fingerprints, asserted.get("fingerprints"))
    )


def _covers(stated: Mapping[str, str], asserted: object) -> bool:
    """Whether everything that the mark says of looks is said again, and the same."""
    found = asserted if isinstance(asserted, Mapping) else {}
    return all(stated.get(algorithm) == text for algorithm, text in found.items() if algorithm in _SIZES)


def _png() -> bytes:
    """One black pixel: the library wants a file beside the store, and nobody has the picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(2)))
        + chunk(b"IEND", b"")
    )


_NO_PICTURE: Final = _png()


def _refused(message: Text) -> RefusedError:
    return RefusedError(Reason.MANIFEST, message)


_OTHER_BYTES = Text(
    en="the manifest is not the one that the statement names",
    ja="マニフェストが、文書の指しているものではありません",
)
_OTHER_ID = Text(
    en="the active manifest has another label than the statement says",
    ja="マニフェストのラベルが、文書に書かれたものと異なります",
)
_OTHER_KEY = Text(
    en="the manifest was signed by another key than the statement",
    ja="マニフェストと文書の署名が、別の鍵によるものです",
)
_NO_MARK = Text(
    en="the manifest does not carry exactly one mark that its signature stands behind",
    ja="署名が保証する目印が、マニフェストにひとつだけ入っている必要があります",
)
_DOES_NOT_HOLD = Text(en="the manifest does not hold: {why}", ja="マニフェストの検証が通りません：{why}")
_DIFFERS = Text(
    en="the statement and the mark in the manifest do not say the same: {what}",
    ja="文書とマニフェストの中の目印とで、内容が一致しません：{what}",
)
_FINGERPRINT = Text(
    en="a fingerprint {algorithm} is not of a kind or size that is published",
    ja="指紋 {algorithm} の種類または大きさが、登録できるものではありません",
)
