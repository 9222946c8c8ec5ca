"""From what the walk found to the answers: mode, "did an image file go in?", inputs by role, strength."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final

from myself_i2i.inspection._words import EMBEDDED
from myself_i2i.inspection.comfyui.graph import Graph, Node
from myself_i2i.inspection.comfyui.kinds import ASIDE, PIXELS, Kind
from myself_i2i.inspection.comfyui.loaders import describe
from myself_i2i.inspection.comfyui.modes import denoise_at, kinds_of, mode_of
from myself_i2i.inspection.comfyui.settings import denoise_of
from myself_i2i.inspection.comfyui.walk import Trace, Use
from myself_i2i.inspection.interface import Answer, ImageInput, Mode, Role, shorten
from myself_i2i.wording import Text

__all__ = ["Verdict", "judge"]

FULL_DENOISE: Final = 0.9999
MAX_ENLARGERS: Final = 16
MAX_NAMED: Final = 5
"""Most inputs or classes named in notes."""

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
_MASKS: Final = {Kind.MASK, Kind.REGION}
_ORDER: Final = [
    *(kind for kind in _ROLES if kind not in {Kind.MASK, Kind.REGION}),
    Kind.GUIDE,
    Kind.OUTPUT,
    Kind.MASK,
    Kind.REGION,
    Kind.TEXT,
    Kind.SIZE,
]
"""Which use of a picture gives its role, where it has several."""
_STARTS: Final = {Kind.INIT, Kind.INPAINT, Kind.OUTPAINT, Kind.ENLARGE, Kind.MASK}
_INSIDE: Final = re.compile(r"script|hires|^ttN .*sampler|^SeargeHigh", re.IGNORECASE)
"""Enlargements that a sampler does by itself, without a link from its own picture."""

ALPHA_MASK: Final = Text(en="its alpha channel is the mask", ja="アルファチャンネルをマスクに使用")
ALSO_MASK: Final = Text(en="also the mask", ja="マスクとしても使用")
PASTED: Final = Text(en="pasted into the output", ja="出力に貼り付け")
UNSAMPLED: Final = Text(en="reaches the output without a sampler", ja="サンプラーを通さずに出力")
ONLY_THIS: Final = Text(
    en="{name} was loaded, but only {what} went on",
    ja="{name} が読み込まれていますが、次の処理に渡ったのは{what}だけです",
)
ITS_WORDS: Final = Text(
    en="words made from it (a caption or tags)", ja="そこから作られた言葉（説明文やタグ）"
)
ITS_SIZE: Final = Text(en="its size", ja="画像の大きさ")
SWITCH: Final = Text(
    en="a picture is wired to a switch whose setting is not recorded",
    ja="画像が切り替えノードにつながっていますが、その設定は記録されていません",
)
UNKNOWN_CLASS: Final = Text(
    en="node class {name} is not known here; what it brought in is not recorded",
    ja="{name} は、働きのわからないノードです。何を取り込んだかは記録されていません",
)
BROKEN: Final = Text(
    en="the graph links to nodes it does not contain", ja="つながりの先に、グラフに含まれないノードがあります"
)
FULL: Final = Text(
    en="the graph is too large to follow to its end", ja="グラフが大きすぎて、最後までたどれません"
)
UNKNOWN_GUIDE: Final = Text(
    en="a picture reaches the conditioning through a node whose work is not known here",
    ja="画像が、働きのわからないノードを通って、生成の条件（conditioning）に入っています",
)


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
    notes: tuple[Text, ...]
    """What could not be told."""


def judge(graph: Graph, trace: Trace) -> Verdict:
    """Return the answers that one walk supports; where it supports none, "not recorded"."""
    uses = [use for use in trace.uses if use.kind not in ASIDE]
    uses = _sized_only(graph, uses, [use for use in uses if use.kind is Kind.INIT])
    sure = [use for use in uses if not use.maybe]
    notes = _notes(graph, trace, uses, sure)
    kinds = kinds_of(graph, trace, uses)
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
        mode = mode_of(trace, kinds)
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


def _sized_only(graph: Graph, uses: list[Use], starts: list[Use]) -> list[Use]:
    """Drop starting latents at full denoise where the picture conditions the run anyway: they only set its size."""
    others = [use for use in uses if use.kind in {Kind.CONTROL, Kind.EDIT, Kind.REFERENCE, Kind.STYLE}]
    dropped = set()
    for use in starts:
        denoise = denoise_at(graph, use)
        if denoise is not None and denoise >= FULL_DENOISE and others:
            dropped.add(use)
    return [use for use in uses if use not in dropped]


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
    taken = [denoise_at(graph, use) for use in uses if use.kind in _STARTS]
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
    by_node: dict[str, list[Kind]] = {}
    for use in uses:
        by_node.setdefault(use.node, []).append(use.kind)
    found = []
    for key, roles in by_node.items():
        node: Node = graph.nodes[key]
        main = min(roles, key=_ORDER.index)
        extra = None
        if main not in _MASKS and _MASKS & set(roles):
            extra = ALPHA_MASK if node.class_type.startswith("LoadImage") else ALSO_MASK
        elif main is Kind.OUTPUT:
            made = bool(trace.samplers or trace.services)
            extra = PASTED if made else UNSAMPLED
        found.append(describe(graph, node, _role(node, main, kinds), extra=extra))
    return tuple(found)


def _role(node: Node, main: Kind, kinds: set[Kind]) -> Role:
    if main is Kind.EDIT and Kind.CONTROL in kinds and Kind.EDIT not in kinds:
        return Role.CONTROL
    if main is Kind.OUTPUT and Kind.ENLARGE in kinds:
        return Role.INIT
    role = _ROLES.get(main, Role.UNKNOWN)
    return Role.LATENT if "latent" in node.class_type.lower() and role is Role.INIT else role


def _notes(graph: Graph, trace: Trace, uses: list[Use], sure: list[Use]) -> list[Text]:
    notes: list[Text] = []
    counted = {use.node for use in uses}
    for what, kind in ((ITS_WORDS, Kind.TEXT), (ITS_SIZE, Kind.SIZE)):
        only = dict.fromkeys(use.node for use in trace.uses if use.kind is kind and use.node not in counted)
        for key in islice(only, MAX_NAMED):
            name = describe(graph, graph.nodes[key], Role.UNKNOWN).name
            shown = EMBEDDED if name is None else shorten(name, 120)
            notes.append(ONLY_THIS.format(name=shown, what=what))
    if uses and not sure:
        notes.append(SWITCH)
    notes += [
        UNKNOWN_CLASS.format(name=shorten(graph.nodes[key].class_type, 80))
        for key in islice(trace.unknown, MAX_NAMED)
    ]
    if trace.broken and not sure:
        notes.append(BROKEN)
    if trace.full:
        notes.append(FULL)
    if uses and not any(use.kind in PIXELS for use in uses) and all(use.kind is Kind.GUIDE for use in uses):
        notes.append(UNKNOWN_GUIDE)
    return notes
