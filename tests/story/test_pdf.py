import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import reportlab

from myself_i2i.errors import UsageError
from myself_i2i.predicates.generation import Input
from myself_i2i.story import Look, Story, pdf, tell
from tests.story.test_pages import pledge, report
from tests.support.chains import MINUTE, NOON, Desk, chain, made, picture, retouched, went_in
from tests.support.pictures import webp

NOWHERE = Path("/nonexistent.ttf")
"""No font: the PDF then names Adobe's Japanese one, whatever this machine has."""


def written(data: bytes, tmp_path: Path) -> str:
    """The words on the paper, as poppler reads them; the test is skipped without poppler."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    path = tmp_path / "paper.pdf"
    path.write_bytes(data)
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)  # noqa: S607  # found above
    return done.stdout.decode()


class TestPdf:
    def test_words(self, desk: Desk, day: Story, look: Look, tmp_path: Path) -> None:
        """The paper says what the page says, Japanese included."""
        pledge(desk)
        text = "".join(written(pdf(report(desk, day, look), font=NOWHERE), tmp_path).split())
        for said in ("finished.png", "はなこ", "販売サイト御中", "線を整理、手を描き直し", day.steps[0].key):
            assert said in text
        assert {"ja": "この記録が示さないこと", "en": "Whatthisdoesnotshow"}[look.language] in text

    def test_same_bytes(self, desk: Desk, day: Story, look: Look) -> None:
        """The same report gives the same bytes."""
        document = report(desk, day, look)
        assert pdf(document, font=NOWHERE) == pdf(document, font=NOWHERE)

    def test_long(self, desk: Desk, tmp_path: Path) -> None:
        """A drawing longer than a page is cut between layers and told on to its end."""
        end = chain(desk, 50)
        data = pdf(report(desk, tell(desk.statements(), end), Look(language="en")), font=NOWHERE)
        assert "50.png" in written(data, tmp_path)
        assert data.count(b"/Type /Page\n") > 8

    def test_wide(self, desk: Desk, tmp_path: Path) -> None:
        """A drawing too wide to be read on paper is left out, and the paper says where it is."""
        inputs = [went_in(picture(number, "n" * 500), "reference") for number in range(1, 40)]
        desk.say(made("reference", *inputs), picture(0))
        story = tell(desk.statements(), picture(0))
        data = pdf(report(desk, story, Look(language="en")), font=NOWHERE)
        assert "too wide for paper" in written(data, tmp_path)

    def test_anything_in_a_record(self, desk: Desk) -> None:
        """Whatever stands in a record, however long, the paper is made."""
        evil = "<b>&amp;</para>\x07\u202e😀" + "長い" * 1_500 + "\n" * 300
        record = made("i2i", Input(role="init", name=evil[:900]), prompt=evil * 20, model="<i>")
        desk.say(record, picture(1, "<x>.png"))
        desk.say(retouched(picture(1), evil[:2_000], NOON + MINUTE), picture(2))
        story = tell(desk.statements(), picture(2))
        assert pdf(report(desk, story, Look(language="ja")), font=NOWHERE).startswith(b"%PDF-")

    def test_thumbnails(self, desk: Desk, day: Story) -> None:
        """Pictures that were found are on the paper."""
        import base64  # noqa: PLC0415  # only here

        small = "data:image/webp;base64," + base64.b64encode(webp()).decode()
        plain = pdf(report(desk, day, Look(language="en")), font=NOWHERE)
        shown = pdf(report(desk, day, Look(language="en", thumbnails={0: small})), font=NOWHERE)
        assert b"/Subtype /Image" not in plain
        assert b"/Subtype /Image" in shown

    def test_embedded(self, desk: Desk, day: Story) -> None:
        """A TrueType font that the machine has is put into the paper; with another, Adobe's is named."""
        latin = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"
        document = report(desk, day, Look(language="en"))
        assert b"/FontFile2" in pdf(document, font=latin)
        other = pdf(document, font=NOWHERE)
        assert b"/FontFile2" not in other
        assert b"HeiseiKakuGo-W5" in other

    def test_not_installed(self, desk: Desk, day: Story, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without the library the error says how to get it, and what to do instead."""
        document = report(desk, day, Look(language="en"))
        monkeypatch.delitem(sys.modules, "myself_i2i.story._paper", raising=False)
        for name in [name for name in sys.modules if name.partition(".")[0] == "reportlab"]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, "reportlab", None)
        with pytest.raises(UsageError, match="needs the library reportlab") as caught:
            pdf(document)
        assert caught.value.hint is not None
        assert "myself-i2i[pdf]" in caught.value.hint.en
