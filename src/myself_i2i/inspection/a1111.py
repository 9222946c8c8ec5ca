"""AUTOMATIC1111's web UI and its kin (Forge, Forge Classic, Forge Neo, reForge): the "Steps: ..." text.

What decides, from the tools' own sources (modules/processing.py and txt2img.py, img2img.py over the years):

1. The img2img tab writes `Denoising strength` and none of the `Hires ...` settings. Hires fix writes both, or, in
   2022, `First pass size`: a second pass over the tool's own picture.
2. `Mask blur` was written for every img2img until v1.5, later only with a mask; `Masked content`, `Inpaint area`
   and `Mask mode` always mean a mask.
3. ControlNet units took a picture; so did SD upscale, loopback, img2img alternative, `Init image hash`,
   `Image CFG scale`.
4. None of these: text to image. But the API of builds before v1.6 wrote a `Denoising strength` that nobody used,
   edit models take pictures through settings that are not written, and texts are copied to pictures that were
   enlarged or edited later. There, "not recorded".

Not recorded by any version: which file was loaded (except `Init image hash`), the mask, whether it was an outpaint.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from myself_i2i.inspection._control_units import ControlUnit, control_units
from myself_i2i.inspection._later_work import Later, editor_of, enlarged
from myself_i2i.inspection._settings import (
    Writer,
    evidence_of,
    extras_of,
    family_name,
    find_infotext,
    names_edit_model,
    writer_of,
)
from myself_i2i.inspection._words import EDIT_MODEL, NOT_NAMED
from myself_i2i.inspection.infotext import Infotext
from myself_i2i.inspection.interface import Answer, ImageInput, Material, Mode, Reading, Role
from myself_i2i.wording import Text

__all__ = ["read"]

_ELSEWHERE = frozenset({Writer.SDNEXT, Writer.FOOOCUS, Writer.CIVITAI, Writer.KRITA})
"""Texts that have a reader of their own."""
_MASK_KEYS = (
    "Masked content",
    "Inpaint area",
    "Masked area padding",
    "Mask mode",
    "Mask content",
    "Mask area",
)
_HIRES = ("Hires ", "First pass size", "Highres ")
_LOADED_PREFIXES = ("SD upscale ", "Ultimate SD upscale ", "Tiled Diffusion upscaler", "Loopback", "Outpaint")
_LOADED_KEYS = (
    "Denoising strength change factor",  # loopback
    "Final denoising strength",
    "Decode prompt",  # img2img alternative
    "Decode CFG scale",
    "Decode steps",
    "Init image hash",
    "Image CFG scale",
)
_LAYER_IMAGES = ("layerdiffusion_fg_image", "layerdiffusion_bg_image", "layerdiffusion_blend_image")
_MD5 = re.compile(r"[0-9a-fA-F]{32}")
_OLD_VERSION = re.compile(r"v?1\.[0-4](?:\D|\Z)")

_EXTRAS_TAB = Text(
    en="only the settings of the Extras tab are there: a picture was loaded and enlarged",
    ja="Extrasタブの設定だけが書かれています。画像を読み込んで拡大したものです",
)
_DENOISE_OF_API = Text(
    en="a denoising strength that builds of that time also wrote for text to image over the API",
    ja="Denoising strengthの値がありますが、当時のバージョンは、APIを使ったt2iでもこの値を書いていました",
)
_POSTPROCESSED = Text(
    en="enlarged or worked on in the Extras step; whether on a loaded file is not recorded",
    ja="Extras（後処理）で拡大や加工がされています。読み込んだファイルに行ったのかどうかは記録されていません",
)
_BY_A_NODE = Text(
    en="a node in ComfyUI wrote this text; it carries no graph, so what went in is not recorded in it",
    ja="ComfyUIのノードが書いたテキストです。グラフが付いていないため、何が入力されたかは記録されていません",
)
_IMITATION = Text(
    en="an unknown tool wrote this text in the style of another; it may leave out that an image went in",
    ja="別のツールと同じ書式の、書いたツールがわからないテキストです。画像の入力が省かれていることがあります",
)
_MASK_BLUR = Text(
    en="builds of that time wrote a mask blur with and without a mask; it may have been an inpaint",
    ja="当時のバージョンは、マスクがなくてもMask blurを書いていました。inpaintだった可能性もあります",
)


@dataclass
class _Case:
    """What one text shows, gathered before it is judged."""

    info: Infotext
    units: tuple[ControlUnit, ...]
    hires: tuple[str, ...]
    loaded: tuple[str, ...]
    masks: tuple[str, ...]
    notes: list[Text] = field(default_factory=list)

    @property
    def denoise(self) -> float | None:
        return self.info.number("Denoising strength")

    @property
    def edits(self) -> bool:
        return self.info.key("Image CFG scale") is not None or names_edit_model(self.info.get("Model"))

    @property
    def version(self) -> str:
        return self.info.get("Version") or ""


def read(material: Material) -> Reading | None:
    """Return what an A1111-style text records, or None when there is none or another reader knows its writer."""
    if material.text("smproj", "parameters-json", "generation_data", "fooocus_scheme") is not None:
        return None
    found = find_infotext(material)
    if found is None:
        return None
    info, place = found
    writer = writer_of(info)
    if writer in _ELSEWHERE:
        return None
    case = _Case(
        info=info,
        units=control_units(info),
        hires=info.starting(*_HIRES),
        loaded=(*info.starting(*_LOADED_PREFIXES), *_present(info, _LOADED_KEYS), *_layer_images(info)),
        masks=_present(info, _MASK_KEYS),
    )
    mode, answer = _judge(case) if writer is Writer.A1111 else _unknown_writer(case, writer)
    later = _later(material, case) if answer is Answer.NO else None
    if later is not None:
        answer = Answer.NOT_RECORDED
        case.notes.append(later[1])
    return Reading(
        tool=_tool(case, writer),
        tool_version=info.get("Version"),
        mode=mode,
        image_input=answer,
        inputs=_inputs(case) if answer is Answer.YES else (),
        strength=_strength(case, mode),
        model=info.get("Model") or None,
        extras=_extras(case),
        evidence=(*evidence_of(info, place, _evidence_keys(case)), *((later[0],) if later else ())),
        notes=tuple(case.notes),
    )


def _judge(case: _Case) -> tuple[Mode, Answer]:
    """Return mode and answer for a text of the family, following the numbered rules of this module."""
    info = case.info
    if info.key("Steps") is None:
        case.notes.append(_EXTRAS_TAB)
        return Mode.UPSCALE, Answer.YES
    parts = [unit.mode for unit in case.units]
    if _is_img2img(case):
        parts.insert(0, _img2img_mode(case))
    if _layer_images(info):
        parts.append(Mode.REFERENCE)
    if parts:
        return _together(parts), Answer.YES
    if info.key("Denoising strength") is not None and not case.hires:
        case.notes.append(_DENOISE_OF_API)
        return Mode.UNKNOWN, Answer.NOT_RECORDED
    if case.edits:
        case.notes.append(EDIT_MODEL)
        return Mode.UNKNOWN, Answer.NOT_RECORDED
    if info.starting("Postprocess "):
        case.notes.append(_POSTPROCESSED)
        return Mode.UPSCALE, Answer.NOT_RECORDED
    return (Mode.UPSCALE if case.hires else Mode.T2I), Answer.NO


def _unknown_writer(case: _Case, writer: Writer) -> tuple[Mode, Answer]:
    case.notes.append(_BY_A_NODE if writer is Writer.COMFYUI else _IMITATION)
    return Mode.UNKNOWN, Answer.NOT_RECORDED


def _is_img2img(case: _Case) -> bool:
    if case.loaded and any(key not in _LAYER_IMAGES for key in case.loaded):
        return True
    if case.masks or (case.info.key("Mask blur") is not None and not case.hires):
        return True
    key = case.info.key("Denoising strength")
    if key is None or case.hires:
        return False
    if key == "Denoising Strength":
        return True  # builds of August 2022, which had neither an API nor hires fix
    if case.denoise == 0:
        return False
    # Between the first "Size" and v1.3 the img2img tab also wrote "Mask blur"; the API and the first hires fix did not.
    return bool(case.version) or case.info.key("Size") is None


def _img2img_mode(case: _Case) -> Mode:
    if case.info.starting("SD upscale ", "Ultimate SD upscale "):
        return Mode.UPSCALE
    if case.masks or case.info.starting("Outpaint"):
        return Mode.INPAINT
    if case.info.key("Mask blur") is not None and case.version and not _OLD_VERSION.match(case.version):
        return Mode.INPAINT
    if case.edits:
        return Mode.EDIT
    if case.info.key("Mask blur") is not None:
        case.notes.append(_MASK_BLUR)
    return Mode.I2I


def _together(parts: list[Mode]) -> Mode:
    distinct = set(parts)
    if len(distinct) == 1:
        return parts[0]
    # Tile, inpaint and line units that only guide an enlargement or a fill are part of that work.
    if distinct == {Mode.UPSCALE, Mode.CONTROLNET}:
        return Mode.UPSCALE
    return Mode.MIXED


def _later(material: Material, case: _Case) -> Later | None:
    """Return a sign of later work, for a text that would say "no"."""
    editor = editor_of(material.container)
    if editor is not None:
        return editor
    if (
        case.info.starting("Script", "X Type", "X Values", "Y Type", "Grid")
        or "Prompt matrix" in case.info.fields
    ):
        return None  # a sheet of several pictures is larger than each
    size = case.info.size("Size")
    if size is None and case.info.key("Size") is not None:
        return None
    return enlarged(material.container, size, *_hires_sizes(case, size))


def _hires_sizes(case: _Case, size: tuple[int, int] | None) -> tuple[tuple[int, int] | None, ...]:
    info = case.info
    factor = info.number("Hires upscale")
    scaled = None
    if size is not None and factor is not None and 0 < factor <= 100:  # noqa: PLR2004 - beyond any tool's slider
        scaled = (round(size[0] * factor), round(size[1] * factor))
    resized = info.size("Hires resize")
    if resized is not None and size is not None and 0 in resized and size[0] and size[1]:
        width, height = resized
        resized = (width or height * size[0] // size[1], height or width * size[1] // size[0])
    return scaled, resized


def _strength(case: _Case, mode: Mode) -> float | None:
    value = case.denoise
    if value is None or not 0 <= value <= 1 or (mode is Mode.UNKNOWN and value == 0):
        return None
    return value


def _inputs(case: _Case) -> tuple[ImageInput, ...]:
    inputs: list[ImageInput] = []
    digest = (case.info.get("Init image hash") or "").strip()
    if _MD5.fullmatch(digest):
        inputs.append(ImageInput(role=Role.INIT, hashes={"pixels-md5": digest.lower()}))
    elif _is_img2img(case):
        inputs.append(ImageInput(role=Role.INIT, note=NOT_NAMED))
    inputs.extend(ImageInput(role=unit.role, note=NOT_NAMED) for unit in case.units)
    return tuple(inputs)


def _evidence_keys(case: _Case) -> list[str | None]:
    keys: list[str | None] = ["Denoising strength", *case.masks, "Mask blur", *case.loaded, "First pass size"]
    keys += [*case.hires[:4], *(unit.key for unit in case.units), *case.info.starting("Postprocess ")[:3]]
    if case.info.key(*(key for key in keys if key)) is None:
        keys.append("Steps")  # what a plain text rests on: the settings line itself
    return [*keys, "Version", "Size"]


def _extras(case: _Case) -> dict[str, object]:
    extras = extras_of(case.info)
    if case.units:
        extras["controlnets"] = [unit.to_extra() for unit in case.units]
    if case.hires:
        extras["second_pass"] = {key: case.info.fields[key][:300] for key in case.hires[:20]}
    return extras


def _present(info: Infotext, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(key for name in names if (key := info.key(name)) is not None)


def _layer_images(info: Infotext) -> tuple[str, ...]:
    return tuple(key for key in _present(info, _LAYER_IMAGES) if info.fields[key].casefold() == "true")


def _tool(case: _Case, writer: Writer) -> str:
    if writer is Writer.COMFYUI:
        return "ComfyUI"
    if writer is Writer.OTHER:
        return "unknown (AUTOMATIC1111-style text)"
    return family_name(case.version)
