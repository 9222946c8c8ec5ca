"""Generative AI for Krita (krita-ai-diffusion): A1111-style text with `Model hash: unknown`, and XMP.

From the plug-in's source (ai_diffusion/text.py):

1. `Denoising strength` is written when it is not 1: the canvas went in.
2. Newer versions write XMP `DigitalSourceType`: `compositeWithTrainedAlgorithmicMedia` for every kind of work that
   uses the canvas (fill, refine, enlarge), `trainedAlgorithmicMedia` for a generation from nothing.
3. Control and reference layers are written nowhere. So a generation from nothing is "not recorded", not "no".
"""

from __future__ import annotations

import re

from myself_i2i.inspection._settings import Writer, evidence_of, extras_of, find_infotext, writer_of
from myself_i2i.inspection.interface import Answer, Evidence, ImageInput, Material, Mode, Reading, Role
from myself_i2i.wording import Text

__all__ = ["read"]

MAX_XMP = 1_000_000
"""Most characters of XMP searched."""

_SOURCE_TYPE = re.compile(r"DigitalSourceType\s{0,9}(?:=\s{0,9}[\"']|>)([^\"'<]{1,200})")

_LAYERS_UNTOLD = Text(
    en="control and reference layers are not written by this plug-in",
    ja="このプラグインは、制御用や参照用のレイヤーを書き残しません",
)
_CANVAS_GIVEN = Text(
    en="the canvas went in; whether as a whole or as a selection to fill is not written",
    ja="キャンバスが入力されています。全体だったか、塗り直す選択範囲だったかは書かれていません",
)
_CANVAS = Text(en="the Krita canvas", ja="Kritaのキャンバス")


def read(material: Material) -> Reading | None:
    """Return what the plug-in's text and XMP record, or None when the text is not its own."""
    found = find_infotext(material)
    if found is None or writer_of(found[0]) is not Writer.KRITA:
        return None
    info, place = found
    match = _SOURCE_TYPE.search((material.xmp or "")[:MAX_XMP])
    source_type = match[1] if match else ""
    strength = info.number("Denoising strength")
    refined = strength is not None and 0 <= strength < 1
    composite = "compositeWithTrained" in source_type
    evidence = evidence_of(info, place, ["Denoising strength", "Model hash"])
    if source_type:
        evidence = (*evidence, Evidence("XMP DigitalSourceType", source_type))
    notes = [_LAYERS_UNTOLD]
    if refined or composite:
        mode = Mode.I2I if refined else Mode.INPAINT
        notes.append(_CANVAS_GIVEN)
    else:
        mode = Mode.T2I if source_type else Mode.UNKNOWN
    return Reading(
        tool="Krita AI Diffusion",
        mode=mode,
        image_input=Answer.YES if refined or composite else Answer.NOT_RECORDED,
        inputs=(ImageInput(role=Role.INIT, note=_CANVAS),) if refined or composite else (),
        strength=strength if refined else None,
        model=info.get("Model") or None,
        extras={key: value for key, value in extras_of(info).items() if key != "model_hash"},
        evidence=evidence,
        notes=tuple(notes),
    )
