from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import encypher_c2pa
import pytest

from myself_i2i.c2pa import labels, native, signer
from myself_i2i.c2pa.ingredient import instance_id_of
from myself_i2i.c2pa.reading import ManifestReading, State
from myself_i2i.errors import InputError
from myself_i2i.image import decode, image_data_digest, read_container, read_xmp
from myself_i2i.marking.content_credentials import Marked, Signing, mark
from myself_i2i.marking.manifest import MarkContent
from myself_i2i.marking.short_code import code_of
from myself_i2i.marking.xmp import XmpFacts
from tests.marking.conftest import SOURCE_SHA256
from tests.support.credentials import Maker
from tests.support.pictures import BUILDERS, png, xmp_packet

Content = Callable[..., MarkContent]
FORMATS = tuple(BUILDERS)


def picture(form: str, **options: Any) -> bytes:
    """A picture of one format."""
    made: bytes = BUILDERS[form](**options)
    return made


def reading_of(marked: Marked) -> ManifestReading:
    """What the mark reads as, judged by the store found in the file."""
    found = read_container(marked.data)
    reading = native.read(marked.data, found.format.mime, manifest_store=found.manifest_store)
    assert reading is not None
    return reading


@pytest.mark.parametrize("form", FORMATS)
class TestMark:
    def test_valid(self, form: str, content: Content, signing: Signing, someone: Maker) -> None:
        """A marked picture is intact, signed by the maker's key, and carries the statements."""
        marked = mark(picture(form), content(), signing)
        reading = reading_of(marked)
        assert (State.VALID, ()) == (reading.state, reading.altered)
        assert someone.keyid == signer.identify(marked.manifest_store, reading).keyid
        (said,) = reading.created(labels.MARK)
        assert (someone.keyid, marked.image_data) == (said.data["maker"]["keyid"], said.data["imageData"])

    def test_second_verifier(self, form: str, content: Content, signing: Signing) -> None:
        """An independent verifier agrees on the whole mark."""
        data = mark(picture(form), content(), signing, facts=XmpFacts(system="ComfyUI")).data
        report = encypher_c2pa.verify(data, f"image/{form}", telemetry=False, online=False)
        assert ("Valid", "valid", "match") == (
            report["validation_state"],
            report["integrity"],
            report["hard_binding"],
        )

    def test_same_picture(self, form: str, content: Content, signing: Signing) -> None:
        """Not one coded byte of the picture changes, and it decodes to the same pixels."""
        data = picture(form)
        marked = mark(data, content(), signing)
        assert image_data_digest(data) == image_data_digest(marked.data) == marked.image_data
        assert decode(data).tobytes() == decode(marked.data).tobytes()
        assert code_of(marked.image_data) == marked.code

    def test_store(self, form: str, content: Content, signing: Signing) -> None:
        """The store beside the file is the one inside it."""
        marked = mark(picture(form), content(), signing)
        assert marked.manifest_store == read_container(marked.data).manifest_store

    def test_stripped_copy(self, form: str, content: Content, signing: Signing) -> None:
        """Beside a stripped copy the claim still holds and names the coded picture."""
        data = picture(form)
        marked = mark(data, content(), signing)
        reading = native.read(data, f"image/{form}", manifest_store=marked.manifest_store)
        assert reading is not None
        assert reading.altered
        assert reading.claim_holds
        assert image_data_digest(data) == reading.created(labels.MARK)[0].data["imageData"]

    def test_ingredient(self, form: str, content: Content, signing: Signing) -> None:
        """Each source is an ingredient that names the source file's digest."""
        (source,) = reading_of(mark(picture(form), content(), signing)).ingredients
        assert (labels.INPUT_TO, instance_id_of(SOURCE_SHA256)) == (source.relationship, source.instance_id)

    def test_own_xmp(self, form: str, content: Content, signing: Signing) -> None:
        """What the file's XMP already said stays beside what the mark adds."""
        said = xmp_packet("<xmp:CreatorTool>a tool</xmp:CreatorTool>")
        marked = mark(picture(form, xmp=said), content(), signing)
        found = read_xmp(read_container(marked.data).xmp or "")
        assert ("a tool", "Myself_i2i") == (found.first("xmp:CreatorTool"), found.first("dc:subject"))
        assert () == reading_of(marked).altered

    def test_again(self, form: str, content: Content, signing: Signing) -> None:
        """A second mark keeps the first as its parent, and both hold."""
        first = mark(picture(form), content(), signing)
        second = mark(first.data, content(), signing)
        reading = reading_of(second)
        parent = next(one for one in reading.ingredients if one.relationship == labels.PARENT_OF)
        assert reading_of(first).label == parent.active_manifest
        assert not reading.altered
        assert not reading.altered_ingredients
        assert first.code == second.code

    def test_again_second_verifier(self, form: str, content: Content, signing: Signing) -> None:
        """The independent verifier agrees on a mark over a mark too."""
        data = mark(mark(picture(form), content(), signing).data, content(), signing).data
        report = encypher_c2pa.verify(data, f"image/{form}", telemetry=False, online=False)
        assert ("Valid", "valid") == (report["validation_state"], report["integrity"])


class TestGeneratorMetadata:
    def test_kept(self, content: Content, signing: Signing) -> None:
        """A generator's own text stays in the file."""
        marked = mark(png(texts={"parameters": "a cat, steps: 20"}), content(), signing)
        assert "a cat, steps: 20" == read_container(marked.data).text("parameters")

    def test_stripped(self, content: Content, signing: Signing) -> None:
        """On the maker's wish prompts leave the file, in text and in XMP, and the mark is whole."""
        packet = xmp_packet("<dc:description>a cat</dc:description>")
        marked = mark(png(texts={"parameters": "a cat"}, xmp=packet), content(), signing, strip=True)
        assert b"a cat" not in marked.data
        assert () == reading_of(marked).altered

    def test_broken_xmp(self, content: Content, signing: Signing) -> None:
        """XMP that cannot be read is replaced, and the maker is told."""
        marked = mark(png(xmp=b"<x:xmpmeta"), content(), signing)
        assert 1 == len(marked.notes)
        assert "Myself_i2i" == read_xmp(read_container(marked.data).xmp or "").first("dc:subject")


class TestSources:
    def test_manifest_kept(self, content: Content, signing: Signing) -> None:
        """A source that carries a manifest of its own brings it along; one without costs no reading."""
        own = mark(png(seed=9), content(mode="t2i", image_input="no", sources=()), signing)
        (plain,) = content().sources
        reading = reading_of(mark(png(), content(sources=(replace(plain, data=own.data),)), signing))
        assert reading_of(own).label == reading.ingredients[0].active_manifest
        silent = reading_of(mark(png(), content(sources=(replace(plain, data=png(seed=9)),)), signing))
        assert None is silent.ingredients[0].active_manifest

    def test_many(self, content: Content, signing: Signing) -> None:
        """Each of many sources can be told from its digest, whatever order a reader lists them in."""
        (plain,) = content().sources
        many = tuple(replace(plain, sha256=f"{number:064x}") for number in range(12))
        reading = reading_of(mark(png(), content(sources=many), signing))
        names = {one.instance_id for one in reading.ingredients}
        assert {one["ingredient"] for one in reading.created(labels.MARK)[0].data["sources"]} == names
        assert 12 == len(names)


class TestRefusals:
    @pytest.mark.parametrize("data", [b"", b"hello", png()[:60]])
    def test_no_picture(self, data: bytes, content: Content, signing: Signing) -> None:
        """What is no whole picture is not marked."""
        with pytest.raises(InputError):
            mark(data, content(), signing)

    def test_given_parts(self, content: Content, signing: Signing) -> None:
        """Parts that the caller already has are used as they are."""
        data = png()
        marked = mark(
            data, content(), signing, container=read_container(data), image_data=image_data_digest(data)
        )
        assert () == reading_of(marked).altered

    def test_unreadable_parent(self, content: Content, signing: Signing) -> None:
        """A file whose own manifest was altered is marked with that fact inside, or refused; never silently."""
        first = mark(png(), content(), signing)
        bad = first.data.replace(b"own-drawing", b"own-drawinh")
        reading = reading_of(mark(bad, content(), signing))
        assert [labels.PARENT_OF] == [one.relationship for one in reading.altered_ingredients]
