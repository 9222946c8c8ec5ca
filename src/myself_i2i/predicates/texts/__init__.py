"""The texts people sign, one file per version and language; shipped versions never change.

Each text is pinned by the sha256 of its bytes: that digest is what a pledge signs, so what was shown and what
was signed cannot drift apart, and a damaged installation is noticed before anybody signs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

from myself_i2i.errors import InputError, UsageError
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from myself_i2i.wording import Language

__all__ = ["LATEST_PLEDGE", "PINNED", "PledgeText", "known_pledge_text", "pledge_short_form", "pledge_text"]

LATEST_PLEDGE = "1.0"
"""The version to pledge to now."""

PINNED: Mapping[str, str] = MappingProxyType(
    {
        "pledge/1.0/ja.md": "a9b2da1f22cf9f315e47cfc5b0438967a6202817e70b15908ebfaa10bb969c1d",
        "pledge/1.0/ja.short.md": "bb00f86441c00bd888f45bc3919acf0bc5e42fb1c721b86431f71f0cbf0527b0",
        "pledge/1.0/en.md": "f50dcadbf765513c9da21712f97732ed4fb5b18a43a18f06679980a9710ca296",
        "pledge/1.0/en.short.md": "bee7a61736bce483feaa527525f6c27b4e85a3d4b3cfc39a81051049b591e93e",
    }
)
"""The sha256 of every text ever shipped, by file. Lines are added here, never changed."""


@dataclass(frozen=True)
class PledgeText:
    """One text, exactly as it is to be shown and signed."""

    version: str
    """Its version, e.g. "1.0"."""
    language: str
    """Its language, "ja" or "en"."""
    text: str
    """The text in Markdown."""
    sha256: str
    """The sha256 of the file's bytes."""


def pledge_text(version: str, language: Language) -> PledgeText:
    """Return the pledge text that is shown before signing, and whose digest is signed.

    Raises `UsageError` for a version or language that does not exist, `InputError` when the installed file is
    not what was shipped.
    """
    return _load(version, language, f"pledge/{version}/{language}.md")


def pledge_short_form(version: str, language: Language) -> PledgeText:
    """Return the one-paragraph form, for posts and for the top of a page. It is never what is signed."""
    return _load(version, language, f"pledge/{version}/{language}.short.md")


def known_pledge_text(sha256: str) -> PledgeText | None:
    """Return the pledge text with this digest, whatever its version and language; None when it is not ours."""
    for name, digest in PINNED.items():
        _, version, file = name.split("/")
        language, _, rest = file.partition(".")
        if digest == sha256 and rest == "md":
            return _load(version, language, name)
    return None


def _load(version: str, language: str, name: str) -> PledgeText:
    # Looked up before any path is made of it: a version from a stranger's file never becomes a path.
    if name not in PINNED:
        raise UsageError(
            Text(
                en="there is no pledge text {version} in {language}",
                ja="宣言文 第{version}版（{language}）はありません",
            ).format(version=version, language=language)
        )
    data = resources.files(__package__).joinpath(name).read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if digest != PINNED[name]:
        raise InputError(
            Text(
                en="the installed pledge text {name} is not the one that was shipped",
                ja="インストールされている宣言文 {name} が、配布されたものと異なります",
            ).format(name=name),
            hint=Text(en="install myself-i2i again", ja="myself-i2i をインストールし直してください"),
        )
    return PledgeText(version, language, data.decode("utf-8"), digest)
