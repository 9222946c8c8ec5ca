import base64
import json
from typing import Any

import pytest
from PIL.Image import Image

from myself_i2i.inspection import novelai
from myself_i2i.inspection.interface import Answer, Material, Mode, Reading, Role
from myself_i2i.inspection.novelai_signature import signed_message
from tests.inspection.test_novelai_signature import KEY, PUBLIC, without_nulls
from tests.support.materials import material
from tests.support.pictures import picture

PICTURE = picture(8, 6, "RGBA")
COMMENT: dict[str, Any] = {
    "prompt": "a harbour", "steps": 28, "height": 6, "width": 8, "seed": 7, "reference_strength_multiple": [],
    "reference_information_extracted_multiple": [], "sampler": "k_euler",
    "controlnet_strength": 1.0, "controlnet_model": None, "skip_cfg_below_sigma": 0.0, "lora_unet_weights": None,
    "lora_clip_weights": None, "uc": "fog", "request_type": "PromptGenerateRequest",
}  # fmt: skip


def signed(comment: dict[str, Any], image: Image = PICTURE) -> dict[str, Any]:
    """`comment` signed with the test's own key."""
    signature = KEY.sign(signed_message(comment, image.convert("RGB").tobytes()))
    return {**comment, "signed_hash": base64.b64encode(signature).decode()}


def texts(comment: Any, title: str = "AI generated image") -> dict[str, Any]:
    """The PNG texts of a NovelAI picture."""
    return {"Title": title, "Software": "NovelAI", "Source": "NovelAI Diffusion V4.5 00", "Comment": comment}


def read(found: Material) -> Reading:
    """What the reader says, with the test's key."""
    reading = novelai.read(found, public_key=PUBLIC)
    assert reading is not None
    assert reading.evidence
    return reading


def said(**changes: Any) -> tuple[Mode, Answer]:
    """Mode and answer for an ordinary comment with `changes`."""
    reading = read(material(texts({**COMMENT, **changes})))
    return reading.mode, reading.image_input


class TestAnswer:
    def test_text_only(self) -> None:
        """A prompt request with empty reference lists is text to image."""
        assert (Mode.T2I, Answer.NO) == said()

    @pytest.mark.parametrize(
        ("request_type", "mode", "roles"),
        [
            ("Img2ImgRequest", Mode.I2I, [Role.INIT]),
            ("NativeInfillingRequest", Mode.INPAINT, [Role.INIT, Role.MASK]),
            ("VibeTransfer+PromptGenerateRequest", Mode.REFERENCE, [Role.REFERENCE]),
            ("VibeTransfer+CharacterReference+Img2ImgRequest", Mode.MIXED, [Role.INIT, Role.REFERENCE]),
        ],
    )
    def test_request_type(self, request_type: str, mode: Mode, roles: list[Role]) -> None:
        """The request type names what went in, alone or joined."""
        reading = read(material(texts({**COMMENT, "request_type": request_type, "strength": 0.6})))
        assert (mode, Answer.YES) == (reading.mode, reading.image_input)
        assert roles == [item.role for item in reading.inputs]

    @pytest.mark.parametrize(
        "change",
        [
            {"director_reference_strengths": [1.0]},
            {"director_reference_descriptions": [{"caption": {}}]},
            {"reference_strength_multiple": [0.6, 0.4]},
            {"reference_information_extracted_multiple": [1]},
            {"extra_passthrough_testing": {"director_reference_strengths": [0.5]}},
        ],
    )
    def test_references(self, change: dict[str, Any]) -> None:
        """A filled reference list is an image input although the request type says prompt."""
        assert (Mode.REFERENCE, Answer.YES) == said(**change)

    def test_controlnet(self) -> None:
        """A control model in use is an image input; its strength is always written and says nothing."""
        assert (Mode.CONTROLNET, Answer.YES) == said(controlnet_model="hed")

    def test_old_vibe_values(self) -> None:
        """V3 writes vibe values also without a vibe picture: not recorded."""
        assert (Mode.UNKNOWN, Answer.NOT_RECORDED) == said(
            reference_strength=0.6, reference_information_extracted=1
        )

    def test_no_request_type(self) -> None:
        """Old files write strength and noise for text too: not recorded."""
        comment = {"steps": 28, "strength": 0.69, "noise": 0.667, "uc": "x", "sampler": "k"}
        reading = read(material(texts(comment)))
        assert (Mode.UNKNOWN, Answer.NOT_RECORDED, None) == (
            reading.mode,
            reading.image_input,
            reading.strength,
        )
        assert "request_type" in reading.notes[0].en

    def test_new_request_type(self) -> None:
        """A request type that is not known here is not guessed at."""
        assert (Mode.UNKNOWN, Answer.NOT_RECORDED) == said(request_type="HologramRequest")

    def test_director_tool(self) -> None:
        """A director tool always works on a picture."""
        reading = read(material(texts({"req_type": "sketch"}, title="AI augmented image")))
        assert (Mode.EDIT, Answer.YES, "sketch") == (
            reading.mode,
            reading.image_input,
            reading.extras["director_tool"],
        )

    def test_strength(self) -> None:
        """The strength stands at the top or, newer, under img2img."""
        top = read(material(texts({**COMMENT, "request_type": "Img2ImgRequest", "strength": 0.7})))
        nested = read(
            material(
                texts({**COMMENT, "request_type": "NativeInfillingRequest", "img2img": {"strength": 0.4}})
            )
        )
        assert (0.7, 0.4) == (top.strength, nested.strength)


class TestSignature:
    def test_png(self) -> None:
        """A good signature attests the answer."""
        assert "NovelAI" == read(material(texts(signed(COMMENT)), pixels=PICTURE)).attested_by

    def test_webp(self) -> None:
        """The same through the EXIF of a WebP, where the comment is JSON in JSON."""
        exif = {"Software": "NovelAI Diffusion V4.5", "UserComment": {"Comment": json.dumps(signed(COMMENT))}}
        reading = read(material(exif=exif, pixels=PICTURE))
        assert ("NovelAI", Answer.NO) == (reading.attested_by, reading.image_input)

    def test_edited_picture(self) -> None:
        """A changed picture is not attested; the note says the signature does not hold and accuses no one."""
        reading = read(material(texts(signed(COMMENT)), pixels=picture(8, 6, "RGBA", seed=1)))
        assert reading.attested_by is None
        assert "signature does not hold" in reading.notes[0].en
        assert Answer.NO is reading.image_input

    def test_resized_picture(self) -> None:
        """A resized picture is not attested."""
        assert read(material(texts(signed(COMMENT)), pixels=picture(4, 3, "RGBA"))).attested_by is None

    @pytest.mark.parametrize("image", [None, picture(8, 6, "L")])
    def test_no_rgb(self, image: Image | None) -> None:
        """Without readable RGB pixels nothing is attested."""
        reading = read(material(texts(signed(COMMENT)), pixels=image))
        assert reading.attested_by is None
        assert "could not be checked" in reading.notes[0].en

    def test_dropped_nulls(self) -> None:
        """A client that drops null keys leaves the picture attested, and the note says what was done."""
        reading = read(material(texts(without_nulls(signed(COMMENT))), pixels=PICTURE))
        assert "NovelAI" == reading.attested_by
        assert "empty values" in reading.notes[0].en

    def test_hidden_copy(self) -> None:
        """Where the text was rewritten, the hidden copy that verifies speaks for the file."""
        rewritten = {
            **signed(COMMENT),
            "prompt": "a harbour, re-saved",
            "request_type": "PromptGenerateRequest",
        }
        hidden = json.dumps({"Software": "NovelAI", "Comment": json.dumps(signed(COMMENT))})
        reading = read(material(texts(rewritten), pixels=PICTURE, stealth=hidden))
        assert ("NovelAI", "a harbour") == (reading.attested_by, reading.extras["prompt"])

    def test_own_key_only(self) -> None:
        """Under NovelAI's own key a look-alike signed by someone else is not attested."""
        reading = novelai.read(material(texts(signed(COMMENT)), pixels=PICTURE))
        assert reading is not None
        assert reading.attested_by is None


class TestRecognition:
    def test_stealth_only(self) -> None:
        """Where every text was stripped, the hidden text in the pixels is read."""
        hidden = json.dumps({"Software": "NovelAI", "Source": "S", "Comment": json.dumps(COMMENT)})
        assert Answer.NO is read(material(stealth=hidden, pixels=PICTURE)).image_input

    def test_third_party_client(self) -> None:
        """A file whose Software text is gone is known by the comment's own keys."""
        assert Answer.NO is read(material({"Comment": COMMENT})).image_input

    @pytest.mark.parametrize(
        "texts",
        [
            {},
            {"Comment": "made on holiday"},
            {"Comment": {"seed": 1, "prompt": "x"}},
            {"Software": "GIMP", "Comment": "{}"},
        ],
    )
    def test_not_novelai(self, texts: dict[str, Any]) -> None:
        """Other people's comments are not NovelAI's."""
        assert novelai.read(material(texts)) is None

    def test_no_needless_decode(self) -> None:
        """Where another tool's text stands, the pixels are not decoded to look for hidden text."""
        hidden = json.dumps({"Software": "NovelAI", "Comment": json.dumps(COMMENT)})
        assert novelai.read(material({"parameters": "a\nSteps: 3"}, stealth=hidden)) is None
