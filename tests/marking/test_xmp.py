from __future__ import annotations

from collections.abc import Callable

import pytest

from myself_i2i.c2pa import labels
from myself_i2i.image import Xmp, read_xmp, write_xmp
from myself_i2i.marking.manifest import MarkContent, TrainingMining, Use
from myself_i2i.marking.xmp import WRITTEN_BY_MARK, XmpFacts, properties

Content = Callable[..., MarkContent]
TYPE = "Iptc4xmpExt:DigitalSourceType"
NOT, YES = Use.NOT_ALLOWED, Use.ALLOWED


class TestProperties:
    def test_all(self, content: Content) -> None:
        """What the maker lets out stands under its IPTC name and reads back the same."""
        facts = XmpFacts(system="ComfyUI", system_version="0.3", prompt="a <cat>", prompt_writer="me")
        found = read_xmp(write_xmp(properties(content(), facts, Xmp())).decode())
        assert {
            "Iptc4xmpExt:AISystemUsed": "ComfyUI",
            "Iptc4xmpExt:AISystemVersionUsed": "0.3",
            "Iptc4xmpExt:AIPromptInformation": "a <cat>",
            "Iptc4xmpExt:AIPromptWriterName": "me",
            TYPE: labels.TRAINED_ALGORITHMIC_MEDIA,
            "dc:subject": "Myself_i2i",
        } == {name: values[0] for name, values in found.properties.items() if name != WRITTEN_BY_MARK}

    def test_silent(self, content: Content) -> None:
        """What the maker does not let out is not written: no prompt, no tool."""
        assert {TYPE, "dc:subject", WRITTEN_BY_MARK} == set(properties(content(), XmpFacts(), Xmp()))

    def test_file_first(self, content: Content) -> None:
        """The file's own words about its tool stay; the version of another tool is not put beside them."""
        own = Xmp({"Iptc4xmpExt:AISystemUsed": ("Midjourney",)})
        said = properties(content(), XmpFacts(system="ComfyUI", system_version="0.3"), own)
        assert not {"Iptc4xmpExt:AISystemUsed", "Iptc4xmpExt:AISystemVersionUsed"} & set(said)

    def test_agrees_with_claim(self, content: Content) -> None:
        """The source type is made to agree with the signed claim."""
        own = Xmp({TYPE: (labels.DIGITAL_SOURCE_TYPE + "digitalCapture",)})
        assert labels.TRAINED_ALGORITHMIC_MEDIA == properties(content(), XmpFacts(), own)[TYPE]

    def test_keywords(self, content: Content) -> None:
        """The tag joins the keywords, and the predecessor's stays beside it."""
        own = Xmp({"dc:subject": ("cat", "Noi2i")})
        assert ("cat", "Noi2i", "Myself_i2i") == properties(content(), XmpFacts(), own)["dc:subject"]

    def test_nothing_to_do(self, content: Content) -> None:
        """A file that already says all of it is left alone."""
        own = Xmp({"dc:subject": ("#myself_i2i",), TYPE: (labels.TRAINED_ALGORITHMIC_MEDIA,)})
        assert {} == properties(content(), XmpFacts(), own)

    def test_own_list(self, content: Content) -> None:
        """What the mark wrote is listed, so that a check does not take it for the file's own words."""
        said = properties(content(), XmpFacts(system="x"), Xmp())
        assert {*said} - {WRITTEN_BY_MARK} == set(said[WRITTEN_BY_MARK])

    @pytest.mark.parametrize(
        ("wish", "found"),
        [
            (TrainingMining(), None),
            (TrainingMining(ai_inference=NOT), None),
            (TrainingMining(data_mining=NOT), "DMI-PROHIBITED"),
            (TrainingMining(ai_generative_training=NOT), "DMI-PROHIBITED-GENAIMLTRAINING"),
            (TrainingMining(ai_generative_training=NOT, ai_training=NOT), "DMI-PROHIBITED-AIMLTRAINING"),
            (TrainingMining(ai_generative_training=YES, ai_training=YES, data_mining=YES), "DMI-ALLOWED"),
            (TrainingMining(ai_generative_training=YES), None),
        ],
    )
    def test_data_mining(self, wish: TrainingMining, found: str | None, content: Content) -> None:
        """A wish is repeated for PLUS where PLUS has a word for it, and never stretched."""
        said = properties(content(training_mining=wish), XmpFacts(), Xmp()).get("plus:DataMining")
        assert (None if found is None else f"http://ns.useplus.org/ldf/vocab/{found}") == said
