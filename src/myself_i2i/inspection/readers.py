"""The readers, in order of precedence: the first one that found something names the tool."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from myself_i2i.inspection import (
    a1111,
    civitai,
    comfyui,
    contentcredentials,
    drawthings,
    easydiffusion,
    fooocus,
    hfspace,
    imaginairy,
    invokeai,
    invokeai_legacy,
    krita,
    midjourney,
    novelai,
    sdnext,
    stabilitymatrix,
    swarmui,
    tensorart,
    xmp_iptc,
)
from myself_i2i.inspection.interface import Material, Reading

__all__ = ["READERS", "Directness", "ListedReader"]


class Directness(IntEnum):
    """How close a record stands to what ran; a higher one decides when two disagree."""

    HINT = 0
    """Says that AI was used, not how (XMP, IPTC)."""
    SUMMARY = 1
    """A text or claim about the run, written for people or by a vendor."""
    RECORD = 2
    """The tool's own parameters of the run."""
    EXECUTED = 3
    """The graph that was executed."""


@dataclass(frozen=True, slots=True)
class ListedReader:
    """One reader and how much its word weighs."""

    name: str
    """The module's name."""
    read: Callable[[Material], Reading | None]
    """See `myself_i2i.inspection.interface.Reader`."""
    directness: Directness
    """What kind of record it reads."""


READERS: tuple[ListedReader, ...] = (
    ListedReader("novelai", novelai.read, Directness.RECORD),
    ListedReader("invokeai", invokeai.read, Directness.EXECUTED),
    ListedReader("invokeai_legacy", invokeai_legacy.read, Directness.RECORD),
    # Apps that run ComfyUI stand before it: they name the tool, its graph says what ran.
    ListedReader("swarmui", swarmui.read, Directness.RECORD),
    ListedReader("stabilitymatrix", stabilitymatrix.read, Directness.RECORD),
    ListedReader("tensorart", tensorart.read, Directness.RECORD),
    ListedReader("civitai", civitai.read, Directness.RECORD),
    ListedReader("comfyui", comfyui.read, Directness.EXECUTED),
    ListedReader("drawthings", drawthings.read, Directness.RECORD),
    # Tools that write A1111's kind of text stand before A1111: they know what theirs leaves out.
    ListedReader("krita", krita.read, Directness.RECORD),
    ListedReader("fooocus", fooocus.read, Directness.RECORD),
    ListedReader("sdnext", sdnext.read, Directness.RECORD),
    ListedReader("easydiffusion", easydiffusion.read, Directness.RECORD),
    ListedReader("hfspace", hfspace.read, Directness.RECORD),
    ListedReader("imaginairy", imaginairy.read, Directness.RECORD),
    ListedReader("midjourney", midjourney.read, Directness.RECORD),
    ListedReader("a1111", a1111.read, Directness.SUMMARY),
    ListedReader("contentcredentials", contentcredentials.read, Directness.SUMMARY),
    ListedReader("xmp_iptc", xmp_iptc.read, Directness.HINT),
)
