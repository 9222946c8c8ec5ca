"""A stranger's graph may be anything; the reader answers, in time, and never raises."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myself_i2i.image.interface import Container, Format, TextEntry
from myself_i2i.inspection.comfyui import read, read_graph
from myself_i2i.inspection.comfyui.graph import MAX_NODES
from myself_i2i.inspection.interface import Answer, Material, Reading
from tests.inspection.comfyui_graphs import base, encoded, load, node

SECONDS = 2.0  # generous: the machine may be busy; the bound itself is far below
KINDS = [
    "KSampler",
    "LoadImage",
    "VAEEncode",
    "SaveImage",
    "Context (rgthree)",
    "ImpactSwitch",
    "SeargeMagicBox",
    "EmptyLatentImage",
    "Reroute",
    "?",
]
NAMES = [
    "model",
    "positive",
    "latent_image",
    "image",
    "images",
    "pixels",
    "mask",
    "select",
    "base_ctx",
    "sigmas",
    "width",
    "strength",
    "x",
]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
ids = st.sampled_from(list("abcdef"))
links = st.tuples(ids, st.integers(-1, 9)).map(list)
inputs = st.dictionaries(st.sampled_from(NAMES), links | json_values, max_size=5)
graphs = st.dictionaries(
    ids,
    st.fixed_dictionaries({"class_type": st.sampled_from(KINDS), "inputs": inputs}) | json_values,
    max_size=6,
)


def png(**texts: str) -> Reading | None:
    entries = tuple(TextEntry(key, text, "tEXt") for key, text in texts.items())
    return read(Material(Container(format=Format.PNG, width=512, height=512, texts=entries)))


class TestNeverRaises:
    @settings(max_examples=300, deadline=None)
    @given(graphs, st.integers(0, 3000), st.integers(0, 3000))
    def test_any_small_graph(self, graph: dict[str, Any], width: int, height: int) -> None:
        """Every combination of known classes, links, cycles and wrong types gives a reading or None."""
        reading = read_graph(graph, width=width, height=height)
        assert reading is None or reading.image_input in Answer

    @settings(max_examples=200, deadline=None)
    @given(json_values)
    def test_any_json(self, value: Any) -> None:
        """Any JSON at all, in either text, gives a reading or None."""
        text = json.dumps(value)
        assert png(prompt=text, workflow=text) is None or True
        assert read_graph(value, width=1, height=1) is None or isinstance(value, dict)

    @settings(max_examples=200, deadline=None)
    @given(st.lists(st.fixed_dictionaries({}, optional={
        "id": st.integers(0, 5) | json_values, "type": st.sampled_from([*KINDS, "workflow>g", "u"]) | json_values, "mode": st.integers(0, 5) | json_values,
        "inputs": st.lists(st.fixed_dictionaries({}, optional={"name": st.sampled_from(NAMES) | json_values, "type": json_values, "widget": json_values}), max_size=3) | json_values,
        "outputs": json_values, "widgets_values": json_values,
    }), max_size=5), st.lists(st.lists(st.integers(0, 5), min_size=5, max_size=6) | json_values, max_size=8), json_values)  # fmt: skip
    def test_any_editor_state(self, nodes: list[Any], rows: list[Any], extra: Any) -> None:
        """Any editor state gives a reading or None."""
        state = {
            "nodes": nodes,
            "links": rows,
            "extra": extra,
            "definitions": {"subgraphs": [{"id": "u", "nodes": nodes, "links": rows}]},
        }
        reading = png(workflow=json.dumps(state))
        assert reading is None or reading.tool == "ComfyUI"

    @pytest.mark.parametrize(
        "text",
        ["", "{", "[" * 100_000, '{"a":' * 5_000, "null", "[]", '"x"', "{}", '{"1": {"class_type": 3}}'],
    )
    def test_broken_json(self, text: str) -> None:
        """Text that is no graph gives None."""
        assert png(prompt=text) is None

    def test_cycles(self) -> None:
        """A graph that bites its tail ends."""
        graph = base(load=load(), a=node("Reroute", x=["b", 0]), b=node("Reroute", x=["a", 0]))
        graph["k"]["inputs"]["latent_image"] = ["a", 0]
        graph["decode"]["inputs"]["vae"] = ["save", 0]
        reading = read_graph(graph, width=512, height=512)
        assert reading is not None

    def test_constants_in_a_circle(self) -> None:
        """A number that is its own source is not a number."""
        graph = encoded(a=node("Int", value=["b", 0]), b=node("Int", value=["a", 0]))
        graph["k"]["inputs"]["denoise"] = ["a", 0]
        reading = read_graph(graph, width=512, height=512)
        assert reading is not None
        assert reading.strength is None


class TestStaysInBounds:
    def timed(self, graph: object) -> Reading | None:
        """Read within the time allowed."""
        start = time.perf_counter()
        reading = read_graph(graph, width=512, height=512)
        assert time.perf_counter() - start < SECONDS
        return reading

    def test_too_many_nodes(self) -> None:
        """A hundred thousand nodes are counted, not walked: "not recorded", with the reason."""
        graph = base(**{f"n{i}": node("Reroute", x=[f"n{i - 1}", 0]) for i in range(100_000)})
        assert self.timed(graph) is None
        reading = png(prompt=json.dumps(graph))
        assert reading is not None
        assert Answer.NOT_RECORDED is reading.image_input
        assert any(str(MAX_NODES) in note.en for note in reading.notes)

    def test_a_long_chain(self) -> None:
        """The longest chain allowed is followed to its end without recursion."""
        chain = {f"n{i}": node("ImageInvert", image=[f"n{i - 1}", 0]) for i in range(1, 15_000)}
        graph = {"n0": load(), **chain, "save": node("SaveImage", images=["n14999", 0])}
        reading = self.timed(graph)
        assert reading is not None
        assert Answer.YES is reading.image_input

    def test_many_samplers_over_everything(self) -> None:
        """States multiply with samplers; the walk stops at its bound and says so or finishes."""
        graph: dict[str, Any] = {"n0": node("EmptyLatentImage", width=512, height=512)}
        for i in range(1, 1500):
            graph[f"n{i}"] = node(
                "KSampler",
                latent_image=[f"n{i - 1}", 0],
                positive=[f"n{i // 2}", 0],
                model=[f"n{i // 3}", 0],
                denoise=0.5,
            )
        graph["save"] = node("SaveImage", images=["n1499", 0])
        reading = self.timed(graph)
        assert reading is not None
        assert Answer.YES is not reading.image_input

    def test_many_outputs(self) -> None:
        """Many outputs over one long chain share the bound."""
        chain = {f"n{i}": node("ImageScaleBy", image=[f"n{i - 1}", 0], scale_by=1.0) for i in range(1, 3_000)}
        saves = {f"s{i}": node("SaveImage", images=[f"n{i}", 0]) for i in range(1, 3_000)}
        assert self.timed({"n0": load(), **chain, **saves}) is not None

    def test_long_names(self) -> None:
        """Names of a megabyte cost no more than names."""
        long = "a" * 1_000_000
        graph = encoded(load=node("LoadImage" + long, image=long), odd=node(long, **{long: ["load", 0]}))
        assert self.timed(graph) is not None
