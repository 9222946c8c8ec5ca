"""From uses to the name of a run: which uses of one picture are one way of working, and which are two."""

from __future__ import annotations

import re
from typing import Final

from myself_i2i.inspection.comfyui.graph import Graph, literal
from myself_i2i.inspection.comfyui.kinds import PIXELS, Kind
from myself_i2i.inspection.comfyui.settings import denoise_of, loras, model_of
from myself_i2i.inspection.comfyui.switches import searge_mode
from myself_i2i.inspection.comfyui.walk import Trace, Use
from myself_i2i.inspection.interface import Mode

__all__ = ["denoise_at", "kinds_of", "mode_of"]

LOW_DENOISE: Final = 0.5
"""At or below this, a loaded file that was enlarged first counts as enlarged rather than as redrawn."""

_MODES: Final = {
    Kind.INIT: Mode.I2I,
    Kind.INPAINT: Mode.INPAINT,
    Kind.OUTPAINT: Mode.OUTPAINT,
    Kind.ENLARGE: Mode.UPSCALE,
    Kind.CONTROL: Mode.CONTROLNET,
    Kind.REGION: Mode.CONTROLNET,
    Kind.REFERENCE: Mode.REFERENCE,
    Kind.STYLE: Mode.REFERENCE,
    Kind.GUIDE: Mode.REFERENCE,
    Kind.EDIT: Mode.EDIT,
    Kind.MASK: Mode.INPAINT,
}
_ABSORBED: Final = {
    Kind.OUTPAINT: {Kind.INPAINT, Kind.INIT, Kind.MASK},
    Kind.INPAINT: {Kind.INIT, Kind.MASK},
    Kind.EDIT: {Kind.INIT},
    Kind.ENLARGE: {Kind.INIT, Kind.OUTPUT},
    Kind.INIT: {Kind.MASK},
}
"""A use that says more about the same run takes the place of these."""
_MAP_MODEL: Final = re.compile(r"canny|depth|(?<![a-z])pose|lineart|hed", re.IGNORECASE)
_MAP_LORA: Final = re.compile(r"control|canny|depth|(?<![a-z])pose(?!s)|lineart", re.IGNORECASE)
_USO: Final = re.compile(r"(?<![a-z])uso(?![a-z])", re.IGNORECASE)


def denoise_at(graph: Graph, use: Use) -> float | None:
    """Return the denoise of the sampler that took the picture this way, or None when it is not recorded."""
    node = graph.nodes.get(use.sampler) if use.sampler else None
    if node is None:
        return None
    if searge_mode(graph) is not None:
        found: float | None = graph.once("searge denoise", "", lambda: _searge_denoise(graph))
        if found is not None:
            return found
    return denoise_of(graph, node)


def _searge_denoise(graph: Graph) -> float | None:
    """Searge's pack keeps the denoise in a node of settings, far from its samplers."""
    for other in graph.nodes.values():
        value = literal(graph, other, "denoise") if other.class_type.startswith("Searge") else None
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
    return None


def kinds_of(graph: Graph, trace: Trace, uses: list[Use]) -> set[Kind]:
    """Return the uses that name the run."""
    kinds: set[Kind] = set()
    enlarged_starts = set()
    for use in uses:
        kind = use.kind
        if use.enlarged and kind in {Kind.INIT, Kind.OUTPUT}:
            denoise = denoise_at(graph, use)
            if kind is Kind.OUTPUT or (denoise is not None and denoise <= LOW_DENOISE):
                kind = Kind.ENLARGE
        if kind is Kind.ENLARGE:
            enlarged_starts.add(use.node)
        kinds.add(kind)
    return _reduced(uses, _renamed_edit(graph, trace, uses, kinds), trace, enlarged_starts)


def _reduced(uses: list[Use], kinds: set[Kind], trace: Trace, enlarged_starts: set[str]) -> set[Kind]:
    """Leave the uses that name the run; several uses of one picture often are one way of working."""
    if Kind.EDIT in kinds and kinds & {Kind.MASK, Kind.INPAINT}:
        kinds = _masked_edit(trace, uses, kinds)
    controls = {use.node for use in uses if use.kind is Kind.CONTROL}
    if Kind.ENLARGE in kinds and controls and controls <= enlarged_starts:
        kinds.discard(Kind.CONTROL)  # the tile ControlNet of an enlargement sees the enlarged file itself
    painted = {use.node for use in uses if use.kind in {Kind.INPAINT, Kind.OUTPAINT}}
    if controls and controls <= painted:
        kinds.discard(Kind.CONTROL)  # so does the ControlNet of an inpainting run
    for strong, weak in _ABSORBED.items():
        if strong in kinds:
            kinds -= weak
    if Kind.OUTPUT in kinds and kinds & (PIXELS - {Kind.OUTPUT}):
        kinds.discard(Kind.OUTPUT)  # pasted back over its own redrawn part, or shown beside it
    return kinds


def _masked_edit(trace: Trace, uses: list[Use], kinds: set[Kind]) -> set[Kind]:
    """An edit under a mask is inpainting, where the picture edited is the picture masked (or a service does both)."""
    edited = {use.node for use in uses if use.kind is Kind.EDIT}
    painted = {use.node for use in uses if use.kind in {Kind.INPAINT, Kind.MASK}}
    served = bool(trace.services) and not trace.samplers
    return kinds - {Kind.EDIT} | {Kind.INPAINT} if served or edited & painted else kinds - {Kind.MASK}


def _renamed_edit(graph: Graph, trace: Trace, uses: list[Use], kinds: set[Kind]) -> set[Kind]:
    """InstructPixToPix and reference latents are also how Flux canny/depth models and USO take their picture."""
    if Kind.EDIT not in kinds:
        return kinds
    names = " ".join(
        [
            *loras(graph, trace.visited),
            *(model_of(graph, graph.nodes[key]) or "" for key in list(trace.samplers)[:8]),
        ]
    )
    pix2pix = all(
        graph.nodes[use.via[0]].class_type.startswith("InstructPix")
        for use in uses
        if use.kind is Kind.EDIT and use.via[0] in graph.nodes
    )
    if (pix2pix and _MAP_MODEL.search(names)) or _MAP_LORA.search(" ".join(loras(graph, trace.visited))):
        return (kinds - {Kind.EDIT}) | {Kind.CONTROL}
    if _USO.search(names) or any("USO" in graph.nodes[key].class_type for key in trace.visited):
        return (kinds - {Kind.EDIT}) | {Kind.REFERENCE}
    return kinds


def mode_of(trace: Trace, kinds: set[Kind]) -> Mode:
    """Return the mode of a run that loaded pictures went into; two ways of working at once are "mixed"."""
    if not trace.samplers and not trace.services:
        return Mode.UPSCALE if kinds & {Kind.ENLARGE} else Mode.UNKNOWN
    modes = {_MODES[kind] for kind in kinds if kind in _MODES}
    if kinds - {Kind.REGION} and Kind.REGION in kinds:
        modes = {_MODES[kind] for kind in kinds - {Kind.REGION} if kind in _MODES}
    if Kind.OUTPUT in kinds or len(modes) > 1:
        return Mode.MIXED
    return next(iter(modes), Mode.UNKNOWN)
