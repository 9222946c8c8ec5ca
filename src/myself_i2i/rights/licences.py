"""Open licences by SPDX identifier: is the identifier well formed, and may altered versions be made?

A short list, as data, of the licences pictures really stand under; the SPDX list has 700, nearly all for
software. An identifier not listed here is no mistake: it is kept, with a note that nobody here knows its terms.
Source: https://spdx.org/licenses/ and each licence's own text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from myself_i2i.errors import InputError
from myself_i2i.wording import Text

__all__ = ["LICENCES", "LicenceTerms", "licence_notes", "parse_licence"]


@dataclass(frozen=True, slots=True)
class LicenceTerms:
    """What a licence says about using a picture as a source; the licence itself decides."""

    spdx: str
    """The SPDX identifier as SPDX writes it."""
    derivatives: bool
    """Altered versions may be made and shared."""
    attribution: bool
    """The author has to be named."""
    share_alike: bool
    """Altered versions have to stand under the same licence."""
    commercial: bool
    """Commercial use is allowed."""


def _creative_commons() -> list[LicenceTerms]:
    versions = {
        "BY": ("1.0", "2.0", "2.5", "3.0", "4.0"),
        "BY-SA": ("1.0", "2.0", "2.1-JP", "2.5", "3.0", "4.0"),
        "BY-ND": ("1.0", "2.0", "2.5", "3.0", "4.0"),
        "BY-NC": ("1.0", "2.0", "2.5", "3.0", "4.0"),
        "BY-NC-SA": ("1.0", "2.0", "2.5", "3.0", "4.0"),
        "BY-NC-ND": ("1.0", "2.0", "2.5", "3.0", "4.0"),
    }
    return [
        LicenceTerms(
            f"CC-{kind}-{version}",
            derivatives="ND" not in kind,
            attribution=True,
            share_alike="SA" in kind,
            commercial="NC" not in kind,
        )
        for kind, of_kind in versions.items()
        for version in of_kind
    ]


def _free(spdx: str, *, attribution: bool = True, share_alike: bool = False) -> LicenceTerms:
    return LicenceTerms(
        spdx, derivatives=True, attribution=attribution, share_alike=share_alike, commercial=True
    )


LICENCES: Mapping[str, LicenceTerms] = MappingProxyType(
    {
        terms.spdx.lower(): terms
        for terms in (
            *_creative_commons(),
            *(_free(spdx, attribution=False) for spdx in ("CC0-1.0", "CC-PDDC", "CC-PDM-1.0", "PDDL-1.0", "Unlicense", "0BSD")),
            *(_free(spdx, share_alike=True) for spdx in ("LAL-1.2", "LAL-1.3", "GFDL-1.3-or-later", "GPL-3.0-or-later")),
            *(_free(spdx) for spdx in ("OGL-UK-3.0", "etalab-2.0", "MIT", "Apache-2.0", "BSD-3-Clause", "OFL-1.1")),
        )
    }
)  # fmt: skip
"""The licences known here, by identifier in lower case (SPDX identifiers are matched without case)."""

# SPDX 2.3 annex D: idstring is letters, digits, "-" and "."; one licence, no expression.
_IDENTIFIER = re.compile(r"(?:DocumentRef-[A-Za-z0-9.-]+:)?[A-Za-z0-9.-]{1,100}")


def parse_licence(identifier: str) -> tuple[str, LicenceTerms | None]:
    """Return the identifier as SPDX writes it, and its terms when they are known here.

    Raises `InputError` for what cannot be an SPDX identifier ("CC BY 4.0" with spaces, an address, an
    expression), with the nearest known one as the hint.
    """
    if not _IDENTIFIER.fullmatch(identifier):
        raise InputError(
            Text(
                en='"{got}" is not an SPDX licence identifier',
                ja="「{got}」は SPDX のライセンス識別子ではありません",
            ).format(got=identifier[:80]),
            hint=_nearest(identifier),
        )
    terms = LICENCES.get(identifier.lower())
    return (terms.spdx if terms else identifier), terms


def licence_notes(terms: LicenceTerms | None, *, attribution: str | None) -> tuple[Text, ...]:
    """Return what a maker should look at before using a picture under these terms."""
    if terms is None:
        return (
            Text(
                en="the terms of this licence are not known here: read them yourself",
                ja="このライセンスの条件はこのプログラムにはわかりません。ご自分で確かめてください",
            ),
        )
    wanted = (
        (
            not terms.derivatives,
            Text(
                en="this licence does not allow altered versions to be shared",
                ja="このライセンスは、手を加えたものの公開を認めていません",
            ),
        ),
        (
            terms.attribution and not attribution,
            Text(
                en="this licence asks that the author be named, and no name is given",
                ja="このライセンスは作者の表示を求めていますが、表示する名前が入っていません",
            ),
        ),
        (
            terms.share_alike,
            Text(
                en="this licence asks that the result stand under the same licence",
                ja="このライセンスは、できたものにも同じライセンスを付けることを求めています",
            ),
        ),
        (
            not terms.commercial,
            Text(
                en="this licence does not cover commercial use",
                ja="このライセンスは、営利目的の利用を認めていません",
            ),
        ),
    )
    return tuple(note for applies, note in wanted if applies)


def _nearest(identifier: str) -> Text:
    """Return a hint: the known identifier with the same letters and digits, or examples."""
    squeezed = re.sub(r"[^a-z0-9]", "", identifier.lower())
    for terms in LICENCES.values():
        if re.sub(r"[^a-z0-9]", "", terms.spdx.lower()) == squeezed:
            return Text(en="did you mean {spdx}?", ja="{spdx} のことでしょうか").format(spdx=terms.spdx)
    return Text(
        en="write one identifier of https://spdx.org/licenses/, such as CC-BY-4.0 or CC0-1.0",
        ja="https://spdx.org/licenses/ の識別子を一つ書いてください（例: CC-BY-4.0、CC0-1.0）",
    )
