import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from myself_i2i.errors import VerificationError
from myself_i2i.inspection.novelai_signature import PUBLIC_KEY, signed_message, verify_signature, with_nulls

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
SIZE = (4, 2)
RGB = bytes(range(24))
COMMENT = {
    "prompt": "港の朝, fog",
    "width": 4,
    "height": 2,
    "scale": 5.0,
    "extra_passthrough_testing": {
        "prompt": None, "uc": None, "hide_debug_overlay": False, "negative_momentum": 0.0,
        "director_reference_images": None, "director_reference_descriptions": None,
        "director_reference_information_extracted": None, "director_reference_strengths": None,
        "director_reference_secondary_strengths": None,
    },
    "v4_prompt": {"caption": {"base_caption": "x"}},
    "v4_negative_prompt": {"caption": {"base_caption": "y"}},
    "director_reference_strengths": None,
    "director_reference_descriptions": None,
    "director_reference_information_extracted": None,
    "director_reference_secondary_strengths": None,
    "sampler": "k_euler",
    "controlnet_strength": 1.0,
    "controlnet_model": None,
    "sm_dyn": False,
    "skip_cfg_above_sigma": None,
    "skip_cfg_below_sigma": 0.0,
    "lora_unet_weights": None,
    "lora_clip_weights": None,
    "uc": "blurry",
    "request_type": "PromptGenerateRequest",
}  # fmt: skip


def signed(comment: dict[str, Any], rgb: bytes = RGB) -> dict[str, Any]:
    """`comment` with its signature by the test's own key."""
    signature = KEY.sign(signed_message(comment, rgb))
    return {**comment, "signed_hash": base64.b64encode(signature).decode()}


def without_nulls(value: Any) -> Any:
    """`value` as a client leaves it that drops what is null."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return value


class TestVerifySignature:
    def test_good(self) -> None:
        """A signature over these pixels and this text gives back the signed text."""
        assert verify_signature(signed(COMMENT), RGB, SIZE, public_key=PUBLIC) == COMMENT

    def test_through_json(self) -> None:
        """The text may have been written and read again; what was signed is rebuilt byte for byte."""
        again = json.loads(json.dumps(signed(COMMENT), ensure_ascii=False))
        assert verify_signature(again, RGB, SIZE, public_key=PUBLIC) == COMMENT

    @pytest.mark.parametrize("place", [0, 11, 23])
    def test_one_changed_pixel(self, place: int) -> None:
        """One changed pixel value is refused."""
        changed = bytearray(RGB)
        changed[place] ^= 1
        with pytest.raises(VerificationError, match="does not hold"):
            verify_signature(signed(COMMENT), bytes(changed), SIZE, public_key=PUBLIC)

    def test_changed_request(self) -> None:
        """A changed request type is refused."""
        forged = {**signed(COMMENT), "request_type": "Img2ImgRequest"}
        with pytest.raises(VerificationError, match="does not hold"):
            verify_signature(forged, RGB, SIZE, public_key=PUBLIC)

    def test_other_key(self) -> None:
        """A signature by anyone else is refused under NovelAI's own key, which is the default."""
        assert len(PUBLIC_KEY) == 32
        with pytest.raises(VerificationError, match="does not hold"):
            verify_signature(signed(COMMENT), RGB, SIZE)

    def test_other_shape(self) -> None:
        """The same bytes shown as a picture of another width are refused: the shape is not signed."""
        with pytest.raises(VerificationError, match="2x4"):
            verify_signature(signed(COMMENT), RGB, (2, 4), public_key=PUBLIC)

    def test_bytes_of_another_length(self) -> None:
        """Pixels that do not fill the size are refused."""
        with pytest.raises(VerificationError):
            verify_signature(signed(COMMENT), RGB + b"\0\0\0", SIZE, public_key=PUBLIC)

    @pytest.mark.parametrize("value", [None, 7, "", "???", "AAAA", "é" * 88, {"a": 1}])
    def test_no_signature(self, value: object) -> None:
        """Anything that is no 64 bytes in base64 is refused."""
        with pytest.raises(VerificationError, match="64 bytes"):
            verify_signature({**COMMENT, "signed_hash": value}, RGB, SIZE, public_key=PUBLIC)


class TestWithNulls:
    def test_dropped_nulls(self) -> None:
        """A client that drops null keys does not break the signature: the text signed is found again."""
        kept = without_nulls(signed(COMMENT))
        assert "controlnet_model" not in kept
        assert COMMENT == verify_signature(kept, RGB, SIZE, public_key=PUBLIC)

    def test_order(self) -> None:
        """The keys go back to where NovelAI writes them."""
        assert list(COMMENT) == list(with_nulls(without_nulls(COMMENT)))

    def test_values_stay(self) -> None:
        """A key that is there keeps its value and its place."""
        comment = {**COMMENT, "controlnet_model": "canny", "director_reference_strengths": [1.0]}
        assert comment == with_nulls(comment)

    def test_value_cannot_be_hidden(self) -> None:
        """Dropping a key that had a value breaks the signature: only nulls are put back."""
        comment = {**COMMENT, "director_reference_strengths": [1.0]}
        kept = {key: value for key, value in signed(comment).items() if key != "director_reference_strengths"}
        with pytest.raises(VerificationError):
            verify_signature(kept, RGB, SIZE, public_key=PUBLIC)
