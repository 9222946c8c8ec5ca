from typing import Any

import pytest

from myself_i2i.inspection import contentcredentials
from myself_i2i.inspection.interface import Answer, Mode, Reading
from tests.support.materials import material

NEWSCODES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
GENERATED = NEWSCODES + "trainedAlgorithmicMedia"
COMPOSITE = NEWSCODES + "compositeWithTrainedAlgorithmicMedia"
MISMATCH = "assertion.dataHash.mismatch"
UNTRUSTED = "signingCredential.untrusted"


def action(name: str, source_type: str | None = None, **more: Any) -> dict[str, Any]:
    """One action."""
    return {"action": name, **({"digitalSourceType": source_type} if source_type else {}), **more}


def manifest(
    *actions: dict[str, Any],
    issuer: str = "Google LLC",
    generator: str = "Generator",
    ingredients: Any = (),
    **more: Any,
) -> dict[str, Any]:
    """One manifest as the C2PA reader reports it."""
    return {
        "claim_generator_info": [{"name": generator, "version": "1"}],
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": list(actions)}, "created": True}],
        "ingredients": list(ingredients),
        "signature_info": {"issuer": issuer},
        "claim_version": 2,
        **more,
    }


def read(
    active: dict[str, Any], *codes: str, state: str = "Trusted", earlier: dict[str, Any] | None = None
) -> Reading:
    """What the reader says of a store with this active manifest."""
    store = {
        "active_manifest": "urn:c2pa:active",
        "manifests": {"urn:c2pa:active": active, **(earlier or {})},
        "validation_state": state,
        "validation_results": {"activeManifest": {"failure": [{"code": code} for code in codes]}},
    }
    reading = contentcredentials.read(material(manifest=store))
    assert reading is not None
    assert reading.evidence
    return reading


GOOGLE = manifest(action("c2pa.created", GENERATED, description="Created by Google Generative AI."))
GIVEN = {
    "relationship": "inputTo",
    "format": "image/jpeg",
    "active_manifest": "urn:c2pa:before",
    "title": "a.jpg",
}


class TestGoogle:
    def test_nothing_given(self) -> None:
        """No inputTo ingredient means that none was given, as far as Google says; a trusted signer attests it."""
        reading = read(GOOGLE)
        assert (Mode.T2I, Answer.NO, "Google LLC") == (reading.mode, reading.image_input, reading.attested_by)

    def test_given(self) -> None:
        """A given picture is linked by the URN of its own manifest."""
        reading = read({**GOOGLE, "ingredients": [GIVEN]})
        assert (Mode.EDIT, Answer.YES) == (reading.mode, reading.image_input)
        assert [("a.jpg", "urn:c2pa:before")] == [(item.name, item.urn) for item in reading.inputs]

    def test_given_beside_the_action(self) -> None:
        """An ingredient spelled out beside its action counts the same, once."""
        beside = action("c2pa.created", GENERATED, parameters={"ingredients": [GIVEN]})
        assert 1 == len(read(manifest(beside)).inputs)
        assert 1 == len(read(manifest(beside, ingredients=[GIVEN])).inputs)

    def test_bare_ingredient(self) -> None:
        """An input of unknown kind need not be a picture."""
        bare = {"relationship": "inputTo", "description": "Input ingredient 0"}
        assert Answer.NOT_RECORDED is read({**GOOGLE, "ingredients": [bare]}).image_input

    def test_own_second_step(self) -> None:
        """Opening its own first version to add a watermark is no user image."""
        parent = {"relationship": "parentOf", "active_manifest": "urn:first", "format": "image/png"}
        wrapper = manifest(action("c2pa.opened"), action("c2pa.edited", GENERATED), ingredients=[parent])
        reading = read(wrapper, earlier={"urn:first": GOOGLE})
        assert (Mode.T2I, Answer.NO, "Google LLC") == (reading.mode, reading.image_input, reading.attested_by)

    def test_first_version_missing(self) -> None:
        """Where the first version's manifest is not in the file, the question stays open."""
        parent = {"relationship": "parentOf", "active_manifest": "urn:first", "format": "image/png"}
        wrapper = manifest(action("c2pa.opened"), action("c2pa.edited", GENERATED), ingredients=[parent])
        assert Answer.NOT_RECORDED is read(wrapper).image_input

    def test_composite(self) -> None:
        """A picture that is only partly generated is no text to image."""
        assert Answer.NOT_RECORDED is read(manifest(action("c2pa.created", COMPOSITE))).image_input

    def test_name_of_the_kit_is_not_the_signer(self) -> None:
        """Software named after Google, signed by someone else, is not Google's word."""
        reading = read(
            manifest(action("c2pa.created", GENERATED), issuer="Someone", generator="Google C2PA SDK")
        )
        assert Answer.NOT_RECORDED is reading.image_input


class TestOthers:
    @pytest.mark.parametrize("agent", ["GPT-4o", {"name": "gpt-image", "version": "2.0"}])
    def test_openai(self, agent: Any) -> None:
        """OpenAI records no input, so the question stays open."""
        reading = read(manifest(action("c2pa.created", GENERATED, softwareAgent=agent), issuer="OpenAI"))
        assert ("OpenAI", Mode.UNKNOWN, Answer.NOT_RECORDED) == (
            reading.tool,
            reading.mode,
            reading.image_input,
        )

    @pytest.mark.parametrize("key", ["com.adobe.firefly.operation", "firefly.operation"])
    @pytest.mark.parametrize(
        ("operation", "mode", "answer"),
        [
            ("text_to_image", Mode.T2I, Answer.NO),
            ("generative_fill", Mode.INPAINT, Answer.YES),
            ("generative_expand", Mode.OUTPAINT, Answer.YES),
            ("image_to_image", Mode.I2I, Answer.YES),
            ("hologram", Mode.UNKNOWN, Answer.NOT_RECORDED),
        ],
    )
    def test_firefly(self, key: str, operation: str, mode: Mode, answer: Answer) -> None:
        """Firefly names its operation; one that is not known is not guessed at."""
        created = action(
            "c2pa.created", GENERATED, softwareAgent="Adobe Firefly", parameters={key: operation}
        )
        reading = read(manifest(created, issuer="Adobe Inc.", generator="Adobe_Firefly"))
        assert (mode, answer, "Adobe Firefly") == (reading.mode, reading.image_input, reading.tool)

    def test_firefly_reference(self) -> None:
        """A picture listed beside a text operation was given as a reference."""
        created = action("c2pa.created", GENERATED, parameters={"firefly.operation": "text_to_image"})
        used = {"relationship": "componentOf", "format": "image/png", "title": "style.png"}
        reading = read(manifest(created, issuer="Adobe Inc.", ingredients=[used]))
        assert (Mode.REFERENCE, Answer.YES) == (reading.mode, reading.image_input)

    def test_photoshop_fill(self) -> None:
        """Generative fill inside a document leaves open what the document holds."""
        edited = action("c2pa.edited", COMPOSITE, softwareAgent="Adobe Firefly")
        reading = read(manifest(edited, issuer="Adobe Inc.", generator="Adobe Photoshop"))
        assert (Mode.INPAINT, Answer.NOT_RECORDED) == (reading.mode, reading.image_input)

    def test_opened_then_filled(self) -> None:
        """A file that was opened and then changed by AI went in."""
        parent = {"relationship": "parentOf", "format": "image/jpeg", "title": "photo.jpg"}
        steps = [action("c2pa.opened"), action("c2pa.edited", COMPOSITE, softwareAgent="Adobe Firefly")]
        reading = read(manifest(*steps, issuer="Adobe Inc.", ingredients=[parent]))
        assert (Mode.INPAINT, "photo.jpg") == (reading.mode, reading.inputs[0].name)

    def test_anyone(self) -> None:
        """That AI made it is no proof that nothing went in."""
        reading = read(manifest(action("c2pa.created", GENERATED), issuer="Someone"))
        assert (Mode.UNKNOWN, Answer.NOT_RECORDED) == (reading.mode, reading.image_input)

    def test_camera(self) -> None:
        """A photograph has no step made with AI, and the note says so."""
        reading = read(manifest(action("c2pa.created", NEWSCODES + "digitalCapture"), issuer="Camera"))
        assert "no step made with AI" in reading.notes[0].en

    def test_old_generator(self) -> None:
        """Old claims name their generator in one line."""
        old = {
            "claim_generator": "Adobe_Photoshop/26.0.0 adobe_c2pa/0.12",
            "assertions": [],
            "claim_version": 1,
        }
        reading = read(old)
        assert ("Adobe Photoshop", "26.0.0") == (reading.tool, reading.tool_version)


class TestStanding:
    def test_unknown_signer(self) -> None:
        """An intact manifest by an unknown signer is read and not attested."""
        reading = read(GOOGLE, UNTRUSTED, state="Valid")
        assert (Answer.NO, None) == (reading.image_input, reading.attested_by)
        assert "not on a list known here" in reading.notes[-1].en

    def test_expired(self) -> None:
        """An expired certificate is about the signer, not about the file."""
        reading = read(GOOGLE, UNTRUSTED, "signingCredential.expired", state="Invalid")
        assert (Answer.NO, None) == (reading.image_input, reading.attested_by)

    def test_changed_file(self) -> None:
        """A manifest that does not fit its file never proves that nothing went in."""
        reading = read(GOOGLE, MISMATCH, state="Invalid")
        assert (Answer.NOT_RECORDED, None) == (reading.image_input, reading.attested_by)
        assert MISMATCH in reading.notes[-1].en

    def test_changed_file_with_input(self) -> None:
        """A named input stays as a claim, not attested."""
        reading = read({**GOOGLE, "ingredients": [GIVEN]}, MISMATCH, state="Invalid")
        assert (Answer.YES, None) == (reading.image_input, reading.attested_by)

    @pytest.mark.parametrize("state", ["Invalid", "unheard of"])
    def test_no_reason(self, state: str) -> None:
        """A state without a reason is not taken for intact."""
        assert Answer.NOT_RECORDED is read(GOOGLE, state=state).image_input

    def test_gathered(self) -> None:
        """Actions that were only gathered are not the signer's word."""
        hearsay = {**GOOGLE, "assertions": [{**GOOGLE["assertions"][0], "created": False}]}
        assert read(hearsay).attested_by is None

    def test_private_list(self) -> None:
        """A signer the reader trusts privately is not a third party for everyone."""
        store = {
            "active_manifest": "a",
            "manifests": {"a": GOOGLE},
            "validation_state": "Trusted",
            "myself_i2i.standing": "private_anchor",
        }
        reading = contentcredentials.read(material(manifest=store))
        assert reading is not None
        assert reading.attested_by is None

    def test_other_signer_beneath(self) -> None:
        """An earlier manifest of another signer is not vouched for by the active one's list."""
        parent = {"relationship": "parentOf", "active_manifest": "urn:first"}
        wrapper = manifest(action("c2pa.opened"), ingredients=[parent])
        assert (
            read(
                wrapper, earlier={"urn:first": {**GOOGLE, "signature_info": {"issuer": "Other"}}}
            ).attested_by
            is None
        )

    def test_circle(self) -> None:
        """Manifests that name each other as parent end the walk."""
        to_b = manifest(
            action("c2pa.opened"), ingredients=[{"relationship": "parentOf", "active_manifest": "urn:b"}]
        )
        to_a = manifest(
            action("c2pa.opened"),
            ingredients=[{"relationship": "parentOf", "active_manifest": "urn:c2pa:active"}],
        )
        assert Answer.NOT_RECORDED is read(to_b, earlier={"urn:b": to_a}).image_input

    @pytest.mark.parametrize(
        "store", [None, {}, {"active_manifest": "a"}, {"active_manifest": "a", "manifests": {}}, 7]
    )
    def test_no_manifest(self, store: Any) -> None:
        """Without an active manifest there is nothing to read."""
        assert contentcredentials.read(material(manifest=store)) is None
