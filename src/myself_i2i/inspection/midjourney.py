"""Midjourney: PNG `Description` (or EXIF/XMP) with the prompt, its parameters and the job id.

Pictures given in the prompt stand in it: addresses at the start, `--sref`, `--cref`, `--oref`, `--iw`. What is not
marked: upscales, variations, and pictures given to the web editor. Until the editor took outside pictures (24 October
2024) a prompt without a picture therefore means that none was loaded; later it does not tell.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from myself_i2i.inspection._words import ON_THE_WEB
from myself_i2i.inspection.interface import (
    Answer,
    Evidence,
    ImageInput,
    Material,
    Mode,
    Reading,
    Role,
    shorten,
)
from myself_i2i.wording import Text

__all__ = ["EDITOR_OPENED", "read"]

TOOL = "Midjourney"
EDITOR_OPENED = datetime(2024, 10, 24, tzinfo=UTC)
"""When the editor began to take pictures from outside."""

JOB = re.compile(r"\bJob ID:\s*([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})", re.IGNORECASE)
ADDRESS = re.compile(r"<?(https?://[^\s<>\"]+)>?", re.IGNORECASE)
PARAMETER = re.compile(r"(?:^|\s)--([a-z]+)\b([^\n]*?)(?=\s--[a-z]|\s*Job ID:|$)", re.IGNORECASE | re.DOTALL)
REFERENCES = {"sref": Role.STYLE, "cref": Role.REFERENCE, "oref": Role.REFERENCE, "dref": Role.CONTROL}
MAX_TEXT = 100_000
"""Longest description looked at; Midjourney's own prompts are far shorter."""
NOT_MARKED = Text(
    en="Midjourney does not mark upscales, variations and pictures given to its editor",
    ja="Midjourneyは、拡大やバリエーション、エディターに渡した画像を書き残しません",
)
WEIGHT_ONLY = Text(
    en="an image weight without an address", ja="画像の重み（--iw）だけが書かれ、URLはありません"
)


def read(material: Material) -> Reading | None:
    """Return what a Midjourney file records, or None."""
    found = _description(material)
    if found is None:
        return None
    where, line = found
    parameters = [(name.lower(), value.strip()) for name, value in PARAMETER.findall(line)]
    prompt = line.split(" --", 1)[0]
    inputs = [
        ImageInput(role=Role.REFERENCE, name=address, note=ON_THE_WEB) for address in ADDRESS.findall(prompt)
    ]
    inputs += _references(parameters)
    made = _made_at(material)
    answer = Answer.YES if inputs else Answer.NO if made and made < EDITOR_OPENED else Answer.NOT_RECORDED
    values = dict(parameters)
    version = values.get("v") or values.get("version") or values.get("niji")
    job = JOB.search(line)
    return Reading(
        tool=TOOL,
        tool_version=version or None,
        mode=Mode.REFERENCE if inputs else Mode.T2I,
        image_input=answer,
        inputs=tuple(inputs),
        model=f"niji {version}" if "niji" in values else version or None,
        extras={
            "prompt": prompt.strip(),
            "parameters": values,
            **({"job_id": job[1].lower()} if job else {}),
        },
        evidence=(
            *(
                Evidence(f"{where}: --{name}", shorten(value))
                for name, value in parameters
                if name in {*REFERENCES, "iw"}
            ),
            Evidence(where, shorten(line)),
            *([Evidence("PNG Creation Time", material.text("Creation Time") or "")] if made else []),
        ),
        notes=() if answer is not Answer.NOT_RECORDED else (NOT_MARKED,),
    )


def _description(material: Material) -> tuple[str, str] | None:
    places = [
        ("PNG Description", material.text("Description")),
        ("EXIF ImageDescription", material.exif("ImageDescription")),
        ("EXIF UserComment", material.exif("UserComment")),
    ]
    for where, line in places:
        if line is not None and JOB.search(line[:MAX_TEXT]):
            return where, line[:MAX_TEXT]
    return None


def _references(parameters: list[tuple[str, str]]) -> list[ImageInput]:
    inputs: list[ImageInput] = []
    for name, value in parameters:
        if name in REFERENCES:
            addresses = ADDRESS.findall(value)
            # A style may also be a number or "random": a code of Midjourney's own, no picture.
            inputs += [
                ImageInput(role=REFERENCES[name], name=address, note=ON_THE_WEB) for address in addresses
            ]
    if not inputs and any(name == "iw" for name, _ in parameters):
        inputs.append(ImageInput(role=Role.REFERENCE, note=WEIGHT_ONLY))
    return inputs


def _made_at(material: Material) -> datetime | None:
    try:
        made = parsedate_to_datetime(material.text("Creation Time") or "")
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return made if made.tzinfo else made.replace(tzinfo=UTC)
