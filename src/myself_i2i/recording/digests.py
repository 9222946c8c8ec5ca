"""By which digests a picture is known: its file's bytes, its coded picture, its decoded pixels.

The digests of pixels are those by which A1111 and SD.Next name their inputs (`image.pixel_hashes`), one per way in which
a tool may have loaded the file, each under a name of its own: "pixels-md5/0", "pixels-sha256/0", "pixels-md5/1" …
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from myself_i2i.attestation import IMAGE_DATA, SHA256, Subject
from myself_i2i.errors import Error
from myself_i2i.image import decode, image_data_digest, pixel_hashes, rgb_bytes

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = [
    "PIXELS_MD5",
    "PIXELS_SHA256",
    "Digests",
    "file_digests",
    "pixel_digests",
    "pixel_keys",
    "subject_of",
]

PIXELS_MD5 = "pixels-md5"
PIXELS_SHA256 = "pixels-sha256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """What one picture can be recognised by; all of it may be absent."""

    sha256: str | None = None
    """Of the file's bytes; None when no file is known."""
    image_data: str | None = None
    """imageData/v1; None when the file is no picture of ours, or no file is known."""
    pixels: Mapping[str, str] = field(default_factory=dict)
    """Digests of decoded pixels by name; empty when they cannot be decoded."""
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    """How it looks, by algorithm; empty when that is not wanted, or not to be told."""

    def as_subject(self, name: str) -> Subject:
        """Return the in-toto subject of a file. There MUST be a `sha256`."""
        found = {SHA256: self.sha256, IMAGE_DATA: self.image_data}
        return Subject(name, {**{key: value for key, value in found.items() if value}, **self.pixels})


def file_digests(data: bytes, *, looks: bool = False) -> Digests:
    """Return the digests that can be had of a file's bytes, and with `looks` its fingerprints; never raises: a video or a latent has its sha256 only.

    Of its pixels there is one, as RGB: among all ways of loading a picture that one is always tried, so it is enough to find
    the file again, at half the cost of all.
    """
    image_data, pixels, fingerprints = None, {}, {}
    try:
        image_data = image_data_digest(data)
        image = decode(data)
        pixels = {f"{PIXELS_SHA256}/0": hashlib.sha256(rgb_bytes(image)).hexdigest()}
        if looks:
            from myself_i2i.recording.looks import (  # noqa: PLC0415  # numpy: no part of a host's start
                fingerprints_of_file,
            )

            fingerprints = fingerprints_of_file(data, image)
    except Error:
        pass  # what cannot be read as a picture is still a file
    return Digests(
        sha256=hashlib.sha256(data).hexdigest(),
        image_data=image_data,
        pixels=pixels,
        fingerprints=fingerprints,
    )


def pixel_digests(image: Image) -> dict[str, str]:
    """Return the digests of a decoded picture under their names."""
    hashes = pixel_hashes(image)
    found = {}
    for number, (md5, sha256) in enumerate(zip(hashes.md5, hashes.sha256, strict=True)):
        found[f"{PIXELS_MD5}/{number}"] = md5
        found[f"{PIXELS_SHA256}/{number}"] = sha256
    return found


def pixel_keys(digest: Mapping[str, str]) -> tuple[str, ...]:
    """Return the values by which pixels are looked up: every "pixels-sha256/…" among digests by name."""
    return tuple(value for name, value in digest.items() if name.startswith(f"{PIXELS_SHA256}/"))


def subject_of(path: Path, data: bytes, *, pixels: bool = False) -> Subject:
    """Return the in-toto subject for a picture file: name, sha256, image data digest.

    With `pixels` also the digests of its decoded pixels, so that a declared source is recognised later in a tool's
    metadata or in its memory. Raises InputError when it is no picture we read.
    """
    digest = {SHA256: hashlib.sha256(data).hexdigest(), IMAGE_DATA: image_data_digest(data)}
    if pixels:
        digest |= pixel_digests(decode(data))
    return Subject(path.name, digest)
