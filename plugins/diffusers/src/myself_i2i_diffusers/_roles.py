"""What a picture is used for, told from its argument's name and the pipeline's class.

Most names say it themselves (`mask_image`). `image` does not: it is the control picture of a ControlNet pipeline, the
start of an img2img one, a reference of an unCLIP one. There the class decides, most derived class first, so that a
custom subclass inherits its parent's meaning; then what else `__call__` takes; else the role is "unknown".

Read from the signatures of every pipeline class of diffusers 0.42.1.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

__all__ = ["Way", "is_film", "is_unhashable", "role_of", "way_of"]

_PLAIN = re.compile(
    r"^(init_?|input_?|source_?|original_?|raw_?|cond_|first_|last_|start_|end_|background_)?"
    r"(images?|img|pictures?|photos?|videos?|frames?)$|^conditions$"
)
"""Names that say only "a picture"."""
_NO_PICTURE = re.compile(
    r"prompt|text(?!_image)|attention|encoder|pooled|token|input_ids|audio|timesteps|sigmas|padding|caption|c2w|intrinsics"
)
"""Arrays under these names are words, sound, schedules or cameras."""
_EMBEDDING = re.compile(
    r"image_embed|image_embedding|clip_latents|id_vit|id_cond|(?<!prompt)_embeds?(_|$)|embedding"
)
_NAMED: tuple[tuple[re.Pattern[str], str], ...] = (
    (_EMBEDDING, "unknown"),
    (re.compile(r"latents?($|_)|^noise$"), "latent"),
    (re.compile(r"mask"), "mask"),
    (re.compile(r"style"), "style"),
    (re.compile(r"ip_adapter|ref|example|gligen|input_images|text_image"), "reference"),
    (
        re.compile(r"control|condtioning|conditioning|hint|depth|pose|face_video|kps|canny|sketch|scribble"),
        "control",
    ),
)
"""Names that say what the picture is for; the first that fits."""

_CLASSES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"UnCLIP|Variation|Redux|Emb2Emb|Cascade|ShapE|VisualCloze|UniDiffuser|DualGuided|WanAnimate|Prior"
        ),
        "reference",
    ),
    (
        re.compile(
            r"Img2Img|Image2Image|ImageToImage|I2I|Inpaint|Fill|Depth2Img|DiffEdit|Edit|Kontext|Pix2Pix|RePaint|"
            r"PaintByExample|CycleDiffusion"
        ),
        "init",
    ),
    (re.compile(r"Upscal|SuperResolution|SRPipeline|Upsampl|Refiner"), "init"),
    (
        re.compile(
            r"ToVideo|2Video|VideoTo|I2V|V2V|ToWorld|VideoDiffusion|VideoPipeline|I2VGen|PIA|AnimateDiff|Framepack|TI2V|"
            r"ConsisID|LTX|WanVACE|Cosmos|Helios|SanaWM|AnyFlow|EasyAnimate"
        ),
        "init",
    ),
    (re.compile(r"ControlNet|Control|Adapter"), "control"),
    (
        re.compile(
            r"Flux2|OmniGen|ZImageOmni|QwenImage21|QwenImageLayered|DreamLite|JoyImage|GlmImage|BriaFibo"
        ),
        "init",
    ),
    (re.compile(r"Marigold"), "init"),
)
"""What a plain `image` is, by a word in the class name; the first that fits."""

_UPSCALE = re.compile(r"Upscal|SuperResolution|SRPipeline|Upsampl")
_EDIT = re.compile(
    r"Edit|Kontext|Pix2Pix|I2IPipeline|Flux2|OmniGen|ZImageOmni|QwenImage21|DreamLite|JoyImage|GlmImage|BriaFibo2"
)
_FILM = re.compile(r"video|frames|film")
_NOT_A_PIPELINE = re.compile(r"Mixin$|^DiffusionPipeline$|^object$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a pipeline takes its pictures."""

    plain: str
    """The role of a picture whose argument says only "image"."""
    mode: str | None
    """The mode where the class itself says it and a picture went in: "upscale", "edit"."""
    control_is_start: bool = False
    """`control_image` is the picture that is painted over; so in pipelines with `control_mask` and no `image`."""


def way_of(kind: type, parameters: Collection[str]) -> Way:
    """Return how pipelines of this class, whose `__call__` takes these arguments, use their pictures."""
    names = [one.__name__ for one in kind.__mro__ if not _NOT_A_PIPELINE.search(one.__name__)]
    return Way(
        plain=_by_class(names) or _by_arguments(parameters),
        mode=_mode(names),
        control_is_start="control_mask" in parameters and "image" not in parameters,
    )


def role_of(name: str, way: Way) -> str | None:
    """Return the role of a picture under this argument; None where the name speaks of something else or of nothing."""
    if name == "control_image" and way.control_is_start:
        return "init"
    if _NO_PICTURE.search(name) and not _EMBEDDING.search(name):
        return None
    if _PLAIN.search(name):
        return way.plain
    for word, role in _NAMED:
        if word.search(name):
            return role
    return way.plain if re.search(r"image|img|picture|photo|video|frames", name) else None


def is_unhashable(name: str) -> bool:
    """Return whether the argument never carries a picture itself: an embedding, or a latent."""
    return bool(_EMBEDDING.search(name) or _NAMED[1][0].search(name))


def is_film(name: str) -> bool:
    """Return whether many pictures under this argument are the frames of one film."""
    return bool(_FILM.search(name))


def _by_class(names: list[str]) -> str | None:
    for name in names:
        for word, role in _CLASSES:
            if word.search(name):
                return role
    return None


def _by_arguments(parameters: Collection[str]) -> str:
    """Tell a custom pipeline, which may be called anything, by what else it takes."""
    if {"control_image", "strength", "mask_image", "image_guidance_scale", "num_frames"} & set(parameters):
        return "init"
    if {"controlnet_conditioning_scale", "adapter_conditioning_scale"} & set(parameters):
        return "control"
    return "unknown"


def _mode(names: list[str]) -> str | None:
    for name in names:
        if _UPSCALE.search(name):
            return "upscale"
        if _EDIT.search(name) and "Inpaint" not in name and "DiffEdit" not in name:
            return "edit"
    return None
