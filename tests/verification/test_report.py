"""The JSON of a report, what its exit code is worth, and strangers' strings in it."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from myself_i2i.marking.content_credentials import mark
from myself_i2i.predicates.generation import Generation, Input, WrittenBy
from myself_i2i.predicates.source import Basis
from myself_i2i.rights import BASIS_WORDS
from myself_i2i.verification import LIMIT, STEPS, Report, Step
from myself_i2i.verification.report import Agreement, Consistency, Integrity, Known, Other
from myself_i2i.wording import Text
from tests.support.marked import AT, Picture, generated, graph, i2i, marked, person, recorded
from tests.support.pictures import png, text_chunk
from tests.verification.checking import SCHEMA, SPEC, VALIDATOR, checked

ALICE = person("alice")
PAGE = (SPEC / "check.md").read_text(encoding="utf-8")
GOOD = checked(i2i(ALICE).data)
NASTY = '<script>alert(1)</script>\u202e\x1b[31m\x00"}{name}'


class TestSchema:
    def test_example(self) -> None:
        """The example on the page fits the schema."""
        (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
        VALIDATOR.validate(json.loads(example))

    def test_members(self) -> None:
        """The schema names every member that is printed and no other."""
        assert set(SCHEMA["properties"]) == set(SCHEMA["required"]) == set(GOOD.to_json())

    def test_words(self) -> None:
        """The schema's closed lists are the library's."""
        members = SCHEMA["properties"]
        assert [one.value for one in Integrity] == members["intact"]["properties"]["answer"]["enum"]
        assert [one.value for one in Known] == members["signer"]["properties"]["answer"]["enum"]
        assert [one.value for one in Step] == members["step"]["enum"]
        assert [one.value for one in Agreement] == members["consistency"]["properties"]["answer"]["enum"]
        bases = members["claims"]["properties"]["sources"]["items"]["properties"]["basis"]["enum"]
        assert [*(one.value for one in Basis), None] == bases
        assert set(BASIS_WORDS) == set(Basis)

    def test_page(self) -> None:
        """The page explains every word of every closed list."""
        words = [one.value for words in (Integrity, Known, Step) for one in words]
        assert [] == [word for word in words if f"`{word}`" not in PAGE]

    def test_limit(self) -> None:
        """Every report carries the limit of all checks."""
        assert {"en": LIMIT.en, "ja": LIMIT.ja} == GOOD.to_json()["limit"]


class TestSteps:
    @pytest.mark.parametrize("step", Step)
    def test_words(self, step: Step) -> None:
        """Every step says what it means and what it does not show, in both languages."""
        words = STEPS[step]
        assert all(text.en and text.ja for text in (words.name, words.means, words.does_not_show))


class TestConsistent:
    def test_good(self) -> None:
        """An intact, agreeing mark ends with 0."""
        assert GOOD.consistent

    @pytest.mark.parametrize("answer", [one for one in Integrity if one is not Integrity.INTACT])
    def test_not_intact(self, answer: Integrity) -> None:
        """Whatever is not intact ends with 1."""
        assert not replace(GOOD, intact=replace(GOOD.intact, answer=answer)).consistent

    @pytest.mark.parametrize(
        "bad",
        [
            replace(GOOD, refused=True),
            replace(GOOD, others=(Other("permission", LIMIT, holds=False),)),
            replace(GOOD, consistency=Consistency(Agreement.CONTRADICTS)),
            replace(GOOD, intact=replace(GOOD.intact, ingredients=(LIMIT,))),
        ],
        ids=["refused", "permission", "contradicts", "ingredient"],
    )
    def test_against(self, bad: Report) -> None:
        """One thing against it is enough."""
        assert not bad.consistent

    def test_attested_alone(self) -> None:
        """A generator's own signature counts without a manifest, but heals no broken one."""
        bare = replace(
            GOOD, step=Step.ATTESTED, intact=replace(GOOD.intact, answer=Integrity.NOTHING_TO_CHECK)
        )
        assert bare.consistent
        broken = replace(bare, intact=replace(bare.intact, answer=Integrity.CHANGED))
        assert not broken.consistent


class TestStrangersStrings:
    def test_in_a_mark(self) -> None:
        """A maker's strings stand in the report as they were signed: data, to be escaped where they are shown."""
        record = Generation(
            written_by=WrittenBy.HAND,
            tool=NASTY,
            model=NASTY,
            mode="i2i",
            image_input="yes",
            inputs=(Input(role="init", name=NASTY),),
            recorded_at=AT,
        )
        someone = person("<b>nasty</b>")
        picture = generated("png")
        made = recorded(record, picture, someone)
        report = checked(mark(picture.data, made, someone.signing).data)
        assert (NASTY, NASTY, NASTY) == (
            report.claims.tool,
            report.claims.model,
            report.claims.sources[0].name,
        )
        assert report.claims.pledge is not None
        assert "<b>nasty</b>" == report.claims.pledge.handle

    def test_in_metadata(self) -> None:
        """Generator metadata with markup, control characters and lone surrogates is printed as strict JSON."""
        nodes = graph()
        nodes["4"]["inputs"]["ckpt_name"] = NASTY + "\ud800.safetensors"
        report = checked(png(64, 64, chunks=[text_chunk("prompt", json.dumps(nodes))]))
        printed = json.dumps(report.to_json(), ensure_ascii=False).encode()
        assert b"<script>" in printed

    def test_braces(self) -> None:
        """Braces in a stranger's name are never filled in as a gap of a sentence."""
        picture = generated("png", Picture("{name}{0}{digest!r}.png", png(20, 20, seed=8)))
        source = Picture("x.png", png(20, 20, seed=8))
        report = checked(marked(ALICE, picture, [ALICE.declare(source)]).data)
        assert report.marked
        assert "{name}{0}{digest!r}.png" == report.claims.sources[0].name

    def test_text(self) -> None:
        """The sentence of a name that cannot be encoded is still printable."""
        odd = replace(GOOD, notes=(Text(en="\udcff", ja="\udcff"),), file="\udcff.png")
        json.dumps(odd.to_json(), ensure_ascii=False).encode()
