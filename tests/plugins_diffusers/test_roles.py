import pytest
from myself_i2i_diffusers._roles import Way, is_film, is_unhashable, role_of, way_of

from myself_i2i.predicates.generation import MODES, ROLES

PLAIN = Way(plain="init", mode=None)

IMAGE = {
    "StableDiffusionImg2ImgPipeline": ("init", None),
    "StableDiffusionXLInpaintPipeline": ("init", None),
    "FluxFillPipeline": ("init", None),
    "StableDiffusionControlNetPipeline": ("control", None),
    "StableDiffusionXLControlNetXSPipeline": ("control", None),
    "StableDiffusionXLAdapterPipeline": ("control", None),
    "StableDiffusionControlNetImg2ImgPipeline": ("init", None),
    "StableDiffusionXLControlNetInpaintPipeline": ("init", None),
    "StableDiffusionDepth2ImgPipeline": ("init", None),
    "StableDiffusionInstructPix2PixPipeline": ("init", "edit"),
    "FluxKontextPipeline": ("init", "edit"),
    "FluxKontextInpaintPipeline": ("init", None),
    "QwenImageEditPlusPipeline": ("init", "edit"),
    "Flux2Pipeline": ("init", "edit"),
    "StableDiffusionUpscalePipeline": ("init", "upscale"),
    "StableDiffusionLatentUpscalePipeline": ("init", "upscale"),
    "IFSuperResolutionPipeline": ("init", "upscale"),
    "StableDiffusionImageVariationPipeline": ("reference", None),
    "StableUnCLIPImg2ImgPipeline": ("reference", None),
    "UnCLIPImageVariationPipeline": ("reference", None),
    "StableCascadeCombinedPipeline": ("reference", None),
    "FluxPriorReduxPipeline": ("reference", None),
    "KandinskyV22Img2ImgPipeline": ("init", None),
    "KandinskyV22PriorEmb2EmbPipeline": ("reference", None),
    "PaintByExamplePipeline": ("init", None),
    "WanImageToVideoPipeline": ("init", None),
    "WanAnimatePipeline": ("reference", None),
    "StableVideoDiffusionPipeline": ("init", None),
    "LTXConditionPipeline": ("init", None),
    "AnimateDiffVideoToVideoControlNetPipeline": ("init", None),
    "Cosmos3OmniPipeline": ("init", None),
    "ZImageOmniPipeline": ("init", "edit"),
}
"""What `image` is in classes of diffusers, and the mode that the class itself says; read from their documentation."""

NAMES = {
    "image": "init",
    "images": "init",
    "init_image": "init",
    "video": "init",
    "last_image": "init",
    "mask_image": "mask",
    "mask": "mask",
    "mask_video": "mask",
    "ip_adapter_masks": "mask",
    "control_image": "control",
    "control_video": "control",
    "condtioning_image": "control",
    "conditioning_frames": "control",
    "depth_map": "control",
    "pose_video": "control",
    "hint": "control",
    "ip_adapter_image": "reference",
    "negative_ip_adapter_image": "reference",
    "reference_image": "reference",
    "image_reference": "reference",
    "example_image": "reference",
    "gligen_images": "reference",
    "style_image": "style",
    "latents": "latent",
    "masked_image_latents": "latent",
    "image_latents": "latent",
    "image_embeds": "unknown",
    "ip_adapter_image_embeds": "unknown",
    "negative_image_embeds": "unknown",
    "image_embeddings": "unknown",
}

NO_PICTURES = (
    "prompt", "prompt_embeds", "negative_prompt_embeds", "pooled_prompt_embeds", "prompt_embeds_mask", "attention_mask",
    "prompt_attention_mask", "timesteps", "sigmas", "generator", "num_inference_steps", "encoder_hidden_states",
    "audio_latents", "padding_mask", "c2w",
)  # fmt: skip


def named(*names: str) -> type:
    made: type = object
    for name in reversed(names):
        made = type(name, (made,), {})
    return made


class TestWay:
    @pytest.mark.parametrize(("name", "expected"), IMAGE.items())
    def test_class(self, name: str, expected: tuple[str, str | None]) -> None:
        """A plain `image` is what this class of diffusers uses it for."""
        way = way_of(named(name), ("image",))
        assert expected == (way.plain, way.mode)

    def test_subclass(self) -> None:
        """A custom subclass means what its parent means."""
        assert way_of(named("Mine", "StableDiffusionControlNetPipeline"), ("image",)).plain == "control"

    def test_mixin(self) -> None:
        """A mixin's name says nothing about `image`: IPAdapterMixin is no adapter pipeline."""
        assert way_of(named("Mine", "IPAdapterMixin"), ("image",)).plain == "unknown"

    @pytest.mark.parametrize(
        ("argument", "role"),
        [("strength", "init"), ("controlnet_conditioning_scale", "control"), ("prompt", "unknown")],
    )
    def test_custom(self, argument: str, role: str) -> None:
        """A pipeline of any other name is told by what else it takes; else the role is unknown, and said to be."""
        assert role == way_of(named("Mine"), ("image", argument)).plain

    def test_words(self) -> None:
        """Every role and mode is a word of generation/v1."""
        ways = [way_of(named(name), ()) for name in IMAGE]
        assert [] == [way for way in ways if way.plain not in ROLES or way.mode not in {*MODES, None}]


class TestRole:
    @pytest.mark.parametrize(("name", "role"), NAMES.items())
    def test_name(self, name: str, role: str) -> None:
        """A name that says what its picture is for is believed."""
        assert role == role_of(name, PLAIN)

    @pytest.mark.parametrize("name", NO_PICTURES)
    def test_no_picture(self, name: str) -> None:
        """Words, schedules, sound and cameras are no pictures, though they come as tensors."""
        assert role_of(name, PLAIN) is None

    def test_control_mask(self) -> None:
        """Where `control_mask` stands without `image`, `control_image` is the picture that is painted over."""
        way = way_of(named("StableDiffusion3ControlNetInpaintingPipeline"), ("control_image", "control_mask"))
        assert ("init", "mask") == (role_of("control_image", way), role_of("control_mask", way))

    def test_unhashable(self) -> None:
        """Latents and embeddings never are a picture; `image` may be one."""
        names = ("latents", "image_latents", "ip_adapter_image_embeds", "image", "mask_image")
        assert [True, True, True, False, False] == [is_unhashable(name) for name in names]

    def test_film(self) -> None:
        """Frames are told from batches by their argument's name."""
        assert [True, True, False] == [is_film(name) for name in ("video", "conditioning_frames", "image")]
