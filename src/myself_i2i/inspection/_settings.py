"""What every reader of a "Steps: ..." text needs: where the text stands, who wrote it, what to report of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from myself_i2i.inspection.infotext import Infotext, lora_tags, parse, parse_pairs
from myself_i2i.inspection.interface import Evidence, Material, shorten

__all__ = [
    "Place",
    "Writer",
    "evidence_of",
    "extras_of",
    "family_name",
    "find_infotext",
    "names_edit_model",
    "place_of",
    "writer_of",
]

Place = str
"""Where in the file a text stands, as evidence says it, e.g. "PNG parameters"."""

MAX_PROMPT = 20_000
"""Most characters of a prompt that are reported."""
MAX_OTHER = 60
"""Most further settings that are reported."""
MAX_OTHER_VALUE = 300
"""Most characters of one of them."""

_REPORTED = frozenset(
    {"steps", "sampler", "cfg scale", "seed", "size", "model", "model hash", "version", "app", "lora hashes"}
)
_VERSION_OF_A1111_FAMILY = re.compile(r"v?\d+\.\d|f\d+\.|classic|neo|forge|reforge|<none>", re.IGNORECASE)
_GIT_HASH = re.compile(r"[0-9a-f]{7,40}")
_NODE_SAMPLER = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")
_EDIT_MODEL = re.compile(
    r"kontext|pix2pix|image[-_ ]?edit|[-_ ]edit(?:ing)?\b|omnigen|chronoedit|step1x|hidream[-_ ]?e1",
    re.IGNORECASE,
)


class Writer(StrEnum):
    """Which program wrote a "Steps: ..." text."""

    A1111 = "AUTOMATIC1111 family"
    SDNEXT = "SD.Next"
    FOOOCUS = "Fooocus"
    CIVITAI = "Civitai"
    KRITA = "Krita AI Diffusion"
    COMFYUI = "ComfyUI"
    OTHER = "unknown"


def find_infotext(material: Material) -> tuple[Infotext, Place] | None:
    """Return the file's generation text and where it stands, or None.

    Pixels are decoded for the hidden text (stealth PNG info) only when the file has no other text that could be
    the record: decoding costs a hundred times more than everything else here.
    """
    container = material.container
    places: list[tuple[Place, str | None]] = [
        ("PNG parameters", material.text("parameters", "Parameters")),
        ("EXIF UserComment", material.exif("UserComment")),
        *(
            (f"PNG {entry.keyword}", entry.text)
            for entry in container.texts
            if entry.keyword in {"UserComment", "Comment"}
        ),
        ("EXIF XPComment", material.exif("XPComment")),
        *(("JPEG comment", comment) for comment in container.comments),
    ]
    for place, text in places:
        info = parse(text)
        if info is not None:
            return info, place
    if container.lossless and not container.texts and not container.exif:
        info = parse(material.stealth)
        if info is not None:
            return info, "text hidden in the pixels"
    return None


def place_of(place: Place, key: str) -> str:
    """Return how evidence names the setting `key` at `place`."""
    return f"{place}: {key}"


def evidence_of(info: Infotext, place: Place, keys: Iterable[str | None]) -> tuple[Evidence, ...]:
    """Return the settings `keys` (None and unknown ones are left out) as evidence, each once."""
    wanted = dict.fromkeys(found for key in keys if key is not None and (found := info.key(key)) is not None)
    return tuple(Evidence(place_of(place, key), shorten(info.fields[key])) for key in wanted)


def writer_of(info: Infotext) -> Writer:
    """Return which program wrote `info`, by the settings only it writes; `OTHER` when none is known to.

    `OTHER` matters: tools that imitate the text leave out that an image went in, so their silence means nothing.
    """
    version = (info.get("Version") or "").strip()
    folded = version.casefold()
    app = (info.get("App") or "").casefold()
    signs = (
        (Writer.COMFYUI, folded.startswith("comfyui")),
        (Writer.FOOOCUS, "fooocus" in folded),
        (Writer.SDNEXT, app.startswith("sd.next") or _in_sdnext_style(info, version, app)),
        (Writer.OTHER, bool(app)),
        (Writer.CIVITAI, not version and info.key("Civitai resources", "Civitai metadata") is not None),
        (Writer.KRITA, (info.get("Model hash") or "").casefold() == "unknown"),
    )
    return next((writer for writer, shown in signs if shown), None) or _a1111_or_other(info, version)


def _in_sdnext_style(info: Infotext, version: str, app: str) -> bool:
    # `Operations` says what ran, whoever wrote it. Before `App` was written (2023), SD.Next is known by a bare git
    # hash as version and by settings of its own.
    if info.key("Operations") is not None:
        return True
    own = info.key("Parser", "Backend", "Pipeline") is not None
    return not app and (own or (_GIT_HASH.fullmatch(version) is not None and info.key("Sampler") is not None))


def _a1111_or_other(info: Infotext, version: str) -> Writer:
    if version:
        return Writer.A1111 if _VERSION_OF_A1111_FAMILY.match(version) else Writer.OTHER
    if info.key("Steps") is None:
        return Writer.A1111 if info.starting("Postprocess ") else Writer.OTHER
    sampler = info.get("Sampler")
    if not sampler or _NODE_SAMPLER.fullmatch(sampler) or info.key("Seed") is None:
        return Writer.OTHER  # AUTOMATIC1111 always writes both, and never ComfyUI's names of samplers
    # Builds that write these also write "Version"; a text with the one and not the other is an imitation.
    newer = info.key("Hashes", "Schedule type", "Distilled CFG Scale", "Module 1", "Beta schedule")
    return Writer.OTHER if newer is not None else Writer.A1111


def family_name(version: str) -> str:
    """Return which of the A1111 family wrote a text, by its `Version`."""
    folded = version.casefold()
    if "neo" in folded:
        return "Forge Neo"
    if "classic" in folded:
        return "Forge Classic"
    if re.match(r"f\d+\.\d+\.\d+v2-v|reforge", folded):
        return "reForge"
    return "Forge" if re.match(r"f\d|forge", folded) else "AUTOMATIC1111"


def names_edit_model(*names: str | None) -> bool:
    """Return whether a model or pipeline of that name is made to edit a given picture."""
    return any(_EDIT_MODEL.search(name[:500]) is not None for name in names if name)


def extras_of(info: Infotext) -> dict[str, Any]:
    """Return what is recorded and not judged, JSON-ready and bounded: prompt, seed, LoRAs and the like."""
    extras: dict[str, Any] = {"prompt": shorten(info.prompt, MAX_PROMPT)}
    if info.negative_prompt:
        extras["negative_prompt"] = shorten(info.negative_prompt, MAX_PROMPT)
    for name, key in (("sampler", "Sampler"), ("model_hash", "Model hash"), ("size", "Size"), ("vae", "VAE")):
        value = info.get(key)
        if value:
            extras[name] = shorten(value)
    for name, key in (("seed", "Seed"), ("steps", "Steps")):
        value = info.get(key)
        if value:
            extras[name] = int(value) if re.fullmatch(r"-?\d{1,20}", value, re.ASCII) else shorten(value)
    loras = _loras(info)
    if loras:
        extras["loras"] = loras
    embeddings = list(parse_pairs(info.get("TI hashes") or ""))
    if embeddings:
        extras["embeddings"] = embeddings
    hypernet = info.get("Hypernet", "Hypernetwork")
    if hypernet:
        extras["hypernetworks"] = [shorten(hypernet)]
    other = {
        key: shorten(value, MAX_OTHER_VALUE)
        for key, value in info.fields.items()
        if key.casefold() not in _REPORTED
    }
    if other:
        extras["other"] = dict(list(other.items())[:MAX_OTHER])
    return extras


def _loras(info: Infotext) -> list[str]:
    names = dict.fromkeys(lora_tags(info.prompt))
    for key in ("Lora hashes", "Lora weights"):
        names.update(dict.fromkeys(parse_pairs(info.get(key) or "")))
    if "LoRA networks" in info.fields:  # SD.Next
        names.update(
            dict.fromkeys(part.strip() for part in info.fields["LoRA networks"].split(",") if part.strip())
        )
    return list(names)
