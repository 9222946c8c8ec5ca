"""Pipelines without torch, written from diffusers' documented signatures: they take pictures and give one back."""

# ruff: noqa: ARG002, PLR0917 - a stand-in has its original's signature, and uses little of it

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PIL import Image

SIZE = (16, 16)


def picture(colour: str = "red", size: tuple[int, int] = SIZE, mode: str = "RGB") -> Image.Image:
    """A plain picture."""
    return Image.new(mode, size, colour)


class Array:
    """An array of zeros, as far as shapes are asked for."""

    dtype = "float32"

    def __init__(self, *shape: int) -> None:
        self.shape = shape
        self.nbytes = 4

    @property
    def ndim(self) -> int:
        """How many dimensions."""
        return len(self.shape)

    def __getitem__(self, index: Any) -> Array:
        taken = index if isinstance(index, tuple) else (index,)
        kept = [side for side, one in zip(self.shape, taken, strict=False) if isinstance(one, slice)]
        return Array(*kept, *self.shape[len(taken) :])

    def min(self) -> float:
        """The smallest value."""
        return 0.0

    def tobytes(self) -> bytes:
        """Its bytes, all alike."""
        return bytes(4)


@dataclass
class Output:
    """What a pipeline returns."""

    images: Any


class DDIMScheduler:
    """A scheduler has a name."""


class DiffusionPipeline:
    """The base: a configuration, a scheduler, and a call that must not see another type of picture."""

    made: Any = None
    """What the next call returns; a new picture otherwise."""

    def __init__(self, name: str = "someone/tiny-model") -> None:
        self.config = {"_name_or_path": name}
        self.scheduler = DDIMScheduler()
        self.seen: list[Any] = []

    def _make(self, *seen: Any) -> Output:
        self.seen = list(seen)
        if isinstance(self.made, BaseException):
            raise self.made
        return self.made if self.made is not None else Output([picture("blue")])


class StableDiffusionPipeline(DiffusionPipeline):
    """Text to image."""

    def __call__(
        self,
        prompt: Any = None,
        height: int | None = None,
        width: int | None = None,
        num_inference_steps: int = 50,
        guidance_scale: float = 7.5,
        negative_prompt: Any = None,
        generator: Any = None,
        latents: Any = None,
        prompt_embeds: Any = None,
        ip_adapter_image: Any = None,
        ip_adapter_image_embeds: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Make."""
        return self._make(prompt, ip_adapter_image)


class StableDiffusionImg2ImgPipeline(DiffusionPipeline):
    """Image to image."""

    def __call__(
        self, prompt: Any = None, image: Any = None, strength: float = 0.8, num_inference_steps: int = 50
    ) -> Any:
        """Make."""
        return self._make(prompt, image)


class StableDiffusionInpaintPipeline(DiffusionPipeline):
    """Inpainting."""

    def __call__(
        self,
        prompt: Any = None,
        image: Any = None,
        mask_image: Any = None,
        masked_image_latents: Any = None,
        padding_mask_crop: int | None = None,
        strength: float = 1.0,
    ) -> Any:
        """Make."""
        return self._make(prompt, image, mask_image)


class StableDiffusionControlNetPipeline(DiffusionPipeline):
    """ControlNet."""

    def __call__(
        self, prompt: Any = None, image: Any = None, controlnet_conditioning_scale: float = 1.0
    ) -> Any:
        """Make."""
        return self._make(prompt, image)


class StableDiffusionUpscalePipeline(DiffusionPipeline):
    """Upscaling."""

    def __call__(self, prompt: Any = None, image: Any = None, noise_level: int = 20) -> Any:
        """Make."""
        return self._make(prompt, image)
