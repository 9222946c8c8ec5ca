from typing import Any

import pytest

from myself_i2i.inspection import invokeai
from myself_i2i.inspection.interface import Answer, Mode, Reading, Role
from tests.support.materials import material

SKETCH, POSE, STYLE, MASK = "0a-sketch.png", "0b-pose.png", "0c-style.png", "0d-mask.png"
BASE: dict[str, Any] = {
    "app_version": "5.4.0",
    "positive_prompt": "a harbour",
    "seed": 1,
    "model": {"name": "harbour-xl", "base": "sdxl"},
    "loras": [{"model": {"name": "fog"}, "weight": 0.5}],
}


def image(name: str) -> dict[str, str]:
    """A picture as InvokeAI names it."""
    return {"image_name": name}


def read(mode: str | None, **fields: Any) -> Reading:
    """What the reader says of metadata with that generation mode."""
    record = {**BASE, **({"generation_mode": mode} if mode else {}), **fields}
    reading = invokeai.read(material({"invokeai_metadata": record}))
    assert reading is not None
    assert reading.evidence
    return reading


class TestMetadata:
    @pytest.mark.parametrize("prefix", ["", "sdxl_", "flux_", "sd3_", "cogview4_", "z_image_"])
    @pytest.mark.parametrize(
        ("name", "mode", "answer"),
        [
            ("txt2img", Mode.T2I, Answer.NO),
            ("img2img", Mode.I2I, Answer.YES),
            ("inpaint", Mode.INPAINT, Answer.YES),
            ("outpaint", Mode.OUTPAINT, Answer.YES),
        ],
    )
    def test_generation_mode(self, prefix: str, name: str, mode: Mode, answer: Answer) -> None:
        """The generation mode decides, whatever model family stands before it."""
        reading = read(prefix + name)
        assert (mode, answer) == (reading.mode, reading.image_input)

    def test_init_image(self) -> None:
        """The init image is named and its strength told."""
        reading = read("img2img", init_image=SKETCH, strength=0.6)
        assert [(Role.INIT, SKETCH)] == [(item.role, item.name) for item in reading.inputs]
        assert 0.6 == reading.strength

    @pytest.mark.parametrize(
        ("key", "entry", "mode", "role"),
        [
            ("ipAdapters", {"image": image(STYLE), "weight": 0.4}, Mode.REFERENCE, Role.REFERENCE),
            (
                "controlnets",
                {"image": image(POSE), "processed_image": image("x.png")},
                Mode.CONTROLNET,
                Role.CONTROL,
            ),
            ("t2iAdapters", {"image": image(POSE)}, Mode.CONTROLNET, Role.CONTROL),
            (
                "ref_images",
                {"config": {"image": {"original": {"image": image(STYLE)}}}},
                Mode.REFERENCE,
                Role.REFERENCE,
            ),
        ],
    )
    def test_lists(self, key: str, entry: dict[str, Any], mode: Mode, role: Role) -> None:
        """A filled list is an image input although the generation mode says txt2img; the made copy is not named."""
        reading = read("sdxl_txt2img", **{key: [entry]})
        assert (mode, Answer.YES) == (reading.mode, reading.image_input)
        assert [(role, STYLE if role is Role.REFERENCE else POSE)] == [
            (item.role, item.name) for item in reading.inputs
        ]

    def test_empty_lists(self) -> None:
        """Empty lists are always written and say nothing."""
        assert (
            Answer.NO
            is read("txt2img", controlnets=[], ipAdapters=[], t2iAdapters=[], ref_images=[]).image_input
        )

    def test_switched_off(self) -> None:
        """A reference that was switched off did not go in."""
        reading = read("txt2img", ref_images=[{"isEnabled": False, "config": {"image": image(STYLE)}}])
        assert Answer.NO is reading.image_input

    def test_mixed(self) -> None:
        """Several kinds together are mixed, and all are named."""
        reading = read("img2img", init_image=image(SKETCH), controlnets=[{"image": image(POSE)}])
        assert (Mode.MIXED, {SKETCH, POSE}) == (reading.mode, {item.name for item in reading.inputs})

    def test_canvas(self) -> None:
        """Canvas layers count when they were used: control layers always, raster layers when the mode works on them."""
        layers = {
            "rasterLayers": [{"isEnabled": True, "objects": [{"type": "image", "image": image(SKETCH)}]}],
            "controlLayers": [{"isEnabled": False, "objects": [{"image": image(POSE)}]}],
        }
        assert Answer.NO is read("flux_txt2img", canvas_v2_metadata=layers).image_input
        assert [SKETCH] == [item.name for item in read("flux_inpaint", canvas_v2_metadata=layers).inputs]
        layers["controlLayers"][0]["isEnabled"] = True
        steered = read("flux_txt2img", canvas_v2_metadata=layers)
        assert (Mode.CONTROLNET, [POSE]) == (steered.mode, [item.name for item in steered.inputs])

    def test_upscale(self) -> None:
        """The upscale tab loads a picture and names it."""
        reading = read(None, upscale_initial_image={"image_name": SKETCH, "width": 64})
        assert (Mode.UPSCALE, Answer.YES, SKETCH) == (
            reading.mode,
            reading.image_input,
            reading.inputs[0].name,
        )

    def test_own_second_pass(self) -> None:
        """The high resolution fix is the tool's own pass over its own picture."""
        reading = read("txt2img", hrf_enabled=True, hrf_strength=0.45)
        assert (Mode.UPSCALE, Answer.NO, None) == (reading.mode, reading.image_input, reading.strength)
        assert {"hrf_strength": 0.45} == reading.extras["second_pass"]

    def test_unknown_mode(self) -> None:
        """A mode that is missing or new is not guessed at."""
        assert Answer.NOT_RECORDED is read(None).image_input
        assert Answer.NOT_RECORDED is read("hologram").image_input

    def test_model_and_loras(self) -> None:
        """Model and LoRA names are recorded."""
        reading = read("txt2img")
        assert ("harbour-xl", ["fog"]) == (reading.model, reading.extras["loras"])

    def test_not_invokeai(self) -> None:
        """Without its texts it is not InvokeAI."""
        assert invokeai.read(material({"parameters": "{}"})) is None


def edge(source: str, target: str, field: str = "x") -> dict[str, Any]:
    """An edge of an executed graph."""
    return {"source": {"node_id": source, "field": "y"}, "destination": {"node_id": target, "field": field}}


def executed(*edges: dict[str, Any], **nodes: dict[str, Any]) -> dict[str, Any]:
    """An executed graph that ends in `out`."""
    base = {
        "denoise": {"type": "denoise_latents", "denoising_start": 0.3},
        "out": {"type": "l2i", "is_intermediate": False},
    }
    return {"nodes": {**base, **nodes}, "edges": [edge("denoise", "out"), *edges]}


class TestGraph:
    def read(self, **texts: Any) -> Reading:
        """What the reader says of these texts."""
        reading = invokeai.read(material(texts))
        assert reading is not None
        return reading

    def test_reached(self) -> None:
        """A picture that leads to the output is an input, with the strength of the sampler."""
        graph = executed(
            edge("load", "i2l"),
            edge("i2l", "denoise"),
            load={"type": "image", "image": image(SKETCH)},
            i2l={"type": "i2l"},
        )
        reading = self.read(invokeai_graph=graph)
        assert (Mode.I2I, Answer.YES, 0.7) == (reading.mode, reading.image_input, reading.strength)
        assert [SKETCH] == [item.name for item in reading.inputs]

    def test_dangling(self) -> None:
        """A picture that leads nowhere did not go in."""
        reading = self.read(invokeai_graph=executed(load={"type": "image", "image": image(SKETCH)}))
        assert (Mode.T2I, Answer.NO) == (reading.mode, reading.image_input)

    def test_metadata_edge(self) -> None:
        """A name that only reaches the metadata did not go in."""
        graph = executed(edge("load", "out", "metadata"), load={"type": "image", "image": image(SKETCH)})
        assert Answer.NO is self.read(invokeai_graph=graph).image_input

    def test_editor_workflow(self) -> None:
        """A picture made in the node editor carries only the workflow; it is walked the same way."""
        workflow = {
            "nodes": [
                {"id": "a", "data": {"type": "flux_controlnet", "inputs": {"image": {"value": image(POSE)}}}},
                {"id": "b", "data": {"type": "flux_denoise", "inputs": {}}},
                {"id": "c", "data": {"type": "flux_vae_decode", "isIntermediate": False, "inputs": {}}},
                {
                    "id": "d",
                    "data": {
                        "type": "notes",
                        "isIntermediate": True,
                        "inputs": {"image": {"value": image(MASK)}},
                    },
                },
            ],
            "edges": [{"source": "a", "target": "b"}, {"source": "b", "target": "c"}],
        }
        reading = self.read(invokeai_workflow=workflow)
        assert (Mode.CONTROLNET, [POSE]) == (reading.mode, [item.name for item in reading.inputs])
        assert "node editor" in reading.notes[0].en

    def test_unnamed_loader(self) -> None:
        """A loader that names no picture leaves the question open."""
        graph = executed(edge("load", "denoise"), load={"type": "image"})
        assert Answer.NOT_RECORDED is self.read(invokeai_graph=graph).image_input

    def test_no_sampler(self) -> None:
        """A graph without a sampler says nothing about a generation."""
        workflow = {"nodes": [{"id": "a", "data": {"type": "string", "inputs": {}}}], "edges": []}
        assert Answer.NOT_RECORDED is self.read(invokeai_workflow=workflow).image_input
        assert Mode.UNKNOWN is self.read(invokeai_workflow=workflow).mode

    def test_circle(self) -> None:
        """Edges in a circle end the walk all the same."""
        graph = executed(edge("out", "denoise"), edge("denoise", "denoise"))
        assert Answer.NO is self.read(invokeai_graph=graph).image_input

    def test_graph_beside_metadata(self) -> None:
        """A picture that only the executed graph names is added to the metadata's inputs, once."""
        graph = executed(edge("load", "denoise"), load={"type": "image", "image": image(SKETCH)})
        record = {**BASE, "generation_mode": "img2img", "init_image": SKETCH}
        both = self.read(invokeai_metadata=record, invokeai_graph=graph)
        only_graph = self.read(invokeai_metadata={**BASE, "generation_mode": "txt2img"}, invokeai_graph=graph)
        assert [SKETCH] == [item.name for item in both.inputs]
        assert (Answer.YES, Mode.UNKNOWN) == (only_graph.image_input, only_graph.mode)
