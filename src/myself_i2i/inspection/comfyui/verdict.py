"""From what the walk found to the answers: mode, "did an image file go in?", inputs by role, strength."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final

from myself_i2i.inspection.comfyui.graph import Graph, Node, literal
from myself_i2i.inspection.comfyui.kinds import ASIDE, PIXELS, Kind
from myself_i2i.inspection.comfyui.loaders import describe
from myself_i2i.inspection.comfyui.settings import denoise_of, loras, model_of
from myself_i2i.inspection.comfyui.switches import searge_mode
from myself_i2i.inspection.comfyui.walk import Trace, Use
from myself_i2i.inspection.interface import Answer, ImageInput, Mode, Role

__all__ = ["Verdict", "judge"]

LOW_DENOISE: Final = 0.5
"""At or below this, a loaded file that was enlarged first counts as enlarged rather than as redrawn."""
FULL_DENOISE: Final = 0.9999
MAX_ENLARGERS: Final = 16
MAX_NAMED: Final = 5
"""Most inputs or classes named in notes."""

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
_ROLES: Final = {
    Kind.INIT: Role.INIT,
    Kind.INPAINT: Role.INIT,
    Kind.OUTPAINT: Role.INIT,
    Kind.ENLARGE: Role.INIT,
    Kind.CONTROL: Role.CONTROL,
    Kind.REFERENCE: Role.REFERENCE,
    Kind.STYLE: Role.STYLE,
    Kind.EDIT: Role.REFERENCE,
    Kind.MASK: Role.MASK,
    Kind.REGION: Role.MASK,
}
_ABSORBED: Final = {
    Kind.OUTPAINT: {Kind.INPAINT, Kind.INIT, Kind.MASK},
    Kind.INPAINT: {Kind.INIT, Kind.MASK},
    Kind.EDIT: {Kind.INIT},
    Kind.ENLARGE: {Kind.INIT, Kind.OUTPUT},
    Kind.INIT: {Kind.MASK},
}
"""A use that says more about the same run takes the place of these."""
_STARTS: Final = {Kind.INIT, Kind.INPAINT, Kind.OUTPAINT, Kind.ENLARGE, Kind.MASK}
_MAP_MODEL: Final = re.compile(r"canny|depth|(?<![a-z])pose|lineart|hed", re.IGNORECASE)
_INSIDE: Final = re.compile(r"script|hires|^ttN .*sampler|^SeargeHigh", re.IGNORECASE)
"""Enlargements that a sampler does by itself, without a link from its own picture."""
_MAP_LORA: Final = re.compile(r"control|canny|depth|(?<![a-z])pose(?!s)|lineart", re.IGNORECASE)
_USO: Final = re.compile(r"(?<![a-z])uso(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answers for one output."""

    mode: Mode
    """How it was made."""
    answer: Answer
    """Did an image file go in?"""
    inputs: tuple[ImageInput, ...]
    """The loaded pictures by role."""
    uses: tuple[Use, ...]
    """The uses that count."""
    strength: float | None
    """The denoise of the sampler that took the picture, or of the second pass."""
    inside: bool
    """Whether the only enlargement is one a sampler may have done by itself."""
    notes: tuple[str, ...]
    """What could not be told."""


def judge(graph: Graph, trace: Trace) -> Verdict:
    """Return the answers that one walk supports; where it supports none, "not recorded"."""
    uses = [use for use in trace.uses if use.kind not in ASIDE]
    uses = _sized_only(graph, uses, [use for use in uses if use.kind is Kind.INIT])
    sure = [use for use in uses if not use.maybe]
    notes = _notes(graph, trace, uses, sure)
    kinds = _kinds(graph, trace, uses)
    drawn, inside = _own_enlargers(graph, trace)
    if sure:
        answer = Answer.YES
    elif uses or trace.unknown or trace.broken or trace.full or not _made(graph, trace):
        answer = Answer.NOT_RECORDED
    else:
        answer = Answer.NO
    if uses and answer is Answer.NOT_RECORDED:
        mode = Mode.UNKNOWN
    elif answer is Answer.YES:
        mode = _mode(trace, kinds)
    elif answer is Answer.NO:
        mode = Mode.UPSCALE if drawn or inside else Mode.T2I
    else:
        mode = Mode.UNKNOWN
    return Verdict(
        mode=mode,
        answer=answer,
        inputs=_inputs(graph, uses, kinds, trace),
        uses=tuple(uses),
        strength=_strength(graph, trace, uses, mode),
        inside=inside and not drawn,
        notes=tuple(notes),
    )


def _made(graph: Graph, trace: Trace) -> bool:
    """Whether the walk met anything that makes a picture: without it, "no image" would be a guess."""
    return bool(trace.samplers or trace.services) or any(
        "latent" in graph.nodes[key].class_type.lower() for key in trace.visited
    )


def _denoise(graph: Graph, use: Use) -> float | None:
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


def _sized_only(graph: Graph, uses: list[Use], starts: list[Use]) -> list[Use]:
    """Drop starting latents at full denoise where the picture conditions the run anyway: they only set its size."""
    others = [use for use in uses if use.kind in {Kind.CONTROL, Kind.EDIT, Kind.REFERENCE, Kind.STYLE}]
    dropped = set()
    for use in starts:
        denoise = _denoise(graph, use)
        if denoise is not None and denoise >= FULL_DENOISE and others:
            dropped.add(use)
    return [use for use in uses if use not in dropped]


def _kinds(graph: Graph, trace: Trace, uses: list[Use]) -> set[Kind]:
    kinds: set[Kind] = set()
    enlarged_starts = set()
    for use in uses:
        kind = use.kind
        if use.enlarged and kind in {Kind.INIT, Kind.OUTPUT}:
            denoise = _denoise(graph, use)
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


def _mode(trace: Trace, kinds: set[Kind]) -> Mode:
    if not trace.samplers and not trace.services:
        return Mode.UPSCALE if kinds & {Kind.ENLARGE} else Mode.UNKNOWN
    modes = {_MODES[kind] for kind in kinds if kind in _MODES}
    if kinds - {Kind.REGION} and Kind.REGION in kinds:
        modes = {_MODES[kind] for kind in kinds - {Kind.REGION} if kind in _MODES}
    if Kind.OUTPUT in kinds or len(modes) > 1:
        return Mode.MIXED
    return next(iter(modes), Mode.UNKNOWN)


def _own_enlargers(graph: Graph, trace: Trace) -> tuple[bool, bool]:
    """Return whether the run enlarges its own picture by a node of its own, and whether a sampler may do it inside."""
    made = set(trace.samplers) | set(trace.services)
    some = list(islice(trace.enlargers, MAX_ENLARGERS))
    inside = any(_INSIDE.search(graph.nodes[key].class_type[:120]) for key in some)
    return any(_after(graph, key, made) for key in some), inside


def _after(graph: Graph, start: str, made: set[str]) -> bool:
    """Whether something that makes a picture stands behind this node (a scaled empty latent is no second pass)."""
    queue, seen = [start], {start}
    while queue:
        node = graph.nodes.get(queue.pop())
        if node is None:
            continue
        if node.id in made and (node.id != start or len(made) > 1):
            return True
        for link in node.links.values():
            if link.node not in seen:
                seen.add(link.node)
                queue.append(link.node)
    return False


def _strength(graph: Graph, trace: Trace, uses: list[Use], mode: Mode) -> float | None:
    taken = [_denoise(graph, use) for use in uses if use.kind in _STARTS]
    known = [value for value in taken if value is not None]
    if known:
        return min(known)  # two stages that take the same picture: the one that kept most of it
    if uses:
        return None
    passes = [denoise_of(graph, graph.nodes[key]) for key in trace.samplers]
    if mode is Mode.UPSCALE:
        return next((value for value in passes if value is not None and value < FULL_DENOISE), None)
    if mode is Mode.T2I and len(passes) == 1 and passes[0] is not None and passes[0] < FULL_DENOISE:
        return passes[0]
    return None


def _inputs(graph: Graph, uses: list[Use], kinds: set[Kind], trace: Trace) -> tuple[ImageInput, ...]:
    order = list(_ROLES)
    by_node: dict[str, list[Kind]] = {}
    for use in uses:
        by_node.setdefault(use.node, []).append(use.kind)
    found = []
    for key, roles in by_node.items():
        node: Node = graph.nodes[key]
        main = min(roles, key=lambda kind: order.index(kind) if kind in order else len(order))
        role = _ROLES.get(main, Role.UNKNOWN)
        if main is Kind.EDIT and Kind.CONTROL in kinds and Kind.EDIT not in kinds:
            role = Role.CONTROL
        if main is Kind.OUTPUT and Kind.ENLARGE in kinds:
            role = Role.INIT
        if "latent" in node.class_type.lower() and role is Role.INIT:
            role = Role.LATENT
        masked = main not in {Kind.MASK, Kind.REGION} and {Kind.MASK, Kind.REGION} & set(roles)
        passed = main is Kind.OUTPUT and not trace.samplers and not trace.services
        extra = (
            "its alpha channel is the mask"
            if masked
            else "reaches the output without a sampler"
            if passed
            else None
        )
        found.append(describe(graph, node, role, extra=extra))
    return tuple(found)


def _notes(graph: Graph, trace: Trace, uses: list[Use], sure: list[Use]) -> list[str]:
    notes = []
    counted = {use.node for use in uses}
    for word, kind in (("words made from it (a caption or tags)", Kind.TEXT), ("its size", Kind.SIZE)):
        only = dict.fromkeys(use.node for use in trace.uses if use.kind is kind and use.node not in counted)
        for key in islice(only, MAX_NAMED):
            name = describe(graph, graph.nodes[key], Role.UNKNOWN).name or "an embedded picture"
            notes.append(f"{name[:120]} was loaded, but only {word} went on")
    if uses and not sure:
        notes.append("a picture is wired to a switch whose setting is not recorded")
    notes += [
        f"node class {graph.nodes[key].class_type[:80]} is not known here; what it brought in is not recorded"
        for key in islice(trace.unknown, MAX_NAMED)
    ]
    if trace.broken and not sure:
        notes.append("the graph links to nodes it does not contain")
    if trace.full:
        notes.append("the graph is too large to follow to its end")
    if uses and not any(use.kind in PIXELS for use in uses) and all(use.kind is Kind.GUIDE for use in uses):
        notes.append("a picture reaches the conditioning through a node whose work is not known here")
    return notes
