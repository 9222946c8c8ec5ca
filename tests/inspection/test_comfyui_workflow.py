"""The editor's `workflow`, turned into the graph it would run: only used when no `prompt` is in the file."""

from __future__ import annotations

import json
from typing import Any

import pytest

from myself_i2i.image.interface import Container, Format, TextEntry
from myself_i2i.inspection.comfyui import read
from myself_i2i.inspection.comfyui.workflow import parse_workflow
from myself_i2i.inspection.interface import Answer, Material, Mode, Reading


class Editor:
    """Builds an editor state node by node, the way ComfyUI_frontend serialises it."""

    def __init__(self) -> None:
        self.nodes: list[dict[str, Any]] = []
        self.links: list[list[Any]] = []

    def add(
        self, kind: str, *inputs: tuple[str, str, Any], out: str = "", values: Any = None, mode: int = 0
    ) -> int:
        """Add a node; each input is (name, type, (source id, slot) or None). Returns its id."""
        here = len(self.nodes) + 1
        slots = []
        for place, (name, declared, source) in enumerate(inputs):
            link = None
            if source is not None:
                link = len(self.links) + 1
                self.links.append([link, source[0], source[1], here, place, declared])
            slots.append({"name": name, "type": declared, "link": link})
        outputs = [{"name": item, "type": item} for item in out.split()]
        self.nodes.append(
            {
                "id": here,
                "type": kind,
                "mode": mode,
                "inputs": slots,
                "outputs": outputs,
                "widgets_values": values or [],
            }
        )
        return here

    def state(self, **more: Any) -> dict[str, Any]:
        """Return the whole state as it is saved."""
        return {"nodes": self.nodes, "links": self.links, "version": 0.4, **more}

    def image_to_image(self, *, denoise: float = 0.6, encode_mode: int = 0, load_mode: int = 0) -> int:
        """Add a whole image-to-image graph; returns the encoder's id."""
        model = self.add("CheckpointLoaderSimple", out="MODEL CLIP VAE", values=["base.safetensors"])
        load = self.add("LoadImage", out="IMAGE MASK", values=["mine.png", "image"], mode=load_mode)
        encode = self.add(
            "VAEEncode",
            ("pixels", "IMAGE", (load, 0)),
            ("vae", "VAE", (model, 2)),
            out="LATENT",
            mode=encode_mode,
        )
        self.finish(model, (encode, 0), denoise=denoise)
        return encode

    def finish(self, model: int, latent: tuple[int, int] | None, *, denoise: float = 1.0) -> None:
        """Add prompt, sampler, decoder and output on this model and latent."""
        words = self.add("CLIPTextEncode", ("clip", "CLIP", (model, 1)), out="CONDITIONING", values=["a fox"])
        k = self.add(
            "KSampler",
            ("model", "MODEL", (model, 0)),
            ("positive", "CONDITIONING", (words, 0)),
            ("negative", "CONDITIONING", (words, 0)),
            ("latent_image", "LATENT", latent),
            out="LATENT",
            values=[5, "randomize", 20, 7.0, "euler", "normal", denoise],
        )
        decode = self.add("VAEDecode", ("samples", "LATENT", (k, 0)), ("vae", "VAE", (model, 2)), out="IMAGE")
        self.add("SaveImage", ("images", "IMAGE", (decode, 0)), values=["x"])


def see(state: dict[str, Any]) -> Reading:
    texts = (TextEntry("workflow", json.dumps(state), "tEXt"),)
    reading = read(Material(Container(format=Format.PNG, width=512, height=512, texts=texts)))
    assert reading is not None
    return reading


class TestPlain:
    def test_image_to_image(self) -> None:
        """Widget values get their names back: file, denoise, model and prompt are read."""
        editor = Editor()
        editor.image_to_image()
        reading = see(editor.state())
        assert (Mode.I2I, 0.6, "base.safetensors") == (reading.mode, reading.strength, reading.model)
        assert (["mine.png"], "a fox") == ([found.name for found in reading.inputs], reading.extras["prompt"])
        assert any("only the editor" in note.en for note in reading.notes)

    def test_widgets_listed_among_the_inputs(self) -> None:
        """Newer editors list widgets as inputs; a pack's own sampler is read by those names."""
        editor = Editor()
        editor.image_to_image()
        sampler = next(node for node in editor.nodes if node["type"] == "KSampler")
        sampler["type"] = "Frobnicate"
        for name in ("seed", "steps", "cfg", "sampler_name", "scheduler", "denoise"):
            sampler["inputs"].append({"name": name, "type": "INT", "link": None, "widget": {"name": name}})
        assert (Mode.I2I, 0.6) == (see(editor.state()).mode, see(editor.state()).strength)

    def test_a_primitive_gives_its_value(self) -> None:
        """A primitive node is a literal, not a source of pictures."""
        editor = Editor()
        editor.image_to_image()
        primitive = editor.add("PrimitiveNode", out="FLOAT", values=[0.25, "fixed"])
        sampler = next(node for node in editor.nodes if node["type"] == "KSampler")
        sampler["inputs"].append(
            {"name": "denoise", "type": "FLOAT", "link": 99, "widget": {"name": "denoise"}}
        )
        editor.links.append([99, primitive, 0, sampler["id"], 4, "FLOAT"])
        assert 0.25 == see(editor.state()).strength


class TestModes:
    def test_muted_gives_nothing(self) -> None:
        """A muted loader did not run."""
        editor = Editor()
        editor.image_to_image(load_mode=2)
        assert Answer.YES is not see(editor.state()).image_input

    def test_bypassed_hands_on_its_input(self) -> None:
        """A bypassed ControlNet hands the conditioning on; the picture wired to it did not go in."""
        editor = Editor()
        model = editor.add("CheckpointLoaderSimple", out="MODEL CLIP VAE", values=["base.safetensors"])
        empty = editor.add("EmptyLatentImage", out="LATENT", values=[512, 512, 1])
        editor.finish(model, (empty, 0))
        load = editor.add("LoadImage", out="IMAGE MASK", values=["mine.png", "image"])
        words = next(node["id"] for node in editor.nodes if node["type"] == "CLIPTextEncode")
        control = editor.add(
            "ControlNetApply",
            ("conditioning", "CONDITIONING", (words, 0)),
            ("image", "IMAGE", (load, 0)),
            out="CONDITIONING",
            values=[1.0],
            mode=4,
        )
        link = next(row for row in editor.links if row[5] == "CONDITIONING")
        link[1] = control
        assert (Mode.T2I, Answer.NO) == (see(editor.state()).mode, see(editor.state()).image_input)
        next(node for node in editor.nodes if node["id"] == control)["mode"] = 0
        assert (Mode.CONTROLNET, Answer.YES) == (see(editor.state()).mode, see(editor.state()).image_input)


class TestVirtualNodes:
    def test_reroutes_and_set_get(self) -> None:
        """Reroutes and Set/Get pairs vanish; the picture behind them is found."""
        editor = Editor()
        model = editor.add("CheckpointLoaderSimple", out="MODEL CLIP VAE", values=["base.safetensors"])
        load = editor.add("LoadImage", out="IMAGE MASK", values=["mine.png", "image"])
        editor.add("SetNode", ("IMAGE", "IMAGE", (load, 0)), out="*", values=["pic"])
        get = editor.add("GetNode", out="IMAGE", values=["pic"])
        reroute = editor.add("Reroute", ("", "*", (get, 0)), out="IMAGE")
        encode = editor.add(
            "VAEEncode", ("pixels", "IMAGE", (reroute, 0)), ("vae", "VAE", (model, 2)), out="LATENT"
        )
        editor.finish(model, (encode, 0), denoise=0.5)
        assert (Mode.I2I, 0.5) == (see(editor.state()).mode, see(editor.state()).strength)

    def test_anything_everywhere(self) -> None:
        """A broadcast latent reaches the sampler whose input stands open."""
        editor = Editor()
        model = editor.add("CheckpointLoaderSimple", out="MODEL CLIP VAE", values=["base.safetensors"])
        load = editor.add("LoadImage", out="IMAGE MASK", values=["mine.png", "image"])
        encode = editor.add(
            "VAEEncode", ("pixels", "IMAGE", (load, 0)), ("vae", "VAE", (model, 2)), out="LATENT"
        )
        editor.add("Anything Everywhere", ("anything", "*", (encode, 0)))
        editor.finish(model, None, denoise=0.5)
        assert Answer.YES is see(editor.state()).image_input

    def test_links_saved_by_the_broadcasting_pack(self) -> None:
        """`extra.ue_links` names the links that are not drawn."""
        editor = Editor()
        model = editor.add("CheckpointLoaderSimple", out="MODEL CLIP VAE", values=["base.safetensors"])
        load = editor.add("LoadImage", out="IMAGE MASK", values=["mine.png", "image"])
        encode = editor.add("VAEEncode", ("pixels", "IMAGE", None), ("vae", "VAE", (model, 2)), out="LATENT")
        editor.finish(model, (encode, 0), denoise=0.5)
        links = [
            {
                "downstream": encode,
                "downstream_slot": 0,
                "upstream": str(load),
                "upstream_slot": 0,
                "type": "IMAGE",
            }
        ]
        assert Answer.YES is see(editor.state(extra={"ue_links": links})).image_input


def subgraph(inner_mode: int = 0) -> dict[str, Any]:
    """An encoder inside a subgraph: image and VAE in, latent out."""
    return {
        "id": "11111111-2222-3333-4444-555555555555",
        "name": "Encode",
        "inputs": [{"name": "pixels", "type": "IMAGE"}, {"name": "vae", "type": "VAE"}],
        "outputs": [{"name": "LATENT", "type": "LATENT"}],
        "nodes": [
            {"id": 7, "type": "VAEEncode", "mode": inner_mode, "outputs": [{"name": "LATENT", "type": "LATENT"}],
             "inputs": [{"name": "pixels", "type": "IMAGE", "link": 1}, {"name": "vae", "type": "VAE", "link": 2}]},
        ],
        "links": [
            {"id": 1, "origin_id": -10, "origin_slot": 0, "target_id": 7, "target_slot": 0, "type": "IMAGE"},
            {"id": 2, "origin_id": -10, "origin_slot": 1, "target_id": 7, "target_slot": 1, "type": "VAE"},
            {"id": 3, "origin_id": 7, "origin_slot": 0, "target_id": -20, "target_slot": 0, "type": "LATENT"},
        ],
    }  # fmt: skip


class TestNesting:
    def test_subgraphs_are_opened(self) -> None:
        """A picture that goes through a subgraph is found; members are named outer:inner."""
        editor = Editor()
        encode = editor.image_to_image()
        definition = subgraph()
        editor.nodes[encode - 1]["type"] = definition["id"]
        state = editor.state(definitions={"subgraphs": [definition]})
        assert (Mode.I2I, Answer.YES) == (see(state).mode, see(state).image_input)
        graph = parse_workflow(state)
        assert graph is not None
        assert "VAEEncode" == graph.nodes[f"{encode}:7"].class_type

    def test_a_subgraph_that_holds_itself(self) -> None:
        """A definition that contains itself ends at the depth bound."""
        editor = Editor()
        encode = editor.image_to_image()
        definition = subgraph()
        definition["nodes"][0]["type"] = definition["id"]
        editor.nodes[encode - 1]["type"] = definition["id"]
        texts = (
            TextEntry("workflow", json.dumps(editor.state(definitions={"subgraphs": [definition]})), "tEXt"),
        )
        reading = read(Material(Container(format=Format.PNG, width=512, height=512, texts=texts)))
        assert reading is None or Answer.NOT_RECORDED is reading.image_input

    @pytest.mark.parametrize("prefix", ["workflow>", "workflow/"])
    def test_group_nodes_are_opened(self, prefix: str) -> None:
        """A group node's members, inner links and shared widgets are put back."""
        editor = Editor()
        model = editor.add("CheckpointLoaderSimple", out="MODEL CLIP VAE", values=["base.safetensors"])
        group = editor.add(
            prefix + "LoadAndEncode", ("vae", "VAE", (model, 2)), out="LATENT", values=["other.png", "image"]
        )
        editor.finish(model, (group, 0), denoise=0.4)
        members = [
            {"type": "LoadImage", "index": 0, "mode": 0, "inputs": [], "widgets_values": ["mine.png", "image"],
             "outputs": [{"name": "IMAGE", "type": "IMAGE"}, {"name": "MASK", "type": "MASK"}]},
            {"type": "VAEEncode", "index": 1, "mode": 0, "outputs": [{"name": "LATENT", "type": "LATENT"}],
             "inputs": [{"name": "pixels", "type": "IMAGE"}, {"name": "vae", "type": "VAE"}]},
        ]  # fmt: skip
        groups = {"LoadAndEncode": {"nodes": members, "links": [[0, 0, 1, 0, 1, "IMAGE"]], "external": []}}
        reading = see(editor.state(extra={"groupNodes": groups}))
        assert (Mode.I2I, ["other.png"], 0.4) == (
            reading.mode,
            [found.name for found in reading.inputs],
            reading.strength,
        )
