from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.attestation import PrivateKey, Subject, sign
from myself_i2i.errors import Error, InputError, LimitError, VerificationError
from myself_i2i.fingerprint.interface import Fingerprint
from myself_i2i.predicates import Answer, Question, make_statement, read_predicate, read_signed
from myself_i2i.predicates.answer import MOST_HITS, Measured, Missed, Near, Recorded
from myself_i2i.predicates.hit import Closeness, Covering, Hit, Standing, What
from myself_i2i.predicates.permission import ANYONE
from myself_i2i.predicates.question import EVERYONE, LAYOUT, QUESTION_BYTES, SAME
from myself_i2i.wording import Text
from tests.predicates.strategies import HEX, KEY, TIMES, WORDS

SAMES = HEX
LAYOUTS = st.binary(min_size=512, max_size=512).map(lambda data: Fingerprint(LAYOUT, data).text)
COUNTS = st.integers(0, 10**6)
NUMBERS = st.floats(0, 256, allow_nan=False).map(lambda number: round(number, 3))
TEXTS = st.builds(Text, en=WORDS, ja=WORDS)
QUESTIONS = st.builds(
    Question,
    fingerprints=st.fixed_dictionaries(
        {SAME: st.lists(SAMES, min_size=1, max_size=8).map(tuple)},
        optional={LAYOUT: st.lists(LAYOUTS, min_size=1, max_size=2).map(tuple)},
    ),
    maker=st.just(EVERYONE) | HEX,
    since=st.none() | TIMES,
    until=st.none() | TIMES,
)
CLOSENESS = st.none() | st.builds(Closeness, distance=NUMBERS, near=st.booleans(), view=st.integers(0, 7))
COVERING = st.builds(
    Covering, index=COUNTS, statement=HEX, key=HEX, grantee=st.just(ANYONE) | HEX,
    standing=st.sampled_from(Standing), until=st.none() | TIMES, withdrawn_at=st.none() | TIMES,
)  # fmt: skip
HITS = st.builds(
    Hit, what=st.sampled_from(What), index=COUNTS, statement=HEX, logged_at=TIMES, maker=HEX,
    standing=st.sampled_from(Standing), pledge=st.sampled_from(Standing), sha256=st.none() | HEX,
    basis=st.none() | WORDS, roles=st.lists(WORDS, max_size=2).map(tuple), same=CLOSENESS, layout=CLOSENESS,
    permissions=st.lists(COVERING, max_size=2).map(tuple),
)  # fmt: skip
MISSED = st.builds(Missed, kind=WORDS, missed=COUNTS, pairs=COUNTS)
MEASURED = st.builds(
    Measured, question=WORDS, digest=HEX, near=NUMBERS, unrelated_seen=COUNTS, unrelated_pairs=COUNTS,
    unrelated_high=NUMBERS, missed=st.lists(MISSED, max_size=2).map(tuple),
)  # fmt: skip
RECORDED = st.builds(
    Recorded, marks=COUNTS, sources=COUNTS, sealed=COUNTS, sources_untold=COUNTS, outputs=COUNTS,
    outputs_untold=COUNTS,
)  # fmt: skip
ANSWERS = st.builds(
    Answer, public_key=st.just(KEY), question=QUESTIONS, checkpoint=WORDS,
    measured=st.lists(MEASURED, max_size=2).map(tuple), pledge=st.none() | st.sampled_from(Standing),
    recorded=RECORDED, near=st.builds(Near, sources=COUNTS, outputs=COUNTS),
    hits=st.lists(HITS, max_size=2).map(tuple), says=TEXTS,
    does_not_show=st.lists(TEXTS, max_size=2).map(tuple), answered_at=TIMES,
)  # fmt: skip


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda one: (
        st.lists(one) | st.dictionaries(st.sampled_from(["fingerprints", "maker", SAME, "since"]), one)
    ),
    max_leaves=8,
)


def asked(**changes: Any) -> dict[str, Any]:
    """A small question as JSON."""
    return {"fingerprints": {SAME: ["ab" * 32]}, "maker": EVERYONE} | changes


class TestQuestion:
    @given(QUESTIONS)
    def test_round_trip(self, question: Question) -> None:
        """A question is read back as the same value, and written again as the same bytes."""
        assert question == Question.parse(question.to_bytes())
        assert question.digest == Question.parse(question.to_bytes()).digest

    @pytest.mark.parametrize(
        "changes",
        [
            {"fingerprints": {}},
            {"fingerprints": None},
            {"fingerprints": {SAME: []}},
            {"fingerprints": {SAME: ["AB" * 32]}},
            {"fingerprints": {SAME: ["ab" * 31]}},
            {"fingerprints": {SAME: ["ab" * 32] * 9}},
            {"fingerprints": {LAYOUT: ["A" * 682]}},
            {"fingerprints": {LAYOUT: ["A" * 682 + "B"]}},
            {"fingerprints": {LAYOUT: ["A" * 683] * 7}},
            {"maker": "anyone"},
            {"maker": "ab" * 31},
            {"since": "yesterday"},
        ],
        ids=str,
    )
    def test_wrong(self, changes: Mapping[str, Any]) -> None:
        """A question of another form is refused; a fingerprint has one spelling."""
        with pytest.raises(InputError):
            Question.from_json(asked(**changes))

    def test_large(self) -> None:
        """A question past its bound is not read."""
        with pytest.raises(LimitError):
            Question.parse(b" " * (QUESTION_BYTES + 1))

    @given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
    def test_anything(self, data: bytes) -> None:
        """Of any bytes there comes a question, or one of our errors."""
        try:
            Question.parse(data)
        except Error:
            return

    @given(ANY_JSON)
    def test_any_json(self, value: Any) -> None:
        """Of any JSON there comes a question, or one of our errors."""
        try:
            Question.parse(json.dumps(value).encode())
        except Error:
            return


class TestAnswer:
    @given(ANSWERS)
    def test_round_trip(self, answer: Answer) -> None:
        """An answer is read back as the same value."""
        statement = make_statement(answer)
        assert answer == read_predicate(statement)

    def test_subject(self, noon: datetime) -> None:
        """An answer is about its question, and about nothing else."""
        answer = small(noon)
        assert (Subject("question", {"sha256": answer.question.digest}),) == make_statement(answer).subjects

    def test_other_signer(self, other_key: PrivateKey, noon: datetime) -> None:
        """An answer that names another key than the one that signed it is refused."""
        envelope = sign(make_statement(small(noon)), other_key)
        with pytest.raises(VerificationError):
            read_signed(envelope)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("near", {"sources": -1, "outputs": 0}),
            ("near", {"sources": 0.5, "outputs": 0}),
            ("near", {"sources": True, "outputs": 0}),
            ("recorded", {}),
            ("says", {"en": "only one language"}),
            ("pledge", "good"),
            ("hits", [{}]),
            ("measured", [{"question": "same"}]),
            ("question", {}),
        ],
        ids=str,
    )
    def test_wrong(self, noon: datetime, field: str, value: Any) -> None:
        """An answer with a field that is not right is refused."""
        with pytest.raises(InputError):
            Answer.from_json(small(noon).to_json() | {field: value})

    def test_fits(self, noon: datetime) -> None:
        """The most hits with the most permissions fit one statement."""
        permission = Covering(
            index=2**52, statement="ab" * 32, key="ab" * 32, grantee="ab" * 32,
            standing=Standing.SUSPENDED, until=noon, withdrawn_at=noon,
        )  # fmt: skip
        hit = Hit(
            what=What.SOURCE, index=2**52, statement="ab" * 32, logged_at=noon, maker="ab" * 32,
            standing=Standing.STANDS, pledge=Standing.STANDS, sha256="ab" * 32, basis="own-generation",
            roles=("reference",) * 5, same=Closeness(distance=255, near=True, view=7),
            layout=Closeness(distance=1.234, near=True, view=5), permissions=(permission,) * 8,
        )  # fmt: skip
        fields = small(noon).to_json() | {"hits": [hit.to_json()] * MOST_HITS}
        assert MOST_HITS == len(Answer.from_json(fields).hits)
        assert len(make_statement(Answer.from_json(fields)).payload) < 2**19


def small(noon: datetime) -> Answer:
    """A small answer by the first key."""
    return Answer(
        public_key=KEY,
        question=Question(fingerprints={SAME: ("ab" * 32,)}),
        checkpoint="note",
        measured=(),
        pledge=None,
        recorded=Recorded(marks=1, sources=0, sealed=0, sources_untold=0, outputs=1, outputs_untold=0),
        near=Near(sources=0, outputs=0),
        hits=(),
        says=Text(en="yes", ja="はい"),
        does_not_show=(),
        answered_at=noon,
    )
