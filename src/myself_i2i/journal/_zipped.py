"""KRA (Krita) and ORA (OpenRaster): a ZIP file with the whole picture as `mergedimage.png`.

Source: https://www.openraster.org/baseline/file-layout-spec.html; Krita's files are laid out alike. The `zipfile` module
trusts what a directory says, so its size is bounded before it is handed over, and forms that need more care (a comment
at the end, ZIP64, encryption) are not read.
"""

from __future__ import annotations

import io
import struct
import zipfile
from typing import Final

from myself_i2i.errors import InputError
from myself_i2i.wording import Text

__all__ = ["kind", "picture"]

MEMBER: Final = "mergedimage.png"
LARGEST: Final = 128 * 2**20
"""Most bytes of the picture inside."""
_DIRECTORY: Final = 8 * 2**20
_ENTRIES: Final = 20_000
_KINDS: Final = {b"application/x-krita": "kra", b"image/openraster": "ora"}
_END: Final = 22
_LOCATOR_64: Final = b"PK\x06\x07"


def kind(head: bytes) -> str | None:
    """Return "kra" or "ora" for the first bytes of one; its type stands first, uncompressed."""
    if head[:4] != b"PK\x03\x04" or head[30:38] != b"mimetype":
        return None
    return next((name for media, name in _KINDS.items() if head[38:].startswith(media)), None)


def picture(data: bytes) -> bytes:
    """Return the picture inside. Raises `InputError` when there is none within the bounds."""
    end = data[-_END:]
    if end[:4] != b"PK\x05\x06" or len(end) < _END or data[-_END - 20 : -_END].startswith(_LOCATOR_64):
        raise _none()
    entries, size, _, comment = struct.unpack_from("<HIIH", end, 10)
    if entries > _ENTRIES or size > _DIRECTORY or comment:
        raise _none()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            member = archive.getinfo(MEMBER)
            found = archive.read(member) if _plain(member) else b""
    except Exception as error:  # a broken archive is answered with a dozen kinds of error
        raise _none() from error
    if not found:
        raise _none()
    return found


def _plain(member: zipfile.ZipInfo) -> bool:
    return member.file_size <= LARGEST and member.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


def _none() -> InputError:
    return InputError(
        Text(
            en="the file holds no mergedimage.png that can be read",
            ja="ファイルに、読み取れる mergedimage.png がありません",
        )
    )
