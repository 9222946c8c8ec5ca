from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.story.figure import clean, fit, width_of


class TestFit:
    @given(text=st.text(max_size=80), room=st.floats(20, 300))
    def test_fits(self, text: str, room: float) -> None:
        """What is returned is one line and not wider than the room."""
        fitted = fit(text, room, 12)
        assert width_of(fitted, 12) <= max(room, 12)
        assert "\n" not in fitted

    def test_short(self) -> None:
        """What fits stays as it is."""
        assert "元画像 a.png" == fit("元画像 a.png", 200, 12)

    def test_japanese_is_wider(self) -> None:
        """Japanese characters take the room of about two Latin ones."""
        assert "あいうえ…" == fit("あいうえおかきくけこ", 60, 12)


class TestClean:
    @given(text=st.text(st.characters(exclude_categories=())))
    def test_writable(self, text: str) -> None:
        """Whatever stood in a record can be written as UTF-8 and cannot turn a line around."""
        cleaned = clean(text)
        cleaned.encode()
        assert len(cleaned) == len(text)
        assert not set(cleaned) & {"\u202e", "\u2066", "\x00", "\x1b", "\ud800"}

    def test_kept(self) -> None:
        """Ordinary text in any script stays as it is."""
        assert "元画像 é 한 😀\n" == clean("元画像 é 한 😀\n")
