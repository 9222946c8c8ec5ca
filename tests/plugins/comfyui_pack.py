"""Loads the node pack the way ComfyUI does, as a package of whatever name, and builds its graphs."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

__all__ = ["PACK", "image_to_image", "pack_module", "scaled"]

PACK = Path(__file__).parents[2] / "plugins" / "comfyui"
NAME = "node_pack_under_test"


def pack_module(name: str) -> Any:
    """Return one module of the pack; its `__init__`, which wants a running ComfyUI, is not run."""
    if NAME not in sys.modules:
        package = ModuleType(NAME)
        package.__path__ = [str(PACK)]
        sys.modules[NAME] = package
    return importlib.import_module(f"{NAME}.{name}")


def scaled(image: str = "a.png", *, save: str = "SaveImage", loader: str = "LoadImage") -> dict[str, Any]:
    """LoadImage -> ImageScale -> SaveImage."""
    named: dict[str, Any] = {"images": ["2", 0]}
    if save == "SaveImage":
        named["filename_prefix"] = "scaled"
    return {
        "1": {"class_type": loader, "inputs": {"image": image}},
        "2": {
            "class_type": "ImageScale",
            "inputs": {
                "image": ["1", 0],
                "width": 16,
                "height": 16,
                "upscale_method": "nearest-exact",
                "crop": "disabled",
            },
        },
        "3": {"class_type": save, "inputs": named},
    }


def image_to_image(image: str = "a.png", *, denoise: float = 0.5) -> dict[str, Any]:
    """LoadImage -> VAEEncode -> KSampler -> VAEDecode -> SaveImage, with a second loader that leads nowhere."""
    return {
        "1": {"class_type": "LoadImage", "inputs": {"image": image}},
        "9": {"class_type": "LoadImage", "inputs": {"image": "idle.png"}},
        "m": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "toy.safetensors"}},
        "p": {"class_type": "CLIPTextEncode", "inputs": {"clip": ["m", 1], "text": "a cat"}},
        "n": {"class_type": "CLIPTextEncode", "inputs": {"clip": ["m", 1], "text": "blurred"}},
        "e": {"class_type": "VAEEncode", "inputs": {"pixels": ["1", 0], "vae": ["m", 2]}},
        "k": {
            "class_type": "KSampler",
            "inputs": {
                "model": ["m", 0], "positive": ["p", 0], "negative": ["n", 0], "latent_image": ["e", 0],
                "seed": 2**63, "steps": 6, "cfg": 7.0, "sampler_name": "euler", "scheduler": "normal",
                "denoise": denoise,
            },
        },
        "d": {"class_type": "VAEDecode", "inputs": {"samples": ["k", 0], "vae": ["m", 2]}},
        "s": {"class_type": "SaveImage", "inputs": {"images": ["d", 0], "filename_prefix": "i2i"}},
    }  # fmt: skip
