"""InvokeAI's and NovelAI's PNG texts, and a bare XMP packet that says "made by a trained model" and no more."""

from __future__ import annotations

import json
from typing import Any

from PIL.PngImagePlugin import PngInfo

__all__ = ["XMP", "invokeai", "novelai"]

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
   <Iptc4xmpExt:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def invokeai(run: dict[str, Any], model: tuple[str, str]) -> PngInfo:
    """Return InvokeAI's metadata and executed graph for text-to-image."""
    name, digest = model
    known = {"key": digest, "hash": f"blake3:{digest}", "name": name, "base": "sd-1", "type": "main"}
    metadata = {
        "generation_mode": "txt2img",
        "positive_prompt": run["prompt"],
        "negative_prompt": "",
        "width": 256,
        "height": 256,
        "seed": run["seed"],
        "rand_device": "cpu",
        "cfg_scale": run["guidance"],
        "cfg_rescale_multiplier": 0.0,
        "steps": run["steps"],
        "scheduler": "ddim",
        "clip_skip": 0,
        "model": known,
        "loras": [],
        "controlnets": [],
        "ipAdapters": [],
        "t2iAdapters": [],
        "app_version": "4.2.7",
    }
    info = PngInfo()
    info.add_text("invokeai_metadata", json.dumps(metadata))
    info.add_text("invokeai_graph", json.dumps(_graph(run, known, metadata)))
    return info


def _graph(run: dict[str, Any], model: dict[str, Any], metadata: dict[str, Any]) -> dict[str, Any]:
    nodes: dict[str, dict[str, Any]] = {
        "main_model_loader": {"type": "main_model_loader", "model": model},
        "positive_conditioning": {"type": "compel", "prompt": run["prompt"]},
        "negative_conditioning": {"type": "compel", "prompt": ""},
        "noise": {"type": "noise", "seed": run["seed"], "width": 256, "height": 256, "use_cpu": True},
        "denoise_latents": {
            "type": "denoise_latents",
            "steps": run["steps"],
            "cfg_scale": run["guidance"],
            "denoising_start": 0.0,
            "denoising_end": 1.0,
            "scheduler": "ddim",
        },
        "core_metadata": {"type": "core_metadata", **metadata},
        "latents_to_image": {"type": "l2i", "fp32": False},
    }
    last = "latents_to_image"
    for key, node in nodes.items():
        node |= {"id": key, "is_intermediate": key != last, "use_cache": key != last}
    wires = (
        ("main_model_loader.unet", "denoise_latents.unet"),
        ("main_model_loader.clip", "positive_conditioning.clip"),
        ("main_model_loader.clip", "negative_conditioning.clip"),
        ("positive_conditioning.conditioning", "denoise_latents.positive_conditioning"),
        ("negative_conditioning.conditioning", "denoise_latents.negative_conditioning"),
        ("noise.noise", "denoise_latents.noise"),
        ("denoise_latents.latents", "latents_to_image.latents"),
        ("main_model_loader.vae", "latents_to_image.vae"),
        ("core_metadata.metadata", "latents_to_image.metadata"),
    )
    edges = [{"source": _end(start), "destination": _end(stop)} for start, stop in wires]
    return {"id": "text_to_image_graph", "nodes": nodes, "edges": edges}


def _end(place: str) -> dict[str, str]:
    node, _, field = place.partition(".")
    return {"node_id": node, "field": field}


def novelai(run: dict[str, Any]) -> PngInfo:
    """Return NovelAI's PNG texts without `signed_hash`: only NovelAI can sign, and this is not theirs."""
    comment = {
        "prompt": run["prompt"],
        "steps": run["steps"],
        "height": 256,
        "width": 256,
        "scale": run["guidance"],
        "uncond_scale": 0.0,
        "cfg_rescale": 0.0,
        "seed": run["seed"],
        "n_samples": 1,
        "noise_schedule": "native",
        "legacy_v3_extend": False,
        "reference_information_extracted_multiple": [],
        "reference_strength_multiple": [],
        "sampler": "ddim_v3",
        "controlnet_strength": 1.0,
        "controlnet_model": None,
        "dynamic_thresholding": False,
        "dynamic_thresholding_percentile": 0.999,
        "dynamic_thresholding_mimic_scale": 10.0,
        "sm": False,
        "sm_dyn": False,
        "skip_cfg_above_sigma": None,
        "skip_cfg_below_sigma": 0.0,
        "lora_unet_weights": None,
        "lora_clip_weights": None,
        "uc": "",
        "request_type": "PromptGenerateRequest",
    }
    info = PngInfo()
    info.add_text("Title", "AI generated image")
    info.add_text("Description", run["prompt"])
    info.add_text("Software", "NovelAI")
    info.add_text("Source", "Stable Diffusion XL C1E1DE52")
    info.add_text("Generation time", str(run["seconds"]))
    info.add_text("Comment", json.dumps(comment))
    return info
