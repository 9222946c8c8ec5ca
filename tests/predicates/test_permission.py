from datetime import datetime
from typing import Any

import pytest

from myself_i2i.attestation import PrivateKey
from myself_i2i.errors import InputError
from myself_i2i.predicates.permission import ANYONE, Permission


def fields(key: PrivateKey, noon: datetime) -> dict[str, Any]:
    """A small permission as JSON."""
    return Permission(public_key=key.public_key, grantee=ANYONE, valid_from=noon).to_json()


class TestUse:
    def test_in_words(self, key: PrivateKey, noon: datetime) -> None:
        """The signed bytes say "use as AI input" in words, in both languages."""
        words = fields(key, noon)["use"]["words"]
        assert "input image for AI image generation" in words["en"]
        assert "画像生成AIの入力画像" in words["ja"]

    @pytest.mark.parametrize("use", [{"action": "repost"}, {"action": ["ai-input"]}, {}, None, "ai-input"])
    def test_only_ai_input(self, key: PrivateKey, noon: datetime, use: Any) -> None:
        """A permission for something else is not read as one for AI input."""
        with pytest.raises(InputError, match="use"):
            Permission.from_json(fields(key, noon) | {"use": use})


class TestGrantee:
    @pytest.mark.parametrize("grantee", ["everyone", "", "AB" * 32, "ab" * 31, "anyone\n"])
    def test_refused(self, key: PrivateKey, noon: datetime, grantee: str) -> None:
        """A grantee is "anyone" or one whole keyid; a near miss never becomes anyone."""
        with pytest.raises(InputError, match="grantee"):
            Permission.from_json(fields(key, noon) | {"grantee": grantee})
