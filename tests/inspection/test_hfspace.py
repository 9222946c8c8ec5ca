import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.image.interface import Container, Format, TextEntry
from myself_i2i.inspection.hfspace import read
from myself_i2i.inspection.interface import Answer, Material, Mode, Reading

DATA: dict[str, Any] = {
    "prompt": "a ship",
    "negative_prompt": "text",
    "resolution": "832 x 1216",
    "guidance_scale": 7,
    "num_inference_steps": 28,
    "seed": 9,
    "sampler": "Euler a",
    "use_upscaler": None,
    "Model": "ships-xl",
}
UPSCALER = {
    "upscale_method": "nearest-exact",
    "upscaler_strength": 0.55,
    "upscale_by": 1.5,
    "new_resolution": "1248 x 1824",
}


def reading(data: Any, size: tuple[int, int] = (832, 1216)) -> Reading | None:
    """What the reader says of a PNG with `data` as its parameters."""
    texts = (TextEntry("parameters", json.dumps(data), "tEXt"),)
    return read(Material(Container(format=Format.PNG, width=size[0], height=size[1], texts=texts)))


class TestHfSpace:
    def test_text_to_image(self) -> None:
        """The Space makes pictures from text, and says which model and seed."""
        found = reading(DATA)

        assert found is not None
        assert (Mode.T2I, Answer.NO, "ships-xl") == (found.mode, found.image_input, found.model)
        assert (9, 28) == (found.extras["seed"], found.extras["steps"])

    def test_own_second_pass(self) -> None:
        """Its upscaler is a second pass over its own picture."""
        found = reading({**DATA, "use_upscaler": UPSCALER}, (1248, 1824))

        assert found is not None
        assert (Mode.UPSCALE, Answer.NO, 0.55) == (found.mode, found.image_input, found.strength)

    @pytest.mark.parametrize("extra", [{"init_image": "a.png"}, {"strength": 0.6}, {"controlnet_scale": 1.0}])
    def test_picture_in_another_space(self, extra: dict[str, Any]) -> None:
        """A Space of the same shape that names a picture is not taken for a text-only one."""
        found = reading({**DATA, **extra})

        assert found is not None
        assert Answer.YES is found.image_input

    def test_unknown_space_and_later_work(self) -> None:
        """An unknown Space, or a picture larger than recorded, leaves the answer open."""
        unknown = reading(
            {key: DATA[key] for key in ("prompt", "resolution", "guidance_scale", "num_inference_steps")}
        )
        large = reading(DATA, (3328, 4864))

        assert unknown is not None
        assert large is not None
        assert [Answer.NOT_RECORDED] * 2 == [unknown.image_input, large.image_input]

    @given(
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(),
            lambda s: st.lists(s) | st.dictionaries(st.text(), s),
        )
    )
    def test_never_raises(self, value: Any) -> None:
        """No value in any place makes the reader raise."""
        reading(value)
        for key in DATA:
            reading({**DATA, key: value})
        reading(
            {
                **DATA,
                "use_upscaler": {"upscaler_strength": value, "new_resolution": value},
                "use_lora": {"model": value},
            }
        )
