import re
import shutil
import subprocess
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from myself_i2i.comparison import (
    Comparison,
    Dated,
    Looks,
    Nearness,
    Question,
    Side,
    compare,
    comparison_document,
    nearest_frame,
)
from myself_i2i.comparison.private import KEEP, RULING, SHOWS_NOT
from myself_i2i.story import Document, Look, Told, html, pdf
from myself_i2i.wording import LANGUAGES, Language, Text
from tests.comparison.scenes import flat, looks, repainted, saved, scene
from tests.comparison.test_nearest import frame
from tests.test_wording import NEVER

LIMIT = Text(en="The limit <of> it.", ja="この確認の<限界>。")
NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
ACCUSING = (
    *NEVER, "accus", "infring", "culprit", "suspect", "pirat", "cheat", "offend", "forger",
    "パク", "侵害", "疑い", "疑惑", "犯人", "加害", "無断", "悪質", "証拠", "%",
)  # fmt: skip
NOWHERE = Path("/nonexistent.ttf")


@pytest.fixture(params=LANGUAGES)
def look(request: pytest.FixtureRequest) -> Look:
    """A look in each language."""
    language: Language = request.param
    return Look(language=language)


@pytest.fixture(scope="module")
def mine() -> Side:
    """A dated picture whose name is somebody's joke."""
    dated = Dated(NOON, Text(en="a clock & <co>", ja="時計 & <co>"))
    return Side("<script>alert(1)</script>.png", looks(scene(7)), (dated,))


@pytest.fixture(scope="module")
def theirs() -> Side:
    """The same layout painted otherwise; nothing dates it."""
    return Side("theirs.jpg", looks(repainted(7)))


@pytest.fixture(scope="module")
def found(mine: Side, theirs: Side) -> Comparison:
    """What is found of the two."""
    return compare(mine.looks, theirs.looks)


def document(found: Comparison, mine: Side, theirs: Side, look: Look) -> Document:
    told = Told(by="はなこ", recipient="", made_at=NOON)
    nearest = nearest_frame(theirs.looks, [frame("rough.png", 7, 1)])
    return comparison_document(found, mine, theirs, look, told=told, limit=LIMIT, frame=nearest)


class Reader(HTMLParser):
    """Every tag with its attributes, every word."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep words."""
        if self.lasttag != "style":
            self.words += data + "\n"


class TestPage:
    def test_whole(self, found: Comparison, mine: Side, theirs: Side, look: Look) -> None:
        """The page carries who made it for whom, what must stay private, the ruling, what it does not show, the limit."""
        words = Reader(html(document(found, mine, theirs, look))).words
        for text in (*KEEP, RULING, *SHOWS_NOT, LIMIT):
            assert look.say(text) in words
        assert "25439" in words
        assert "はなこ" in words
        assert {"ja": "自分用", "en": "yourself"}[look.language] in words

    def test_dates_first(self, found: Comparison, mine: Side, theirs: Side, look: Look) -> None:
        """Dates stand before any answer; what nothing signed dates is said to be so, and the journal's frame is dated."""
        words = Reader(html(document(found, mine, theirs, look))).words
        undated = {"ja": "日時を示す署名はない", "en": "nothing signed says when"}[look.language]
        answer = {"ja": "三つの問い", "en": "Three questions"}[look.language]
        assert (
            words.index("2026-11-03 12:00")
            < words.index(undated)
            < words.index("rough.png")
            < words.index(answer)
        )
        assert "2026-11-03 13:00" in words

    def test_quiet(self, found: Comparison, mine: Side, theirs: Side, look: Look) -> None:
        """It asks nobody for anything: no script, no link, no address but data:, and a policy that forbids them."""
        page = html(document(found, mine, theirs, look))
        read = Reader(page)
        assert not {"script", "a", "link", "iframe", "form", "object"} & {tag for tag, _ in read.tags}
        addresses = [
            value for _, given in read.tags for name, value in given.items() if name in ("src", "href")
        ]
        assert addresses
        assert all(value is not None and value.startswith("data:image/") for value in addresses)
        assert set(re.findall(r"https?://[^\"\s]+", page)) <= {"http://www.w3.org/2000/svg"}
        assert "default-src 'none'" in page

    def test_never_accusing(self, found: Comparison, mine: Side, theirs: Side, look: Look) -> None:
        """No accusing word, and no percentage, stands in it in either language."""
        words = (
            Reader(html(document(found, mine, theirs, look)))
            .words.replace("5〜30%", "")
            .replace("5 to 30 %", "")
        )
        words = re.sub(r"(middle|中央) \d+ ?%", "", words)
        assert [] == [word for word in ACCUSING if word in words.lower()]

    def test_fair(self, found: Comparison, mine: Side, theirs: Side, look: Look) -> None:
        """Differing places are drawn as well as agreeing ones, and every drawing says in words what it shows."""
        page = html(document(found, mine, theirs, look))
        spoken = [given.get("aria-label") for tag, given in Reader(page).tags if tag == "svg"]
        assert len(spoken) == 5
        assert all(spoken)

    def test_far(self, mine: Side, look: Look) -> None:
        """Pictures that are near under no question are shown side by side and not laid over each other."""
        other = Side("other.png", looks(scene(120)))
        apart = compare(mine.looks, other.looks)
        assert Nearness.NEAR not in [one.answer for one in apart.findings]
        if apart.finding(Question.LAYOUT).answer is Nearness.NOT_NEAR:
            page = Reader(html(document(apart, mine, other, look)))
            assert 1 == sum(tag == "svg" for tag, _ in page.tags)

    def test_flat(self, mine: Side, look: Look) -> None:
        """A flat picture is shown too, with the answer that nothing can be told."""
        other = Side("flat.png", Looks.of(flat()))
        words = Reader(html(document(compare(mine.looks, other.looks), mine, other, look))).words
        assert {"ja": "どちらとも言えない", "en": "cannot tell"}[look.language] in words

    def test_part(self, look: Look) -> None:
        """A pasted part is outlined in both pictures under one letter."""
        whole, other = scene(5), scene(6)
        other.paste(whole.crop((100, 80, 320, 280)), (200, 150))
        sides = Side("a.png", looks(other)), Side("b.png", Looks.of(saved(whole, "JPEG", quality=80)))
        page = html(document(compare(sides[0].looks, sides[1].looks), *sides, look))
        assert page.count(">A</text>") == 2


class TestPaper:
    def test_opens(self, found: Comparison, mine: Side, theirs: Side, look: Look, tmp_path: Path) -> None:
        """The paper opens, says what the page says, and is the same bytes each time."""
        paper = document(found, mine, theirs, look)
        data = pdf(paper, font=NOWHERE)
        assert data == pdf(document(found, mine, theirs, look), font=NOWHERE)
        assert data.startswith(b"%PDF-")
        if shutil.which("pdftotext") is None:
            pytest.skip("pdftotext is not installed")
        path = tmp_path / "paper.pdf"
        path.write_bytes(data)
        done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)  # noqa: S607  # found above
        text = "".join(done.stdout.decode().split())
        for said in ("25439", "はなこ", "theirs.jpg"):
            assert said in text
