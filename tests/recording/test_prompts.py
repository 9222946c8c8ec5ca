import json
from pathlib import Path

from myself_i2i.predicates.generation import PromptPolicy, salted_digest
from myself_i2i.recording.interface import Facts
from myself_i2i.recording.prompts import SALTS_FILE, prompt_of

FACTS = Facts(prompt="a blue house", negative_prompt="fog")


def salt(number: int) -> bytes:
    """Bytes that are no secret."""
    return bytes(range(number))


class TestPolicies:
    def test_none(self, tmp_path: Path) -> None:
        """Nothing is kept unless the person chose so."""
        got = prompt_of(FACTS, PromptPolicy.NONE, home=tmp_path, randomness=salt)
        assert (None, None, None) == (got.text, got.negative, got.digest)
        assert [] == list(tmp_path.iterdir())

    def test_full(self, tmp_path: Path) -> None:
        """Both prompts are kept whole."""
        got = prompt_of(FACTS, PromptPolicy.FULL, home=tmp_path, randomness=salt)
        assert ("a blue house", "fog", None) == (got.text, got.negative, got.digest)

    def test_digest(self, tmp_path: Path) -> None:
        """Only a digest is in the record; its salt is kept for its owner's eyes, and opens it."""
        got = prompt_of(FACTS, PromptPolicy.SALTED_DIGEST, home=tmp_path, randomness=salt)
        assert (None, None) == (got.text, got.negative)
        path = tmp_path / SALTS_FILE
        kept = json.loads(path.read_text())
        assert got.digest == kept["digest"] == salted_digest("a blue house", bytes.fromhex(kept["salt"]))
        assert 0o600 == path.stat().st_mode & 0o777

    def test_one_line_each(self, tmp_path: Path) -> None:
        """Each record has a salt of its own, one line each."""
        for _ in range(3):
            prompt_of(FACTS, PromptPolicy.SALTED_DIGEST, home=tmp_path, randomness=salt)
        assert 3 == len((tmp_path / SALTS_FILE).read_text().splitlines())

    def test_no_prompt(self, tmp_path: Path) -> None:
        """Where there is no prompt, nothing is said of one."""
        for policy in PromptPolicy:
            got = prompt_of(Facts(), policy, home=tmp_path, randomness=salt)
            assert PromptPolicy.NONE is got.policy
