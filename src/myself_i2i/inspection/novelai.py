"""NovelAI: PNG text, WebP EXIF, or the JSON hidden in the alpha channel; with the signature checked.

`request_type` says what was asked for, but references (vibe transfer, character reference) leave it at
"PromptGenerateRequest", so their lists are looked at too: empty lists and default values are always written, only
values decide. The input pictures are never named.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from myself_i2i.errors import VerificationError
from myself_i2i.image.pixel_hashes import rgb_bytes
from myself_i2i.inspection.interface import (
    Answer,
    Evidence,
    ImageInput,
    Material,
    Mode,
    Reading,
    Role,
    parse_json,
    shorten,
)
from myself_i2i.inspection.novelai_signature import PUBLIC_KEY, SIGNATURE_KEY, verify_signature
from myself_i2i.inspection.values import evidence, mapping, number, sequence, text, unit
from myself_i2i.wording import Text

__all__ = ["read"]

TOOL = "NovelAI"
WHERE = "NovelAI Comment"
REFERENCE_LISTS = (
    "director_reference_strengths",
    "director_reference_descriptions",
    "director_reference_images",
    "reference_strength_multiple",
    "reference_information_extracted_multiple",
    "reference_image_multiple",
)
OTHER_TOOLS = (
    "parameters",
    "prompt",
    "workflow",
    "sd-metadata",
    "Dream",
    "invokeai_metadata",
    "generation_data",
)
"""PNG texts of other tools: where one stands, the hidden text is not looked for (it costs a full decode)."""

UNCHECKED = Text(
    en="the signature could not be checked: the pixels cannot be read as RGB",
    ja="画素をRGBとして読めないため、署名を確認できませんでした",
)
NOT_HOLDING = Text(en="signature does not hold: {reason}", ja="署名の確認: {reason}")
RESTORED = Text(
    en="re-saved without its empty values; with them put back the signature holds",
    ja="空の値を省いて再保存されています。その値を補うと、署名が合います",
)
REQUEST_MISSING = Text(
    en="this file has no request_type; old NovelAI files do not tell text from image input",
    ja="request_typeがありません。古いNovelAIのファイルでは、文章だけか、画像も入力したかを区別できません",
)
REQUEST_UNKNOWN = Text(
    en="request_type “{request}” is not known here", ja="request_typeの値「{request}」の意味はわかりません"
)
VIBE_UNTOLD = Text(
    en="reference_strength has a value, but whether a vibe picture was given is not recorded",
    ja="reference_strengthに値がありますが、Vibe Transferの画像を渡したかどうかは記録されていません",
)


def read(material: Material, *, public_key: bytes = PUBLIC_KEY) -> Reading | None:
    """Return what a NovelAI file records, or None; `public_key` (raw Ed25519) is another one only in tests."""
    found = _from_text(material) or _from_exif(material) or _from_stealth(material)
    if found is None:
        return None
    where, record = found
    comment = _comment(record)
    attested, notes = _attest(comment, material, public_key)
    if comment.get(SIGNATURE_KEY) and attested is None and where != "stealth":
        # Clients that re-save the file rewrite its texts; the hidden copy is the one NovelAI wrote.
        hidden = _from_stealth(material, always=True)
        hidden_comment = _comment(hidden[1]) if hidden else {}
        if hidden_comment and _attest(hidden_comment, material, public_key)[0]:
            comment, attested, notes = hidden_comment, TOOL, []
    reading = _answer(comment, record)
    seen = [
        Evidence(f"NovelAI {key}", value) for key in ("Title", "Source") if (value := text(record.get(key)))
    ]
    return Reading(
        tool=TOOL,
        tool_version=text(record.get("Source")),
        mode=reading.mode,
        image_input=reading.image_input,
        inputs=reading.inputs,
        strength=reading.strength,
        model=text(record.get("Source")),
        extras=_extras(comment, record),
        attested_by=attested,
        evidence=(*reading.evidence, *evidence(WHERE, comment, SIGNATURE_KEY), *seen),
        notes=(*reading.notes, *notes),
    )


def _from_text(material: Material) -> tuple[str, Mapping[str, Any]] | None:
    keys = ("Title", "Description", "Software", "Source", "Comment")
    record = {key: value for key in keys if (value := material.text(key)) is not None}
    return ("text", record) if _is_novelai(record) else None


def _from_exif(material: Material) -> tuple[str, Mapping[str, Any]] | None:
    value = mapping(parse_json(material.exif("UserComment")))
    record: dict[str, Any] = (
        dict(value) if "Comment" in value else {"Comment": value} if _is_comment(value) else {}
    )
    software = material.exif("Software") or ""
    if software.startswith("NovelAI"):
        record.setdefault("Software", TOOL)
        record.setdefault("Source", software)
        record.setdefault("Description", material.exif("ImageDescription"))
    return ("exif", record) if _is_novelai(record) else None


def _from_stealth(material: Material, *, always: bool = False) -> tuple[str, Mapping[str, Any]] | None:
    container = material.container
    if not container.lossless or (not always and material.text(*OTHER_TOOLS) is not None):
        return None
    if not always and material.exif("UserComment"):
        return None
    record = mapping(parse_json(material.stealth))
    return ("stealth", record) if _is_novelai(record) else None


def _is_novelai(record: Mapping[str, Any]) -> bool:
    if text(record.get("Software")) == TOOL:
        return True
    return _is_comment(_comment(record))


def _is_comment(comment: Mapping[str, Any]) -> bool:
    # Any program may write a "Comment"; these keys together are NovelAI's.
    return SIGNATURE_KEY in comment or (
        "request_type" in comment and "sampler" in comment and "uc" in comment
    )


def _comment(record: Mapping[str, Any]) -> Mapping[str, Any]:
    value = record.get("Comment")
    return mapping(parse_json(value) if isinstance(value, str) else value)


def _attest(comment: Mapping[str, Any], material: Material, key: bytes) -> tuple[str | None, list[Text]]:
    if not comment.get(SIGNATURE_KEY):
        return None, []
    image = material.pixels
    if image is None or image.mode not in ("RGB", "RGBA"):
        return None, [UNCHECKED]
    try:
        signed = verify_signature(comment, rgb_bytes(image), image.size, public_key=key)
    except VerificationError as error:
        return None, [NOT_HOLDING.format(reason=error.message)]
    restored = signed.keys() - comment.keys()
    return TOOL, [RESTORED] if restored else []


def _answer(comment: Mapping[str, Any], record: Mapping[str, Any]) -> Reading:
    if text(comment.get("req_type")) or text(record.get("Title")) == "AI augmented image":
        return _reading(Mode.EDIT, Answer.YES, comment, record, [ImageInput(role=Role.INIT)], "req_type")
    request = text(comment.get("request_type")) or ""
    inputs, modes = _asked(request, comment), []
    if any(item.role is Role.MASK for item in inputs):
        modes.append(Mode.INPAINT)
    elif any(item.role is Role.INIT for item in inputs):
        modes.append(Mode.I2I)
    references = _references(comment, request)
    modes += [Mode.REFERENCE] if references else []
    controls = [ImageInput(role=Role.CONTROL)] if text(comment.get("controlnet_model")) else []
    modes += [Mode.CONTROLNET] if controls else []
    used = [*inputs, *references, *controls]
    keys = ("request_type", "strength", "img2img", *REFERENCE_LISTS, "controlnet_model")
    if used:
        mode = modes[0] if len(modes) == 1 else Mode.MIXED
        return _reading(mode, Answer.YES, comment, record, used, *keys)
    if request != "PromptGenerateRequest":
        note = REQUEST_UNKNOWN.format(request=shorten(request, 60)) if request else REQUEST_MISSING
        return _reading(Mode.UNKNOWN, Answer.NOT_RECORDED, comment, record, [], *keys, "noise", note=note)
    if number(comment.get("reference_strength")) is not None:
        more = (*keys, "reference_strength")
        return _reading(Mode.UNKNOWN, Answer.NOT_RECORDED, comment, record, [], *more, note=VIBE_UNTOLD)
    return _reading(Mode.T2I, Answer.NO, comment, record, [], *keys)


def _asked(request: str, comment: Mapping[str, Any]) -> list[ImageInput]:
    # Some clients join what was combined: "VibeTransfer+CharacterReference+Img2ImgRequest".
    parts = request.casefold().split("+")
    if any("infill" in part or "inpaint" in part for part in parts):
        return [ImageInput(role=Role.INIT), ImageInput(role=Role.MASK)]
    if any("img2img" in part for part in parts) or mapping(comment.get("img2img")):
        return [ImageInput(role=Role.INIT)]
    return []


def _references(comment: Mapping[str, Any], request: str) -> list[ImageInput]:
    passed = mapping(comment.get("extra_passthrough_testing"))
    lists = [sequence(source.get(key)) for source in (comment, passed) for key in REFERENCE_LISTS]
    count = max(len(items) for items in lists)
    if not count and any(word in request.casefold() for word in ("vibetransfer", "reference")):
        count = 1
    return [ImageInput(role=Role.REFERENCE)] * min(count, 100)


def _reading(
    mode: Mode,
    answer: Answer,
    comment: Mapping[str, Any],
    record: Mapping[str, Any],
    inputs: list[ImageInput],
    *keys: str,
    note: Text | None = None,
) -> Reading:
    strength = unit(mapping(comment.get("img2img")).get("strength"))
    strength = unit(comment.get("strength")) if strength is None else strength
    has_init = any(item.role is Role.INIT for item in inputs)
    seen = evidence(WHERE, comment, *keys)
    return Reading(
        tool=TOOL,
        mode=mode,
        image_input=answer,
        inputs=tuple(inputs),
        strength=strength if has_init else None,
        evidence=tuple(seen or evidence("NovelAI", record, "Software", "Title")),
        notes=(note,) if note else (),
    )


def _extras(comment: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    values = {
        "prompt": text(comment.get("prompt")) or text(record.get("Description")),
        "negative_prompt": text(comment.get("uc")),
        "seed": comment.get("seed"),
        "steps": comment.get("steps"),
        "sampler": text(comment.get("sampler")),
        "loras": sequence(comment.get("lora_unet_weights")) or None,
        "enhanced": comment.get("upscaled_enhance") or None,
        "director_tool": text(comment.get("req_type")),
    }
    return {key: value for key, value in values.items() if value is not None}
