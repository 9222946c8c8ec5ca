import pytest

from myself_i2i.cli._terminal import Terminal, visible
from myself_i2i.errors import InputError
from myself_i2i.wording import Text


class TestVisible:
    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("a.png", "a.png"),
            ("絵\n2", "絵\n2"),
            ("\x1b[2J", "\\u001b[2J"),
            ("gpj.\u202eexe", "gpj.\\u202eexe"),
            ("a\u200bb", "a\\u200bb"),
            ("\ud800", "\\ud800"),
        ],
    )
    def test_control(self, text: str, shown: str) -> None:
        """Characters that move the cursor, hide or turn text are written as escapes; all others stay."""
        assert shown == visible(text)


class TestTerminal:
    def test_data_and_talk(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Data goes to stdout and talk to stderr, off a terminal without colours."""
        terminal = Terminal("en")
        terminal.data("answer", style="bold")
        terminal.say("talk")
        terminal.warn(Text(en="careful", ja="注意"))
        assert ("answer\n", "talk\nnote: careful\n") == tuple(capsys.readouterr())

    def test_error(self, capsys: pytest.CaptureFixture[str]) -> None:
        """An error and its hint come in the reader's language, strangers' characters made visible."""
        message = Text(en="bad {name}", ja="{name} が不正").format(name="\x1b]0;x\x07")
        Terminal("ja").error(InputError(message, hint=Text(en="fix it", ja="直してください")))
        assert "エラー: \\u001b]0;x\\u0007 が不正\nヒント: 直してください\n" == capsys.readouterr().err

    def test_markup(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Square brackets in a file's name are text, not style."""
        Terminal("en").data("[bold]a[/bold].png")
        assert "[bold]a[/bold].png\n" == capsys.readouterr().out

    def test_columns(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Labels line up although Japanese characters are two columns wide."""
        Terminal("ja").lines([("画像", "1"), ("abcd", "2"), ("a", "3")], indent=0)
        assert "画像  1\nabcd  2\na     3\n" == capsys.readouterr().out
