"""Who stands behind what is said: the step, and the tag alone."""

from __future__ import annotations

import pytest

from myself_i2i.predicates.generation import Generation, WrittenBy
from myself_i2i.verification import Step
from tests.support.marked import (
    AT,
    drawing,
    generated,
    marked,
    person,
)
from tests.support.pictures import png, text_chunk, xmp_packet
from tests.verification.checking import checked, notes

ALICE = person("alice")


class TestStep:
    def test_recorder(self) -> None:
        """What a recorder wrote down is told as recorded, not merely declared."""
        record = Generation(
            written_by=WrittenBy.RECORDER, mode="t2i", image_input="no", recorded_at=AT, tool="ComfyUI"
        )
        report = checked(marked(ALICE, generated("png"), recorded=record).data)
        assert (Step.RECORDED, "recorder") == (report.step, report.claims.written_by)

    @pytest.mark.parametrize("word", ["Myself_i2i", "#Myself_i2i", "Noi2i", "#NoI2I"])
    def test_tag(self, word: str) -> None:
        """A tag alone, the predecessor's too, is told as a tag alone."""
        packet = f"<dc:subject><rdf:Bag><rdf:li>{word}</rdf:li></rdf:Bag></dc:subject>"
        report = checked(png(xmp=xmp_packet(packet)))
        assert (Step.TAGGED, False, False) == (report.step, report.marked, report.consistent)

    @pytest.mark.parametrize("text", ["made with #Myself_i2i", "#Noi2i"])
    def test_tag_in_text(self, text: str) -> None:
        """A tag in a text chunk counts as well."""
        assert Step.TAGGED is checked(png(texts={"Comment": text})).step

    @pytest.mark.parametrize("text", ["i2i", "Myself_i2i", "#Myself_i2i_club", "x#Noi2i"])
    def test_no_tag(self, text: str) -> None:
        """A word that only looks like the tag does not."""
        assert Step.NOT_RECORDED is checked(png(texts={"Comment": text})).step

    def test_tag_bounded(self) -> None:
        """A tag is looked for in a bounded part of a file's texts."""
        near, far = ("x" * size + " #Noi2i" for size in (900_000, 1_100_000))
        assert Step.TAGGED is checked(png(chunks=[text_chunk("Comment", near, "zTXt")])).step
        assert Step.NOT_RECORDED is checked(png(chunks=[text_chunk("Comment", far, "zTXt")])).step

    def test_unsigned_metadata(self) -> None:
        """Generator metadata that nobody signed is told, and told to be just that."""
        report = checked(generated("png", drawing()).data)
        assert ("yes", "ComfyUI", "file") == (
            report.claims.image_input,
            report.claims.tool,
            report.claims.written_by,
        )
        assert (Step.NOT_RECORDED, False) == (report.step, report.consistent)
        assert "nobody signed" in notes(report)
