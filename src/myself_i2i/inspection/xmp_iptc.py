"""Plain XMP and IPTC: that AI took part, and which system; never how. The last resort.

`Iptc4xmpExt:DigitalSourceType` and the AI properties of IPTC Photo Metadata 2025.1 (`AISystemUsed`,
`AISystemVersionUsed`, `AIPromptInformation`), and `xmp:CreatorTool`. None of them can tell whether a picture went
in: `trainedAlgorithmicMedia` is also written for pictures made from pictures.
"""

from __future__ import annotations

import re

from myself_i2i.inspection._xmp_properties import IPTC_EXT, XMP, xmp_properties
from myself_i2i.inspection.interface import Answer, Evidence, Material, Mode, Reading, shorten
from myself_i2i.wording import Text

__all__ = ["AI_SOURCE_TYPES", "UNNAMED", "read"]

AI_SOURCE_TYPES = frozenset(
    {
        "trainedAlgorithmicMedia",
        "compositeWithTrainedAlgorithmicMedia",
        "compositeSynthetic",
        "algorithmicallyEnhanced",
    }
)
"""https://cv.iptc.org/newscodes/digitalsourcetype/: the terms under which a generator may have taken part."""
GENERATORS = re.compile(
    r"firefly|midjourney|dall.?e|chatgpt|stable.?diffusion|comfyui|novelai|imagen\b|gemini|invokeai|bing image|draw things",
    re.IGNORECASE,
)
PROPERTIES = (
    "DigitalSourceType",
    "AISystemUsed",
    "AISystemVersionUsed",
    "AIPromptInformation",
    "AIPromptWriterName",
)
UNNAMED = "not named"
"""Stands as `tool` where XMP names none."""
INPUT_UNTOLD = Text(
    en="XMP says that AI took part, not whether a picture went in",
    ja="XMPにはAIが使われたとありますが、画像を入力したかどうかは書かれていません",
)


def read(material: Material) -> Reading | None:
    """Return what XMP says of AI having taken part, or None when it says nothing of the kind."""
    if not material.xmp:
        return None
    properties = xmp_properties(material.xmp)
    found = {
        name: values[0].strip()
        for name in PROPERTIES
        if (values := properties.get((IPTC_EXT, name))) and values[0].strip()
    }
    creator = next(iter(properties.get((XMP, "CreatorTool"), [])), "").strip()
    source_type = found.get("DigitalSourceType", "").rstrip("/").rsplit("/", 1)[-1]
    by_ai = source_type in AI_SOURCE_TYPES or "AISystemUsed" in found
    if not by_ai and not GENERATORS.search(creator):
        return None
    named = creator if GENERATORS.search(creator) else None
    return Reading(
        tool=found.get("AISystemUsed") or named or UNNAMED,
        tool_version=found.get("AISystemVersionUsed"),
        mode=Mode.UNKNOWN,
        image_input=Answer.NOT_RECORDED,
        extras={"digital_source_type": source_type} if source_type else {},
        evidence=(
            *(Evidence(f"XMP Iptc4xmpExt:{name}", shorten(value)) for name, value in found.items()),
            *([Evidence("XMP xmp:CreatorTool", shorten(creator))] if creator else []),
        ),
        notes=(INPUT_UNTOLD,),
    )
