"""Graphs that a look over the node list gets wrong; the walk from the output must not."""

from __future__ import annotations

from typing import Any

import pytest

from myself_i2i.inspection.interface import Answer, Mode, Role
from tests.inspection.comfyui_graphs import base, encoded, load, node, sampler, see


class TestLoadedButNotUsed:
    def test_a_dangling_loader(self) -> None:
        """A loader nothing leads from did not go in."""
        reading = see(base(load=load()))
        assert (Mode.T2I, Answer.NO, ()) == (reading.mode, reading.image_input, reading.inputs)

    def test_a_loader_into_a_node_nobody_takes(self) -> None:
        """A bypassed ReferenceLatent leaves loader and encoder wired to each other and to nothing else."""
        reading = see(base(load=load(), encode=node("VAEEncode", pixels=["load", 0], vae=["model", 2])))
        assert Answer.NO is reading.image_input

    @pytest.mark.parametrize(
        "kind",
        ["WD14Tagger|pysssss", "BLIP Analyze Image", "Florence2Run", "JoyCaptionTwo", "SomeNewCaptioner"],
    )
    def test_only_words_went_on(self, kind: str) -> None:
        """A caption of a picture is words; the reading says so in a note."""
        graph = base(
            load=load(),
            cap=node(kind, image=["load", 0]),
            pos=node("CLIPTextEncode", text=["cap", 0], clip=["model", 1]),
        )
        reading = see(graph)
        assert (Mode.T2I, Answer.NO, ()) == (reading.mode, reading.image_input, reading.inputs)
        assert any("mine.png" in note.en and "caption" in note.en for note in reading.notes)

    def test_only_the_size_went_on(self) -> None:
        """A picture whose width and height set the empty latent did not go in."""
        graph = base(
            load=load(),
            size=node("GetImageSize+", image=["load", 0]),
            latent=node("EmptyLatentImage", width=["size", 0], height=["size", 1], batch_size=1),
        )
        reading = see(graph)
        assert (Mode.T2I, Answer.NO) == (reading.mode, reading.image_input)
        assert any("its size" in note.en for note in reading.notes)

    def test_an_empty_latent_of_its_size(self) -> None:
        """A node that makes an empty latent as large as a picture takes nothing else of it."""
        reading = see(base(load=load(), latent=node("EmptyLatentImageFromImage", image=["load", 0])))
        assert (Mode.T2I, Answer.NO) == (reading.mode, reading.image_input)

    def test_words_that_only_the_saver_takes(self) -> None:
        """A saver's own record (prompt, model, file name) is not a way into the picture."""
        tags = node("WD14Tagger|pysssss", image=["load", 0])
        save = node("Image Saver", images=["decode", 0], positive=["tags", 0], filename=["tags", 0])
        assert Answer.NO is see(base(load=load(), tags=tags, save=save)).image_input

    @pytest.mark.parametrize(("key", "value"), [("strength", 0), ("strength", 0.0), ("end_percent", 0.0)])
    def test_a_controlnet_turned_down_to_nothing(self, key: str, value: float) -> None:
        """ControlNetApplyAdvanced with strength or end 0 hands its conditioning on unchanged."""
        control = node("ControlNetApplyAdvanced", positive=["pos", 0], negative=["neg", 0], control_net=["net", 0], image=["load", 0],
                       **({"strength": 1.0, "start_percent": 0.0, "end_percent": 1.0} | {key: value}))  # fmt: skip
        net = node("ControlNetLoader", control_net_name="c.pth")
        reading = see(
            base(
                load=load(),
                net=net,
                control=control,
                k=sampler(positive=["control", 0], negative=["control", 1]),
            )
        )
        assert (Mode.T2I, Answer.NO) == (reading.mode, reading.image_input)

    def test_a_stack_with_one_entry_off(self) -> None:
        """CR Multi-ControlNet Stack keeps the pictures of entries that are switched off."""
        stack = node("CR Multi-ControlNet Stack", switch_1="Off", image_1=["load", 0], controlnet_1="a.pth",
                     switch_2="On", image_2=["other", 0], controlnet_2="b.pth")  # fmt: skip
        apply = node(
            "CR Apply Multi-ControlNet",
            switch="On",
            base_positive=["pos", 0],
            base_negative=["neg", 0],
            controlnet_stack=["stack", 0],
        )
        wired = sampler(positive=["apply", 0], negative=["apply", 1])
        reading = see(base(load=load(), other=load("other.png"), stack=stack, apply=apply, k=wired))
        assert (Mode.CONTROLNET, ["other.png"]) == (reading.mode, [found.name for found in reading.inputs])


def searge(mode: str, control: str = "none") -> dict[str, Any]:
    """Searge's pack: every loader is always wired into one data stream; two settings decide."""
    return {
        "src": load(),
        "mask": node("LoadImageMask", image="m.png", channel="alpha"),
        "cn": load("pose.png"),
        "mode": node(
            "SeargeOperatingMode", workflow_mode=mode, prompting_mode="default - all prompts", batch_size=1
        ),
        "gen": node(
            "SeargeGenerationParameters", image_size_preset="1024x1024 (1:1)", seed=1, data=["mode", 0]
        ),
        "i2i": node("SeargeImage2ImageAndInpainting", denoise=0.65, data=["gen", 0]),
        "img": node(
            "SeargeImageAdapterV2", source_image=["src", 0], uploaded_mask=["mask", 0], data=["i2i", 0]
        ),
        "net": node(
            "SeargeControlnetAdapterV2",
            controlnet_mode=control,
            strength=0.5,
            source_image=["cn", 0],
            data=["img", 0],
        ),
        "start": node("SeargePipelineStart", wf_version="4.3", data=["net", 0]),
        "box": node("SeargeMagicBox", stage="sampling", data=["start", 0]),
        "end": node("SeargePipelineTerminator", data=["box", 0]),
    }


class TestSearge:
    def test_text_to_image(self) -> None:
        """In text-to-image mode none of the wired loaders went in."""
        reading = see(searge("text-to-image"), 1024, 1024)
        assert (Mode.T2I, Answer.NO, ()) == (reading.mode, reading.image_input, reading.inputs)

    def test_image_to_image(self) -> None:
        """In image-to-image mode the source picture did, the mask did not; denoise stands in another node."""
        reading = see(searge("image-to-image"), 1024, 1024)
        assert (Mode.I2I, ["mine.png"], 0.65) == (
            reading.mode,
            [found.name for found in reading.inputs],
            reading.strength,
        )

    def test_inpainting(self) -> None:
        """In in-painting mode source and mask went in."""
        reading = see(searge("in-painting"), 1024, 1024)
        assert (Mode.INPAINT, {"mine.png", "m.png"}) == (
            reading.mode,
            {found.name for found in reading.inputs},
        )

    @pytest.mark.parametrize(("setting", "mode"), [("canny", Mode.CONTROLNET), ("revision", Mode.REFERENCE)])
    def test_the_controlnet_setting(self, setting: str, mode: Mode) -> None:
        """The ControlNet picture counts when its setting is not "none"."""
        reading = see(searge("text-to-image", setting), 1024, 1024)
        assert (mode, ["pose.png"]) == (reading.mode, [found.name for found in reading.inputs])

    @pytest.mark.parametrize(
        ("setting", "answer"), [("text to image", Answer.NO), ("image to image", Answer.YES)]
    )
    def test_the_older_pack(self, setting: str, answer: Answer) -> None:
        """Version 3 chooses a latent with a multiplexer by `operation_mode`."""
        graph = encoded(
            empty=node("EmptyLatentImage", width=512, height=512, batch_size=1),
            mode=node("SeargeInput7", operation_mode=setting, prompt_style="simple"),
            sel=node("SeargeOutput7", parameters=["mode", 0]),
            encode=node("VAEEncode", pixels=["load", 0], vae=["model", 2]),
            latent=node(
                "SeargeLatentMuxer3",
                latent0=["empty", 0],
                latent1=["encode", 0],
                latent2=["encode", 0],
                input_selector=["sel", 1],
            ),
        )
        assert answer is see(graph).image_input


class TestSwitches:
    @pytest.mark.parametrize(
        ("kind", "select", "answer"),
        [
            ("CR Latent Input Switch", {"Input": 1}, Answer.NO),
            ("CR Latent Input Switch", {"Input": 2}, Answer.YES),
            ("CR Img2Img Process Switch", {"Input": "txt2img"}, Answer.NO),
            ("CR Img2Img Process Switch", {"Input": "img2img"}, Answer.YES),
            ("LatentSwitch", {"select": 2}, Answer.YES),
            ("ImpactSwitch", {"select": ["one", 0]}, Answer.NO),
            ("ImpactSwitch", {"select": ["nowhere", 0]}, Answer.NOT_RECORDED),
        ],
    )
    def test_numbered(self, kind: str, select: dict[str, Any], answer: Answer) -> None:
        """A recorded choice is followed; one that is not recorded makes the answer "not recorded"."""
        graph = encoded(
            empty=node("EmptyLatentImage", width=512, height=512, batch_size=1),
            encode=node("VAEEncode", pixels=["load", 0], vae=["model", 2]),
            one=node("PrimitiveInt", value=1),
            latent=node(kind, latent1=["empty", 0], latent2=["encode", 0], **select),
        )
        reading = see(graph)
        assert answer is reading.image_input
        assert (answer is Answer.NOT_RECORDED) == any("switch" in note.en for note in reading.notes)

    @pytest.mark.parametrize(("value", "answer"), [(True, Answer.YES), (False, Answer.NO)])
    @pytest.mark.parametrize(
        "kind", ["ComfySwitchNode", "LazySwitchKJ", "easy ifElse", "Switch latent [Crystools]"]
    )
    def test_true_or_false(self, kind: str, value: bool, answer: Answer) -> None:  # noqa: FBT001 - a parameter of the table
        """Boolean switches name their branches on_true and on_false."""
        graph = encoded(
            empty=node("EmptyLatentImage", width=512, height=512, batch_size=1),
            encode=node("VAEEncode", pixels=["load", 0], vae=["model", 2]),
            latent=node(kind, on_true=["encode", 0], on_false=["empty", 0], boolean=value),
        )
        assert answer is see(graph).image_input

    def test_any_switch_takes_the_first(self) -> None:
        """An Any Switch takes the first input that is there."""
        graph = encoded(
            empty=node("EmptyLatentImage", width=512, height=512, batch_size=1),
            encode=node("VAEEncode", pixels=["load", 0], vae=["model", 2]),
            latent=node("Any Switch (rgthree)", any_01=["empty", 0], any_02=["encode", 0]),
        )
        assert Answer.NO is see(graph).image_input

    def test_a_context_hands_on_one_field(self) -> None:
        """A Context's latent comes from the nearest context that sets it, not from everything it carries."""
        graph = base(
            load=load(),
            ctx=node("Context (rgthree)", model=["model", 0], latent=["latent", 0], images=["load", 0]),
            ctx2=node("Context (rgthree)", base_ctx=["ctx", 0], positive=["pos", 0]),
            pick=node("Context Switch (rgthree)", ctx_02=["ctx2", 0]),
            k=sampler(latent_image=["pick", 6]),
        )
        assert Answer.NO is see(graph).image_input
        graph["k"] = sampler(latent_image=["enc", 0])
        graph["enc"] = node("VAEEncode", pixels=["pick", 7], vae=["model", 2])
        assert Answer.YES is see(graph).image_input


class TestOwnSecondPass:
    def second(self, **more: Any) -> dict[str, Any]:
        """Build a second sampler at denoise 0.5 on the latent of node `up`."""
        return base(
            k2=sampler(latent_image=["up", 0], denoise=0.5),
            decode=node("VAEDecode", samples=["k2", 0]),
            **more,
        )

    def test_latent_upscale(self) -> None:
        """Two samplers joined by a latent upscale are the tool's own second pass: upscale, and no image went in."""
        reading = see(self.second(up=node("LatentUpscaleBy", samples=["k", 0], scale_by=2.0)), 1024, 1024)
        assert (Mode.UPSCALE, Answer.NO, 0.5) == (reading.mode, reading.image_input, reading.strength)

    def test_pixel_upscale_and_a_tile_controlnet(self) -> None:
        """A tile ControlNet fed with the run's own first pass brings nothing in from outside."""
        graph = self.second(
            first=node("VAEDecode", samples=["k", 0], vae=["model", 2]),
            big=node("ImageScaleBy", image=["first", 0], scale_by=2.0, upscale_method="bicubic"),
            up=node("VAEEncode", pixels=["big", 0], vae=["model", 2]),
            net=node("ControlNetLoader", control_net_name="tile.pth"),
            cn=node(
                "ControlNetApply",
                conditioning=["pos", 0],
                control_net=["net", 0],
                image=["first", 0],
                strength=1.0,
            ),
        )
        graph["k2"]["inputs"]["positive"] = ["cn", 0]
        reading = see(graph, 1024, 1024)
        assert (Mode.UPSCALE, Answer.NO) == (reading.mode, reading.image_input)

    def test_face_detailer_on_its_own_picture(self) -> None:
        """A face pass over the run's own picture is neither an input nor an enlargement."""
        face = node(
            "FaceDetailer",
            image=["decode", 0],
            model=["model", 0],
            positive=["pos", 0],
            negative=["neg", 0],
            denoise=0.4,
        )
        reading = see(base(face=face, save=node("SaveImage", images=["face", 0])))
        assert (Mode.T2I, Answer.NO) == (reading.mode, reading.image_input)

    def test_a_scaled_empty_latent_is_no_second_pass(self) -> None:
        """Scaling a latent before anything was drawn in it is text-to-image."""
        graph = base(
            up=node("LatentUpscaleBy", samples=["latent", 0], scale_by=2.0), k=sampler(latent_image=["up", 0])
        )
        assert Mode.T2I is see(graph, 1024, 1024).mode

    def test_making_it_smaller_is_no_enlargement(self) -> None:
        """A scale below 1 after the decode leaves text-to-image as it is."""
        graph = base(
            small=node("ImageScaleBy", image=["decode", 0], scale_by=0.5),
            save=node("SaveImage", images=["small", 0]),
        )
        assert Mode.T2I is see(graph, 256, 256).mode


class TestEnlargingALoadedFile:
    def test_without_a_sampler(self) -> None:
        """Load, enlarge, save: upscale, and a file went in."""
        graph = {"load": load(), "m": node("UpscaleModelLoader", model_name="4x.pth"),
                 "up": node("ImageUpscaleWithModel", upscale_model=["m", 0], image=["load", 0]),
                 "save": node("SaveImage", images=["up", 0])}  # fmt: skip
        reading = see(graph, 2048, 2048)
        assert (Mode.UPSCALE, Answer.YES, Role.INIT) == (
            reading.mode,
            reading.image_input,
            reading.inputs[0].role,
        )

    def test_tile_by_tile(self) -> None:
        """Ultimate SD Upscale of a loaded file is upscale with its denoise."""
        up = node("UltimateSDUpscale", image=["load", 0], model=["model", 0], positive=["pos", 0], negative=["neg", 0],
                  upscale_by=2.0, denoise=0.3)  # fmt: skip
        reading = see(base(load=load(), up=up, save=node("SaveImage", images=["up", 0])), 2000, 3000)
        assert (Mode.UPSCALE, Answer.YES, 0.3) == (reading.mode, reading.image_input, reading.strength)


class TestDenoiseOne:
    def test_beside_a_controlnet_it_sets_the_size(self) -> None:
        """An encoded latent at denoise 1.0 under a ControlNet is a size, not a start."""
        net = node("ControlNetLoader", control_net_name="c.pth")
        control = node(
            "ControlNetApply",
            conditioning=["pos", 0],
            control_net=["net", 0],
            image=["load", 0],
            strength=1.0,
        )
        reading = see(encoded(net=net, control=control, k=sampler(positive=["control", 0])))
        assert (Mode.CONTROLNET, None) == (reading.mode, reading.strength)
        reading = see(encoded(net=net, control=control, k=sampler(positive=["control", 0], denoise=0.5)))
        assert (Mode.MIXED, 0.5) == (reading.mode, reading.strength)


class TestUnknownNodes:
    def test_a_source_of_pictures_nobody_knows(self) -> None:
        """A node that gives a picture and neither takes nor names one makes the answer "not recorded"."""
        graph = base(
            src=node("ZorblaxGate", level=3), latent=node("VAEEncode", pixels=["src", 0], vae=["model", 2])
        )
        reading = see(graph)
        assert (Mode.UNKNOWN, Answer.NOT_RECORDED) == (reading.mode, reading.image_input)

    def test_a_setting_that_names_a_picture_file(self) -> None:
        """A source of an unknown class that names a picture file is a loader."""
        graph = base(
            src=node("ZorblaxGate", what="holiday.jpg"),
            latent=node("VAEEncode", pixels=["src", 0], vae=["model", 2]),
        )
        reading = see(graph)
        assert (Answer.YES, ["holiday.jpg"]) == (
            reading.image_input,
            [found.name for found in reading.inputs],
        )

    @pytest.mark.parametrize(
        "kind",
        [
            "LoadImageFromUrl",
            "VHS_LoadVideo",
            "Image Load",
            "easy loadImageBase64",
            "LoadImageS3",
            "LoadLatent",
        ],
    )
    def test_loaders_by_pattern(self, kind: str) -> None:
        """Loaders of any pack are known by their name's shape."""
        assert Answer.YES is see(encoded(load=node(kind, image="a.png"))).image_input

    def test_a_pack_sampler_is_known_by_its_inputs(self) -> None:
        """A node with model, conditioning and latent is a sampler whatever it is called."""
        odd = node(
            "Frobnicate",
            model=["model", 0],
            positive=["pos", 0],
            negative=["neg", 0],
            latent=["latent", 0],
            denoise=0.4,
        )
        reading = see(encoded(k=odd))
        assert (Mode.I2I, 0.4) == (reading.mode, reading.strength)

    def test_links_to_missing_nodes(self) -> None:
        """A graph with a node cut out where a picture could come from is "not recorded"."""
        graph = encoded()
        del graph["load"]
        assert Answer.NOT_RECORDED is see(graph).image_input
