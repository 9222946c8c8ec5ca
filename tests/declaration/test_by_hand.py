from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.declaration import ByHand, parse_by_hand, parse_source
from myself_i2i.errors import UsageError


class TestParseByHand:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("t2i", ByHand("t2i")),
            ("i2i a.png", ByHand("i2i", (("init", "a.png"),))),
            ("inpaint a.png mask=m.png", ByHand("inpaint", (("init", "a.png"), ("mask", "m.png")))),
            ("  controlnet   control=pose.png ", ByHand("controlnet", (("control", "pose.png"),))),
            ("i2i 'my drawing.png'", ByHand("i2i", (("init", "my drawing.png"),))),
            ('reference "reference=a b.png"', ByHand("reference", (("reference", "a b.png"),))),
            ("upscale", ByHand("upscale")),
            ("upscale 絵.png", ByHand("upscale", (("init", "絵.png"),))),
        ],
    )
    def test_read(self, text: str, wanted: ByHand) -> None:
        """Words are split as a shell does; the first is the mode, each further one a file with its role."""
        assert wanted == parse_by_hand(text)

    @pytest.mark.parametrize(
        "text", ["", "   ", "unknown", "I2I a.png", "a.png", "i2i 'a.png", "i2i a.png \\", "--as t2i"]
    )
    def test_no_sense(self, text: str) -> None:
        """What has no known mode, or an open quote, is refused with an example to type."""
        with pytest.raises(UsageError) as caught:
            parse_by_hand(text)
        assert caught.value.hint is not None
        assert "--as t2i" in caught.value.hint.en
        assert "--as t2i" in caught.value.hint.ja

    def test_words_alone(self) -> None:
        """Text-to-image with a source is refused, and the way to say what was meant is told."""
        with pytest.raises(UsageError, match="words alone") as caught:
            parse_by_hand("t2i a.png")
        assert caught.value.hint is not None
        assert '--as "i2i FILE"' in caught.value.hint.en

    @pytest.mark.parametrize(
        "mode", ["i2i", "inpaint", "outpaint", "controlnet", "reference", "edit", "mixed"]
    )
    def test_source_wanted(self, mode: str) -> None:
        """A mode that starts from an image asks for its file, naming the mode in the hint."""
        with pytest.raises(UsageError, match=mode) as caught:
            parse_by_hand(mode)
        assert caught.value.hint is not None
        assert f'--as "{mode} FILE"' in caught.value.hint.en

    @given(st.text(max_size=60))
    def test_anything(self, text: str) -> None:
        """Whatever is typed gives a way of making or our error."""
        try:
            made = parse_by_hand(text)
        except UsageError:
            return
        assert ("yes" if made.sources else "no") == made.image_input


class TestParseSource:
    @pytest.mark.parametrize(
        ("word", "wanted"),
        [
            ("a.png", ("init", "a.png")),
            ("mask=a.png", ("mask", "a.png")),
            ("style=a=b.png", ("style", "a=b.png")),
            ("x=1.png", ("init", "x=1.png")),
            ("mask=", ("init", "mask=")),
            ("=a.png", ("init", "=a.png")),
        ],
    )
    def test_role(self, word: str, wanted: tuple[str, str]) -> None:
        """A known role before "=" is taken; any other "=" belongs to the file's name."""
        assert wanted == parse_source(word)
