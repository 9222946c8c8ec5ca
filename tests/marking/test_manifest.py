from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from myself_i2i.attestation import Envelope
from myself_i2i.c2pa import labels
from myself_i2i.c2pa.ingredient import Ingredient
from myself_i2i.errors import LimitError, UsageError
from myself_i2i.marking import manifest
from myself_i2i.marking.manifest import MarkContent, TrainingMining, Use, digital_source_type
from myself_i2i.predicates.generation import IMAGE_INPUT, MODES

Content = Callable[..., MarkContent]
DIGEST = "ab" * 32
PARENT = Ingredient(
    {"relationship": labels.PARENT_OF, "label": manifest.PARENT_LABEL, "format": "image/png"}, b"x"
)


def assertion(plan: manifest.Plan, label: str) -> Any:
    """The one assertion under a label."""
    (found,) = (one for one in plan.manifest["assertions"] if one["label"] == label)
    return found


class TestBuild:
    def test_created(self, content: Content) -> None:
        """A generated picture is "created", names its source type, and links each source that went in."""
        plan = manifest.build(content(), image_data=DIGEST)
        (action,) = assertion(plan, labels.ACTIONS)["data"]["actions"]
        assert (labels.ACTION_CREATED, labels.TRAINED_ALGORITHMIC_MEDIA) == (
            action["action"],
            action["digitalSourceType"],
        )
        (ingredient,) = plan.ingredients
        assert [ingredient.definition["label"]] == action["parameters"]["ingredientIds"]
        assert labels.INPUT_TO == ingredient.definition["relationship"]

    def test_text_alone(self, content: Content) -> None:
        """A picture made from words has no ingredient and no link to one."""
        plan = manifest.build(content(mode="t2i", image_input="no", sources=()), image_data=DIGEST)
        assert () == plan.ingredients
        assert "parameters" not in assertion(plan, labels.ACTIONS)["data"]["actions"][0]

    def test_opened(self, content: Content) -> None:
        """Over an earlier manifest the mark says "opened", names exactly that parent, and gives no source type."""
        plan = manifest.build(content(), image_data=DIGEST, parent=PARENT)
        opened, edited = assertion(plan, labels.ACTIONS)["data"]["actions"]
        assert {
            "action": labels.ACTION_OPENED,
            "parameters": {"ingredientIds": [manifest.PARENT_LABEL]},
        } == opened
        assert {"action": labels.ACTION_EDITED_METADATA} == edited
        assert PARENT == plan.ingredients[0]

    @pytest.mark.parametrize("edited", [True, False])
    def test_all_actions(self, edited: bool, content: Content) -> None:  # noqa: FBT001 - both ways
        """Since the parent was opened nothing else happened; before, only a recorder could know."""
        plan = manifest.build(content(), image_data=DIGEST, parent=PARENT, metadata_edited=edited)
        data = assertion(plan, labels.ACTIONS)["data"]
        assert (1 + edited, True) == (len(data["actions"]), data["allActionsIncluded"])
        created = manifest.build(content(), image_data=DIGEST)
        assert False is assertion(created, labels.ACTIONS)["data"]["allActionsIncluded"]

    def test_mark(self, content: Content, envelope: Callable[[str], bytes]) -> None:
        """Our assertion carries the statements exactly as signed, and each source with its digest and basis."""
        found = assertion(manifest.build(content(), image_data=DIGEST), labels.MARK)
        assert ("Json", True) == (found["kind"], found["created"])
        data = found["data"]
        assert (1, DIGEST) == (data["version"], data["imageData"])
        for name in ("pledge", "generation"):
            assert envelope(name) == Envelope.from_json(data[name]).to_json()
        (source,) = data["sources"]
        assert ("own-drawing", ["init"]) == (source["basis"], source["roles"])
        assert envelope("source") == Envelope.from_json(source["statement"]).to_json()

    def test_source_is_named(self, content: Content) -> None:
        """The ingredient and our assertion name a source by the same digest of its bytes (RFC 6920)."""
        plan = manifest.build(content(), image_data=DIGEST)
        (source,) = assertion(plan, labels.MARK)["data"]["sources"]
        assert source["ingredient"] == plan.ingredients[0].definition["instance_id"]
        assert source["ingredient"].startswith("ni:///sha-256;")

    def test_titles(self, content: Content) -> None:
        """No file name gets into a mark unless the maker gives one."""
        plan = manifest.build(content(), image_data=DIGEST)
        assert "source 1" == plan.ingredients[0].definition["title"]
        assert "title" not in plan.manifest
        assert "mine" == manifest.build(content(title="mine"), image_data=DIGEST).manifest["title"]

    def test_optional_parts(self, content: Content, envelope: Callable[[str], bytes]) -> None:
        """Fingerprints, picture digest and permission of a source go in when they are there."""
        (plain,) = content().sources
        full = replace(
            plain, permission=envelope("permission"), image_data=DIGEST, fingerprints={"pdq_v1": "f0"}
        )
        plan = manifest.build(content(sources=(full,)), image_data=DIGEST)
        (source,) = assertion(plan, labels.MARK)["data"]["sources"]
        assert (DIGEST, {"pdq_v1": "f0"}) == (source["imageData"], source["fingerprints"])
        assert envelope("permission") == Envelope.from_json(source["permission"]).to_json()

    def test_wish(self, content: Content) -> None:
        """A wish about one's own picture is written only when one was said."""
        silent = manifest.build(content(), image_data=DIGEST)
        assert 2 == len(silent.manifest["assertions"])
        wish = TrainingMining(ai_inference=Use.NOT_ALLOWED, data_mining=Use.ALLOWED)
        said = assertion(
            manifest.build(content(training_mining=wish), image_data=DIGEST), labels.TRAINING_MINING
        )
        assert {
            "cawg.ai_inference": {"use": "notAllowed"},
            "cawg.data_mining": {"use": "allowed"},
        } == said["data"]["entries"]

    def test_json(self, content: Content) -> None:
        """A plan is plain JSON."""
        assert json.loads(json.dumps(manifest.build(content(), image_data=DIGEST).manifest))


class TestRefusals:
    def test_twice(self, content: Content) -> None:
        """One file is one source, whatever it was used for."""
        (source,) = content().sources
        with pytest.raises(UsageError, match="twice"):
            manifest.build(content(sources=(source, source)), image_data=DIGEST)

    @pytest.mark.parametrize("digest", ["", "AB" * 32, "ab" * 31, "zz" * 32])
    def test_digest(self, digest: str, content: Content) -> None:
        """What is no sha256 in lower-case hex is refused."""
        with pytest.raises(UsageError):
            manifest.build(content(), image_data=digest)

    @pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b"[" * 5000])
    def test_envelope(self, data: bytes, content: Content) -> None:
        """What is no envelope is refused."""
        with pytest.raises(UsageError):
            manifest.build(content(pledge=data), image_data=DIGEST)

    def test_many(self, content: Content) -> None:
        """More sources than fit are refused, and so is a record too large, with a way out."""
        (source,) = content().sources
        many = tuple(replace(source, sha256=f"{number:064x}") for number in range(manifest.SOURCES + 1))
        with pytest.raises(LimitError):
            manifest.build(content(sources=many), image_data=DIGEST)
        large = json.dumps({"payload": "x" * manifest.MARK_BYTES}).encode()
        with pytest.raises(LimitError) as caught:
            manifest.build(content(generation=large), image_data=DIGEST)
        assert caught.value.hint is not None


class TestDigitalSourceType:
    @pytest.mark.parametrize("mode", ["inpaint", "outpaint", "edit"])
    def test_composite(self, mode: str) -> None:
        """Where part of the source stays in the picture it is a composite with model output."""
        assert labels.COMPOSITE_WITH_TRAINED_ALGORITHMIC_MEDIA == digital_source_type(mode, "yes")

    @pytest.mark.parametrize("mode", ["t2i", "i2i", "controlnet", "reference"])
    def test_trained(self, mode: str) -> None:
        """Where a model makes every pixel it is that model's output."""
        assert labels.TRAINED_ALGORITHMIC_MEDIA == digital_source_type(mode, "yes")

    def test_second_pass(self) -> None:
        """A tool's own enlarging stays model output; enlarging a loaded picture is a composite."""
        assert labels.TRAINED_ALGORITHMIC_MEDIA == digital_source_type("upscale", "no")
        assert labels.COMPOSITE_WITH_TRAINED_ALGORITHMIC_MEDIA == digital_source_type("upscale", "yes")

    def test_every_mode(self) -> None:
        """Every mode and answer of inspection has a source type."""
        found = {digital_source_type(mode, answer) for mode in MODES for answer in IMAGE_INPUT}
        assert 2 == len(found)
