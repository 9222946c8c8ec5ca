"""The library's refusals as our errors, by whose problem each is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from myself_i2i.c2pa.reading import ManifestError, RemoteManifestError
from myself_i2i.errors import Error, InputError, KeyFileError
from myself_i2i.wording import Text

__all__ = ["REMOTE", "SigningError", "reading_error", "signing_error"]

REMOTE: Final = "Remote: must fetch remote manifests from url "
"""How the library begins when a file only names an address and fetching is off; the class is its base class."""

# The library has few error classes and long texts; each part was seen with c2pa-rs 0.91.3. A text that changes
# falls through to SigningError, which says it as it is.
_ABOUT_CERTIFICATE: Final = (
    "the certificate was",
    "the certificate is invalid",
    "does not contain signing certificate",
)
_ABOUT_KEY: Final = ("signature does not match", "invalid private key", "invalid signing credentials")
_UNPARSED: Final = "asset could not be parsed"
_NETWORK: Final = "http resolver"


class SigningError(Error):
    """The library refused to sign, or would not do as its settings say; nothing was written."""


def signing_error(kind: str, words: str, failed: Sequence[BaseException]) -> Error:
    """Return our error for the library's: `kind` is its class, `words` its text, `failed` what the key raised."""
    if failed:
        return KeyFileError(
            Text(en="the key did not sign: {why}", ja="鍵で署名できませんでした: {why}").format(why=failed[0])
        )
    if any(part in words for part in _ABOUT_CERTIFICATE):
        return KeyFileError(
            Text(en="the certificate cannot sign: {why}", ja="この証明書では署名できません: {why}").format(
                why=words
            ),
            hint=Text(en="issue a new certificate for your key", ja="鍵の証明書を作り直してください"),
        )
    if any(part in words for part in _ABOUT_KEY):
        return KeyFileError(
            Text(
                en="the key is not the certificate's: {why}", ja="鍵と証明書が対になっていません: {why}"
            ).format(why=words),
            hint=Text(en="issue a new certificate for your key", ja="鍵の証明書を作り直してください"),
        )
    if kind in ("Io", "NotSupported") or _UNPARSED in words:
        return InputError(
            Text(en="the picture cannot be signed: {why}", ja="この画像には署名できません: {why}").format(
                why=words
            )
        )
    if _NETWORK in words:
        return SigningError(
            Text(
                en="the time-stamp server did not answer: {why}",
                ja="タイムスタンプのサーバーが応答しません: {why}",
            ).format(why=words),
            hint=Text(
                en="mark without a time-stamp, or try later",
                ja="タイムスタンプなしにするか、後で試してください",
            ),
        )
    return SigningError(
        Text(en="the c2pa library refused to sign: {why}", ja="C2PAの署名ができませんでした: {why}").format(
            why=words
        )
    )


def reading_error(words: str) -> ManifestError:
    """Return our error for a manifest that cannot be read, or that lies elsewhere."""
    if words.startswith(REMOTE):
        url = words.removeprefix(REMOTE)
        return RemoteManifestError(
            Text(
                en="the manifest lies at {url}; nothing was fetched",
                ja="C2PAデータは {url} にあります。取得はしていません",
            ).format(url=url),
            url=url,
        )
    return ManifestError(
        Text(en="the c2pa data cannot be read: {why}", ja="C2PAデータを読み取れません: {why}").format(
            why=words
        )
    )
