import pytest

from myself_i2i.predicates.tags import FoundTag, TagKind, find_tags, keyword_tag


class TestFindTags:
    @pytest.mark.parametrize(
        "text",
        [
            "#Myself_i2i", "#myself_i2i", "#MYSELF_I2I", "＃Ｍｙｓｅｌｆ＿ｉ２ｉ", "絵を描きました#Myself_i2i", "「#Myself_i2i」",
            "#Myself_i2i。", "#Myself_i2i、#AIart", "a #Myself_i2i\n", "(#Myself_i2i)", "#Myself_i2i\u3000つづき", "#Myself_i2i #Myself_i2i_foo",
        ],
    )  # fmt: skip
    def test_found(self, text: str) -> None:
        """The tag is found in any case, in full width, after Japanese, and before punctuation or a space."""
        assert [TagKind.CURRENT] == [tag.kind for tag in find_tags(text)]

    @pytest.mark.parametrize(
        "text",
        [
            "", "Myself_i2i", "#Myself_i2i_foo", "#Myself_i2is", "#Myself_i2iです", "#Myself_i2i・絵", "x#Myself_i2i",
            "&#Myself_i2i", "https://example.test/#Myself_i2i", "#Myself_i2", "# Myself_i2i", "#Myself_i2iー", "#Noi2i2",
        ],
    )  # fmt: skip
    def test_not_found(self, text: str) -> None:
        """A longer tag, a bare word and a web address are other things."""
        assert () == find_tags(text)

    def test_predecessor(self) -> None:
        """The old tag is recognised, and told apart."""
        assert (
            FoundTag(TagKind.PREDECESSOR, "#Noi2i"),
            FoundTag(TagKind.CURRENT, "#Myself_i2i"),
        ) == find_tags("#Noi2i から #Myself_i2i へ")


class TestKeywordTag:
    @pytest.mark.parametrize(
        ("keyword", "kind"),
        [
            ("Myself_i2i", TagKind.CURRENT), ("#Myself_i2i", TagKind.CURRENT), ("ｎｏｉ２ｉ", TagKind.PREDECESSOR),
            (" myself_i2i ", TagKind.CURRENT), ("Myself_i2i_foo", None), ("i2i", None), ("", None), ("##noi2i", None),
        ],
    )  # fmt: skip
    def test_whole_keyword(self, keyword: str, kind: TagKind | None) -> None:
        """A keyword is the tag when all of it is, with or without the sign."""
        found = keyword_tag(keyword)
        assert kind == (found.kind if found else None)
