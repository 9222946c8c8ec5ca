from __future__ import annotations

import pytest

from myself_i2i.declaration import parse_by_hand
from myself_i2i.image import read_container, read_xmp
from myself_i2i.inspection.interface import Answer
from myself_i2i.verification import inspect_unmarked
from myself_i2i.verification.own_metadata import own_container
from tests.support.foreign import remote, vendor
from tests.support.marked import Picture, drawing, generated, i2i, marked, person, plain
from tests.support.pictures import BUILDERS, png, xmp_packet

ALICE = person("alice")
TYPE = "<Iptc4xmpExt:DigitalSourceType>http://cv.iptc.org/x/trainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>"


class TestOwnContainer:
    def test_untouched(self) -> None:
        """A file that no mark wrote into is its own, whole."""
        container = read_container(png(xmp=xmp_packet(TYPE)))
        assert container is own_container(container)

    @pytest.mark.parametrize("form", BUILDERS)
    def test_marked(self, form: str) -> None:
        """What the mark wrote into the XMP is left out, and what the file said itself stays."""
        picture = Picture(
            "x", BUILDERS[form](64, 64, xmp=xmp_packet("<xmp:CreatorTool>a tool</xmp:CreatorTool>"))
        )
        made = marked(ALICE, picture, by_hand=parse_by_hand("t2i"))
        container = own_container(read_container(made.data))
        assert container.xmp is not None
        assert {"xmp:CreatorTool"} == set(read_xmp(container.xmp).properties)

    def test_all_of_it(self) -> None:
        """XMP that is the mark's alone leaves none."""
        made = marked(ALICE, plain(), by_hand=parse_by_hand("t2i"))
        assert None is own_container(read_container(made.data)).xmp

    def test_hidden(self) -> None:
        """A file that names its own properties as the mark's can only say less by that."""
        hiding = TYPE + (
            '<m:WrittenByMark xmlns:m="https://myself-i2i.org/xmp/1.0/"><rdf:Bag>'
            "<rdf:li>Iptc4xmpExt:DigitalSourceType</rdf:li></rdf:Bag></m:WrittenByMark>"
        )
        found = inspect_unmarked(png(xmp=xmp_packet(hiding)))
        assert (Answer.NOT_RECORDED, None) == (found.image_input, found.tool)

    def test_broken(self) -> None:
        """XMP that cannot be read but looks like a mark's is left out."""
        container = read_container(png(xmp=b"<x:xmpmeta> myselfi2i:WrittenByMark"))
        assert None is own_container(container).xmp


class TestInspectUnmarked:
    @pytest.mark.parametrize("form", BUILDERS)
    def test_same(self, form: str) -> None:
        """A marked file records of its making what it recorded before, and nothing that the mark added."""
        before = inspect_unmarked(generated(form, drawing()).data, name="x")
        after = inspect_unmarked(i2i(ALICE, form).data, name="x")
        assert (Answer.YES, "ComfyUI") == (before.image_input, before.tool)
        assert before == after

    def test_silent(self) -> None:
        """A mark over a silent file leaves it silent."""
        made = marked(ALICE, plain(), by_hand=parse_by_hand("t2i"))
        assert Answer.NOT_RECORDED is inspect_unmarked(made.data).image_input

    def test_vendor(self) -> None:
        """A vendor's manifest is the file's own, also beneath a mark."""
        below = vendor(plain())
        over = marked(ALICE, Picture("x.png", below), by_hand=parse_by_hand("t2i")).data
        assert inspect_unmarked(below).tool == inspect_unmarked(over).tool == "test"

    def test_no_picture(self) -> None:
        """Bytes that are no picture give an inspection with its error, as elsewhere."""
        assert None is not inspect_unmarked(b"no picture").error

    def test_elsewhere(self) -> None:
        """A manifest that cannot be read is told in the notes."""
        data = remote(ALICE, plain(), "http://127.0.0.1:9/x")
        assert any("nothing was fetched" in note.en for note in inspect_unmarked(data).notes)
