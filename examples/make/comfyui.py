"""ComfyUI's two PNG chunks: `prompt` is the graph that ran, `workflow` the same as the editor keeps it.

`LoadImage` nodes carry `is_changed`, the SHA-256 of the loaded file's bytes (ComfyUI `execution.py`).
"""

from __future__ import annotations

import json
from typing import Any

from PIL.PngImagePlugin import PngInfo

__all__ = ["image_to_image", "pnginfo", "text_to_image"]

Graph = dict[str, dict[str, Any]]

SLOTS: dict[str, tuple[str, ...]] = {
    "CheckpointLoaderSimple": ("MODEL", "CLIP", "VAE"),
    "CLIPTextEncode": ("CONDITIONING",),
    "EmptyLatentImage": ("LATENT",),
    "LoadImage": ("IMAGE", "MASK"),
    "ImageScale": ("IMAGE",),
    "VAEEncode": ("LATENT",),
    "KSampler": ("LATENT",),
    "VAEDecode": ("IMAGE",),
    "SaveImage": (),
}
TITLES = {
    "CheckpointLoaderSimple": "Load Checkpoint",
    "CLIPTextEncode": "CLIP Text Encode (Prompt)",
    "EmptyLatentImage": "Empty Latent Image",
    "LoadImage": "Load Image",
    "ImageScale": "Upscale Image",
    "VAEEncode": "VAE Encode",
    "KSampler": "KSampler",
    "VAEDecode": "VAE Decode",
    "SaveImage": "Save Image",
}


def text_to_image(run: dict[str, Any], checkpoint: str) -> Graph:
    """Return the default graph."""
    graph = _sampling(run, checkpoint, ["5", 0], 1.0)
    graph["5"] = _node("EmptyLatentImage", width=256, height=256, batch_size=1)
    return graph


def image_to_image(run: dict[str, Any], checkpoint: str, file_name: str, sha256: str) -> Graph:
    """Return the graph that loads `file_name`, brings it to size and starts the sampler from it."""
    graph = _sampling(run, checkpoint, ["12", 0], run["strength"])
    graph["10"] = _node("LoadImage", image=file_name) | {"is_changed": [sha256]}
    graph["11"] = _node(
        "ImageScale", upscale_method="lanczos", width=256, height=256, crop="disabled", image=["10", 0]
    )
    graph["12"] = _node("VAEEncode", pixels=["11", 0], vae=["4", 2])
    return graph


def pnginfo(graph: Graph) -> PngInfo:
    """Return the chunks in the order of `SaveImage`."""
    info = PngInfo()
    info.add_text("prompt", json.dumps(graph))
    info.add_text("workflow", json.dumps(_workflow(graph)))
    return info


def _sampling(run: dict[str, Any], checkpoint: str, latent: list[Any], denoise: float) -> Graph:
    return {
        "3": _node(
            "KSampler",
            seed=run["seed"],
            steps=run["steps"],
            cfg=run["guidance"],
            sampler_name="ddim",
            scheduler="ddim_uniform",
            denoise=denoise,
            model=["4", 0],
            positive=["6", 0],
            negative=["7", 0],
            latent_image=latent,
        ),
        "4": _node("CheckpointLoaderSimple", ckpt_name=checkpoint),
        "6": _node("CLIPTextEncode", text=run["prompt"], clip=["4", 1]),
        "7": _node("CLIPTextEncode", text="", clip=["4", 1]),
        "8": _node("VAEDecode", samples=["3", 0], vae=["4", 2]),
        "9": _node("SaveImage", filename_prefix="ComfyUI", images=["8", 0]),
    }


def _node(class_type: str, **inputs: Any) -> dict[str, Any]:
    return {"inputs": inputs, "class_type": class_type, "_meta": {"title": TITLES[class_type]}}


def _workflow(graph: Graph) -> dict[str, Any]:
    """Lay the graph out as the editor saves it (schema 0.4): links apart, other inputs as widget values."""
    links: list[list[Any]] = []
    for name, node in graph.items():
        wired = [(key, value) for key, value in node["inputs"].items() if isinstance(value, list)]
        for slot, (_, (origin, output)) in enumerate(wired):
            kind = SLOTS[graph[origin]["class_type"]][output]
            links.append([len(links) + 1, int(origin), output, int(name), slot, kind])
    nodes = [
        _editor_node(order, name, graph[name], links) for order, name in enumerate(sorted(graph, key=int))
    ]
    return {
        "last_node_id": max(map(int, graph)),
        "last_link_id": len(links),
        "nodes": nodes,
        "links": links,
        "groups": [],
        "config": {},
        "extra": {"ds": {"scale": 1.0, "offset": [0, 0]}},
        "version": 0.4,
    }


def _editor_node(order: int, name: str, node: dict[str, Any], links: list[list[Any]]) -> dict[str, Any]:
    kind, number = node["class_type"], int(name)
    incoming = [link for link in links if link[3] == number]
    wired = [key for key, value in node["inputs"].items() if isinstance(value, list)]
    widgets = [value for value in node["inputs"].values() if not isinstance(value, list)]
    if kind == "KSampler":
        widgets.insert(1, "fixed")  # "control after generate" exists in the editor only
    if kind == "LoadImage":
        widgets.append("image")
    outputs = [
        {
            "name": slot,
            "type": slot,
            "links": [link[0] for link in links if link[1] == number and link[2] == index],
            "slot_index": index,
        }
        for index, slot in enumerate(SLOTS[kind])
    ]
    return {
        "id": number,
        "type": kind,
        "pos": [60 + 340 * (order % 4), 80 + 300 * (order // 4)],
        "size": [315, 262],
        "flags": {},
        "order": order,
        "mode": 0,
        "inputs": [
            {"name": key, "type": link[5], "link": link[0]} for key, link in zip(wired, incoming, strict=True)
        ],
        "outputs": outputs,
        "properties": {"Node name for S&R": kind},
        "widgets_values": widgets,
    }
