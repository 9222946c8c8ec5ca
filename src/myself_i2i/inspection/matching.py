"""Finds the image inputs a file records among the files a person has.

What may agree, strongest first: the sha256 of the input file (InvokeAI, ComfyUI), the C2PA URN of the input's own
manifest (Google), the md5 of its decoded pixels (A1111), the first 8 hex of the sha256 of its decoded pixels
(SD.Next), and last the bare file name, which is only a hint and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from myself_i2i.inspection.interface import ImageInput
from myself_i2i.inspection.report import InputMatch, Inspection, MatchedBy

__all__ = ["PIXELS_MD5", "PIXELS_SHA256_8", "SourceIndex", "match_inputs"]

PIXELS_MD5: MatchedBy = "pixels-md5"
PIXELS_SHA256_8: MatchedBy = "pixels-sha256-8"

MAX_MATCHES = 20
"""Most files reported for one input; more equal ones are copies of the same picture."""


@dataclass(frozen=True, slots=True)
class SourceIndex:
    """Digests of a person's files, for look-up. Filled with `add`; holds no pixel and opens no file."""

    _by: dict[tuple[MatchedBy, str], list[str]] = field(default_factory=dict)
    """(kind of key, key) -> file names, in the order they were added."""

    def add(
        self,
        path_name: str,
        sha256: str,
        pixel_digests: Mapping[str, str | Iterable[str]] | None = None,
        urn: str | None = None,
    ) -> None:
        """Add one file.

        Args:
            path_name: The file as it should be named in matches.
            sha256: Hex sha256 of the file's bytes.
            pixel_digests: Under "pixels-md5" and "pixels-sha256-8", one digest or several (a picture has one per
                way it may be decoded, RGB or RGBA); a longer sha256 under "pixels-sha256-8" is cut to 8.
            urn: The URN of the file's own C2PA manifest.
        """
        self._put("sha256", sha256.lower(), path_name)
        if urn:
            self._put("urn", urn.lower(), path_name)
        for kind in (PIXELS_MD5, PIXELS_SHA256_8):
            digests = (pixel_digests or {}).get(kind, ())
            for digest in (digests,) if isinstance(digests, str) else digests:
                self._put(kind, digest.lower()[: 8 if kind == PIXELS_SHA256_8 else None], path_name)
        self._put("name", _base_name(path_name), path_name)

    def find(self, by: MatchedBy, key: str) -> tuple[str, ...]:
        """Return the files whose digest, URN or base name of kind `by` is `key`."""
        return tuple(self._by.get((by, key.lower()), ()))

    def _put(self, by: MatchedBy, key: str, path_name: str) -> None:
        names = self._by.setdefault((by, key), [])
        if key and path_name not in names:
            names.append(path_name)


def match_inputs(inspection: Inspection, sources: SourceIndex) -> Inspection:
    """Return `inspection` with `matches` filled from `sources`.

    For each input only the strongest agreement is reported. A name is tried only where the file gives no digest or
    link for that input: where it gives one and it does not agree, a file of the same name is a different file.
    """
    matches = tuple(
        InputMatch(input=index, source=source, by=by)
        for index, item in enumerate(inspection.inputs)
        for by, names in [_strongest(item, sources)]
        for source in names[:MAX_MATCHES]
    )
    return replace(inspection, matches=matches)


def _strongest(item: ImageInput, sources: SourceIndex) -> tuple[MatchedBy, tuple[str, ...]]:
    keys: list[tuple[MatchedBy, str | None]] = [
        ("sha256", item.sha256),
        ("urn", item.urn),
        (PIXELS_MD5, item.hashes.get(PIXELS_MD5)),
        (PIXELS_SHA256_8, item.hashes.get(PIXELS_SHA256_8)),
    ]
    given = [(by, key) for by, key in keys if key]
    for by, key in given:
        if names := sources.find(by, key):
            return by, names
    if not given and item.name:
        return "name", sources.find("name", _base_name(item.name))
    return "name", ()


def _base_name(name: str) -> str:
    # Names in metadata come from either system, with a folder mark behind: "sub/photo.png [input]".
    bare = re.sub(r"\s*\[(input|output|temp)\]\s*$", "", name)
    return re.split(r"[/\\]", bare)[-1].casefold()
