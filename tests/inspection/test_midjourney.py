from typing import Any

import pytest

from myself_i2i.inspection import midjourney
from myself_i2i.inspection.interface import Answer, Mode, Reading, Role
from tests.support.materials import material

JOB = "Job ID: 0ab4f1c2-82c5-4069-86e2-ea57fe45157a"
BEFORE, AFTER = "Thu, 06 Jun 2024 08:43:54 GMT", "Thu, 06 Mar 2025 08:43:54 GMT"
URL = "https://s.mj.run/abcDEF"


def read(prompt: str, made: str | None = None) -> Reading:
    """What the reader says of a prompt."""
    texts: dict[str, Any] = {"Description": f"{prompt} {JOB}", **({"Creation Time": made} if made else {})}
    reading = midjourney.read(material(texts))
    assert reading is not None
    assert reading.evidence
    return reading


class TestAnswer:
    @pytest.mark.parametrize(
        ("prompt", "role"),
        [
            (f"{URL} a harbour --v 6.1", Role.REFERENCE),
            (f"<{URL}> a harbour --v 6.1", Role.REFERENCE),
            (f"a harbour --sref {URL} --v 6.1", Role.STYLE),
            (f"a harbour --cref {URL} --cw 100", Role.REFERENCE),
            (f"a harbour --v 7 --oref {URL}", Role.REFERENCE),
        ],
    )
    def test_address(self, prompt: str, role: Role) -> None:
        """A picture given by its address is an input, named by the address."""
        reading = read(prompt, AFTER)
        assert (Mode.REFERENCE, Answer.YES) == (reading.mode, reading.image_input)
        assert [(role, URL)] == [(item.role, item.name) for item in reading.inputs]

    def test_image_weight(self) -> None:
        """An image weight without an address still means a picture."""
        assert Answer.YES is read("a harbour --iw 2").image_input

    @pytest.mark.parametrize("style", ["random", "3141592653"])
    def test_style_code(self, style: str) -> None:
        """A style given as a code is Midjourney's own and no picture."""
        assert Answer.NO is read(f"a harbour --sref {style}", BEFORE).image_input

    def test_before_the_editor(self) -> None:
        """Before the editor took pictures, a prompt without one means that none went in."""
        assert (Mode.T2I, Answer.NO) == (
            read("a harbour", BEFORE).mode,
            read("a harbour", BEFORE).image_input,
        )

    @pytest.mark.parametrize("made", [AFTER, None, "yesterday", "Thu, 99 Zzz"])
    def test_after_the_editor(self, made: str | None) -> None:
        """Later, or at an unknown time, a prompt alone does not tell."""
        reading = read("a harbour --ar 3:4", made)
        assert (Mode.T2I, Answer.NOT_RECORDED) == (reading.mode, reading.image_input)
        assert "editor" in reading.notes[0].en

    def test_time_without_zone(self) -> None:
        """A time without a zone is read as UTC and compared all the same."""
        assert Answer.NO is read("a harbour", "Thu, 06 Jun 2024 08:43:54").image_input

    def test_parameters(self) -> None:
        """Version and parameters are recorded."""
        reading = read("a harbour --ar 3:4 --v 6.1", AFTER)
        assert ("6.1", {"ar": "3:4", "v": "6.1"}) == (reading.tool_version, reading.extras["parameters"])
        assert "a harbour" == reading.extras["prompt"]


class TestRecognition:
    def test_exif(self) -> None:
        """The description may stand in EXIF."""
        assert midjourney.read(material(exif={"ImageDescription": f"a harbour {JOB}"})) is not None

    @pytest.mark.parametrize("text", ["a harbour --v 6.1", "Job ID: 7", ""])
    def test_not_midjourney(self, text: str) -> None:
        """Without a job id it is not Midjourney's."""
        assert midjourney.read(material({"Description": text})) is None
