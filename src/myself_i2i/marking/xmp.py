"""What a mark writes into XMP, for tools that know no C2PA: IPTC Photo Metadata 2025.1, PLUS, Dublin Core.

XMP is unsigned by itself (the C2PA signature covers it afterwards) and any site may remove it. What the file already
says stays; only the keyword list is added to, and the digital source type is made to agree with the signed claim.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from myself_i2i.image import Properties, Xmp
from myself_i2i.marking.manifest import MarkContent, TrainingMining, Use, digital_source_type
from myself_i2i.predicates.tags import TAG, TagKind, keyword_tag

__all__ = ["WRITTEN_BY_MARK", "XmpFacts", "properties"]

WRITTEN_BY_MARK: Final = "myselfi2i:WrittenByMark"
"""Names of the properties that the mark wrote: a check must not take them for the file's own words."""

_DIGITAL_SOURCE_TYPE: Final = "Iptc4xmpExt:DigitalSourceType"
_SYSTEM: Final = "Iptc4xmpExt:AISystemUsed"
_SYSTEM_VERSION: Final = "Iptc4xmpExt:AISystemVersionUsed"
_PROMPT: Final = "Iptc4xmpExt:AIPromptInformation"
_PROMPT_WRITER: Final = "Iptc4xmpExt:AIPromptWriterName"
_SUBJECT: Final = "dc:subject"
_DATA_MINING: Final = "plus:DataMining"
_DMI: Final = "http://ns.useplus.org/ldf/vocab/"
"""https://ns.useplus.org/LDF/ldf-XMPSpecification, "Data Mining"; it has no word for use as a model's input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class XmpFacts:
    """What the maker lets into plain metadata; None leaves a field out."""

    system: str | None = None
    """The tool, IPTC "AI System Used", e.g. "ComfyUI"."""
    system_version: str | None = None
    """Its version; written only with `system`."""
    prompt: str | None = None
    """The prompt, only when the maker wants it public."""
    prompt_writer: str | None = None
    """Who wrote the prompt, as they want to be named."""


def properties(content: MarkContent, facts: XmpFacts, existing: Xmp) -> Properties:
    """Return the properties to write over `existing`; those of the file that stay are not among them."""
    wanted: dict[str, str | None] = {
        _SYSTEM: facts.system,
        _SYSTEM_VERSION: None if existing.get(_SYSTEM) or facts.system is None else facts.system_version,
        _PROMPT: facts.prompt,
        _PROMPT_WRITER: facts.prompt_writer,
        _DATA_MINING: _data_mining(content.training_mining),
    }
    said: dict[str, str | tuple[str, ...]] = {
        name: value for name, value in wanted.items() if value is not None and not existing.get(name)
    }
    source_type = digital_source_type(content.mode, content.image_input)
    if existing.first(_DIGITAL_SOURCE_TYPE) != source_type:
        said[_DIGITAL_SOURCE_TYPE] = source_type
    keywords = existing.get(_SUBJECT)
    if not any(_is_current(word) for word in keywords):
        said[_SUBJECT] = (*keywords, TAG.removeprefix("#"))
    if said:
        said[WRITTEN_BY_MARK] = tuple(sorted({*existing.get(WRITTEN_BY_MARK), *said}))
    return said


def _is_current(keyword: str) -> bool:
    tag = keyword_tag(keyword)
    return tag is not None and tag.kind is TagKind.CURRENT


def _data_mining(wish: TrainingMining) -> str | None:
    if wish.data_mining is Use.NOT_ALLOWED:
        return _DMI + "DMI-PROHIBITED"
    if wish.ai_training is Use.NOT_ALLOWED and wish.ai_generative_training is Use.NOT_ALLOWED:
        return _DMI + "DMI-PROHIBITED-AIMLTRAINING"
    if wish.ai_generative_training is Use.NOT_ALLOWED:
        return _DMI + "DMI-PROHIBITED-GENAIMLTRAINING"
    everything = (wish.data_mining, wish.ai_training, wish.ai_generative_training)
    return _DMI + "DMI-ALLOWED" if all(use is Use.ALLOWED for use in everything) else None
