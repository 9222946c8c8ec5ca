"""Every reader against values of the wrong type and shape in every place it looks."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myself_i2i.inspection.combine import inspect_material
from myself_i2i.inspection.interface import Material, Reading
from myself_i2i.inspection.readers import READERS
from tests.inspection.test_report import VALIDATOR, strict
from tests.support.materials import material
from tests.support.pictures import picture, xmp_packet

KEYS = (
    "request_type", "strength", "director_reference_strengths", "signed_hash", "img2img", "Comment", "req_type", "width",
    "reference_strength", "generation_mode", "init_image", "controlnets", "ipAdapters", "canvas_v2_metadata", "ref_images",
    "image", "image_name", "nodes", "edges", "source", "destination", "target", "id", "data", "inputs", "type", "images",
    "postprocessing", "dream_command", "tool", "orig_hash", "init_img", "prompt", "sui_image_params", "sui_extra_data",
    "initimage", "initimagecreativity", "promptimages", "controlnetmodel", "unused_parameters", "loras", "model", "lora",
    "control", "profile", "timings", "name", "v2", "control_inputs", "init_image_strength", "mask_image", "file", "weight",
    "class_type", "is_changed", "links", "widgets_values", "workflow", "generation_data", "smproj", "denoise", "software",
)  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.sampled_from(
        ["", "a.png", "None", "txt2img", "Img2ImgRequest", "data:image/png;base64,AA==", "!fix x -c top 1"]
    )
    | st.text(max_size=12)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=25,
)
RECORDS = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=10)
TEXTS = (
    "parameters", "prompt", "workflow", "Comment", "Description", "Title", "Software", "Source", "invokeai_metadata",
    "invokeai_graph", "invokeai_workflow", "Dream", "sd-metadata", "generation_data", "smproj", "parameters-json",
    "fooocus_scheme", "use_lora_model", "prompt_strength", "Creation Time",
)  # fmt: skip
EXIF = ("UserComment", "ImageDescription", "Software", "Make", "Model", "MakerNote", "Artist")
NAMES = (
    "NovelAI",
    "Draw Things",
    "Imaginairy / x",
    "ComfyUI",
    "SwarmUI",
    "Job ID: 0ab4f1c2-82c5-4069-86e2-ea57fe45157a",
)
TOKENS = (
    "-I",
    "a.png",
    '"',
    "!fix",
    "Steps: 3",
    ", ",
    "Version: ",
    "ControlNet 0: ",
    "{",
    "[",
    "\n",
    "--sref",
    "http://x",
    *NAMES,
)
LINES = st.lists(st.sampled_from(TOKENS) | st.text(max_size=6), max_size=12).map(" ".join)
PLACED = st.one_of(RECORDS.map(json.dumps), VALUES.map(json.dumps), LINES, st.sampled_from(NAMES))

READER_IDS = [reader.name for reader in READERS]


def loosely(value: Any) -> str:
    """JSON as a tool might write it, NaN included."""
    return value if isinstance(value, str) else json.dumps(value)


MANIFEST_KEYS = (
    "active_manifest", "manifests", "assertions", "label", "data", "actions", "action", "softwareAgent", "ingredients",
    "digitalSourceType", "parameters", "relationship", "format", "title", "thumbnail", "signature_info", "issuer", "created",
    "claim_generator_info", "claim_generator", "claim_version", "validation_state", "validation_results", "failure", "code",
    "activeManifest", "validation_status", "name", "a",
)  # fmt: skip
WORDS = (
    "a",
    "Trusted",
    "Google LLC",
    "c2pa.actions",
    "c2pa.opened",
    "c2pa.created",
    "parentOf",
    "inputTo",
    "image/png",
)
MANIFESTS = st.recursive(
    SCALARS | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(MANIFEST_KEYS), inner, max_size=7)
    ),
    max_leaves=30,
)
STORES = st.fixed_dictionaries(
    {"active_manifest": st.just("a"), "manifests": st.fixed_dictionaries({"a": MANIFESTS}) | MANIFESTS},
    optional={"validation_state": SCALARS | st.just("Trusted"), "validation_results": MANIFESTS},
)


@st.composite
def materials(draw: st.DrawFn) -> Material:
    """A file whose texts, EXIF, XMP, hidden text and manifest hold anything."""
    inner = draw(
        st.sampled_from(
            ["", "<xmp:CreatorTool>Draw Things</xmp:CreatorTool><exif:UserComment>%s</exif:UserComment>"]
        )
    )
    body = draw(PLACED).replace("&", "").replace("<", "").replace("\0", "")
    return material(
        draw(st.dictionaries(st.sampled_from(TEXTS), PLACED, max_size=4)),
        exif=draw(st.dictionaries(st.sampled_from(EXIF), PLACED, max_size=3)),
        xmp=draw(st.none() | st.just(xmp_packet(inner.replace("%s", body)).decode("utf-8", "replace"))),
        manifest=draw(st.none() | STORES | MANIFESTS),
        pixels=draw(st.sampled_from([None, picture(8, 6, "RGBA"), picture(8, 6, "L")])),
        stealth=draw(st.none() | PLACED),
    )


class TestAnyReader:
    @settings(max_examples=400, deadline=None)
    @given(materials())
    def test_never_raises(self, found: Material) -> None:
        """No reader raises on any value, and whatever they say together fits the schema."""
        VALIDATOR.validate(json.loads(strict(inspect_material(found, strict=True).to_json())))

    @pytest.mark.parametrize("reader", READERS, ids=READER_IDS)
    def test_plain_file(self, reader: Any) -> None:
        """No reader claims a file without metadata."""
        assert reader.read(material()) is None

    @pytest.mark.parametrize("reader", READERS, ids=READER_IDS)
    @pytest.mark.parametrize("depth", [200, 900, 950, 990])
    @pytest.mark.parametrize("shape", ["[", '{"prompt":', '{"nodes":', '{"image":', '[{"inputs":'])
    def test_deep(self, reader: Any, depth: int, shape: str) -> None:
        """Deeply nested values cost no reader its answer."""
        read: Callable[[Material], Reading | None] = reader.read
        close = {"[": "]", "{": "}"}
        end = "".join(close[c] for c in reversed(shape) if c in close)
        deep = shape * depth + "1" + end * depth
        texts = {key: deep for key in TEXTS if key != "Software"}
        found = read(
            material({**texts, "Software": "NovelAI"}, exif={"UserComment": deep, "Software": "Draw Things"})
        )
        assert found is None or found.evidence
