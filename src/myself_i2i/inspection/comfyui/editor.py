"""The editor's state, flattened: subgraphs and group nodes opened, every link by (node, input).

Sources: ComfyUI_frontend `src/lib/litegraph` (serialised nodes, links as lists or objects, `definitions.subgraphs`
with -10 and -20 as the inside of inputs and outputs) and `groupNode.ts` (`extra.groupNodes`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from myself_i2i.inspection.comfyui.graph import MAX_NAME, MAX_NODES, Link

__all__ = ["BYPASSED", "MUTED", "THROUGH", "EditorNode", "flatten"]

MUTED: Final = 2
BYPASSED: Final = 4
THROUGH: Final = "Reroute"
"""The class given to the doors of an opened subgraph: they hand their one input on."""
INSIDE_IN: Final = "-10"
INSIDE_OUT: Final = "-20"
MAX_DEPTH: Final = 8
LINK_FIELDS: Final = 5
"""A listed link: id, source, its output, target, its input (and a type)."""


@dataclass(slots=True)
class EditorNode:
    """One node as the editor keeps it."""

    id: str
    """Its id; members of an opened subgraph are "outer:inner"."""
    type: str
    mode: int = 0
    inputs: list[Mapping[str, Any]] = field(default_factory=list)
    outputs: list[Mapping[str, Any]] = field(default_factory=list)
    values: Any = None
    """`widgets_values`."""
    links: dict[int, Link] = field(default_factory=dict)
    """Where each linked input comes from, by the input's place."""


def flatten(workflow: Mapping[str, Any]) -> dict[str, EditorNode] | None:
    """Return every node by id with subgraphs and groups opened, or None when there are too many."""
    subgraphs = _by_id(_dict(workflow.get("definitions")).get("subgraphs"))
    groups = _dict(_dict(workflow.get("extra")).get("groupNodes"))
    opener = _Opener(subgraphs, groups)
    return opener.nodes if opener.open(workflow, "", 0) else None


def _dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _by_id(value: object) -> dict[str, Mapping[str, Any]]:
    return {str(item.get("id")): item for item in _dicts(value)}


@dataclass(slots=True)
class _Opener:
    subgraphs: Mapping[str, Mapping[str, Any]]
    groups: Mapping[str, Any]
    nodes: dict[str, EditorNode] = field(default_factory=dict)

    def open(self, scope: Mapping[str, Any], prefix: str, depth: int) -> bool:
        """Add the nodes of one scope; False when the bounds are passed."""
        entries = _dicts(scope.get("nodes"))
        if depth > MAX_DEPTH or len(self.nodes) + len(entries) > MAX_NODES:
            return False
        for entry in entries:
            node = _node(entry, prefix)
            self.nodes[node.id] = node
        for source, slot, target, place in _links(scope.get("links")):
            if target == INSIDE_OUT:
                self._door(f"{prefix}out{place}").links[0] = _inner(source, slot, prefix)
            elif (node_ := self.nodes.get(prefix + target)) is not None:
                node_.links[place] = _inner(source, slot, prefix)
        return all(self._open_inside(self.nodes[prefix + str(entry.get("id"))], depth) for entry in entries)

    def _open_inside(self, node: EditorNode, depth: int) -> bool:
        """Open the node if it is a subgraph or a group that runs."""
        if node.mode in {MUTED, BYPASSED}:
            return True
        if node.type in self.subgraphs:
            return self._open_subgraph(node, self.subgraphs[node.type], depth)
        return not node.type.startswith(("workflow>", "workflow/")) or self._open_group(node, node.type)

    def _door(self, key: str) -> EditorNode:
        return self.nodes.setdefault(key, EditorNode(id=key, type=THROUGH))

    def _open_subgraph(self, outer: EditorNode, definition: Mapping[str, Any], depth: int) -> bool:
        prefix = f"{outer.id}:"
        names = [str(entry.get("name")) for entry in outer.inputs]
        for place, entry in enumerate(_dicts(definition.get("inputs"))):
            door = self._door(f"{prefix}in{place}")
            name = str(entry.get("name"))
            index = names.index(name) if name in names else place
            if index in outer.links:
                door.links[0] = outer.links[index]
        for place in range(len(_dicts(definition.get("outputs")))):
            self._door(f"{prefix}out{place}")
        outer.type = "(subgraph)"
        return self.open(definition, prefix, depth + 1)

    def _open_group(self, outer: EditorNode, kind: str) -> bool:
        definition = _dict(self.groups.get(kind[len("workflow>") :]))
        members = _dicts(definition.get("nodes"))
        if len(self.nodes) + len(members) > MAX_NODES:
            return False
        prefix = f"{outer.id}:"
        values = _shares(members, outer.values)
        inner = []
        for index, entry in enumerate(members):
            node = _node({**entry, "id": index}, prefix)
            node.values = values[index]
            self.nodes[node.id] = node
            inner.append(node)
        sources = set()
        for source, slot, target, place in _group_links(definition.get("links")):
            if f"{prefix}{target}" in self.nodes and f"{prefix}{source}" in self.nodes:
                self.nodes[f"{prefix}{target}"].links[place] = Link(f"{prefix}{source}", slot)
                sources.add((source, slot))
        external = {(str(item[0]), item[1]) for item in definition.get("external") or () if _pair(item)}
        _wire_group_inputs(outer, inner)
        for place, (index, slot) in enumerate(_group_outputs(outer, inner, sources - external)):
            self._door(f"{prefix}out{place}").links[0] = Link(inner[index].id, slot)
        outer.type = "(subgraph)"
        return True


def _pair(item: object) -> bool:
    return isinstance(item, list) and len(item) > 1 and isinstance(item[1], int)


def _node(entry: Mapping[str, Any], prefix: str) -> EditorNode:
    mode = entry.get("mode")
    return EditorNode(
        id=prefix + str(entry.get("id")),
        type=str(entry.get("type"))[:MAX_NAME].strip(),
        mode=mode if isinstance(mode, int) else 0,
        inputs=_dicts(entry.get("inputs")),
        outputs=_dicts(entry.get("outputs")),
        values=entry.get("widgets_values"),
    )


def _inner(source: str, slot: int, prefix: str) -> Link:
    return Link(f"{prefix}in{slot}", 0) if source == INSIDE_IN else Link(prefix + source, slot)


def _links(value: object) -> Iterator[tuple[str, int, str, int]]:
    entries = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    for entry in entries:
        if isinstance(entry, dict):
            row = [entry.get(key) for key in ("id", "origin_id", "origin_slot", "target_id", "target_slot")]
        elif isinstance(entry, list) and len(entry) >= LINK_FIELDS:
            row = entry[:LINK_FIELDS]
        else:
            continue
        source, slot, target, place = row[1:]
        if isinstance(slot, int) and isinstance(place, int):
            yield str(source), slot, str(target), place


def _group_links(value: object) -> Iterator[tuple[str, int, str, int]]:
    for entry in value if isinstance(value, list) else []:
        if isinstance(entry, list) and len(entry) >= LINK_FIELDS - 1:
            source, slot, target, place = entry[:4]
            if isinstance(slot, int) and isinstance(place, int):
                yield str(source), slot, str(target), place


def _shares(members: list[Mapping[str, Any]], values: object) -> list[Any]:
    """Split a group's joined widget values among its members; their own defaults when the counts differ."""
    own = [entry.get("widgets_values") for entry in members]
    counts = [len(item) if isinstance(item, list) else 0 for item in own]
    if not isinstance(values, list) or len(values) != sum(counts):
        return own
    shares: list[Any] = []
    start = 0
    for item, count in zip(own, counts, strict=True):
        shares.append(values[start : start + count] if isinstance(item, list) else item)
        start += count
    return shares


def _wire_group_inputs(outer: EditorNode, inner: list[EditorNode]) -> None:
    """Give the group's inputs, in order, to the members' inputs that nothing inside feeds."""
    taken: set[int] = set()
    for node in inner:
        for place, entry in enumerate(node.inputs):
            if place in node.links:
                continue
            name, kind = str(entry.get("name")), str(entry.get("type"))
            for index, exposed in enumerate(outer.inputs):
                if (
                    index not in taken
                    and str(exposed.get("type")) == kind
                    and str(exposed.get("name")).endswith(name)
                ):
                    taken.add(index)
                    if index in outer.links:
                        node.links[place] = outer.links[index]
                    break


def _group_outputs(
    outer: EditorNode, inner: list[EditorNode], hidden: set[tuple[str, int]]
) -> list[tuple[int, int]]:
    """Return, for each output of the group, the member and output behind it."""
    free = [
        (index, slot, str(entry.get("type")))
        for index, node in enumerate(inner)
        for slot, entry in enumerate(node.outputs)
        if (str(index), slot) not in hidden
    ]
    found = []
    for entry in outer.outputs:
        kind = str(entry.get("type"))
        match = next((item for item in free if item[2] == kind), None)
        if match is None:
            break
        free = free[free.index(match) + 1 :]
        found.append((match[0], match[1]))
    return found
