from __future__ import annotations

import base64
import hashlib
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from myself_i2i.recording.interface import Origin
from tests.plugins.comfyui_pack import image_to_image, pack_module, scaled

graph = pack_module("graph")


def picture() -> bytes:
    buffer = BytesIO()
    Image.effect_noise((24, 24), 60).save(buffer, "PNG")
    return buffer.getvalue()


def only(prompt: dict[str, Any], node: str) -> Any:
    (going,) = graph.make_plan(prompt, node).going
    return going


class TestPlan:
    def test_reaching(self) -> None:
        """Only what reaches the output counts: a loader that leads nowhere did not go in."""
        plan = graph.make_plan(image_to_image(), "s")
        assert [("init", "a.png", Origin.FILE)] == [(one.role, one.name, one.origin) for one in plan.going]

    def test_facts(self) -> None:
        """Mode, model, strength, prompts and settings are what the graph says; a 64-bit seed keeps its digits."""
        facts = graph.make_plan(image_to_image(denoise=0.4), "s").facts
        assert ("i2i", "toy.safetensors", 0.4) == (facts.mode, facts.model, facts.strength)
        assert ("a cat", "blurred") == (facts.prompt, facts.negative_prompt)
        assert (str(2**63), "6", "euler") == tuple(facts.other[key] for key in ("seed", "steps", "sampler"))

    def test_two_outputs(self) -> None:
        """Each output has its own inputs, not those of its neighbour in the same graph."""
        prompt = {**scaled("a.png"), **{f"x{key}": entry for key, entry in scaled("b.png").items()}}
        prompt["x2"]["inputs"]["image"], prompt["x3"]["inputs"]["images"] = ["x1", 0], ["x2", 0]
        assert "a.png" == only(prompt, "3").name
        assert "b.png" == only(prompt, "x3").name

    @pytest.mark.parametrize(
        ("name", "origin"),
        [
            ("clipspace/clipspace-mask-1.png [input]", Origin.EDITOR),
            ("pasted/image (2).png", Origin.CLIPBOARD),
            ("drawing.png", Origin.FILE),
            ("ComfyUI_00001_.png [output]", Origin.FILE),
        ],
    )
    def test_origin(self, name: str, origin: Origin) -> None:
        """A picture is noted as what it is: from the mask editor, the clipboard, or a file."""
        assert (name, origin) == (only(scaled(name), "3").value, only(scaled(name), "3").origin)

    def test_embedded(self) -> None:
        """A picture inside the graph is noted with its own bytes, with or without a data URI."""
        data = picture()
        text = base64.b64encode(data).decode()
        for value in (text, f"data:image/png;base64,{text}"):
            found = only(scaled(value, loader="ETN_LoadImageBase64"), "3")
            assert (Origin.EMBEDDED, hashlib.sha256(data).digest()) == (
                found.origin,
                hashlib.sha256(found.data).digest(),
            )

    def test_url(self) -> None:
        """A URL keeps host and path; user, query and fragment may be secrets and are left out of the record."""
        prompt = {
            "1": {
                "class_type": "LoadImageFromUrl",
                "inputs": {"url": "https://me:pw@host/a.png?token=secret#x"},
            },
            "3": {"class_type": "SaveImage", "inputs": {"images": ["1", 0]}},
        }
        assert (Origin.URL, "https://host/a.png") == (only(prompt, "3").origin, only(prompt, "3").name)

    def test_latent(self) -> None:
        """A latent file is an input with the role latent."""
        prompt = image_to_image()
        prompt["e"] = {"class_type": "LoadLatent", "inputs": {"latent": "kept.latent"}}
        assert ("latent", Origin.LATENT) == (only(prompt, "s").role, only(prompt, "s").origin)

    def test_own_nodes(self) -> None:
        """The pack's own loader and saver are read as what they are."""
        prompt = scaled("a.png", loader="MyselfI2iLoadDeclaredImage", save="MyselfI2iSaveImageMarked")
        prompt["1"]["inputs"] |= {"basis": "own-generation", "earlier_file": "before.png"}
        assert "a.png" == only(prompt, "3").value

    @given(st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
            st.sampled_from(["1", "2", "class_type", "inputs", "image", "images"]), inner, max_size=4
        ),
        max_leaves=20,
    ).filter(lambda value: isinstance(value, dict)))  # fmt: skip
    @settings(max_examples=150)
    def test_strange(self, prompt: dict[str, Any]) -> None:
        """A graph of any shape gives a plan; the walk ends and nothing is raised."""
        for node in ("1", "2", "absent"):
            assert graph.make_plan(prompt, node).facts.mode

    def test_cycle(self) -> None:
        """A graph that bites its tail ends the walk."""
        prompt = scaled()
        prompt["1"]["inputs"]["back"] = ["3", 0]
        assert {"1", "2", "3"} == set(graph.ancestors(prompt, "3"))
