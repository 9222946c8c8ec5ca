"""InvokeAI 1.x and 2.x: the `Dream` command line and `sd-metadata`.

Two things speak against `type: txt2img`: a `-I` in the command, and a `!fix FILE` in `postprocessing`, which
opens a finished picture again (outcrop, outpaint, upscale) while the old record is copied along. `orig_hash` is the
sha256 of the init file. The web page puts the whole init picture into the command as a data URI.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from myself_i2i.inspection._words import EMBEDDED
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
from myself_i2i.inspection.values import dicts, evidence, mapping, sequence, shown, text, unit
from myself_i2i.wording import Text

__all__ = ["read"]

TOOL = "InvokeAI"
WHERE = "sd-metadata"
OUTPAINTERS = ("outcrop", "outpaint")
SHA256 = re.compile(r"[0-9a-f]{64}")
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\S+')
SETTING = re.compile(r"-[sSWHC][0-9.]*|--(steps|seed|width|height|cfg_scale)")
MAX_TOKENS = 4_000
MASK_PREVIEW = Text(
    en="a preview of a mask, no generation", ja="マスクを確かめるための画像で、生成されたものではありません"
)
TYPE_UNKNOWN = Text(
    en="type “{kind}” does not tell whether an image went in",
    ja="typeの値「{kind}」からは、画像を入力したかどうかわかりません",
)
EMPTY = Text(en="the record is empty", ja="記録の中身がありません")
FLAGS = {"-I": "init", "--init_img": "init", "-M": "mask", "--init_mask": "mask", "-f": "strength"}
FLAGS |= {"--strength": "strength", "-tm": "text_mask", "--text_mask": "text_mask", "-c": "outcrop"}
FLAGS |= {"--outcrop": "outcrop", "-D": "outpaint", "--out_direction": "outpaint", "-U": "upscale"}


@dataclass(frozen=True, slots=True)
class _Command:
    """A `Dream` command line, taken apart."""

    verb: str = ""
    """"!fix", "!mask", or empty for a generation."""
    file: str | None = None
    """The file a verb works on."""
    flags: Mapping[str, str] = field(default_factory=dict)
    """The flags that decide, by their name in `FLAGS`."""
    settings: bool = False
    """Whether steps, size, seed or scale are set, as in every real generation."""


def read(material: Material) -> Reading | None:
    """Return what an InvokeAI 1.x or 2.x file records, or None."""
    line = material.text("Dream", "dream")
    record = mapping(parse_json(material.text("sd-metadata")))
    if line is None and not record:
        return None
    image = mapping(record.get("image")) or next(iter(dicts(record.get("images"))), {})
    command = _parse(line or "")
    reading = _answer(command, image)
    own_lines = [Evidence("Dream", shorten(line))] if line else []
    keys = (
        "type",
        "init_img",
        "init_mask",
        "orig_hash",
        "strength_steps",
        "strength",
        "postprocessing",
        "upscale",
    )
    return Reading(
        tool=TOOL,
        tool_version=text(record.get("app_version")),
        mode=reading.mode,
        image_input=reading.image_input,
        inputs=reading.inputs,
        strength=reading.strength,
        model=text(record.get("model_id")) or text(record.get("model_weights")) or text(record.get("model")),
        extras=_extras(record, image),
        evidence=(*evidence(f"{WHERE} image", image, *keys), *own_lines)
        or (Evidence(WHERE, shown(dict(record))),),
        notes=reading.notes,
    )


def _parse(line: str) -> _Command:
    tokens = [
        match.group() for _, match in zip(range(MAX_TOKENS), TOKEN.finditer(line[:2_000_000]), strict=False)
    ]
    verb = tokens[0] if tokens and tokens[0].startswith("!") else ""
    file = _bare(tokens[1]) if verb and len(tokens) > 1 else None
    flags: dict[str, str] = {}
    for index, token in enumerate(tokens):
        following = _bare(tokens[index + 1]) if index + 1 < len(tokens) else ""
        name, _, joined = token.partition("=")
        if name in FLAGS:
            flags.setdefault(FLAGS[name], _bare(joined) or following)
        elif token.startswith("-I") and ("/" in token or "." in token):
            flags.setdefault("init", _bare(token[2:]))
        elif re.fullmatch(r"-f[0-9.]+", token):
            flags.setdefault("strength", token[2:])
    return _Command(verb, file, flags, any(SETTING.fullmatch(token) for token in tokens))


def _bare(token: str) -> str:
    return token[1:-1] if len(token) > 1 and token[0] == token[-1] and token[0] in "\"'" else token


def _answer(command: _Command, image: Mapping[str, Any]) -> Reading:
    if command.verb == "!mask":
        return _reading(Mode.UNKNOWN, Answer.YES, [_input(Role.INIT, command.file)], MASK_PREVIEW)
    reopened = _reopened(image) or (command if command.verb == "!fix" else None)
    if reopened is not None:
        return _reading(_fix_mode(reopened, image), Answer.YES, [_input(Role.INIT, reopened.file)])
    kind = text(image.get("type")) or ""
    init = text(image.get("init_img")) or command.flags.get("init")
    mask = text(image.get("init_mask")) or command.flags.get("mask")
    digest = (text(image.get("orig_hash")) or "").lower()
    if init or mask or kind == "img2img" or SHA256.fullmatch(digest):
        inputs = [_input(Role.INIT, init, digest), *([_input(Role.MASK, mask)] if mask else [])]
        masked = mask or "text_mask" in command.flags or kind in ("inpainting", "unifiedCanvas")
        mode = Mode.OUTPAINT if kind == "outpainting" else Mode.INPAINT if masked else Mode.I2I
        return _reading(mode, Answer.YES, inputs, strength=_strength(command, image))
    # A bare text ("<too lazy to implement>" on step images) is no command; every real one has settings.
    bare_text = not kind and not command.verb and not command.flags.keys() - {"strength", "upscale"}
    if kind == "txt2img" or (bare_text and command.settings):
        own_pass = bool(image.get("upscale")) or any(
            _is_upscale(item) for item in dicts(image.get("postprocessing"))
        )
        return _reading(Mode.UPSCALE if own_pass else Mode.T2I, Answer.NO, [])
    note = TYPE_UNKNOWN.format(kind=shorten(kind, 40)) if kind else EMPTY
    return _reading(Mode.UNKNOWN, Answer.NOT_RECORDED, [], note)


def _reopened(image: Mapping[str, Any]) -> _Command | None:
    for step in dicts(image.get("postprocessing")):
        command = _parse(text(step.get("dream_command")) or "")
        if command.verb == "!fix" or text(step.get("tool")) in OUTPAINTERS:
            tool = text(step.get("tool")) or ""
            return _Command(
                "!fix", command.file, {**command.flags, **({tool: tool} if tool in OUTPAINTERS else {})}
            )
    return None


def _fix_mode(command: _Command, image: Mapping[str, Any]) -> Mode:
    tools = {text(step.get("tool")) for step in dicts(image.get("postprocessing"))}
    if any(name in command.flags for name in OUTPAINTERS):
        return Mode.OUTPAINT
    if "upscale" in command.flags or tools & {"upscale", "embiggen"}:
        return Mode.UPSCALE
    return Mode.EDIT


def _is_upscale(step: Mapping[str, Any]) -> bool:
    return text(step.get("type")) in ("esrgan", "upscale") or text(step.get("tool")) in ("esrgan", "upscale")


def _input(role: Role, name: str | None, digest: str = "") -> ImageInput:
    sha256 = digest if SHA256.fullmatch(digest) else None
    if name and name.startswith("data:"):
        return ImageInput(role=role, sha256=sha256 or _embedded(name), note=EMBEDDED)
    return ImageInput(role=role, name=name, sha256=sha256)


def _embedded(uri: str) -> str | None:
    """Return the sha256 of the picture inside a data URI."""
    try:
        data = base64.b64decode(uri.partition("base64,")[2], validate=True)
    except (binascii.Error, ValueError):
        return None
    return hashlib.sha256(data).hexdigest() if data else None


def _strength(command: _Command, image: Mapping[str, Any]) -> float | None:
    values = [
        unit(image.get("strength_steps")),
        unit(image.get("strength")),
        unit(command.flags.get("strength")),
    ]
    return next((value for value in values if value is not None), None)


def _reading(
    mode: Mode,
    answer: Answer,
    inputs: list[ImageInput],
    note: Text | None = None,
    *,
    strength: float | None = None,
) -> Reading:
    notes = (note,) if note else ()
    return Reading(
        tool=TOOL, mode=mode, image_input=answer, inputs=tuple(inputs), strength=strength, notes=notes
    )


def _extras(record: Mapping[str, Any], image: Mapping[str, Any]) -> dict[str, Any]:
    prompts = [text(item.get("prompt")) for item in dicts(image.get("prompt"))] or [text(image.get("prompt"))]
    values = {
        "prompt": " ".join(prompt for prompt in prompts if prompt) or None,
        "seed": image.get("seed"),
        "steps": image.get("steps"),
        "sampler": text(image.get("sampler")),
        "model_hash": text(record.get("model_hash")),
        "variations": sequence(image.get("variations")) or None,
    }
    return {key: value for key, value in values.items() if value is not None}
