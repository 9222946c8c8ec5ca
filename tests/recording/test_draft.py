from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.attestation import Subject
from myself_i2i.predicates import make_statement
from myself_i2i.predicates.generation import MODES, ROLES, Input, Prompt, PromptPolicy
from myself_i2i.recording.draft import Identity, Made, generation_of, merge_facts, mode_of
from myself_i2i.recording.interface import Facts

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
WHO = Identity("tool", "1", "writer 1")
ANYTHING = st.text() | st.integers() | st.floats() | st.none() | st.binary(max_size=4)


def made(facts: Facts, *roles: str) -> Made:
    """What goes into a record."""
    return Made(
        facts=facts,
        prompt=Prompt(policy=PromptPolicy.NONE),
        inputs=tuple(Input(role=role) for role in roles),
        generated_at=NOON,
        recorded_at=NOON,
    )


class TestMode:
    @pytest.mark.parametrize(
        ("roles", "mode"),
        [
            ([], "t2i"),
            (["init"], "i2i"),
            (["init", "mask"], "inpaint"),
            (["mask"], "inpaint"),
            (["control", "control"], "controlnet"),
            (["reference", "style"], "reference"),
            (["init", "control"], "mixed"),
            (["control", "mask"], "mixed"),
            (["latent"], "unknown"),
            (["init", "unknown"], "unknown"),
        ],
    )
    def test_by_roles(self, roles: list[str], mode: str) -> None:
        """Where the host does not say, the roles of the inputs tell the way of making."""
        assert mode == mode_of(roles)

    @given(st.lists(st.sampled_from(ROLES)))
    def test_always_a_mode(self, roles: list[str]) -> None:
        """Any roles give one of the modes, and no image input is never read into some."""
        assert mode_of(roles) in MODES
        assert ("t2i" == mode_of(roles)) is (not roles)


class TestImageInput:
    @pytest.mark.parametrize(
        ("mode", "roles", "answer"),
        [
            (None, [], "no"),
            ("t2i", [], "no"),
            ("upscale", [], "no"),
            ("i2i", [], "not_recorded"),
            ("unknown", [], "not_recorded"),
            ("t2i", ["reference"], "yes"),
            (None, ["latent"], "yes"),
        ],
    )
    def test_answer(self, mode: str | None, roles: list[str], answer: str) -> None:
        """The answer "no" is given only where the way of making needs no picture and none was noted."""
        assert answer == generation_of(made(Facts(mode=mode), *roles), WHO).image_input


class TestHostileFacts:
    @given(
        st.builds(
            Facts,
            mode=ANYTHING,
            model=ANYTHING,
            model_hash=ANYTHING,
            strength=ANYTHING,
            loras=st.lists(ANYTHING, max_size=5).map(tuple),
            other=st.none() | st.dictionaries(ANYTHING.filter(lambda key: key == key), ANYTHING, max_size=5),  # noqa: PLR0124  # NaN
        )
    )
    def test_always_signable(self, facts: Facts) -> None:
        """Whatever a host's values are, there is a statement that its reader accepts."""
        said = generation_of(made(facts, "init"), WHO)
        assert make_statement(said, [Subject("x", {"sha256": "ab" * 32})]).payload


class TestMerge:
    def test_later_replaces(self) -> None:
        """A later call replaces what it sets, keeps the rest, and joins other values name by name."""
        first = Facts(model="a", strength=0.5, loras=("x",), other={"seed": "1", "steps": "20"})
        then = Facts(model="b", other={"seed": "2"})
        assert Facts(
            model="b", strength=0.5, loras=("x",), other={"seed": "2", "steps": "20"}
        ) == merge_facts(first, then)
