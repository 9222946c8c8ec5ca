import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myself_i2i.image.interface import Container, Format, TextEntry
from myself_i2i.inspection.interface import Answer, Material, Mode, Reading
from myself_i2i.inspection.stabilitymatrix import read

PARAMETERS = {
    "PositivePrompt": "a pier",
    "NegativePrompt": "",
    "Steps": 20,
    "ModelName": "pier.safetensors",
    "Seed": 3,
}
TEXT = "a pier\nSteps: 20, Sampler: Euler, CFG scale: 5, Seed: 3, Size: 512x512, Model: pier.safetensors"
T2I_GRAPH = {
    "Latent": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512, "batch_size": 1}},
    "Sampler": {
        "class_type": "KSampler",
        "inputs": {"latent_image": ["Latent", 0], "denoise": 1.0, "seed": 3, "steps": 20},
    },
    "Decode": {"class_type": "VAEDecode", "inputs": {"samples": ["Sampler", 0]}},
    "SaveImage": {"class_type": "PreviewImage", "inputs": {"images": ["Decode", 0]}},
}
I2I_GRAPH = {
    **T2I_GRAPH,
    "Load": {"class_type": "LoadImage", "inputs": {"image": "Inference/harbour.png"}},
    "Encode": {"class_type": "VAEEncode", "inputs": {"pixels": ["Load", 0]}},
    "Sampler": {
        "class_type": "KSampler",
        "inputs": {"latent_image": ["Encode", 0], "denoise": 0.6, "seed": 3, "steps": 20},
    },
}


def project(kind: str, *modules: tuple[str, bool]) -> dict[str, Any]:
    """A project file of that kind with those modules, on or off."""
    listed = [{"IsEnabled": on, "$type": name} for name, on in modules]
    return {
        "Version": 2,
        "ProjectType": kind,
        "State": {"Modules": {"$values": listed}, "Sampler": {"DenoiseStrength": 0.6}},
    }


def reading(smproj: Any, graph: Any = None) -> Reading | None:
    """What the reader says of a PNG that StabilityMatrix saved."""
    values = {"parameters": TEXT, "parameters-json": json.dumps(PARAMETERS), "smproj": json.dumps(smproj)}
    if graph is not None:
        values["prompt"] = json.dumps(graph)
    texts = tuple(TextEntry(key, value, "tEXt") for key, value in values.items())
    return read(Material(Container(format=Format.PNG, width=512, height=512, texts=texts)))


class TestStabilityMatrix:
    @pytest.mark.parametrize(
        ("smproj", "mode", "answer"),
        [
            (project("TextToImage"), Mode.T2I, Answer.NO),
            (project("FluxTextToImage"), Mode.T2I, Answer.NO),
            (project("TextToImage", ("HiresFixModule", True)), Mode.UPSCALE, Answer.NO),
            (
                project("TextToImage", ("HiresFixModule", False), ("ControlNetModule", False)),
                Mode.T2I,
                Answer.NO,
            ),
            (project("TextToImage", ("ControlNetModule", True)), Mode.CONTROLNET, Answer.YES),
            (project("ImageToImage"), Mode.I2I, Answer.YES),
            (project("Inpainting"), Mode.INPAINT, Answer.YES),
            (project("Upscale"), Mode.UPSCALE, Answer.YES),
            (project("SomethingNew"), Mode.UNKNOWN, Answer.NOT_RECORDED),
        ],
    )
    def test_project_alone(self, smproj: Any, mode: Mode, answer: Answer) -> None:
        """Without a graph the kind of project and its modules decide."""
        found = reading(smproj)

        assert found is not None
        assert (mode, answer, "pier.safetensors") == (found.mode, found.image_input, found.model)
        assert found.evidence

    def test_graph_decides(self) -> None:
        """The graph that ran decides, and names what was loaded."""
        plain = reading(project("TextToImage"), T2I_GRAPH)
        loaded = reading(project("ImageToImage"), I2I_GRAPH)

        assert plain is not None
        assert loaded is not None
        assert ("StabilityMatrix", Mode.T2I, Answer.NO) == (plain.tool, plain.mode, plain.image_input)
        assert (Mode.I2I, Answer.YES, 0.6) == (loaded.mode, loaded.image_input, loaded.strength)
        assert ["Inference/harbour.png"] == [item.name for item in loaded.inputs]

    def test_contradiction_is_open(self) -> None:
        """A project that loads a picture beside a graph that loads none gives neither answer."""
        found = reading(project("ImageToImage"), T2I_GRAPH)

        assert found is not None
        assert Answer.NOT_RECORDED is found.image_input

    def test_recorded_settings(self) -> None:
        """Prompt and seed come from its own parameters."""
        found = reading(project("TextToImage"))

        assert found is not None
        assert ("a pier", 3, "TextToImage") == tuple(
            found.extras[key] for key in ("prompt", "seed", "project_type")
        )

    def test_others_are_left_alone(self) -> None:
        """A file without its project or parameters is not read here."""
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
        reading({"ProjectType": value, "State": value}, T2I_GRAPH)
        reading(
            {"ProjectType": "TextToImage", "State": {"Model": value, "Modules": {"$values": [value]}}},
            {"1": value},
        )
