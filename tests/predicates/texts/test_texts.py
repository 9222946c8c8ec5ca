import hashlib
from importlib import resources

import pytest

from myself_i2i.errors import UsageError
from myself_i2i.predicates import texts
from myself_i2i.predicates.texts import (
    LATEST_PLEDGE,
    PINNED,
    known_pledge_text,
    pledge_short_form,
    pledge_text,
)
from myself_i2i.wording import LANGUAGES, Language


class TestPinned:
    def test_shipped_versions_never_change(self) -> None:
        """The digests of shipped texts stand here a second time: changing a text and its pin together fails too."""
        assert {
            "pledge/1.0/ja.md": "a9b2da1f22cf9f315e47cfc5b0438967a6202817e70b15908ebfaa10bb969c1d",
            "pledge/1.0/ja.short.md": "bb00f86441c00bd888f45bc3919acf0bc5e42fb1c721b86431f71f0cbf0527b0",
            "pledge/1.0/en.md": "f50dcadbf765513c9da21712f97732ed4fb5b18a43a18f06679980a9710ca296",
            "pledge/1.0/en.short.md": "bee7a61736bce483feaa527525f6c27b4e85a3d4b3cfc39a81051049b591e93e",
        } == dict(PINNED)

    def test_files(self) -> None:
        """Every text file is pinned, every pin has its file, and the bytes fit."""
        root = resources.files(texts)
        found = {
            f"pledge/{version.name}/{file.name}": hashlib.sha256(file.read_bytes()).hexdigest()
            for version in root.joinpath("pledge").iterdir()
            for file in version.iterdir()
        }
        assert dict(PINNED) == found


class TestPledgeText:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_says_both_rules(self, language: Language) -> None:
        """Each text has the two rules, the tag, the words explained, and what is left out."""
        text = pledge_text(LATEST_PLEDGE, language).text
        for word in ("#Myself_i2i", "#Noi2i", "t2i", "i2i", "LoRA", "text-to-image", "image-to-image"):
            assert word in text
        assert ("許可なく" if language == "ja" else "without permission") in text

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_found_by_digest(self, language: Language) -> None:
        """A text is found again by the digest a pledge signed; a short form is not a pledge text."""
        text = pledge_text("1.0", language)
        assert text == known_pledge_text(text.sha256)
        assert known_pledge_text(pledge_short_form("1.0", language).sha256) is None
        assert known_pledge_text("00" * 32) is None

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_short_form(self, language: Language) -> None:
        """The short form is one paragraph with the tag in it."""
        text = pledge_short_form("1.0", language).text
        assert 1 == text.count("\n")
        assert "#Myself_i2i" in text

    @pytest.mark.parametrize("version", ["0.9", "../1.0", "1.0/../1.0", ""])
    def test_unknown(self, version: str) -> None:
        """A version that was never shipped is told so, whatever path it spells."""
        with pytest.raises(UsageError):
            pledge_text(version, "ja")
