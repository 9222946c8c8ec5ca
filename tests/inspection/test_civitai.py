import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myself_i2i.image.interface import Container, Format
from myself_i2i.inspection.civitai import read
from myself_i2i.inspection.interface import Answer, Material, Mode, Reading

BASE = "a gate\nNegative prompt: low\nSteps: 30, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 12, Size: 512x512, Clip skip: 2"
CHECKPOINT = {"type": "checkpoint", "modelVersionId": 111, "modelName": "Gates", "modelVersionName": "v2"}
LORA = {"type": "lora", "weight": 0.8, "modelVersionId": 222, "modelName": "Ivy, green"}
LINK = "https://files.example/blobs/0123.jpg"


def material(comment: str, *, software: str | None = None, size: tuple[int, int] = (512, 512)) -> Material:
    """A JPEG with `comment` in EXIF."""
    exif = {"UserComment": comment} | ({"Software": software} if software else {})
    return Material(Container(format=Format.JPEG, width=size[0], height=size[1], exif=exif))


def reading(
    meta: Any = None, *, resources: Any = (CHECKPOINT, LORA), more: str = "", **options: Any
) -> Reading:
    """What the reader says of the site's text."""
    text = f"{BASE}{more}, Civitai resources: {json.dumps(list(resources))}"
    if meta is not None:
        text += f", Civitai metadata: {json.dumps(meta)}"
    found = read(material(text, **options))
    assert found is not None
    assert found.evidence
    return found


def graph_comment(nodes: dict[str, Any], meta: dict[str, Any]) -> str:
    """The site's graph with its own metadata beside the nodes."""
    return json.dumps({**nodes, "extra": {"airs": ["urn:air:x"]}, "extraMetadata": json.dumps(meta)})


UPSCALE = {
    "1": {"class_type": "LoadImage", "inputs": {"image": "earlier.jpeg"}},
    "2": {"class_type": "UpscaleModelLoader", "inputs": {"model_name": "4x.pth"}},
    "3": {"class_type": "ImageUpscaleWithModel", "inputs": {"upscale_model": ["2", 0], "image": ["1", 0]}},
    "4": {"class_type": "SaveImage", "inputs": {"images": ["3", 0], "filename_prefix": "x"}},
}


class TestText:
    @pytest.mark.parametrize(
        ("meta", "more", "mode", "answer"),
        [
            (None, "", Mode.T2I, Answer.NO),
            ({"remixOfId": 5}, "", Mode.T2I, Answer.NO),
            ({"workflow": "txt2img"}, "", Mode.T2I, Answer.NO),
            ({"workflow": "txt2img:hires-fix"}, "", Mode.UPSCALE, Answer.NO),
            ({"workflow": "img2img"}, "", Mode.I2I, Answer.YES),
            ({"workflow": "img2img:upscale"}, "", Mode.UPSCALE, Answer.YES),
            ({"workflow": "img2img:edit", "images": [{"url": LINK}]}, "", Mode.EDIT, Answer.YES),
            (None, ", Edit mode: true, Edit images count: 1", Mode.EDIT, Answer.YES),
            ({"sourceImage": {"url": LINK, "width": 5}}, "", Mode.I2I, Answer.YES),
            (None, ", Denoising strength: 0.4", Mode.I2I, Answer.YES),
        ],
    )
    def test_decide(self, meta: Any, more: str, mode: Mode, answer: Answer) -> None:
        """The workflow, the edit settings and linked pictures decide; a remix re-uses only the prompt."""
        found = reading(meta, more=more)

        assert (mode, answer) == (found.mode, found.image_input)

    def test_links_lose_their_signature(self) -> None:
        """A linked picture is named by its address, without the part that opens it to anyone."""
        found = reading({"workflow": "img2img:edit", "images": [{"url": f"{LINK}?sig=SECRET&exp=1"}]})

        assert [LINK] == [item.name for item in found.inputs]
        assert "SECRET" not in str(found)

    def test_resources(self) -> None:
        """Model and LoRAs come from the list of resources."""
        found = reading()

        assert ("Gates v2", ["Ivy, green"], 12) == (found.model, found.extras["loras"], found.extras["seed"])

    def test_edit_model_without_a_workflow_is_open(self) -> None:
        """An edit model without a recorded workflow may have been given a picture."""
        kontext = [{**CHECKPOINT, "modelName": "FLUX.1 Kontext"}]

        assert Answer.NOT_RECORDED is reading(resources=kontext).image_input
        assert Answer.NO is reading({"workflow": "txt2img"}, resources=kontext).image_input

    def test_later_work(self) -> None:
        """A picture editor, or a picture larger than recorded, turns "no" into "not recorded"."""
        edited = reading(software="Affinity Photo 2")
        large = reading(size=(2048, 2048))

        assert [Answer.NOT_RECORDED] * 2 == [edited.image_input, large.image_input]


class TestGraph:
    def test_upscale_of_an_earlier_picture(self) -> None:
        """A loaded earlier picture of the same site was loaded all the same, and is named."""
        meta = {
            "prompt": "a gate",
            "workflow": "txt2img",
            "transformations": [{"type": "upscale", "image": f"{LINK}?sig=SECRET"}],
        }

        found = read(material(graph_comment(UPSCALE, meta)))

        assert found is not None
        assert ("Civitai", Mode.UPSCALE, Answer.YES) == (found.tool, found.mode, found.image_input)
        assert {"earlier.jpeg", LINK} == {item.name for item in found.inputs}
        assert "SECRET" not in str(found)

    def test_enlarging_an_earlier_picture_in_an_unknown_graph(self) -> None:
        """A graph of unknown nodes is explained by the step that enlarges a linked picture."""
        nodes = {
            "1": {"class_type": "MysteryEnlarger", "inputs": {}},
            "4": {"class_type": "SaveImage", "inputs": {"images": ["1", 0]}},
        }
        step = {"type": "upscale", "image": LINK}

        plain = read(material(graph_comment(nodes, {"workflow": "txt2img"})))
        enlarged = read(material(graph_comment(nodes, {"workflow": "txt2img", "transformations": [step]})))

        assert plain is not None
        assert enlarged is not None
        assert Answer.YES is not plain.image_input
        assert (Mode.UPSCALE, Answer.YES) == (enlarged.mode, enlarged.image_input)

    def test_links_inside_the_graph_lose_their_signature(self) -> None:
        """An address that a node loads is reported without the part that opens it to anyone."""
        nodes = {**UPSCALE, "1": {"class_type": "LoadImage", "inputs": {"image": f"{LINK}?sig=SECRET"}}}

        found = read(material(graph_comment(nodes, {"workflow": "txt2img"})))

        assert found is not None
        assert LINK in {item.name for item in found.inputs}
        assert "SECRET" not in str((found.inputs, found.evidence))

    def test_first_step_from_a_picture(self) -> None:
        """A graph that loads nothing does not hide that the first step began from a picture."""
        own = {
            "1": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512, "batch_size": 1}},
            "2": {
                "class_type": "KSampler",
                "inputs": {"latent_image": ["1", 0], "denoise": 1.0, "seed": 1, "steps": 5},
            },
            "3": {"class_type": "VAEDecode", "inputs": {"samples": ["2", 0]}},
            "4": {"class_type": "SaveImage", "inputs": {"images": ["3", 0]}},
        }
        from_text = read(material(graph_comment(own, {"workflow": "txt2img"})))
        from_picture = read(
            material(graph_comment(own, {"workflow": "img2img", "sourceImage": {"url": LINK}}))
        )

        assert from_text is not None
        assert from_picture is not None
        assert (Answer.NO, Answer.YES) == (from_text.image_input, from_picture.image_input)
        assert [LINK] == [item.name for item in from_picture.inputs]

    def test_other_graphs_are_left_alone(self) -> None:
        """A ComfyUI graph without the site's metadata belongs to the ComfyUI reader."""
        assert None is read(material(json.dumps(UPSCALE)))


class TestOthers:
    @pytest.mark.parametrize(
        "comment", ["", "a cat", BASE, f"{BASE}, Civitai resources: [], Version: ComfyUI", "{}", "[1"]
    )
    def test_are_left_alone(self, comment: str) -> None:
        """Texts of other tools are not read here."""
        assert None is read(material(comment))

    @settings(deadline=None)
    @given(
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(),
            lambda s: st.lists(s) | st.dictionaries(st.text(), s),
        )
    )
    def test_never_raises(self, value: Any) -> None:
        """No value in any place makes the reader raise."""
        read(material(json.dumps(value)))
        read(material(json.dumps({**UPSCALE, "extraMetadata": value, "extra": value})))
        for key in ("images", "sourceImage", "workflow", "resources", "controlNets", "transformations"):
            reading({key: value}, resources=[{"type": value, "modelName": value, "modelVersionId": value}])
            read(material(graph_comment(UPSCALE, {key: value})))
