"""What an input takes, told by its declared type or, in an executed graph, by its name.

An executed graph does not declare types, but node authors name inputs alike: `pixels`, `latent_image`,
`positive`. The first pattern that fits decides; an unknown name is `Want.ANY`, taken as whatever was wanted.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from myself_i2i.inspection.comfyui.kinds import Want

__all__ = ["want_of"]

TYPES: Final[Mapping[str, Want]] = MappingProxyType(
    {
        "IMAGE": Want.IMAGE,
        "VIDEO": Want.IMAGE,
        "CLIP_VISION_OUTPUT": Want.IMAGE,
        "MASK": Want.MASK,
        "SEGS": Want.MASK,
        "LATENT": Want.LATENT,
        "CONDITIONING": Want.COND,
        "GUIDER": Want.COND,
        "MODEL": Want.MODEL,
        "CLIP": Want.CLIP,
        "STRING": Want.TEXT,
        "INT": Want.NUMBER,
        "FLOAT": Want.NUMBER,
        "BOOLEAN": Want.NUMBER,
        "NUMBER": Want.NUMBER,
        "VAE": Want.ASSET,
        "CONTROL_NET": Want.ASSET,
        "CLIP_VISION": Want.ASSET,
        "STYLE_MODEL": Want.ASSET,
        "UPSCALE_MODEL": Want.ASSET,
        "IPADAPTER": Want.ASSET,
        "INSIGHTFACE": Want.ASSET,
        "NOISE": Want.ASSET,
        "SAMPLER": Want.ASSET,
        "SIGMAS": Want.ASSET,
    }
)
"""Declared link types (ComfyUI `comfy_types/node_typing.py`, and the commonest of custom packs)."""

_NAMES: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), want)
    for pattern, want in (
        (r"clip_?vision_?out|vision_?embed|image_?embed|face_?embed|faceid_?embed|_embeds?$", Want.IMAGE),
        (
            (
                r"^(opt(ional)?_|.*refiner_|.*base_)?vae\d?$|clip_?vision|insight_?face|^face_?analysis|upscale_?model"
                r"|^sigmas$|^noise$|^sampler$|^control_?net(_model)?(_\d+)?$|^ip_?adapter(_model|_flux)?$|^instant_?id$"
                r"|^pulid(_flux)?$|^eva_?clip$|^style_model|^photomaker$|^brushnet$|^sam_|^bbox_|^segm_|detector"
                r"|motion_model|audio|camera|hypernetwork|^gligen|^seed$|^model_patch$|^scheduler$|^ella$|^birefnet|^rembg"
                r"|model_(name|path)|^(.*_)?(depth|dav2|da|florence2?|joy\w*|llm|blip|tagger|wd14|sam2?|seg\w*|birefnet"
                r"|face|pose|supir|ccsr|inpaint|lama|matting|rife|yolo\w*|ultralytics)_model$"
            ),
            Want.ASSET,
        ),
        (
            (
                r"(image|images|img|mask|video|frame|latent)_?(size|width|height|w|h|count|num(ber)?|index|ratio|limit"
                r"|name|path|weight|strength|format|quality|per_batch|load_cap)s?$|^batch_?(size|index|count)$"
            ),
            Want.NUMBER,
        ),
        (r"mask|^segs$|segmentation", Want.MASK),
        (r"^(image|images|pixels|img)", Want.IMAGE),
        (r"latent|^samples?(_?\w)?$|^stage_[bc]$|^ref_samples", Want.LATENT),
        (r"text|string|caption|^tags?$|^clip_[lg]$|^t5xxl$|^llama$|prompt(?!.*image)", Want.TEXT),
        (
            r"positive|negative|^cond|conditioning|^guider|^base_pos|^base_neg|^refiner_(pos|neg)|uncond",
            Want.COND,
        ),
        (
            (
                r"image|images|pixel|img|picture|photo|^video|frame|^hint|portrait|^face$|^source$|^destination$"
                r"|^reference|_ref$|^ref_|character|sketch|scribble|background|foreground|^subject|^input_\w*pic"
                r"|^(depth|canny|pose|normal|lineart)(_map|_image)?$"
            ),
            Want.IMAGE,
        ),
        (
            r"^(model|models|unet|diffusion_model)\d*$|^(base|refiner)_?model|model\d$|_model$|^opt_model",
            Want.MODEL,
        ),
        (r"^(opt_|base_|refiner_)?clip\d?$", Want.CLIP),
        (
            (
                r"width|height|^size|resolution|seed|steps?$|^cfg|denoise|strength|ratio|^int|^float|number|amount|weight|percent"
                r"|scale|factor|select|index|boolean|^switch$|^fps|length|duration|batch|count|^[abxyn]$"
            ),
            Want.NUMBER,
        ),
        (
            r"pipe|(^|_)ctx|context|bundle|stack|script|^data$|^inputs$|settings|parameters|options|tuple",
            Want.BUNDLE,
        ),
    )
)


@functools.lru_cache(maxsize=4096)
def want_of(name: str, declared: str = "") -> Want:
    """Return what the input `name` takes; its `declared` type decides where there is one."""
    if declared:
        known = TYPES.get(declared.strip().upper())
        if known is not None:
            return known
    short = name[:80]  # a name longer than this is an attack on the patterns, not a node
    for pattern, want in _NAMES:
        if pattern.search(short):
            return want
    return Want.ANY
