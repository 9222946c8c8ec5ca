import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.image.interface import Container, Format, TextEntry
from myself_i2i.inspection.easydiffusion import read
from myself_i2i.inspection.interface import Answer, Material, Mode, Reading

DATA: dict[str, Any] = {
    "prompt": "a barn",
    "negative_prompt": "",
    "seed": 4,
    "use_stable_diffusion_model": "barns/barn-v1.safetensors",
    "use_controlnet_model": None,
    "sampler_name": "euler_a",
    "width": 512,
    "height": 512,
    "num_inference_steps": 25,
    "guidance_scale": 7.5,
    "use_lora_model": ["wood"],
    "lora_alpha": [0.5],
    "use_upscale": None,
}
NAMES = {
    "prompt": "Prompt",
    "negative_prompt": "Negative Prompt",
    "seed": "Seed",
    "use_stable_diffusion_model": "Stable Diffusion model",
    "sampler_name": "Sampler",
    "width": "Width",
    "height": "Height",
    "num_inference_steps": "Steps",
    "prompt_strength": "Prompt Strength",
    "use_controlnet_model": "ControlNet model",
}


def in_png(data: dict[str, Any], size: tuple[int, int] = (512, 512)) -> Reading | None:
    """What the reader says of a PNG with one text per setting."""
    texts = tuple(TextEntry(key, str(value), "tEXt") for key, value in data.items())
    return read(Material(Container(format=Format.PNG, width=size[0], height=size[1], texts=texts)))


def in_jpeg(data: Any) -> Reading | None:
    """What the reader says of a JPEG with the settings as JSON."""
    return read(
        Material(Container(format=Format.JPEG, width=512, height=512, exif={"UserComment": json.dumps(data)}))
    )


class TestEasyDiffusion:
    @pytest.mark.parametrize(
        ("extra", "mode", "answer"),
        [
            ({}, Mode.T2I, Answer.NO),
            ({"prompt_strength": 0.8}, Mode.I2I, Answer.YES),
            (
                {"use_controlnet_model": "canny", "control_filter_to_apply": "canny"},
                Mode.CONTROLNET,
                Answer.YES,
            ),
            ({"prompt_strength": 0.8, "use_controlnet_model": "canny"}, Mode.MIXED, Answer.YES),
        ],
    )
    def test_all_places_and_spellings(self, extra: dict[str, Any], mode: Mode, answer: Answer) -> None:
        """PNG texts, JSON, and the spelling of its text files say the same."""
        data = DATA | extra
        spelled = {NAMES[key]: value for key, value in data.items() if key in NAMES}

        for found in (in_png(data), in_jpeg(data), in_png(spelled), in_jpeg(spelled)):
            assert found is not None
            assert (mode, answer) == (found.mode, found.image_input)
            assert found.evidence

    def test_recorded_settings(self) -> None:
        """Model, LoRA, seed and strength are recorded."""
        found = in_jpeg(DATA | {"prompt_strength": 0.4})

        assert found is not None
        assert ("barns/barn-v1.safetensors", 0.4) == (found.model, found.strength)
        assert (["wood"], 4, 25) == (found.extras["loras"], found.extras["seed"], found.extras["steps"])

    def test_own_enlargement(self) -> None:
        """Its own upscaler explains a larger picture; nothing explains a larger one without it."""
        own = in_png(DATA | {"use_upscale": "RealESRGAN_x4plus", "upscale_amount": 2}, (1024, 1024))
        later = in_png(DATA, (1024, 1024))

        assert own is not None
        assert later is not None
        assert (Answer.NO, Answer.NOT_RECORDED) == (own.image_input, later.image_input)

    def test_others_are_left_alone(self) -> None:
        """Files without its settings are not read here."""
        assert None is in_png({"parameters": "a\nSteps: 1"})
        assert None is in_jpeg([1])

    @given(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text()
        | st.lists(st.text())
        | st.dictionaries(st.text(), st.text())
    )
    def test_never_raises(self, value: Any) -> None:
        """No value in any setting makes the reader raise."""
        in_jpeg(value)
        for key in [*DATA, "prompt_strength", "upscale_amount", "control_filter_to_apply"]:
            in_jpeg({**DATA, "use_upscale": "x", key: value})
