import json
import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.inspection.infotext import MAX_FIELDS, lora_tags, parse, parse_pairs

KEYS = st.text(string.ascii_letters + string.digits + " -/_", min_size=1, max_size=30).filter(
    lambda key: key == key.strip() and key[0].isalnum()
)
PROMPTS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0\ufeff"), max_size=80).filter(
    lambda text: "Steps:" not in text and "Negative prompt:" not in text
)


def quote(value: str) -> str:
    """Write one value as A1111 does: as a JSON string when it holds a comma, a line break or a colon."""
    return json.dumps(value, ensure_ascii=False) if any(sign in value for sign in ',\n:"{}[]') else value


def write(prompt: str, negative: str, fields: dict[str, str]) -> str:
    """Write a whole generation text as A1111 does."""
    settings = ", ".join(f"{key}: {quote(value)}" for key, value in fields.items())
    return f"{prompt}\nNegative prompt: {negative}\n{settings}"


class TestParse:
    def test_takes_a_plain_text_apart(self) -> None:
        """Prompt, negative prompt and settings of an ordinary text come out as they went in."""
        info = parse("a lighthouse\nNegative prompt: blur\nSteps: 20, Sampler: Euler a, Size: 512x768")

        assert info is not None
        assert "a lighthouse" == info.prompt
        assert "blur" == info.negative_prompt
        assert {"Steps": "20", "Sampler": "Euler a", "Size": "512x768"} == info.fields

    def test_negative_prompt_may_run_over_lines(self) -> None:
        """All lines up to the settings belong to the negative prompt, empty ones too."""
        info = parse("p\n\nNegative prompt: one\ntwo, three\n\nSteps: 1, Seed: 2")

        assert info is not None
        assert ("p", "one\ntwo, three") == (info.prompt, info.negative_prompt)

    def test_settings_are_the_last_steps_line(self) -> None:
        """A prompt that has a line of its own starting with "Steps:" does not hide the settings."""
        info = parse("Steps: up a tower\nof stone\nSteps: 9, Denoising strength: 0.4")

        assert info is not None
        assert "0.4" == info.get("Denoising strength")
        assert "Steps: up a tower\nof stone" == info.prompt

    def test_quoted_values_keep_commas_and_colons(self) -> None:
        """A quoted value is one value, and what stands in it is not read as settings."""
        unit = "Module: canny, Model: control_v11, Hires steps: 3"
        info = parse(f'p\nSteps: 5, ControlNet 0: "{unit}", Lora hashes: "a: 12, b: 34", Version: v1.9.0')

        assert info is not None
        assert unit == info.get("ControlNet 0")
        assert None is info.get("Hires steps")
        assert {"a": "12", "b": "34"} == parse_pairs(info.get("Lora hashes") or "")

    def test_bare_json_values_are_one_value(self) -> None:
        """JSON without quotes around it, as Civitai writes it, is kept whole, commas and all."""
        value = [{"type": "lora", "name": "x, y: [z]", "weight": 0.5}, {"a": [1, 2]}]
        info = parse(f"p\nSteps: 5, Civitai resources: {json.dumps(value)}, Seed: 7")

        assert info is not None
        assert value == json.loads(info.get("Civitai resources") or "")
        assert "7" == info.get("Seed")

    def test_lists_without_quotes_stay_together(self) -> None:
        """Lists that builds of 2022 wrote without quotes are one value."""
        info = parse("p\nSteps: 5, X Type: Steps, X Values: 1, 2, 3, Seed: 4")

        assert info is not None
        assert ("1, 2, 3", "4") == (info.get("X Values"), info.get("Seed"))

    def test_text_after_the_settings_is_the_footer(self) -> None:
        """Templates and warnings on later lines are kept apart from the settings."""
        info = parse("p\nSteps: 5, Seed: 4\nTemplate: __colour__ cat, Denoising strength: 1")

        assert info is not None
        assert None is info.get("Denoising strength")
        assert info.footer.startswith("Template:")

    def test_line_breaks_lost_by_a_site(self) -> None:
        """A text whose line breaks became blanks is still taken apart."""
        info = parse("a cat Negative prompt: dog Steps: 20, Sampler: Euler, Seed: 3")

        assert info is not None
        assert ("a cat", "dog", "20") == (info.prompt, info.negative_prompt, info.get("Steps"))

    def test_extras_settings_alone(self) -> None:
        """The settings of the Extras tab are a generation text by themselves."""
        info = parse("Postprocess upscale by: 4, Postprocess upscaler: R-ESRGAN 4x+")

        assert info is not None
        assert "R-ESRGAN 4x+" == info.get("Postprocess upscaler")

    @pytest.mark.parametrize("text", ["", "a cat", '{"a": "b Steps: 20, x"}', "the steps: 20", None, "\0\0"])
    def test_other_texts_are_none(self, text: str | None) -> None:
        """A text without settings is not taken for one with them."""
        assert None is parse(text)

    def test_first_of_a_repeated_setting_counts(self) -> None:
        """A setting given twice has the value it had first, whatever the case of its key."""
        info = parse("p\nSteps: 5, Seed: 1, Seed: 2, SEED: 3")

        assert info is not None
        assert "1" == info.get("seed")

    @given(PROMPTS, PROMPTS, st.dictionaries(KEYS, PROMPTS.map(str.strip), max_size=12))
    def test_round_trip(self, prompt: str, negative: str, fields: dict[str, str]) -> None:
        """What a tool writes by A1111's quoting rule is read back exactly."""
        fields = {"Steps": "20", **{key: value for key, value in fields.items() if key.casefold() != "steps"}}

        info = parse(write(prompt, negative, fields))

        assert info is not None
        assert fields == dict(info.fields)
        assert negative.strip() == info.negative_prompt


class TestHostile:
    @given(st.text(alphabet='Steps: 20,"\\{}[]\n\r\0<>lora:x1', max_size=400))
    def test_never_raises(self, text: str) -> None:
        """No text makes the parser raise."""
        for whole in (text, "Steps: 1, " + text, "x Steps: 1, a: " + text):
            info = parse(whole)
            if info is not None:
                info.number("a")
                info.size("a", "Steps")
        parse_pairs(text)
        lora_tags(text)

    @pytest.mark.parametrize(
        "unit",
        [
            ",",
            '"',
            '\\"',
            "a: ",
            'a: "',
            'a: "\\", ',
            'k: "x"y, ',
            "a: [",
            "k: [, ",
            '"[',
            "a: {[",
            "<lora:",
            "Steps: 1,",
            "\nSteps:",
            " ",
            "x:",
        ],
    )
    def test_a_megabyte_takes_no_time(self, unit: str) -> None:
        """Time is linear: a megabyte of any repeated piece is read in well under a second of work."""
        text = "p\nSteps: 20, a: [" + unit * (2**20 // len(unit))
        started = time.process_time()

        parse(text)
        parse("x Steps: 20, " + unit * (2**20 // len(unit)))
        lora_tags(text)

        assert time.process_time() - started < 1.5

    def test_fields_are_bounded(self) -> None:
        """A text of endless settings gives a bounded number of them."""
        info = parse("Steps: 1, " + ", ".join(f"k{index}: {index}" for index in range(10_000)))

        assert info is not None
        assert len(info.fields) <= MAX_FIELDS


class TestValues:
    def test_numbers_and_sizes(self) -> None:
        """Numbers and sizes are read, and anything else is None."""
        info = parse("Steps: 5, a: 0.5, b: inf, c: x, d: 512x768, e: 1024 x 64, f: 12")

        assert info is not None
        assert (0.5, None, None) == (info.number("a"), info.number("b"), info.number("c"))
        assert ((512, 768), (1024, 64), None) == (info.size("d"), info.size("e"), info.size("f"))

    def test_lora_tags(self) -> None:
        """LoRA names come out of the prompt once each, in order."""
        assert ["a b", "c"] == lora_tags("x <lora:a b:0.5>, <LyCO:c:1:2> <lora:a b> <hypernet:d:1> <lora:>")
