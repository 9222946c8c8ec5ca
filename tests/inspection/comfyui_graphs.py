"""Small ComfyUI graphs, built the way the server saves them; tests take them apart and wire them anew."""

from __future__ import annotations

from typing import Any

from myself_i2i.inspection.comfyui import read_graph
from myself_i2i.inspection.interface import Reading

__all__ = ["SHA", "base", "encoded", "load", "node", "sampler", "see"]

SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def node(kind: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs}


def base(**more: Any) -> dict[str, Any]:
    """Text-to-image at 512 x 512; `more` adds or replaces nodes."""
    return {
        "model": node("CheckpointLoaderSimple", ckpt_name="base.safetensors"),
        "latent": node("EmptyLatentImage", width=512, height=512, batch_size=1),
        "pos": node("CLIPTextEncode", text="a fox", clip=["model", 1]),
        "neg": node("CLIPTextEncode", text="blur", clip=["model", 1]),
        "k": sampler(),
        "decode": node("VAEDecode", samples=["k", 0], vae=["model", 2]),
        "save": node("SaveImage", images=["decode", 0], filename_prefix="x"),
        **more,
    }


def sampler(**inputs: Any) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "seed": 7, "steps": 20, "cfg": 6.5, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0,
        "model": ["model", 0], "positive": ["pos", 0], "negative": ["neg", 0], "latent_image": ["latent", 0],
    }  # fmt: skip
    return node("KSampler", **(settings | inputs))


def load(name: str = "mine.png") -> dict[str, Any]:
    return node("LoadImage", image=name, upload="image") | {"is_changed": [SHA]}


def see(graph: object, width: int = 512, height: int = 512) -> Reading:
    reading = read_graph(graph, width=width, height=height)
    assert reading is not None
    return reading


def encoded(**more: Any) -> dict[str, Any]:
    """Image-to-image; `more` adds or replaces nodes."""
    latent = node("VAEEncode", pixels=["load", 0], vae=["model", 2])
    return base(**({"load": load(), "latent": latent, "k": sampler(denoise=0.6)} | more))
