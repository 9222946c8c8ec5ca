"""A mark held against its manifest: each way in which the two can differ, made and refused."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myself_i2i.attestation import IMAGE_DATA, Subject
from myself_i2i.c2pa import native
from myself_i2i.fingerprint import ISCC, ORIGIN, PDQ64
from myself_i2i.image import read_container
from myself_i2i.predicates import Mark, Signed
from myself_i2i.predicates.mark import MarkedSource, MarkManifest
from myself_i2i.predicates.source import Basis
from myself_i2i.registry.admission import Reason, RefusedError
from myself_i2i.registry.manifests import check_mark
from tests.registry.support import PublishedPicture, made, person, picture
from tests.support import marked as making

MAKER, OTHER = person("maker"), person("other")
SOURCE = picture(7, name="source.png")
ONE = made(MAKER, 1, source=SOURCE)
SEALED = made(MAKER, 1, source=SOURCE, seal=True)
PLAIN = made(MAKER, 2)


def said(one: PublishedPicture, by: Any = MAKER, *, image_data: str | None = None, **changes: Any) -> Signed:
    """What `one` says, with changes, signed by somebody."""
    says = replace(one.says, **changes)
    signed: Signed = by.say(says, Subject("x", {IMAGE_DATA: image_data or one.marked.image_data}))
    return signed


def with_source(one: PublishedPicture, **changes: Any) -> tuple[MarkedSource, ...]:
    (source,) = one.says.sources
    return (replace(source, **changes),)


def refused(signed: Signed, manifest: bytes) -> None:
    with pytest.raises(RefusedError) as told:
        check_mark(signed, manifest)
    assert Reason.MANIFEST == told.value.reason


def manifest_of(data: bytes) -> tuple[bytes, dict[str, Any]]:
    """The manifest store of a signed file, and how a statement names it."""
    store = read_container(data).manifest_store
    assert store is not None
    reading = native.read(data, "image/png", manifest_store=store)
    assert reading is not None
    named = MarkManifest(id=reading.label, sha256=hashlib.sha256(store).hexdigest(), size=len(store))
    return store, {"manifest": named}


class TestCheckMark:
    @pytest.mark.parametrize("one", [ONE, SEALED, PLAIN], ids=["source", "sealed", "words"])
    def test_what_agrees_is_taken(self, one: PublishedPicture) -> None:
        """A mark that says what its manifest says is taken, with its sources open, sealed or absent."""
        check_mark(said(one), one.manifest)

    def test_more_looks_may_be_told(self) -> None:
        """Fingerprints that the mark does not have are the maker's word, and taken."""
        origin = ONE.says.sources[0].fingerprints[ORIGIN]
        check_mark(said(ONE, fingerprints={**ONE.says.fingerprints, ORIGIN: origin}), ONE.manifest)

    @pytest.mark.parametrize(
        "changes",
        [
            {"mode": "t2i"},
            {"image_data": "ab" * 32},
            {"fingerprints": {}},
            {"fingerprints": {PDQ64: "00" * 32, ISCC: ONE.says.fingerprints[ISCC]}},
            {"fingerprints": {PDQ64: ONE.says.fingerprints[PDQ64]}},
            {"fingerprints": {**ONE.says.fingerprints, ISCC: "A" * 43}},
            {"sources": ()},
            {"sources": with_source(ONE, sha256="ab" * 32)},
            {"sources": with_source(ONE, basis=Basis.OWN_PHOTO)},
            {"sources": with_source(ONE, roles=("mask",))},
            {"sources": with_source(ONE, roles=())},
            {"sources": with_source(ONE, fingerprints={})},
            {"sources": with_source(ONE, fingerprints={}, sealed=True)},
            {"sources": with_source(ONE, permission="ab" * 32)},
            {"sources": with_source(ONE, image_data=None)},
            {"sources": (*ONE.says.sources, MarkedSource(sha256="ab" * 32, basis=Basis.OWN_PHOTO))},
        ],
        ids=lambda changes: next(iter(changes)),
    )
    def test_what_differs_is_refused(self, changes: dict[str, Any]) -> None:
        """A statement that says something else than the mark in its manifest is refused, whichever field it is."""
        refused(said(ONE, **changes), ONE.manifest)

    def test_a_sealed_source_stays_sealed(self) -> None:
        """How a sealed source looks is not published by its statement."""
        refused(said(SEALED, sources=ONE.says.sources), SEALED.manifest)

    def test_another_manifest(self) -> None:
        """Bytes that the statement does not name, and a label that is not the active one's, are refused."""
        refused(said(ONE), PLAIN.manifest)
        refused(said(ONE), ONE.manifest + b"\0")
        refused(said(ONE, manifest=replace(ONE.says.manifest, id="urn:c2pa:other")), ONE.manifest)
        refused(said(ONE, manifest=replace(ONE.says.manifest, size=1)), ONE.manifest)

    def test_anothers_manifest(self) -> None:
        """Nobody publishes a mark of another maker as their own."""
        refused(said(ONE, OTHER), ONE.manifest)

    def test_statements_under_another_certificate(self) -> None:
        """A claim signed by one key around the statements of another is refused for both."""
        output = picture(3)
        declared = making.declaration(MAKER, making.generated("png"), ())
        data = making.mark_data(making.content(MAKER, output, declared), output.subject.digest[IMAGE_DATA])
        store, named = manifest_of(making.with_assertions(OTHER, output, data))
        for who in (MAKER, OTHER):
            says = Mark(mode="t2i", published_at=making.AT, **named)
            refused(who.say(says, Subject("x", {IMAGE_DATA: data["imageData"]})), store)

    def test_no_mark_or_two(self) -> None:
        """A manifest without a mark, or with two, is refused."""
        output = picture(3)
        declared = making.declaration(MAKER, making.generated("png"), ())
        data = making.mark_data(making.content(MAKER, output, declared), output.subject.digest[IMAGE_DATA])
        for assertions in ((), (data, data)):
            store, named = manifest_of(making.with_assertions(MAKER, output, *assertions))
            says = Mark(mode="t2i", published_at=making.AT, **named)
            refused(MAKER.say(says, Subject("x", {IMAGE_DATA: data["imageData"]})), store)

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_a_changed_mark_is_refused(self, data: st.DataObject) -> None:
        """A mark in which any byte was changed is refused, even when the maker's statement names the changed bytes."""
        start = ONE.manifest.index(b'{"version":1,"maker"')
        end = (
            start + int.from_bytes(ONE.manifest[start - 8 : start - 4], "big") - 8
        )  # its box: length, "json"
        at = data.draw(st.integers(start, end - 1))
        store = bytearray(ONE.manifest)
        store[at] ^= data.draw(st.integers(1, 255))
        named = replace(ONE.says.manifest, sha256=hashlib.sha256(store).hexdigest())
        refused(said(ONE, manifest=named), bytes(store))

    @settings(max_examples=60, deadline=None)
    @given(st.binary(max_size=300))
    def test_strangers_bytes(self, data: bytes) -> None:
        """Whatever the bytes of a manifest, nothing but a refusal comes out."""
        named = replace(ONE.says.manifest, sha256=hashlib.sha256(data).hexdigest(), size=len(data))
        refused(said(ONE, manifest=named), data)

    @pytest.mark.parametrize(
        "looks", [{"pdq_v9": "00"}, {PDQ64: "00" * 31}, {PDQ64: "AA" * 32}, {ORIGIN: "AAAA"}]
    )
    def test_looks_of_another_shape(self, looks: dict[str, str]) -> None:
        """A fingerprint of a kind, a size or a spelling that is not published is refused, also of a source."""
        for changes in ({"fingerprints": looks}, {"sources": with_source(ONE, fingerprints=looks)}):
            with pytest.raises(Exception, match="fingerprint"):
                check_mark(said(ONE, **changes), ONE.manifest)

    def test_wrong_kinds_of_values(self) -> None:
        """An assertion of the mark's name with values of other kinds is a refusal and no crash."""
        output = picture(3)
        for data in ({"version": 1, "sources": [1]}, {"version": 1, "maker": 3}, [1], json.loads("{}")):
            signed = making.with_assertions(MAKER, output, data)
            store, named = manifest_of(signed)
            says = Mark(mode="t2i", published_at=making.AT, **named)
            refused(MAKER.say(says, Subject("x", {IMAGE_DATA: "ab" * 32})), store)
