"""Does somebody else's verifier agree, and does the official rubric find what it asks?"""

from __future__ import annotations

import io
import json
from typing import Any

import c2pa
import encypher_c2pa
import pytest

from myself_i2i.c2pa import labels, native
from myself_i2i.c2pa.ingredient import Ingredient
from tests.support.credentials import Maker, manifest
from tests.support.pictures import BUILDERS, png

FORMATS = tuple(BUILDERS)
CODED = {"png": (b"IDAT", 20), "jpeg": (b"\xff\xd9", -3), "webp": (b"VP8L", 20), "avif": (b"mdat", 40)}
"""Where a byte of the coded picture stands: after which bytes, how far."""


def marked(form: str, someone: Maker) -> bytes:
    """A picture with a source, our own assertion and all that a mark has."""
    source = {"title": "s", "format": "image/png", "relationship": labels.INPUT_TO, "label": "s0"}
    said = manifest({"label": labels.MARK, "kind": "Json", "data": {"version": 1}}, ingredients=("s0",))
    said["assertions"][0]["data"]["allActionsIncluded"] = False
    blocks = [{"scope": {}, "value": "IQdi0uk7GSf8Q1pDuXbIGPJi0uk7GSf8Q1pDuXbIGPJi0g=="}]
    binding = {"alg": labels.SOFT_BINDING_ISCC, "blocks": blocks, "pad": []}
    said["assertions"].append({"label": labels.SOFT_BINDING, "data": binding})
    picture = BUILDERS[form]()
    return native.sign(
        picture,
        f"image/{form}",
        said,
        [Ingredient(source, png(seed=4))],
        chain_pem=someone.chain,
        key=someone.pem,
    ).data


def judged(form: str, data: bytes) -> dict[str, Any]:
    """The independent verifier's report; nothing is sent and nothing fetched."""
    return dict(encypher_c2pa.verify(data, f"image/{form}", telemetry=False, online=False))


@pytest.mark.parametrize("form", FORMATS)
class TestIndependentVerifier:
    def test_agrees(self, form: str, someone: Maker) -> None:
        """A second implementation finds the same file Valid, intact, by a signer on no list."""
        report = judged(form, marked(form, someone))
        assert ("Valid", "valid", "match") == (
            report["validation_state"],
            report["integrity"],
            report["hard_binding"],
        )
        assert ["signingCredential.untrusted"] == [
            one["code"] for one in report["validation_results"]["failure"]
        ]

    def test_agrees_on_changes(self, form: str, someone: Maker) -> None:
        """It finds the same change in the coded picture that we find."""
        data = bytearray(marked(form, someone))
        data[data.rindex(CODED[form][0]) + CODED[form][1]] ^= 1
        reading = native.read(bytes(data), f"image/{form}")
        assert reading is not None
        assert ["mismatch"] == [one.code.rsplit(".", 1)[1] for one in reading.altered]
        assert "Invalid" == judged(form, bytes(data))["validation_state"]


@pytest.mark.parametrize("form", FORMATS)
class TestConformanceRubric:
    """Rules of asset-rubric-conformance0.2-spec2.4 (c2pa-org/conformance-public) that a writer can break."""

    @pytest.fixture
    def active(self, form: str, someone: Maker) -> dict[str, Any]:
        """The active manifest as crJSON, the form that the rubric is run on."""
        with c2pa.Reader(f"image/{form}", io.BytesIO(marked(form, someone))) as reader:
            found: dict[str, Any] = json.loads(reader.crjson())["manifests"][0]
        return found

    def test_claim(self, active: dict[str, Any]) -> None:
        """The claim is version 2, names the specification it follows, and has a urn:c2pa label."""
        claim = active["claim.v2"]
        assert "2.4.0" == claim["claim_generator_info"]["specVersion"]
        assert "specVersion" not in claim
        assert active["label"].startswith("urn:c2pa:")

    def test_created(self, active: dict[str, Any]) -> None:
        """Actions, ingredient, mark and hard binding are created; nothing is gathered."""
        claim = active["claim.v2"]
        created = {one["url"].rsplit("/", 1)[1] for one in claim["created_assertions"]}
        assert {labels.ACTIONS, labels.INGREDIENT, labels.MARK} < created
        assert any(label.startswith("c2pa.hash.") for label in created)
        assert not claim.get("gathered_assertions")

    def test_actions(self, active: dict[str, Any]) -> None:
        """The first action is an inception with a source type, and allActionsIncluded has a value."""
        actions = active["assertions"][labels.ACTIONS]
        first = actions["actions"][0]
        assert (labels.ACTION_CREATED, labels.TRAINED_ALGORITHMIC_MEDIA) == (
            first["action"],
            first["digitalSourceType"],
        )
        assert 1 == len(first["parameters"]["ingredients"])
        assert isinstance(actions["allActionsIncluded"], bool)

    def test_labels(self, active: dict[str, Any]) -> None:
        """No deprecated label, and our own label is a domain name without a first-version suffix."""
        found = set(active["assertions"])
        assert not found & {"c2pa.actions", "c2pa.ingredient", "c2pa.ingredient.v2", "c2pa.hash.bmff.v2"}
        assert "org.myself-i2i.mark" in found

    def test_no_malformed(self, active: dict[str, Any]) -> None:
        """Nothing fails but that the signer is on no list."""
        failures = [one["code"] for one in active["validationResults"]["failure"]]
        assert ["signingCredential.untrusted"] == failures
