"""The boxes of a manifest store: ISO 19566-5 (JUMBF) as C2PA 2.4 §11 uses it.

Only two levels are ever opened (store, manifest), by loops; anything that two readers could see differently,
such as two boxes under one label or bytes after the store, is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from myself_i2i.errors import InputError
from myself_i2i.wording import Text

__all__ = ["Box", "Manifest", "active_manifest"]

_BOXES: Final = 10_000
_LABEL: Final = 512
_UUID_TAIL: Final = bytes.fromhex("00110010800000aa00389b71")
_SUPERBOX, _DESCRIPTION, _CBOR, _FREE = b"jumb", b"jumd", b"cbor", b"free"
_TOGGLES: Final = (
    16  # a description is a UUID of 16 bytes, then the toggles, then the label if toggle 2 is set
)
_HAS_LABEL: Final = 0x02
_CLAIMS: Final = ("c2pa.claim.v2", "c2pa.claim")
_SIGNATURE: Final = "c2pa.signature"


@dataclass(frozen=True, slots=True)
class Box:
    """One superbox: what it is called and what it holds."""

    kind: bytes
    """The first four bytes of its type UUID, e.g. b"c2ma"."""
    label: str
    """Its label."""
    content: memoryview
    """Everything after its description box."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The active manifest's signed parts, as they stand in the store."""

    label: str
    """Its label, e.g. "urn:c2pa:…"."""
    claim_label: str
    """"c2pa.claim.v2" or "c2pa.claim"."""
    claim: bytes
    """The claim's CBOR: exactly the bytes that are signed."""
    signature: bytes
    """The COSE_Sign1 CBOR."""


def active_manifest(store: bytes) -> Manifest:
    """Return the active manifest, the last one of the store (C2PA 2.4 §11.1.4).

    Raises:
        InputError: the store is not one whole, unambiguous C2PA manifest store.
    """
    outer = list(_superboxes(memoryview(store)))
    if len(outer) != 1 or outer[0].kind != b"c2pa" or outer[0].label != "c2pa":
        raise _bad(Text(en="it is not one c2pa store", ja="ひとつのC2PAデータになっていません"))
    manifests = list(_superboxes(outer[0].content))
    labels = [one.label for one in manifests]
    if not manifests or len(set(labels)) != len(labels):
        raise _bad(
            Text(
                en="it has no manifest, or two under one label",
                ja="マニフェストがないか、同じラベルのものが2つあります",
            )
        )
    active = manifests[-1]
    if active.kind not in (b"c2ma", b"c2um"):
        raise _bad(
            Text(
                en="its active manifest is compressed or of an unknown kind",
                ja="有効なマニフェストが圧縮されているか、知らない種類です",
            )
        )
    parts = list(_superboxes(active.content))
    claims = [one for one in parts if one.label in _CLAIMS or one.kind == b"c2cl"]
    signatures = [one for one in parts if one.label == _SIGNATURE or one.kind == b"c2cs"]
    if len(claims) != 1 or len(signatures) != 1:
        raise _bad(
            Text(
                en="its active manifest needs one claim and one signature",
                ja="有効なマニフェストのクレームと署名が1つずつになっていません",
            )
        )
    return Manifest(active.label, claims[0].label, _cbor(claims[0]), _cbor(signatures[0]))


def _bad(why: Text) -> InputError:
    return InputError(
        Text(
            en=f"the manifest store cannot be read: {why.en}",
            ja=f"C2PAデータの構造を読み取れません: {why.ja}",
        )
    )


def _boxes(view: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    at, count = 0, 0
    while at < len(view):
        count += 1
        if len(view) - at < 8 or count > _BOXES:  # noqa: PLR2004 - a box header is 8 bytes
            raise _bad(
                Text(
                    en="a box is cut short, or there are too many",
                    ja="ボックスが途中で切れているか、多すぎます",
                )
            )
        size, kind, header = int.from_bytes(view[at : at + 4], "big"), bytes(view[at + 4 : at + 8]), 8
        if size == 1:
            size, header = int.from_bytes(view[at + 8 : at + 16], "big"), 16
        # 0 ("to the end") is legal in JUMBF, but c2pa-rs writes sizes; a second reading is not worth having.
        if size < header or size > len(view) - at:
            raise _bad(Text(en="a box does not fit", ja="ボックスの大きさが合いません"))
        yield kind, view[at + header : at + size]
        at += size


def _superboxes(view: memoryview) -> Iterator[Box]:
    for kind, content in _boxes(view):
        if kind == _SUPERBOX:
            yield _superbox(content)
        elif kind != _FREE:
            raise _bad(Text(en="a box that is no superbox", ja="知らないボックスがあります"))


def _superbox(content: memoryview) -> Box:
    first = next(_boxes(content), None)
    if first is None or first[0] != _DESCRIPTION or len(first[1]) < _TOGGLES + 1:
        raise _bad(Text(en="a superbox without description", ja="説明のないボックスがあります"))
    description = bytes(first[1][: _TOGGLES + 1 + _LABEL + 1])
    kind = description[:4] if description[4:_TOGGLES] == _UUID_TAIL else b""
    label = b""
    if description[_TOGGLES] & _HAS_LABEL:
        end = description.find(b"\0", _TOGGLES + 1)
        if end < 0:
            raise _bad(Text(en="a label without end", ja="ラベルに終わりがありません"))
        label = description[_TOGGLES + 1 : end]
    header = 16 if int.from_bytes(content[:4], "big") == 1 else 8
    try:
        return Box(kind, label.decode(), content[header + len(first[1]) :])
    except UnicodeDecodeError as cause:
        raise _bad(Text(en="a label that is not utf-8", ja="ラベルがUTF-8ではありません")) from cause


def _cbor(box: Box) -> bytes:
    found = [bytes(content) for kind, content in _boxes(box.content) if kind == _CBOR]
    if len(found) != 1:
        raise _bad(Text(en="a part needs one cbor box", ja="CBORボックスが1つになっていません"))
    return found[0]
