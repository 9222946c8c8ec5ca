import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myself_i2i.image.interface import Container, Format, TextEntry
from myself_i2i.inspection.interface import Answer, Material, Mode, Reading, Role
from myself_i2i.inspection.tensorart import read

DATA: dict[str, Any] = {
    "prompt": "a tower <lora:stone:0.5>",
    "negativePrompt": "fog",
    "width": 512,
    "height": 512,
    "imageCount": 1,
    "seed": "42",
    "steps": 25,
    "baseModel": {"modelFileName": "tower_v1", "hash": "ABCDEF"},
}
GRAPH = {
    "1": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512, "batch_size": 1}},
    "2": {
        "class_type": "KSampler",
        "inputs": {"latent_image": ["1", 0], "denoise": 1.0, "seed": 3, "steps": 20},
    },
    "3": {"class_type": "VAEDecode", "inputs": {"samples": ["2", 0]}},
    "4": {"class_type": "SaveImage", "inputs": {"images": ["3", 0]}},
}
LOADED = {
    **GRAPH,
    "5": {"class_type": "LoadImage", "inputs": {"image": "old_tower.png"}},
    "6": {"class_type": "VAEEncode", "inputs": {"pixels": ["5", 0]}},
    "2": {
        "class_type": "KSampler",
        "inputs": {"latent_image": ["6", 0], "denoise": 0.5, "seed": 3, "steps": 20},
    },
}


def reading(data: Any, graph: Any = None, *, tail: str = "\0\0") -> Reading | None:
    """What the reader says of a PNG from the site; it pads its JSON with NUL."""
    texts = [TextEntry("generation_data", json.dumps(data) + tail, "tEXt")]
    if graph is not None:
        texts.append(TextEntry("prompt", json.dumps(graph), "tEXt"))
    return read(Material(Container(format=Format.PNG, width=512, height=512, texts=tuple(texts))))


class TestTensorArt:
    def test_graph_decides(self) -> None:
        """The graph that ran says whether a picture was loaded."""
        plain, loaded = reading(DATA, GRAPH), reading(DATA, LOADED)

        assert plain is not None
        assert loaded is not None
        assert ("Tensor.Art", Mode.T2I, Answer.NO, "tower_v1") == (
            plain.tool,
            plain.mode,
            plain.image_input,
            plain.model,
        )
        assert (Mode.I2I, Answer.YES, 0.5) == (loaded.mode, loaded.image_input, loaded.strength)
        assert ["old_tower.png"] == [item.name for item in loaded.inputs]

    def test_summary_alone_is_open(self) -> None:
        """Without the graph, a summary that names no picture says nothing."""
        found = reading(DATA)

        assert found is not None
        assert (Mode.UNKNOWN, Answer.NOT_RECORDED) == (found.mode, found.image_input)
        assert (["stone"], "42", 25) == (found.extras["loras"], found.extras["seed"], found.extras["steps"])

    @pytest.mark.parametrize(
        ("extra", "mode", "role"),
        [
            ({"initImage": "https://x.example/a.png?sig=1", "denoisingStrength": 0.4}, Mode.I2I, Role.INIT),
            (
                {"controlnet": {"args": [{"inputImage": "https://x.example/a.png"}]}},
                Mode.CONTROLNET,
                Role.CONTROL,
            ),
            ({"ipAdapter": {"referenceImage": "https://x.example/a.png"}}, Mode.REFERENCE, Role.REFERENCE),
        ],
    )
    def test_named_picture(self, extra: dict[str, Any], mode: Mode, role: Role) -> None:
        """A setting that names a picture says that one went in, and is reported without its signature."""
        found = reading({**DATA, **extra})

        assert found is not None
        assert (mode, Answer.YES) == (found.mode, found.image_input)
        assert [(role, "https://x.example/a.png")] == [(item.role, item.name) for item in found.inputs]

    def test_settings_about_pictures_are_not_pictures(self) -> None:
        """A setting that only speaks of sizes or counts names no picture."""
        found = reading({**DATA, "imageSize": "512x512", "imagesCount": "4"})

        assert found is not None
        assert Answer.NOT_RECORDED is found.image_input

    def test_contradiction_is_open(self) -> None:
        """A named picture beside a graph that loads none gives neither answer."""
        found = reading({**DATA, "initImage": "a.png"}, GRAPH)

        assert found is not None
        assert Answer.NOT_RECORDED is found.image_input

    def test_others_are_left_alone(self) -> None:
        """Files without its summary are not read here."""
        assert None is reading([1])
        assert None is read(Material(Container(format=Format.PNG, width=1, height=1)))

    @settings(deadline=None)
    @given(
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(),
            lambda s: st.lists(s) | st.dictionaries(st.text(), s),
        )
    )
    def test_never_raises(self, value: Any) -> None:
        """No value in any place makes the reader raise."""
        reading(value, value)
        for key in [*DATA, "initImage", "denoisingStrength", "models"]:
            reading({**DATA, key: value}, value)
            reading({**DATA, key: [value, {key: value}]}, GRAPH)
