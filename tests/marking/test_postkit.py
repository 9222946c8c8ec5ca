from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.errors import UsageError
from myself_i2i.marking import postkit
from myself_i2i.marking.post_length import LIMIT, weighted_length
from myself_i2i.marking.postkit import PostFacts, alt_text, post_text, site_notes
from myself_i2i.marking.short_code import code_of, find_codes
from myself_i2i.predicates.generation import IMAGE_INPUT, MODES
from myself_i2i.predicates.source import Basis
from myself_i2i.predicates.tags import TagKind, find_tags
from myself_i2i.wording import LANGUAGES, Language

CODE = code_of("12" * 32)
FACTS = st.builds(
    PostFacts,
    mode=st.sampled_from(MODES),
    image_input=st.sampled_from(IMAGE_INPUT),
    bases=st.lists(st.sampled_from(list(Basis)), max_size=9).map(tuple),
    code=st.just(CODE),
)


def facts(**changes: object) -> PostFacts:
    """An i2i picture from two drawings and a permission."""
    bases = (Basis.OWN_DRAWING, Basis.OWN_DRAWING, Basis.PERMISSION)
    said: dict[str, object] = {"mode": "i2i", "image_input": "yes", "bases": bases, "code": CODE, **changes}
    return PostFacts(**said)  # type: ignore[arg-type]


class TestPostText:
    def test_japanese(self) -> None:
        """The Japanese post says how it was made, from what, the code and the tag."""
        assert [
            "描きました",
            "AI生成（i2i：画像と言葉から生成）",
            "元画像：自分で描いた絵 ×2、作者の許可をもらった絵・写真",
            f"目印コード {CODE}",
            "#Myself_i2i",
        ] == post_text(facts(), "ja", comment="描きました").splitlines()

    def test_english(self) -> None:
        """The English post says the same."""
        assert [
            "AI picture (i2i: from a picture and words)",
            "Source pictures: my own drawing ×2, used with its author's permission",
            f"Code {CODE}",
            "#Myself_i2i",
        ] == post_text(facts(), "en").splitlines()

    @pytest.mark.parametrize(
        ("answer", "said"), [("no", "入力した画像：なし"), ("not_recorded", "入力した画像：記録なし")]
    )
    def test_no_input(self, answer: str, said: str) -> None:
        """That nothing went in and that nothing is recorded are different words."""
        assert said in post_text(facts(image_input=answer), "ja")

    @given(FACTS, st.sampled_from(LANGUAGES), st.text(max_size=400), st.booleans())
    def test_fits(self, said: PostFacts, language: Language, comment: str, link: bool) -> None:  # noqa: FBT001 - drawn
        """Whatever the facts and the comment, it fits, and code, tag and link survive."""
        address = "https://example.com/p/1" if link else ""
        text = post_text(said, language, comment=comment, link=address)
        assert weighted_length(text) <= LIMIT
        assert CODE in find_codes(text)
        assert TagKind.CURRENT in {tag.kind for tag in find_tags(text)}
        assert address in text

    def test_shortened(self) -> None:
        """A long comment is cut as little as needed, and the cut is shown."""
        text = post_text(facts(), "ja", comment="あ" * 300)
        assert "…\n" in text
        assert weighted_length(text) >= LIMIT - 3

    def test_no_room(self) -> None:
        """A link that leaves no room is refused with a way out."""
        with pytest.raises(UsageError) as caught:
            post_text(facts(), "ja", link="http://localhost/" + "x" * 300)
        assert caught.value.hint is not None


class TestAltText:
    def test_seen_first(self) -> None:
        """What is seen comes first: it is what a listener needs."""
        text = alt_text(facts(), "ja", description="窓辺の猫")
        assert text.startswith("窓辺の猫。AI生成")
        assert text.endswith(f"目印コード {CODE}。")

    @given(FACTS, st.sampled_from(LANGUAGES), st.text(max_size=1500))
    def test_fits(self, said: PostFacts, language: Language, description: str) -> None:
        """It stays within the bound and keeps the code."""
        text = alt_text(said, language, description=description)
        assert len(text) <= postkit.ALT_TEXT
        assert CODE in text


class TestSiteNotes:
    def test_whole(self) -> None:
        """A picture made whole by a model points to the plain class."""
        said = {note.site: note.says.ja for note in site_notes(facts())}
        assert {"pixiv", "FANZA", "DLsite"} == set(said)
        assert "AI一部利用" not in said["FANZA"]

    def test_partly(self) -> None:
        """One made in part leaves the choice to the site's rules."""
        said = {note.site: note.says.ja for note in site_notes(facts(mode="inpaint"))}
        assert "規約を確認" in said["DLsite"]


class TestWords:
    def test_every_basis(self) -> None:
        """Every rights basis has words."""
        assert set(Basis) == set(postkit.BASIS_WORDS)

    def test_second_pass(self) -> None:
        """A tool's own enlarging of what it made is not called an enlarged picture."""
        assert "t2i" in post_text(facts(mode="upscale", image_input="no"), "ja")
