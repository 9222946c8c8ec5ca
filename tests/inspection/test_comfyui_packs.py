"""Packs that fold loaders, samplers and stacks into nodes of their own."""

from __future__ import annotations

from typing import Any

import pytest

from myself_i2i.inspection.interface import Answer, Mode
from tests.inspection.comfyui_graphs import base, load, node, sampler, see


def efficient(**more: Any) -> dict[str, Any]:
    return {
        "eff": node("Efficient Loader", ckpt_name="e.safetensors", lora_name="None", empty_latent_width=512, empty_latent_height=768,
                    positive="a fox", negative="blur", **more.pop("loader", {})),
        "k": node("KSampler (Efficient)", seed=1, steps=20, cfg=7, denoise=more.pop("denoise", 1.0), model=["eff", 0],
                  positive=["eff", 1], negative=["eff", 2], latent_image=more.pop("latent", ["eff", 3]), optional_vae=["eff", 4],
                  **more.pop("sampler", {})),
        "save": node("SaveImage", images=["k", 5]),
        **more,
    }  # fmt: skip


class TestEfficiency:
    def test_text_to_image(self) -> None:
        """The loader makes the empty latent itself."""
        reading = see(efficient(), 512, 768)
        assert (Mode.T2I, Answer.NO, "e.safetensors") == (reading.mode, reading.image_input, reading.model)

    def test_a_controlnet_stack(self) -> None:
        """The picture of a ControlNet stack reaches the conditioning through the loader."""
        graph = efficient(load=load(), stack=node("Control Net Stacker", image=["load", 0], strength=1.0, control_net=["n", 0]),
                          n=node("ControlNetLoader", control_net_name="c"), loader={"cnet_stack": ["stack", 0]})  # fmt: skip
        assert (Mode.CONTROLNET, Answer.YES) == (see(graph, 512, 768).mode, see(graph, 512, 768).image_input)

    def test_its_own_second_pass(self) -> None:
        """The HighRes-Fix script enlarges the run's own picture."""
        graph = efficient(
            hr=node("HighRes-Fix Script", upscale_type="latent", upscale_by=1.5, denoise=0.5),
            sampler={"script": ["hr", 0]},
        )
        assert (Mode.UPSCALE, Answer.NO) == (see(graph, 768, 1152).mode, see(graph, 768, 1152).image_input)

    def test_image_to_image(self) -> None:
        """An encoded picture in place of the loader's latent is image-to-image."""
        graph = efficient(
            load=load(),
            enc=node("VAEEncode", pixels=["load", 0], vae=["eff", 4]),
            latent=["enc", 0],
            denoise=0.55,
        )
        assert (Mode.I2I, 0.55) == (see(graph).mode, see(graph).strength)


class TestEasyUse:
    def graph(self, **settings: Any) -> dict[str, Any]:
        """Build loader, pre-sampling and sampler joined by one pipe, and a loader of files beside them."""
        return {
            "full": node(
                "easy fullLoader",
                ckpt_name="e.safetensors",
                empty_latent_width=512,
                empty_latent_height=512,
                positive="a",
            ),
            "pre": node("easy preSampling", pipe=["full", 0], steps=20, denoise=0.7, **settings),
            "k": node("easy kSampler", pipe=["pre", 0], image_output="Preview", save_prefix="x"),
            "load": load(),
        }

    def test_text_to_image(self) -> None:
        """A sampler that shows its picture itself is the output; a loose loader beside it is none."""
        reading = see(self.graph())
        assert (Mode.T2I, Answer.NO) == (reading.mode, reading.image_input)

    def test_image_to_image(self) -> None:
        """The picture comes in at the pre-sampling node, and its denoise stands there."""
        reading = see(self.graph(image_to_latent=["load", 0]))
        assert (Mode.I2I, Answer.YES, 0.7) == (reading.mode, reading.image_input, reading.strength)


class TestTinyTerra:
    def test_the_pipe(self) -> None:
        """A pipe from its loader to its sampler is text-to-image, with a ControlNet on the way it is control."""
        graph = {
            "pl": node("ttN pipeLoader_v2", ckpt_name="t.safetensors", positive="a", negative="b", empty_latent_width=512, empty_latent_height=512),
            "k": node("ttN pipeKSampler_v2", pipe=["pl", 0], steps=20, denoise=1.0, upscale_method="None", image_output="Save"),
            "load": load(),
        }  # fmt: skip
        assert (Mode.T2I, Answer.NO) == (see(graph).mode, see(graph).image_input)
        graph["cn"] = node("ttN pipeApplyControlNet?", pipe=["pl", 0], image=["load", 0], strength=1.0)
        graph["k"]["inputs"]["pipe"] = ["cn", 0]
        assert Answer.YES is see(graph).image_input


class TestImpact:
    def test_detailer_pipe_on_a_loaded_picture(self) -> None:
        """FaceDetailerPipe over a loaded file redraws part of that file."""
        graph = base(
            load=load(),
            pipe=node("ToDetailerPipe", model=["model", 0], clip=["model", 1], vae=["model", 2], positive=["pos", 0], negative=["neg", 0]),
            face=node("FaceDetailerPipe", image=["load", 0], detailer_pipe=["pipe", 0], denoise=0.4),
            save=node("SaveImage", images=["face", 0]),
        )  # fmt: skip
        reading = see(graph, 640, 480)
        assert (Answer.YES, 0.4) == (reading.image_input, reading.strength)


class TestInpaintPacks:
    @pytest.mark.parametrize(
        ("kind", "inputs", "slot"),
        [
            ("BrushNet", {"model": ["model", 0], "vae": ["model", 2], "image": ["load", 0], "mask": ["load", 1], "positive": ["pos", 0], "negative": ["neg", 0]}, 3),
            ("PowerPaint", {"model": ["model", 0], "vae": ["model", 2], "image": ["load", 0], "mask": ["load", 1], "positive": ["pos", 0], "negative": ["neg", 0]}, 3),
            ("InpaintModelConditioning", {"positive": ["pos", 0], "negative": ["neg", 0], "vae": ["model", 2], "pixels": ["load", 0], "mask": ["load", 1]}, 2),
            ("INPAINT_VAEEncodeInpaintConditioning", {"positive": ["pos", 0], "negative": ["neg", 0], "vae": ["model", 2], "pixels": ["load", 0], "mask": ["load", 1]}, 2),
        ],
    )  # fmt: skip
    def test_they_are_inpainting(self, kind: str, inputs: dict[str, Any], slot: int) -> None:
        """Every pack's way to redraw under a mask is inpainting."""
        wired = sampler(positive=["in", 0], latent_image=["in", slot])
        reading = see(base(load=load(), **{"in": node(kind, **inputs)}, k=wired))
        assert (Mode.INPAINT, Answer.YES, 1.0) == (reading.mode, reading.image_input, reading.strength)

    def test_crop_and_stitch(self) -> None:
        """Cropping out, redrawing and stitching back is inpainting of the one loaded file."""
        graph = base(
            load=load(),
            crop=node("InpaintCropImproved", image=["load", 0], mask=["load", 1]),
            latent=node("InpaintModelConditioning", positive=["pos", 0], negative=["neg", 0], vae=["model", 2], pixels=["crop", 1], mask=["crop", 2]),
            k=sampler(latent_image=["latent", 2]),
            stitch=node("InpaintStitchImproved", stitcher=["crop", 0], inpainted_image=["decode", 0]),
            save=node("SaveImage", images=["stitch", 0]),
        )  # fmt: skip
        reading = see(graph, 700, 500)
        assert (Mode.INPAINT, ["mine.png"]) == (reading.mode, [found.name for found in reading.inputs])


class TestDiffusionPreprocessors:
    def test_lotus_before_a_controlnet(self) -> None:
        """A depth map made by a diffusion model is still a control map of the loaded picture."""
        graph = base(
            load=load(),
            lotus=node("UNETLoader", unet_name="lotus-depth-d-v1-1.safetensors"),
            enc=node("VAEEncode", pixels=["load", 0], vae=["model", 2]),
            guide=node("BasicGuider", model=["lotus", 0], conditioning=["lc", 0]),
            lc=node("LotusConditioning"),
            ls=node("SamplerCustomAdvanced", guider=["guide", 0], latent_image=["enc", 0]),
            depth=node("VAEDecode", samples=["ls", 0], vae=["model", 2]),
            net=node("ControlNetLoader", control_net_name="depth.pth"),
            cn=node(
                "ControlNetApply",
                conditioning=["pos", 0],
                control_net=["net", 0],
                image=["depth", 0],
                strength=1.0,
            ),
            k=sampler(positive=["cn", 0]),
        )
        reading = see(graph)
        assert (Mode.CONTROLNET, "base.safetensors") == (reading.mode, reading.model)
