"""The infotext of the AUTOMATIC1111 family, key by key in the order in which each program writes it.

Read in `modules/processing.py` (AUTOMATIC1111 1.10, Forge 2.0.1) and `modules/processing_info.py` (SD.Next).
"""

from __future__ import annotations

import hashlib
import json
import struct
from typing import Any

from PIL import Image

__all__ = ["a1111", "exif_with_comment", "forge", "md5_of_pixels", "sdnext", "sha256_8_of_pixels"]

A1111_VERSION = "v1.10.1"
FORGE_VERSION = "f2.0.1v1.10.1-previous-669-gdfdcbab6"
SDNEXT_VERSION = "f903a36"


def md5_of_pixels(image: Image.Image) -> str:
    """Return `Init image hash` as AUTOMATIC1111 and Forge write it: MD5 of the decoded pixels."""
    return hashlib.md5(image.tobytes(), usedforsecurity=False).hexdigest()


def sha256_8_of_pixels(image: Image.Image) -> str:
    """Return `Init image hash` as SD.Next writes it: the first 8 hex digits of SHA-256 of the decoded pixels."""
    return hashlib.sha256(image.tobytes()).hexdigest()[:8]


def a1111(run: dict[str, Any], model: tuple[str, str], init: Image.Image | None = None) -> str:
    """Return the infotext of AUTOMATIC1111; `init` is the picture that went in, in the mode it was given."""
    keys = _common(run, model) | _init(run, init) | {"Version": A1111_VERSION}
    return _infotext(run["prompt"], keys)


def forge(run: dict[str, Any], model: tuple[str, str], init: Image.Image | None = None) -> str:
    """Return the infotext of Forge, with its hires keys when the run had a second pass."""
    hires: dict[str, Any] = {}
    size = 256
    if run["second_pass"] is not None:
        size = 128
        hires = {
            "Denoising strength": run["second_pass"],
            "Hires Module 1": "Use same choices",
            "Hires CFG Scale": run["guidance"],
            "Hires upscale": 2,
            "Hires upscaler": "Lanczos",
        }
    keys = _common(run, model, size) | _init(run, init) | hires | {"Version": FORGE_VERSION}
    return _infotext(run["prompt"], keys)


def sdnext(run: dict[str, Any], model: tuple[str, str], init: Image.Image | None = None) -> str:
    """Return the infotext of SD.Next; it writes the line "Negative prompt" also when that is empty."""
    keys: dict[str, Any] = {
        "Steps": run["steps"],
        "Size": "256x256",
        "Sampler": "DDIM",
        "Seed": run["seed"],
        "CFG scale": run["guidance"],
        "App": "SD.Next",
        "Version": SDNEXT_VERSION,
        "Pipeline": "ScenePipeline",
        "Operations": "txt2img" if init is None else "img2img",
        "Model": model[0],
        "Model hash": model[1],
    }
    if init is not None:
        keys |= {
            "Init image size": f"{init.width}x{init.height}",
            "Init image hash": sha256_8_of_pixels(init),
            "Denoising strength": run["strength"],
            "Resize mode": "Fixed",
        }
    return f"{run['prompt']}\nNegative prompt: \n{_line(keys)}"


def exif_with_comment(text: str) -> bytes:
    """Return EXIF with `text` as UserComment in UTF-16 BE, byte for byte as piexif lays it out."""
    comment = b"UNICODE\0" + text.encode("utf-16-be")
    header = b"MM" + struct.pack(">HI", 42, 8)
    pointer = struct.pack(">HHHIII", 1, 0x8769, 4, 1, 26, 0)
    entry = struct.pack(">HHHII", 1, 0x9286, 7, len(comment), 40)  # piexif ends this directory without a link
    return b"Exif\0\0" + header + pointer + entry + comment


def _common(run: dict[str, Any], model: tuple[str, str], size: int = 256) -> dict[str, Any]:
    name, digest = model
    return {
        "Steps": run["steps"],
        "Sampler": "DDIM",
        "Schedule type": "Automatic",
        "CFG scale": run["guidance"],
        "Seed": run["seed"],
        "Size": f"{size}x{size}",
        "Model hash": digest,
        "Model": name,
    }


def _init(run: dict[str, Any], init: Image.Image | None) -> dict[str, Any]:
    if init is None:
        return {}
    return {"Denoising strength": run["strength"], "Init image hash": md5_of_pixels(init)}


def _infotext(prompt: str, keys: dict[str, Any]) -> str:
    return f"{prompt}\n{_line(keys)}"


def _line(keys: dict[str, Any]) -> str:
    return ", ".join(f"{key}: {_quote(value)}" for key, value in keys.items())


def _quote(value: object) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if any(mark in text for mark in ",\n:") else text
