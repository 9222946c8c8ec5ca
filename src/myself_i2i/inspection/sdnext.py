"""SD.Next (vladmandic): the "Steps: ..." text with `App: SD.Next`, `Pipeline` and `Operations`.

What decides (modules/processing_info.py over the years):

1. `Operations` is a set of what ran. With `txt2img` in it the picture began from text: `img2img`, `inpaint`, `hires`,
   `upscale`, `refine` and `detailer` beside it are passes over the tool's own picture.
2. `img2img` or `inpaint` without `txt2img` took a loaded picture (with `hires`, only if `Init image ...` is there);
   then `Init image hash` is the first 8 hex of the sha256 of its decoded pixels.
3. `control` with `Control model` or `Control type`, and `IP Adapter` and the face tools, took a picture. Early builds
   wrote `control` for everything started in that tab, with or without a picture.
4. The name of the pipeline says nothing of the input: edit models run from text too, with `Operations: txt2img`.
5. Texts of 2023 have no `Operations`; only `Init image ...` and mask settings are proof there.
"""

from __future__ import annotations

import re

from myself_i2i.inspection._control_units import control_units
from myself_i2i.inspection._later_work import Later, editor_of, enlarged
from myself_i2i.inspection._settings import (
    Writer,
    evidence_of,
    extras_of,
    find_infotext,
    names_edit_model,
    writer_of,
)
from myself_i2i.inspection._words import EDIT_MODEL, NOT_NAMED
from myself_i2i.inspection.infotext import Infotext
from myself_i2i.inspection.interface import Answer, ImageInput, Material, Mode, Reading, Role
from myself_i2i.wording import Text

__all__ = ["read"]

_MASKS = (
    "Mask blur",
    "Mask alpha",
    "Mask invert",
    "Mask content",
    "Mask area",
    "Mask padding",
    "Mask only",
    "Inpaint area",
)
_REFERENCES = (
    "IP Adapter",
    "PuLID",
    "InstantID",
    "PhotoMaker",
    "FaceID",
    "FaceSwap",
    "ReSwapper",
    "Redux",
    "InfiniteYou",
)
_REFERENCE_CONTROL = re.compile(r"reference|style", re.IGNORECASE)
_VIDEO = frozenset({"video", "image2video", "text2video"})
_SECOND = frozenset({"hires", "upscale"})
_BLANK_HASH = re.compile(r"[0-9a-f]{8}", re.IGNORECASE)

_OWN_HASH = Text(
    en="an init image hash stands beside txt2img; it may be of the tool's own picture",
    ja="txt2imgの記録にInit image hashがあります。ツールが自分で作った画像の値かもしれません",
)
_CONTROL_TAB = Text(
    en="started in the control tab, without a setting that says whether a picture was given",
    ja="Controlタブで作られていますが、画像を渡したかどうかを示す設定がありません",
)
_START_UNTOLD = Text(
    en="the operations do not say whether it began from text or from a picture",
    ja="Operationsの値からは、文章と画像のどちらから始めたかわかりません",
)
_DENOISE_EITHER_WAY = Text(
    en="builds of 2023 wrote a denoising strength with and without a loaded picture",
    ja="2023年のバージョンは、画像を読み込んでいなくてもDenoising strengthを書いていました",
)


def read(material: Material) -> Reading | None:
    """Return what an SD.Next text records, or None when there is none."""
    found = find_infotext(material)
    if found is None or writer_of(found[0]) is not Writer.SDNEXT:
        return None
    info, place = found
    operations = _operations(info)
    notes: list[Text] = []
    parts = _image_modes(info, operations, notes)
    mode, answer = _judge(info, operations, parts, notes)
    later = _later(material, info) if answer is Answer.NO else None
    if later is not None:
        answer = Answer.NOT_RECORDED
        notes.append(later[1])
    version = info.get("Version")
    return Reading(
        tool=_tool(info),
        tool_version=version,
        mode=mode,
        image_input=answer,
        inputs=_inputs(info, parts) if answer is Answer.YES else (),
        strength=_strength(info),
        model=info.get("Model") or None,
        extras=_extras(info, operations),
        evidence=(*evidence_of(info, place, _evidence_keys(info)), *((later[0],) if later else ())),
        notes=tuple(notes),
    )


def _tool(info: Infotext) -> str:
    app = (info.get("App") or "SD.Next").strip()
    return "SD.Next" if app.casefold().startswith("sd.next") else f"{app[:100]} (SD.Next-style text)"


def _operations(info: Infotext) -> frozenset[str]:
    text = (info.get("Operations") or "")[:1_000]
    return frozenset(part for part in re.split(r"[;,\s]+", text.casefold()) if part and part != "none")


def _image_modes(info: Infotext, operations: frozenset[str], notes: list[Text]) -> list[Mode]:
    """Return what loaded pictures did, one entry for each kind; empty when none is recorded."""
    parts: list[Mode] = []
    loaded = operations & {"img2img", "inpaint"} and "txt2img" not in operations
    certain = "hires" not in operations or _init_recorded(info)
    if (loaded and certain) or (not operations and _init_recorded(info)):
        parts.append(_init_mode(info, operations))
    elif info.key("Init image hash") is not None:
        notes.append(_OWN_HASH)
    if "control" in operations or info.starting("Control model", "Control type"):
        if info.starting("Control model", "Control type", "Control process"):
            kind = f"{info.get('Control type') or ''}"
            parts.append(Mode.REFERENCE if _REFERENCE_CONTROL.search(kind) else Mode.CONTROLNET)
        elif not parts:
            notes.append(_CONTROL_TAB)
    parts.extend(unit.mode for unit in control_units(info))
    if info.starting(*_REFERENCES):
        parts.append(Mode.REFERENCE)
    return parts


def _init_recorded(info: Infotext) -> bool:
    size = info.size("Init image size")
    return info.key("Init image hash", *_MASKS) is not None or (size is not None and 0 not in size)


def _init_mode(info: Infotext, operations: frozenset[str]) -> Mode:
    if "inpaint" in operations or info.key(*_MASKS) is not None:
        return Mode.OUTPAINT if "outpaint" in operations else Mode.INPAINT
    return (
        Mode.EDIT if names_edit_model(info.get("Pipeline"), info.get("Model")) or _edits(info) else Mode.I2I
    )


def _edits(info: Infotext) -> bool:
    return "edit" in (info.get("Pipeline") or "")[:200].casefold()


def _judge(
    info: Infotext, operations: frozenset[str], parts: list[Mode], notes: list[Text]
) -> tuple[Mode, Answer]:
    if parts:
        return (parts[0] if len(set(parts)) == 1 else Mode.MIXED), Answer.YES
    if not operations:
        return _judge_without_operations(info, notes)
    if "control" in operations or info.key("Init image hash") is not None or operations & _VIDEO:
        return Mode.UNKNOWN, Answer.NOT_RECORDED
    if "txt2img" not in operations:
        notes.append(_START_UNTOLD)
        return (Mode.UPSCALE if operations & _SECOND else Mode.UNKNOWN), Answer.NOT_RECORDED
    return (Mode.UPSCALE if operations & _SECOND else Mode.T2I), Answer.NO


def _judge_without_operations(info: Infotext, notes: list[Text]) -> tuple[Mode, Answer]:
    hires = info.starting("Hires ", "Second pass")
    if info.key("Denoising strength") is not None and not hires:
        notes.append(_DENOISE_EITHER_WAY)
        return Mode.UNKNOWN, Answer.NOT_RECORDED
    if names_edit_model(info.get("Pipeline"), info.get("Model")):
        notes.append(EDIT_MODEL)
        return Mode.UNKNOWN, Answer.NOT_RECORDED
    return (Mode.UPSCALE if hires else Mode.T2I), Answer.NO


def _later(material: Material, info: Infotext) -> Later | None:
    editor = editor_of(material.container)
    if editor is not None or info.key("Grid") is not None or info.starting("Script", "X Type", "X Values"):
        return editor
    size = info.size("Size")
    if size is None:
        return None
    factor = info.number("Hires scale", "Hires upscale")
    scaled = None
    if factor is not None and 0 < factor <= 100:  # noqa: PLR2004 - beyond any of the tool's sliders
        scaled = (round(size[0] * factor), round(size[1] * factor))
    after = info.size("Resize after", "Size after")
    return enlarged(
        material.container,
        size,
        scaled,
        info.size("Hires size"),
        info.size("Hires fixed", "Hires resize"),
        after,
    )


def _strength(info: Infotext) -> float | None:
    value = info.number("Denoising strength", "Hires strength")
    return value if value is not None and 0 <= value <= 1 else None


def _inputs(info: Infotext, parts: list[Mode]) -> tuple[ImageInput, ...]:
    inputs: list[ImageInput] = []
    digest = (info.get("Init image hash") or "").strip()
    if _BLANK_HASH.fullmatch(digest):
        inputs.append(ImageInput(role=Role.INIT, hashes={"pixels-sha256-8": digest.lower()}))
    roles = {Mode.CONTROLNET: Role.CONTROL, Mode.REFERENCE: Role.REFERENCE}
    for mode in dict.fromkeys(parts):
        role = roles.get(mode, Role.INIT)
        if role is not Role.INIT or not inputs:
            inputs.append(ImageInput(role=role, note=NOT_NAMED))
    return tuple(inputs)


def _evidence_keys(info: Infotext) -> list[str | None]:
    keys: list[str | None] = [
        "Operations",
        "Pipeline",
        "Init image hash",
        "Init image size",
        "Denoising strength",
    ]
    keys += [
        *_MASKS,
        *info.starting("Control ", *_REFERENCES)[:8],
        *info.starting("Hires ", "Second pass")[:4],
    ]
    return [*keys, "App", "Version", "Steps"]


def _extras(info: Infotext, operations: frozenset[str]) -> dict[str, object]:
    extras = extras_of(info)
    extras["operations"] = sorted(operations)[:20]
    pipeline = info.get("Pipeline")
    if pipeline:
        extras["pipeline"] = pipeline[:300]
    control = info.get("Control model")
    if control:
        extras["controlnets"] = [
            {"module": info.get("Control process"), "model": name.strip(), "weight": None}
            for name in control.split(";")[:20]
        ]
    return extras
