"""A Stable Diffusion small enough for a test: random weights, four VAE blocks, a vocabulary of a few letters."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

diffusers: Any = pytest.importorskip("diffusers")
torch: Any = pytest.importorskip("torch")
transformers: Any = pytest.importorskip("transformers")

torch.set_num_threads(1)

_WIDTH = 32
_TOKENS = 4
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def tokenizer(folder: Path) -> Any:
    """A tokenizer of single letters, from files written here."""
    tokens = ["<|startoftext|>", "<|endoftext|>", *_LETTERS, *(f"{letter}</w>" for letter in _LETTERS)]
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary, merges = folder / "vocab.json", folder / "merges.txt"
    vocabulary.write_text(json.dumps({token: index for index, token in enumerate(tokens)}))
    merges.write_text("#version: 0.2\n")
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "CLIPTokenizer", "model_max_length": 77})
    )
    return transformers.CLIPTokenizer.from_pretrained(str(folder), local_files_only=True)


def _unet(channels: int) -> Any:
    return diffusers.UNet2DConditionModel(
        block_out_channels=(_WIDTH, _WIDTH),
        layers_per_block=1,
        sample_size=8,
        in_channels=channels,
        out_channels=4,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=_WIDTH,
        attention_head_dim=8,
        norm_num_groups=8,
    ).eval()


def _vae() -> Any:
    return diffusers.AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        norm_num_groups=4,
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=4,
    ).eval()


@cache
def components(folder: Path, *, channels: int = 4) -> dict[str, Any]:
    """What StableDiffusionPipeline is built of."""
    torch.manual_seed(0)
    words = tokenizer(folder)
    text = transformers.CLIPTextConfig(
        vocab_size=len(words),
        hidden_size=_WIDTH,
        intermediate_size=37,
        num_attention_heads=4,
        num_hidden_layers=2,
        max_position_embeddings=77,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
    )
    return {
        "unet": _unet(channels),
        "scheduler": diffusers.DDIMScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            clip_sample=False,
            steps_offset=1,
        ),
        "vae": _vae(),
        "text_encoder": transformers.CLIPTextModel(text).eval(),
        "tokenizer": words,
        "safety_checker": None,
        "feature_extractor": None,
        "requires_safety_checker": False,
    }


@cache
def controlnet() -> Any:
    """A ControlNet that fits the UNet."""
    torch.manual_seed(1)
    return diffusers.ControlNetModel(
        block_out_channels=(_WIDTH, _WIDTH),
        layers_per_block=1,
        in_channels=4,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        cross_attention_dim=_WIDTH,
        attention_head_dim=8,
        norm_num_groups=8,
        conditioning_embedding_out_channels=(8, 8, 8, 8),
    ).eval()


@cache
def image_encoder() -> Any:
    """The vision model an IP-Adapter sees its picture with."""
    torch.manual_seed(2)
    config = transformers.CLIPVisionConfig(
        hidden_size=_WIDTH,
        projection_dim=_WIDTH,
        intermediate_size=37,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_channels=3,
        image_size=32,
        patch_size=8,
    )
    return transformers.CLIPVisionModelWithProjection(config).eval()


def pipeline(kind: str, folder: Path, **more: Any) -> Any:
    """A pipeline of diffusers by its class name."""
    made = getattr(diffusers, kind)(**components(folder), **more)
    made.set_progress_bar_config(disable=True)
    return made


def ip_adapter(folder: Path) -> Any:
    """A text-to-image pipeline with an IP-Adapter; its UNet is its own, for the adapter changes it."""
    parts = dict(components(folder))
    parts["unet"] = _unet(4)
    made = diffusers.StableDiffusionPipeline(
        **parts | {"feature_extractor": _processor()}, image_encoder=image_encoder()
    )
    made.set_progress_bar_config(disable=True)
    made.load_ip_adapter(_adapter(parts["unet"]), subfolder=None, weight_name=None, image_encoder_folder=None)
    return made


def _processor() -> Any:
    return transformers.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})


def _adapter(unet: Any) -> dict[str, dict[str, Any]]:
    """Weights of an IP-Adapter in the layout of the published ones."""
    torch.manual_seed(3)
    projection = {
        "proj.weight": torch.randn(_TOKENS * _WIDTH, _WIDTH),
        "proj.bias": torch.randn(_TOKENS * _WIDTH),
        "norm.weight": torch.ones(_WIDTH),
        "norm.bias": torch.zeros(_WIDTH),
    }
    layers: dict[str, Any] = {}
    crossing = [name for name in unet.attn_processors if name.endswith("attn2.processor")]
    for number in range(1, 2 * len(crossing), 2):
        layers[f"{number}.to_k_ip.weight"] = torch.randn(_WIDTH, _WIDTH)
        layers[f"{number}.to_v_ip.weight"] = torch.randn(_WIDTH, _WIDTH)
    return {"image_proj": projection, "ip_adapter": layers}


def edit(folder: Path) -> Any:
    """InstructPix2Pix: its UNet sees the picture beside the noise."""
    made = diffusers.StableDiffusionInstructPix2PixPipeline(**components(folder, channels=8))
    made.set_progress_bar_config(disable=True)
    return made


def adapter(folder: Path) -> Any:
    """A T2I-Adapter."""
    torch.manual_seed(4)
    made = diffusers.T2IAdapter(
        in_channels=3, channels=[_WIDTH, _WIDTH], num_res_blocks=1, downscale_factor=8
    )
    return pipeline("StableDiffusionAdapterPipeline", folder, adapter=made.eval())


def variation(folder: Path) -> Any:
    """Image variation: the picture takes the place of the words."""
    parts = components(folder)
    made = diffusers.StableDiffusionImageVariationPipeline(
        **{
            name: parts[name]
            for name in ("unet", "scheduler", "vae", "safety_checker", "requires_safety_checker")
        },
        image_encoder=image_encoder(),
        feature_extractor=_processor(),
    )
    made.set_progress_bar_config(disable=True)
    return made
