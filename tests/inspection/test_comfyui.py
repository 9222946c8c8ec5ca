"""The plain ways of using ComfyUI, each as the graph it saves."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from myself_i2i.image.interface import Container, Format, TextEntry
from myself_i2i.inspection._words import EMBEDDED
from myself_i2i.inspection.comfyui import read
from myself_i2i.inspection.comfyui.verdict import ALPHA_MASK
from myself_i2i.inspection.interface import Answer, Material, Mode, Role
from tests.inspection.comfyui_graphs import SHA, base, encoded, load, node, sampler, see


class TestTextToImage:
    def test_nothing_went_in(self) -> None:
        """A sampler on an empty latent is text-to-image, and the answer is a plain no."""
        reading = see(base())
        assert (Mode.T2I, Answer.NO, ()) == (reading.mode, reading.image_input, reading.inputs)

    def test_settings_are_kept(self) -> None:
        """Model, prompts, seed and sampler are recorded beside the answer, with evidence."""
        reading = see(base())
        assert "base.safetensors" == reading.model
        wanted = {"prompt": "a fox", "negative_prompt": "blur", "seed": 7, "steps": 20, "sampler": "euler"}
        assert wanted == {key: reading.extras[key] for key in wanted}
        assert ("prompt[save].class_type", "SaveImage") == (
            reading.evidence[0].key,
            reading.evidence[0].value,
        )

    def test_base_and_refiner_are_one_picture(self) -> None:
        """Two samplers that hand a latent on unchanged are still text-to-image."""
        second = sampler(latent_image=["k", 0], start_at_step=16, add_noise="disable")
        reading = see(base(k2=second, decode=node("VAEDecode", samples=["k2", 0])))
        assert (Mode.T2I, Answer.NO) == (reading.mode, reading.image_input)

    def test_loras_are_recorded(self) -> None:
        """LoRAs on the model's way are named, switched-off ones are not."""
        power = node(
            "Power Lora Loader (rgthree)",
            lora_1={"on": True, "lora": "a.safetensors", "strength": 1},
            lora_2={"on": False, "lora": "b.safetensors", "strength": 1},
            model=["one", 0],
        )
        one = node("LoraLoaderModelOnly", lora_name="c.safetensors", strength_model=1, model=["model", 0])
        reading = see(base(power=power, one=one, k=sampler(model=["power", 0])))
        assert ["a.safetensors", "c.safetensors"] == sorted(reading.extras["loras"])

    def test_low_denoise_on_an_empty_latent(self) -> None:
        """A denoise below 1 alone never turns into image-to-image."""
        reading = see(base(k=sampler(denoise=0.8)))
        assert (Mode.T2I, Answer.NO) == (reading.mode, reading.image_input)


class TestImageInputs:
    def test_image_to_image(self) -> None:
        """A loaded picture encoded into the sampler is named, hashed, and its denoise given."""
        reading = see(encoded())
        (found,) = reading.inputs
        assert (Mode.I2I, Answer.YES, 0.6) == (reading.mode, reading.image_input, reading.strength)
        assert (Role.INIT, "mine.png", SHA) == (found.role, found.name, found.sha256)

    def test_full_denoise_is_still_an_input(self) -> None:
        """Denoise 1.0 with nothing else conditioning the run counts as image-to-image."""
        reading = see(encoded(k=sampler(denoise=1.0)))
        assert (Mode.I2I, 1.0) == (reading.mode, reading.strength)

    def test_inpaint_with_the_alpha_as_mask(self) -> None:
        """VAEEncodeForInpaint is inpainting, one input whose alpha is the mask."""
        latent = node("VAEEncodeForInpaint", pixels=["load", 0], vae=["model", 2], mask=["load", 1])
        reading = see(encoded(latent=latent))
        assert (Mode.INPAINT, [Role.INIT]) == (reading.mode, [found.role for found in reading.inputs])
        assert ALPHA_MASK == reading.inputs[0].note

    def test_inpaint_with_a_mask_file(self) -> None:
        """A mask from its own file is an input of its own."""
        encode = node("VAEEncode", pixels=["load", 0], vae=["model", 2])
        latent = node("SetLatentNoiseMask", samples=["encode", 0], mask=["mask", 0])
        reading = see(
            encoded(encode=encode, latent=latent, mask=node("LoadImageMask", image="m.png", channel="red"))
        )
        assert {("mine.png", Role.INIT), ("m.png", Role.MASK)} == {(i.name, i.role) for i in reading.inputs}
        assert Mode.INPAINT is reading.mode

    def test_outpaint(self) -> None:
        """Padding before the encode is outpainting."""
        pad = node("ImagePadForOutpaint", image=["load", 0], left=0, top=64, right=0, bottom=64, feathering=8)
        latent = node("VAEEncodeForInpaint", pixels=["pad", 0], vae=["model", 2], mask=["pad", 1])
        assert Mode.OUTPAINT is see(encoded(pad=pad, latent=latent)).mode

    def test_controlnet_behind_a_preprocessor(self) -> None:
        """A preprocessor between loader and ControlNet does not hide the input."""
        control = node(
            "ControlNetApply",
            conditioning=["pos", 0],
            control_net=["net", 0],
            image=["canny", 0],
            strength=0.9,
        )
        net = node("ControlNetLoader", control_net_name="canny.pth")
        reading = see(base(load=load(), canny=node("CannyEdgePreprocessor", image=["load", 0]), net=net, control=control,
                           k=sampler(positive=["control", 0])))  # fmt: skip
        assert (Mode.CONTROLNET, [Role.CONTROL]) == (reading.mode, [found.role for found in reading.inputs])
        assert ["canny.pth"] == reading.extras["controlnets"]

    @pytest.mark.parametrize(
        ("kind", "inputs"),
        [
            ("IPAdapterAdvanced", {"model": ["model", 0], "image": ["load", 0], "weight": 0.8}),
            ("ApplyPulid", {"model": ["model", 0], "image": ["load", 0], "weight": 1}),
            ("ApplyInstantID", {"model": ["model", 0], "image": ["load", 0], "weight": 1}),
            ("NobodyKnowsFaceNode", {"model": ["model", 0], "image": ["load", 0]}),
        ],
    )
    def test_references_on_the_model(self, kind: str, inputs: dict[str, Any]) -> None:
        """Face and style adapters hang on the model link; they are references."""
        reading = see(base(load=load(), ref=node(kind, **inputs), k=sampler(model=["ref", 0])))
        assert (Mode.REFERENCE, Answer.YES) == (reading.mode, reading.image_input)

    def test_style_model(self) -> None:
        """A style model takes its picture through CLIP vision."""
        vision = node("CLIPVisionEncode", clip_vision=["cv", 0], image=["load", 0])
        style = node(
            "StyleModelApply",
            conditioning=["pos", 0],
            style_model=["sm", 0],
            clip_vision_output=["vision", 0],
            strength=1,
        )
        reading = see(base(load=load(), vision=vision, style=style, cv=node("CLIPVisionLoader", clip_name="c"),
                           sm=node("StyleModelLoader", style_model_name="s"), k=sampler(positive=["style", 0])))  # fmt: skip
        assert (Mode.REFERENCE, Role.STYLE) == (reading.mode, reading.inputs[0].role)

    @pytest.mark.parametrize("kind", ["TextEncodeQwenImageEdit", "TextEncodeQwenImageEditPlus"])
    def test_edit_models(self, kind: str) -> None:
        """An encoder that sees the picture is an edit, and an encoded latent at denoise 1 beside it only sets the size."""
        name = "image" if kind.endswith("Edit") else "image1"
        edit = node(kind, clip=["model", 1], prompt="make it night", **{name: ["load", 0]})
        reading = see(encoded(edit=edit, k=sampler(positive=["edit", 0])))
        assert (Mode.EDIT, Answer.YES, None) == (reading.mode, reading.image_input, reading.strength)

    def test_reference_latent(self) -> None:
        """ReferenceLatent (Kontext, OmniGen2, Flux 2) is an edit."""
        graph = base(
            load=load(),
            encode=node("VAEEncode", pixels=["load", 0], vae=["model", 2]),
            ref=node("ReferenceLatent", conditioning=["pos", 0], latent=["encode", 0]),
            k=sampler(positive=["ref", 0]),
        )
        assert Mode.EDIT is see(graph).mode

    def test_pix2pix_with_a_depth_model_is_control(self) -> None:
        """InstructPixToPixConditioning feeds edit models, but a depth LoRA makes it a control map."""
        pix = node(
            "InstructPixToPixConditioning",
            positive=["pos", 0],
            negative=["neg", 0],
            vae=["model", 2],
            pixels=["load", 0],
        )
        wired = sampler(positive=["pix", 0], negative=["pix", 1], latent_image=["pix", 2])
        assert Mode.EDIT is see(base(load=load(), pix=pix, k=wired)).mode
        lora = node("LoraLoaderModelOnly", lora_name="flux1-depth-dev-lora.safetensors", model=["model", 0])
        wired["inputs"]["model"] = ["lora", 0]
        reading = see(base(load=load(), pix=pix, lora=lora, k=wired))
        assert (Mode.CONTROLNET, Role.CONTROL) == (reading.mode, reading.inputs[0].role)

    def test_two_different_uses_are_mixed(self) -> None:
        """An init picture and another one's face together are "mixed", both named."""
        ref = node("IPAdapter", model=["model", 0], image=["face", 0], weight=1)
        reading = see(encoded(face=load("face.png"), ref=ref, k=sampler(model=["ref", 0], denoise=0.5)))
        assert (Mode.MIXED, {"mine.png", "face.png"}) == (
            reading.mode,
            {found.name for found in reading.inputs},
        )


class TestStrength:
    @pytest.mark.parametrize(
        ("inputs", "wanted"),
        [
            ({"denoise": 0.35}, 0.35),
            ({"denoise": ["number", 0]}, 0.45),
            ({"denoise": None, "start_at_step": 5, "steps": 20}, 0.75),
        ],
    )
    def test_where_denoise_stands(self, inputs: dict[str, Any], wanted: float) -> None:
        """Denoise is read from the widget, from a constant node, or from start_at_step."""
        graph = encoded(k=sampler(**inputs), number=node("FloatConstant", value=0.45))
        assert wanted == see(graph).strength

    def test_behind_sigmas(self) -> None:
        """SamplerCustomAdvanced keeps its denoise in the scheduler behind sigmas, cut by SplitSigmas."""
        custom = node(
            "SamplerCustomAdvanced",
            noise=["noise", 0],
            guider=["guide", 0],
            sigmas=["split", 1],
            latent_image=["latent", 0],
        )
        graph = encoded(
            k=custom,
            noise=node("RandomNoise", noise_seed=3),
            guide=node("BasicGuider", model=["model", 0], conditioning=["pos", 0]),
            sched=node("BasicScheduler", model=["model", 0], scheduler="simple", steps=20, denoise=0.8),
            split=node("SplitSigmas", sigmas=["sched", 0], step=10),
        )
        assert 0.4 == see(graph).strength


class TestServices:
    def test_linked_or_not_decides(self) -> None:
        """A partner node with a picture linked in is an edit, without one text-to-image."""
        alone = {"api": node("OpenAIGPTImage1", prompt="a fox"), "save": node("SaveImage", images=["api", 0])}
        assert (Mode.T2I, Answer.NO) == (see(alone).mode, see(alone).image_input)
        fed = {
            "load": load(),
            "api": node("OpenAIGPTImage1", prompt="a fox", image=["load", 0]),
            "save": node("SaveImage", images=["api", 0]),
        }
        assert (Mode.EDIT, Answer.YES) == (see(fed).mode, see(fed).image_input)

    def test_a_mask_makes_it_inpainting(self) -> None:
        """The mask of a service's edit is linked beside the picture."""
        graph = {
            "load": load(),
            "api": node("OpenAIDalle2", prompt="a fox", image=["load", 0], mask=["load", 1]),
            "save": node("SaveImage", images=["api", 0]),
        }
        assert Mode.INPAINT is see(graph).mode


class TestSources:
    def test_png_text(self) -> None:
        """The graph is found in the PNG text `prompt`, NaN and all."""
        graph = encoded()
        graph["k"]["inputs"]["cfg"] = float("nan")
        texts = (TextEntry("prompt", json.dumps(graph), "tEXt"),)
        reading = read(Material(Container(format=Format.PNG, width=512, height=512, texts=texts)))
        assert reading is not None
        assert (Mode.I2I, "ComfyUI") == (reading.mode, reading.tool)

    @pytest.mark.parametrize("tag", ["Make", "Model", "ImageDescription"])
    @pytest.mark.parametrize("prefix", ["prompt:", "Prompt: "])
    def test_exif_strings(self, tag: str, prefix: str) -> None:
        """Animated WebP and saver packs keep `prompt:{..}` in an EXIF string."""
        container = Container(
            format=Format.WEBP, width=512, height=512, exif={tag: prefix + json.dumps(encoded())}
        )
        reading = read(Material(container))
        assert reading is not None
        assert Mode.I2I is reading.mode

    def test_a_user_comment_that_is_the_graph(self) -> None:
        """A user comment may be the API graph itself, with keys beside the nodes."""
        comment = json.dumps({**encoded(), "extraMetadata": "{}"})
        reading = read(
            Material(Container(format=Format.JPEG, width=512, height=512, exif={"UserComment": comment}))
        )
        assert reading is not None
        assert Answer.YES is reading.image_input

    def test_other_files_are_not_ours(self) -> None:
        """A file without a graph gives None, whatever else its text holds."""
        texts = (
            TextEntry("prompt", "a fox in the snow", "tEXt"),
            TextEntry("parameters", "Steps: 20", "tEXt"),
        )
        assert read(Material(Container(format=Format.PNG, width=8, height=8, texts=texts))) is None

    @pytest.mark.parametrize(
        ("name", "note"),
        [
            ("clipspace/clipspace-mask-42.png [input]", "mask editor"),
            ("pasted/image (23).png", "clipboard"),
            ("ComfyUI_00052_.png", "earlier ComfyUI output"),
            ("foo.png [output]", "earlier ComfyUI output"),
            ("00048-655459479.png", "earlier A1111 output"),
            ("photo.jpg", None),
        ],
    )
    def test_names_stay_as_recorded(self, name: str, note: str | None) -> None:
        """The name is exactly the metadata's, and a note says what kind of thing it is."""
        (found,) = see(encoded(load=load(name))).inputs
        assert (name, note) == (found.name, found.note and found.note.en)

    def test_embedded_pictures_are_hashed(self) -> None:
        """A picture embedded as base64 has no name, but its digest is the input's."""
        data = b"\x89PNG\r\n\x1a\n" + bytes(90)
        text = base64.b64encode(data).decode()
        for value in (text, "data:image/png;base64," + text):
            (found,) = see(encoded(load=node("ETN_LoadImageBase64", image=value))).inputs
            assert (None, EMBEDDED) == (found.name, found.note)
            assert hashlib.sha256(data).hexdigest() == found.sha256

    def test_damaged_embedded_pictures(self) -> None:
        """Embedded data that does not decode is still an input, without a digest."""
        (found,) = see(encoded(load=node("ETN_LoadImageBase64", image="iVBORw0KGgo" + "A" * 90 + "!"))).inputs
        assert (None, None, EMBEDDED) == (found.name, found.sha256, found.note)

    def test_a_name_that_looks_like_base64(self) -> None:
        """A long name of letters and digits stays a name."""
        (found,) = see(encoded(load=node("LoadImage", image="a" * 64))).inputs
        assert "a" * 64 == found.name
