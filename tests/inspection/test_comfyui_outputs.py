"""Which output of the graph a file is, and what is said when nothing decides."""

from __future__ import annotations

import json
from typing import Any

from myself_i2i.image.interface import Container, Format, TextEntry
from myself_i2i.inspection.comfyui import read
from myself_i2i.inspection.comfyui.verdict import UNSAMPLED
from myself_i2i.inspection.interface import Answer, Material, Mode, Reading
from tests.inspection.comfyui_graphs import base, encoded, load, node, sampler, see


def two_passes() -> dict[str, Any]:
    """A 512 first pass that is previewed and a 1024 second pass under a loaded reference."""
    return base(
        preview=node("PreviewImage", images=["decode", 0]),
        load=load(),
        ref=node("IPAdapter", model=["model", 0], image=["load", 0], weight=1.0),
        up=node("LatentUpscaleBy", samples=["k", 0], scale_by=2.0),
        k2=sampler(model=["ref", 0], latent_image=["up", 0], denoise=0.6),
        decode2=node("VAEDecode", samples=["k2", 0], vae=["model", 2]),
        save=node("SaveImage", images=["decode2", 0]),
    )


def png(graph: object, width: int, height: int, key: str = "prompt") -> Reading:
    texts = (TextEntry(key, json.dumps(graph), "tEXt"),)
    reading = read(Material(Container(format=Format.PNG, width=width, height=height, texts=texts)))
    assert reading is not None
    return reading


class TestBySize:
    def test_the_preview(self) -> None:
        """A file of the first pass's size is the first pass: nothing went in."""
        assert (Mode.T2I, Answer.NO) == (
            see(two_passes(), 512, 512).mode,
            see(two_passes(), 512, 512).image_input,
        )

    def test_the_save(self) -> None:
        """A file of the second pass's size is the second pass: a reference went in."""
        reading = see(two_passes(), 1024, 1024)
        assert (Mode.REFERENCE, Answer.YES) == (reading.mode, reading.image_input)

    def test_neither_is_the_last_pass(self) -> None:
        """Where no output has the file's size the last pass is reported, and a note says so."""
        reading = see(two_passes(), 640, 480)
        assert Answer.YES is reading.image_input
        assert any("last pass" in note.en for note in reading.notes)

    def test_model_factor_and_downscale(self) -> None:
        """The size follows upscale models by their name and later scaling."""
        graph = base(
            m=node("UpscaleModelLoader", model_name="RealESRGAN_x4plus.pth"),
            big=node("ImageUpscaleWithModel", upscale_model=["m", 0], image=["decode", 0]),
            half=node("ImageScaleBy", image=["big", 0], scale_by=0.5),
            save=node("SaveImage", images=["half", 0]),
            first=node("SaveImage", images=["decode", 0]),
        )
        assert (Mode.UPSCALE, Mode.T2I) == (see(graph, 1024, 1024).mode, see(graph, 512, 512).mode)

    def test_two_that_fit_and_differ(self) -> None:
        """Two outputs of one size that differ in what went in give "not recorded", never a guess."""
        graph = base(
            load=load(),
            cut=node(
                "ImageScale", image=["load", 0], width=512, height=512, crop="center", upscale_method="area"
            ),
            enc=node("VAEEncode", pixels=["cut", 0], vae=["model", 2]),
            k2=sampler(latent_image=["enc", 0], denoise=0.5),
            d2=node("VAEDecode", samples=["k2", 0], vae=["model", 2]),
            save2=node("SaveImage", images=["d2", 0]),
        )
        reading = see(graph)
        assert (Mode.UNKNOWN, Answer.NOT_RECORDED) == (reading.mode, reading.image_input)
        assert any("differ" in note.en for note in reading.notes)


class TestPassedThrough:
    def test_load_and_save(self) -> None:
        """A file that was only loaded and saved went in, in no mode of making."""
        reading = see({"load": load(), "save": node("SaveImage", images=["load", 0])}, 700, 467)
        assert (Mode.UNKNOWN, Answer.YES, ["mine.png"]) == (
            reading.mode,
            reading.image_input,
            [i.name for i in reading.inputs],
        )
        assert UNSAMPLED == reading.inputs[0].note

    def test_a_map_of_a_loaded_file(self) -> None:
        """A previewed edge map of a loaded file is that file's, in no mode of making."""
        graph = {
            "load": load(),
            "pre": node("LineArtPreprocessor", image=["load", 0]),
            "show": node("PreviewImage", images=["pre", 0]),
        }
        assert (Mode.UNKNOWN, Answer.YES) == (see(graph).mode, see(graph).image_input)

    def test_the_input_carrying_the_graph(self) -> None:
        """A size no VAE decodes to, under a graph that starts from a loaded file, is not that graph's output."""
        reading = see(encoded(), 1024, 769)
        assert (Mode.UNKNOWN, Answer.NOT_RECORDED) == (reading.mode, reading.image_input)
        assert any("size this graph cannot make" in note.en for note in reading.notes)

    def test_another_graph_in_the_editor(self) -> None:
        """What ran is reported, not what the editor showed; a note says that they differ."""
        ran = {"load": load(), "save": node("SaveImage", images=["load", 0])}
        drawn = {
            "nodes": [
                {"id": 1, "type": "KSampler", "mode": 0, "inputs": [], "outputs": [], "widgets_values": []}
            ],
            "links": [],
        }
        texts = (
            TextEntry("prompt", json.dumps(ran), "tEXt"),
            TextEntry("workflow", json.dumps(drawn), "tEXt"),
        )
        reading = read(Material(Container(format=Format.PNG, width=64, height=64, texts=texts)))
        assert reading is not None
        assert Mode.UNKNOWN is reading.mode
        assert any("not the graph that ran" in note.en for note in reading.notes)


class TestScreenshots:
    def test_an_odd_wide_picture(self) -> None:
        """A wide picture of no VAE's size is a screenshot; the graph it carries is still reported."""
        reading = png(encoded(), 2477, 1331)
        assert (Mode.I2I, Answer.YES) == (reading.mode, reading.image_input)
        assert any("screenshot" in note.en for note in reading.notes)

    def test_no_screenshot_when_the_size_fits(self) -> None:
        """A picture of the graph's own size is its output."""
        assert not any("screenshot" in note.en for note in png(base(), 512, 512).notes)
