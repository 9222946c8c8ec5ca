"""Which output of the graph is this file? Decided by pixel size, honest where size does not decide.

A graph may save a first pass, preview a second and show a map, and people keep any of them. An editor screenshot
carries the graph too, without being its output.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from myself_i2i.inspection.comfyui.graph import Graph, Node
from myself_i2i.inspection.comfyui.kinds import Want
from myself_i2i.inspection.comfyui.nodes import is_output, is_preview, is_sampler
from myself_i2i.inspection.comfyui.sizes import Size, size_at
from myself_i2i.inspection.comfyui.verdict import Verdict, judge
from myself_i2i.inspection.comfyui.walk import MAX_STATES, Trace, walk
from myself_i2i.inspection.interface import Answer, shorten
from myself_i2i.wording import Text

__all__ = ["Candidate", "Picked", "pick"]

MAX_OUTPUTS: Final = 24
"""Most outputs walked from."""
SCREENSHOT_SIDE: Final = 1200
"""Wider than this and no multiple of 8: a screenshot in every case seen."""
VAE_STEP: Final = 8
"""A VAE decodes to multiples of this many pixels."""

NONE_FITS: Final = Text(
    en="{count} outputs and none has this picture's size; the last pass (node {node}) is reported",
    ja="出力が {count} 個ありますが、この画像と同じ大きさのものがないため、最後の処理（ノード {node}）を示します",
)
SEVERAL_FIT: Final = Text(
    en="{count} outputs fit this picture and they differ in what went in",
    ja="この画像に当てはまる出力が {count} 個あり、入力されたものがそれぞれ違います",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One output, with what reaches it."""

    node: Node
    """The output node."""
    size: Size | None
    """The size the graph gives it, or None when it follows from a loaded file."""
    trace: Trace
    """What the walk found."""
    verdict: Verdict
    """What that means."""

    def fits(self, width: int, height: int) -> bool:
        """Whether the stated size is the file's, up to what the VAE rounds away."""
        return (
            self.size is not None
            and abs(self.size.width - width) < VAE_STEP
            and abs(self.size.height - height) < VAE_STEP
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """The output chosen, and how sure that is."""

    candidate: Candidate
    """The output the answers are taken from."""
    agreed: bool
    """Whether every output this file can be gives the same answer to "did an image file go in?"."""
    screenshot: bool
    """Whether the pixels look like a picture of the editor."""
    foreign: bool
    """Whether the pixels cannot be what the graph made, although they do not look like the editor either."""
    notes: tuple[Text, ...]
    """Why this output, where there was a choice."""


def pick(graph: Graph, width: int, height: int) -> Picked | None:
    """Return the output this file is, judged by its pixel size (0 x 0 when unknown); None when there is none."""
    candidates = _candidates(graph)
    if not candidates:
        return None
    fitting = [c for c in candidates if c.fits(width, height)]
    screenshot = not fitting and _screenshot(graph, width, height)
    left = fitting or ([] if screenshot else [c for c in candidates if c.size is None or not width])
    notes: list[Text] = []
    last = not left
    left = left or candidates
    best = max(left, key=_rank)
    agreed = last or all(c.verdict.answer is best.verdict.answer for c in left)
    made = [c for c in candidates if c.trace.samplers or c.trace.services]
    if last and len(candidates) > 1:
        notes.append(NONE_FITS.format(count=len(candidates), node=shorten(best.node.id, 80)))
    rivals = [] if last else _rivals(left, made, fitting=bool(fitting))
    agreed = agreed and all(c.verdict.answer is best.verdict.answer for c in rivals)
    if not agreed:
        notes.append(SEVERAL_FIT.format(count=len(left) + len(rivals)))
    return Picked(
        candidate=best,
        agreed=agreed,
        screenshot=screenshot,
        foreign=not screenshot and not fitting and _foreign(graph, best, width, height),
        notes=tuple(notes),
    )


def _rivals(left: list[Candidate], made: list[Candidate], *, fitting: bool) -> list[Candidate]:
    """Return outputs that were set aside by size, but not safely.

    Beside one of fitting size: runs whose size follows from a loaded file, and so may be the same. Where only a
    loaded file or a map of one is left: the runs whose size does not fit, since a cut or montage has any size.
    """
    if fitting:
        return [c for c in made if c.size is None]
    return [] if any(c in made for c in left) else made


def _candidates(graph: Graph) -> list[Candidate]:
    nodes = [node for node in graph.nodes.values() if _writes(node) and _pictures(node)]
    nodes = [node for node in nodes if "compar" not in node.class_type.lower()] or nodes
    if not nodes:
        used = graph.consumed()
        nodes = [node for node in graph.nodes.values() if node.id not in used and _pictures(node)]
    limit = MAX_STATES // max(1, min(len(nodes), MAX_OUTPUTS))
    nodes = sorted(nodes, key=lambda node: is_preview(node.class_type))[:MAX_OUTPUTS]
    found = []
    for node in nodes:
        trace = walk(graph, node.id, limit=limit)
        found.append(
            Candidate(node=node, size=size_at(graph, node.id), trace=trace, verdict=judge(graph, trace))
        )
    return found


def _writes(node: Node) -> bool:
    """Whether the node writes or shows pictures; some packs' samplers do so themselves (`image_output`: "Save")."""
    shown = node.widgets.get("image_output")
    if isinstance(shown, str) and shown.strip().lower() not in {"hide", "none", "disabled", ""}:
        return True
    return is_output(node.class_type) or node.class_type in {
        "KSampler (Efficient)",
        "KSampler Adv. (Efficient)",
    }


def _pictures(node: Node) -> bool:
    return any(want in {Want.IMAGE, Want.LATENT, Want.BUNDLE, Want.ANY} for want in node.wants.values())


def _rank(candidate: Candidate) -> tuple[bool, int, bool, int]:
    made = bool(candidate.trace.samplers or candidate.trace.services)
    passes = len(candidate.trace.samplers) + len(candidate.trace.services)
    return made, passes, not is_preview(candidate.node.class_type), len(candidate.trace.enlargers)


def _screenshot(graph: Graph, width: int, height: int) -> bool:
    if not width or not height:
        return False
    odd = bool(width % VAE_STEP or height % VAE_STEP)
    return graph.source == "workflow" or (odd and max(width, height) > SCREENSHOT_SIDE)


def _foreign(graph: Graph, candidate: Candidate, width: int, height: int) -> bool:
    """Whether a size that no VAE decodes to meets a graph that ends in a plain decode and starts from a loaded file.

    Then the file is as likely the loaded picture itself, carrying the graph, as a cut of the result.
    """
    if not width or not (width % VAE_STEP or height % VAE_STEP) or candidate.verdict.answer is not Answer.YES:
        return False
    node: Node | None = candidate.node
    for _ in range(8):
        if node is None or is_sampler(node.class_type):
            break
        names = [name for name, want in node.wants.items() if want in {Want.IMAGE, Want.LATENT}]
        plain = (
            node is candidate.node or node.class_type.startswith("VAEDecode") or node.class_type == "Reroute"
        )
        if len(names) != 1 or not plain:
            return False
        node = graph.nodes.get(node.links[names[0]].node)
    return node is not None and is_sampler(node.class_type)
