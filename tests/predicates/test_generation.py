from datetime import datetime
from typing import Any

import pytest

from myself_i2i.errors import InputError
from myself_i2i.inspection.interface import Answer, Mode, Role
from myself_i2i.predicates.generation import (
    IMAGE_INPUT,
    MODES,
    ROLES,
    Generation,
    Prompt,
    PromptPolicy,
    WrittenBy,
    salted_digest,
)


def fields(noon: datetime, **changes: Any) -> dict[str, Any]:
    """A small generation as JSON, with changes."""
    generation = Generation(written_by=WrittenBy.FILE, mode="i2i", image_input="yes", recorded_at=noon)
    return generation.to_json() | changes


class TestVocabulary:
    def test_same_words_as_inspection(self) -> None:
        """The statement's words for mode, answer and role are inspection's."""
        assert [str(mode) for mode in Mode] == list(MODES)
        assert [str(answer) for answer in Answer] == list(IMAGE_INPUT)
        assert [str(role) for role in Role] == list(ROLES)


class TestFromJson:
    @pytest.mark.parametrize(
        "changes",
        [
            {"mode": "photo"}, {"mode": None}, {"imageInput": "maybe"}, {"strength": "0.5"}, {"strength": True},
            {"strength": 10**400}, {"inputs": [{}]}, {"inputs": [{"role": "init", "sha256": "AB"}]},
            {"parents": [{"relation": "copied-from", "sha256": "ab" * 32}]}, {"writtenBy": {"who": "nobody"}},
            {"prompt": {"policy": "full"}}, {"prompt": {"policy": "salted-digest", "digest": "x"}},
            {"loras": "x"}, {"loras": [1]}, {"parameters": {"seed": 5}}, {"recordedAt": "yesterday"},
            {"inputs": [{"role": "init"}] * 2000},
        ],
    )  # fmt: skip
    def test_refused(self, noon: datetime, changes: dict[str, Any]) -> None:
        """Each field with a wrong type or word is refused, and the error names the field."""
        name = next(iter(changes))
        with pytest.raises(InputError, match=f"generation.{name}"):
            Generation.from_json(fields(noon, **changes))

    def test_prompt_policy(self, noon: datetime) -> None:
        """A prompt that the policy says is not told is not read, even if it stands there."""
        told = Generation.from_json(fields(noon, prompt={"policy": "none", "text": "cat"}))
        assert Prompt(policy=PromptPolicy.NONE) == told.prompt


class TestSaltedDigest:
    def test_hmac(self) -> None:
        """It is HMAC-SHA-256 (RFC 4231, test case 2)."""
        expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        assert expected == salted_digest("what do ya want for nothing?", b"Jefe")

    def test_salt(self) -> None:
        """The same prompt under another salt gives another digest."""
        assert salted_digest("cat", bytes(32)) != salted_digest("cat", bytes([1] * 32))
