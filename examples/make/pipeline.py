"""A diffusers pipeline small enough to be trained in minutes: words to picture, or words and a picture to picture.

The picture is folded 4 by 4 (no autoencoder): a 128 pixel square becomes 32 by 32 cells of 48 numbers. The network
predicts the clean picture. Image-to-image is SDEdit (Meng et al., 2022): noise is added to the init
picture up to `strength`, and the sampling starts from there, as in `StableDiffusionImg2ImgPipeline`.
"""

from __future__ import annotations

import re

import numpy as np
import torch
from diffusers import (
    ConfigMixin,
    DDIMScheduler,
    DiffusionPipeline,
    ImagePipelineOutput,
    ModelMixin,
    UNet2DConditionModel,
)
from diffusers.configuration_utils import register_to_config
from PIL import Image
from scenes import WORDS

__all__ = ["FOLD", "ScenePipeline", "WordEncoder", "new_scheduler", "new_unet", "to_tensor"]

FOLD = 4
WIDTH = 64
"""Length of a word's vector."""


class WordEncoder(ModelMixin, ConfigMixin):
    """Turns a prompt into one vector per known word; words it does not know are passed over."""

    @register_to_config
    def __init__(self, vocabulary: tuple[str, ...] = WORDS, width: int = WIDTH) -> None:
        super().__init__()
        self.table = torch.nn.Embedding(len(vocabulary) + 1, width)

    def present(self, prompts: list[str]) -> torch.Tensor:
        """Return, for each prompt and each known word, 1.0 when the word stands in the prompt."""
        named = [set(re.findall(r"[a-z]+", prompt.lower())) for prompt in prompts]
        return torch.tensor([[float(word in words) for word in self.config.vocabulary] for words in named])

    def forward(self, present: torch.Tensor) -> torch.Tensor:
        """Return the word vectors; an absent word is word number 0."""
        numbers = torch.arange(1, present.shape[1] + 1, device=present.device)
        return self.table((present * numbers).long())


def new_unet() -> UNet2DConditionModel:
    """Return the untrained network."""
    channels = 3 * FOLD * FOLD
    return UNet2DConditionModel(
        sample_size=32,
        in_channels=channels,
        out_channels=channels,
        layers_per_block=1,
        block_out_channels=(48, 96, 160),
        down_block_types=("DownBlock2D", "DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D", "UpBlock2D"),
        mid_block_type="UNetMidBlock2DCrossAttn",
        cross_attention_dim=WIDTH,
        attention_head_dim=4,
        norm_num_groups=8,
        class_embed_type="simple_projection",  # the words also reach every layer beside the time step
        projection_class_embeddings_input_dim=len(WORDS),
    )


def new_scheduler() -> DDIMScheduler:
    """Return the noise schedule, ending in pure noise so that text-to-image starts where training ended."""
    return DDIMScheduler(
        beta_schedule="linear",
        prediction_type="sample",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=True,
    )


def to_tensor(images: list[Image.Image]) -> torch.Tensor:
    """Return RGB pictures as a batch in -1..1."""
    pixels = np.stack([np.asarray(image.convert("RGB")) for image in images])
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 127.5 - 1


class ScenePipeline(DiffusionPipeline):
    """Text-to-image without `image`, image-to-image with it."""

    def __init__(self, unet: UNet2DConditionModel, scheduler: DDIMScheduler, words: WordEncoder) -> None:
        super().__init__()
        self.register_modules(unet=unet, scheduler=scheduler, words=words)

    @torch.no_grad()
    def __call__(
        self,
        prompt: str,
        image: Image.Image | None = None,
        *,
        strength: float = 0.6,
        num_inference_steps: int = 40,
        guidance_scale: float = 1.3,
        size: int = 128,
        generator: torch.Generator | None = None,
    ) -> ImagePipelineOutput:
        """Return one picture of `size` pixels; `strength` 0..1 is how much of `image` is replaced by noise."""
        self.scheduler.set_timesteps(num_inference_steps)
        steps = self.scheduler.timesteps
        cells = size // FOLD
        latents = torch.randn((1, 3 * FOLD * FOLD, cells, cells), generator=generator)
        if image is not None:
            steps = steps[num_inference_steps - int(num_inference_steps * strength) :]
            pixels = to_tensor([image.resize((size, size), Image.Resampling.LANCZOS)])
            folded = torch.nn.functional.pixel_unshuffle(pixels, FOLD)
            latents = self.scheduler.add_noise(folded, latents, steps[:1])
        present = torch.cat([self.words.present([prompt]), self.words.present([""])])
        vectors = self.words(present)
        for step in self.progress_bar(steps):
            with_words, without = self.unet(
                latents.expand(2, -1, -1, -1), step, vectors, class_labels=present
            ).sample.chunk(2)
            guided = without + guidance_scale * (with_words - without)
            latents = self.scheduler.step(guided, step, latents).prev_sample
        pixels = torch.nn.functional.pixel_shuffle(latents, FOLD)[0].clamp(-1, 1)
        array = ((pixels.permute(1, 2, 0).numpy() + 1) * 127.5).round().astype(np.uint8)
        return ImagePipelineOutput(images=[Image.fromarray(array)])
