"""NovelAI's signature over a picture: Ed25519 over the RGB bytes and the metadata.

The signed message is the decoded pixels, three bytes each in row order, followed by the `Comment` object as JSON
(Python's default separators and escapes) without its `signed_hash`, which carries the signature in base64. The alpha
channel is not signed. Source: NovelAI/novelai-image-metadata, `nai_sig.py`, which also publishes the key.

Clients that re-save a file may leave out the keys whose value is null. A null says the same as no key at all, so the
text is also tried with those keys put back at the places where NovelAI writes them: when the signature then holds,
that text, and no other, is what was signed.

It shows that NovelAI made these pixels with these parameters. It does not show who asked for them.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from myself_i2i.errors import VerificationError
from myself_i2i.wording import Text

__all__ = ["PUBLIC_KEY", "SIGNATURE_KEY", "signed_message", "verify_signature", "with_nulls"]

SIGNATURE_KEY = "signed_hash"

PUBLIC_KEY = base64.b64decode("Y2JcQAOhLwzwSDUJPNgL04nS0Tbqm7cSRc4xk0vRMic=")
"""NovelAI's published key, raw Ed25519."""

SIGNATURE_SIZE = 64

DIRECTOR = (
    "director_reference_descriptions",
    "director_reference_information_extracted",
    "director_reference_strengths",
    "director_reference_secondary_strengths",
)
NULLS_AFTER = {
    "v4_negative_prompt": (DIRECTOR[2], DIRECTOR[0], DIRECTOR[1], DIRECTOR[3]),
    "controlnet_strength": ("controlnet_model",),
    "sm_dyn": ("skip_cfg_above_sigma",),
    "skip_cfg_below_sigma": ("lora_unet_weights", "lora_clip_weights"),
}
"""Key -> the keys that follow it and may be null, in NovelAI's order (seen in files of 2023 to 2026)."""
V4_ONLY = ("skip_cfg_above_sigma",)
PASSED = "extra_passthrough_testing"


def verify_signature(
    comment: Mapping[str, Any], rgb: bytes, size: tuple[int, int], *, public_key: bytes = PUBLIC_KEY
) -> dict[str, Any]:
    """Return what the signature covers of `comment`: all of it but the signature itself.

    Args:
        comment: The `Comment` object, its keys in the order of the file.
        rgb: The decoded pixels, RGB, 8 bits, row by row.
        size: Width and height of the decoded picture.
        public_key: Raw Ed25519 key; another one only in tests.

    Raises:
        VerificationError: There is no signature, it does not hold, or `size` is not the size in the signed text. The
            signature does not cover the shape of the picture: without that last check the same bytes could be
            shown as a picture of another width.
    """
    signed = {key: value for key, value in comment.items() if key != SIGNATURE_KEY}
    _check_size(comment, rgb, size)
    signature = _signature(comment)
    key = Ed25519PublicKey.from_public_bytes(public_key)
    for candidate in (signed, with_nulls(signed)):
        try:
            key.verify(signature, signed_message(candidate, rgb))
        except (InvalidSignature, RecursionError):
            continue
        return candidate
    raise VerificationError(
        Text(
            en="NovelAI's signature does not hold for these pixels and this text",
            ja="NovelAI の署名が、この画素とこの記録に合いません",
        ),
        hint=Text(
            en="the picture was edited or re-saved after it was made; the original file still verifies",
            ja="作られたあとで編集や再保存があると合わなくなります。元のファイルなら確認できます",
        ),
    )


def signed_message(comment: Mapping[str, Any], rgb: bytes) -> bytes:
    """Return the bytes NovelAI signs for `comment` (without `signed_hash`) and the pixels `rgb`."""
    return rgb + json.dumps(dict(comment)).encode()


def _check_size(comment: Mapping[str, Any], rgb: bytes, size: tuple[int, int]) -> None:
    told = (comment.get("width"), comment.get("height"))
    if size != told or len(rgb) != 3 * size[0] * size[1]:
        raise VerificationError(
            Text(
                en="the picture is {width}x{height}, the signed text says {told}",
                ja="画像は {width}x{height} ですが、署名された記録には {told} とあります",
            ).format(width=size[0], height=size[1], told="x".join(str(value)[:20] for value in told))
        )


def with_nulls(comment: Mapping[str, Any]) -> dict[str, Any]:
    """Return `comment` with the keys that NovelAI writes as null put back where they are missing."""
    restored: dict[str, Any] = {}
    for key, value in comment.items():
        nested = key == PASSED and isinstance(value, Mapping)
        restored[key] = _with_nulls_passed(value) if nested else value
        nulls = NULLS_AFTER.get(key, ())
        restored |= {
            name: None
            for name in nulls
            if name not in comment and (name not in V4_ONLY or "v4_prompt" in comment)
        }
    return restored


def _with_nulls_passed(passed: Mapping[str, Any]) -> dict[str, Any]:
    restored: dict[str, Any] = {name: passed.get(name) for name in ("prompt", "uc")}
    for key, value in passed.items():
        restored[key] = value
        if key == "negative_momentum":
            restored |= {name: passed.get(name) for name in ("director_reference_images", *DIRECTOR)}
    return restored


def _signature(comment: Mapping[str, Any]) -> bytes:
    value = comment.get(SIGNATURE_KEY)
    try:
        signature = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        signature = b""
    if len(signature) != SIGNATURE_SIZE:
        raise VerificationError(
            Text(
                en="signed_hash is not a signature of 64 bytes in base64",
                ja="signed_hash が base64 の 64 バイトの署名になっていません",
            )
        )
    return signature
