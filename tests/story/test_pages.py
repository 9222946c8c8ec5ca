import re
from datetime import timedelta, timezone
from html.parser import HTMLParser

import pytest

from myself_i2i.predicates import Pledge
from myself_i2i.predicates.generation import Input, Prompt, PromptPolicy
from myself_i2i.predicates.texts import pledge_text
from myself_i2i.story import (
    Document,
    Kept,
    Look,
    Story,
    Told,
    html,
    make_report,
    report_document,
    story_document,
    tell,
)
from myself_i2i.story.words import DOES_NOT_SHOW
from myself_i2i.wording import Text
from tests.support.chains import MINUTE, NOON, Desk, made, picture, retouched
from tests.test_wording import NEVER

LIMIT = Text(en="The limit <of> it.", ja="この確認の<限界>。")
TOLD = Told(by="", recipient="販売サイト御中", made_at=NOON + timedelta(days=2))


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
        self.words += data + "\n"


def pledge(desk: Desk) -> None:
    text = pledge_text("1.0", "ja")
    said = Pledge(
        text_version="1.0",
        language="ja",
        text_sha256=text.sha256,
        public_key=desk.key.public_key,
        display_name="はなこ",
        pledged_at=NOON - timedelta(days=3),
    )
    desk.say(said)


def report(desk: Desk, story: Story, look: Look, told: Told = TOLD, kept: Kept | None = None) -> Document:
    made_report = make_report(
        story,
        desk.statements(),
        records=desk.signed,
        pledges=desk.signed,
        told=told,
        kept=(lambda _: kept) if kept else None,
    )
    return report_document(made_report, look, limit=LIMIT)


class TestPage:
    def test_quiet(self, desk: Desk, day: Story, look: Look) -> None:
        """A page asks nobody for anything: no script, no link, no address, and a policy that forbids them."""
        for document in (story_document(day, look, limit=LIMIT), report(desk, day, look)):
            page = html(document)
            read = Reader(page)
            assert not {"script", "a", "link", "iframe", "form", "object"} & {tag for tag, _ in read.tags}
            policy = next(a["content"] for tag, a in read.tags if a.get("http-equiv"))
            assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" == policy
            addresses = set(re.findall(r"https?://[^\s\"'<]+", page))
            assert addresses <= {"http://www.w3.org/2000/svg"}
            assert [look.language] == [attributes["lang"] for tag, attributes in read.tags if tag == "html"]

    def test_limits(self, desk: Desk, day: Story, look: Look) -> None:
        """Every page prints what it does not show, and the limit of every check."""
        for document in (story_document(day, look, limit=LIMIT), report(desk, day, look)):
            words = Reader(html(document)).words
            for text in (*DOES_NOT_SHOW, LIMIT):
                assert text.in_(look.language) in words

    def test_hostile(self, desk: Desk, look: Look) -> None:
        """Words from records are text on the page, never markup, and cannot turn a line around."""
        evil = '<img src=x onerror="alert(1)">\u202e\x00]]>'
        record = made("i2i", Input(role="init", name=evil), prompt=evil, model=evil)
        desk.say(record, picture(1, "x.png"))
        desk.say(retouched(picture(1), evil, NOON + MINUTE), picture(2, "y.png"))
        story = tell(desk.statements(), picture(2))
        for document in (story_document(story, look, limit=LIMIT), report(desk, story, look)):
            page = html(document)
            assert "<img src=x" not in page
            assert not any("onerror" in attributes for _, attributes in Reader(page).tags)
            assert not {"\u202e", "\x00"} & set(page)
            page.encode()

    def test_never(self, desk: Desk, day: Story, look: Look) -> None:
        """No accusing word stands on a page, and none that finds anything about rights."""
        words = Reader(html(report(desk, day, look))).words
        assert [] == [word for word in NEVER if word in words]

    def test_nothing_recorded(self, desk: Desk, look: Look) -> None:
        """A picture without record has a page that says "not recorded" and what that means."""
        story = tell(desk.statements(), picture(1))
        words = Reader(html(story_document(story, look, limit=LIMIT))).words
        assert {"en": "in either direction", "ja": "記録なし"}[look.language] in words
        assert html(report(desk, story, look))

    def test_thumbnail(self, day: Story) -> None:
        """The picture stands on the page when it was found."""
        look = Look(language="en", thumbnails={0: "data:image/webp;base64,AAAA"})
        read = Reader(html(story_document(day, look, limit=LIMIT)))
        assert ["data:image/webp;base64,AAAA"] == [a["src"] for tag, a in read.tags if tag == "img"]

    def test_zone(self, day: Story) -> None:
        """Times are written in the reader's zone, which is named."""
        look = Look(language="ja", zone=timezone(timedelta(hours=9)))
        words = Reader(html(story_document(day, look, limit=LIMIT))).words
        assert "UTC+09:00" in words
        assert "2026-11-03 23:20" in words


class TestReport:
    def test_people(self, desk: Desk, day: Story, look: Look) -> None:
        """The report names who made it, as the pledge does, for whom, and when."""
        pledge(desk)
        words = Reader(html(report(desk, day, look))).words
        for said in ("はなこ", "販売サイト御中", "2026-11-05 12:00", day.steps[0].key, "2026-10-31 12:00"):
            assert said in words
        named = Reader(html(report(desk, day, look, Told(by="太郎", recipient="", made_at=NOON)))).words
        assert "太郎" in named

    def test_numbers(self, desk: Desk, day: Story) -> None:
        """Trials, prompts, hand work and sources are counted, and how is said."""
        words = Reader(html(report(desk, day, Look(language="en"), kept=Kept(5, 2)))).words
        for said in (
            "Pictures made on the way: 33. Led to this picture: 4; share a source or a step with it: 6; made in",
            "Different prompts on record: 4.",
            "Work by hand: 1.",
            "Source pictures: 2; with a declared rights basis: 1.",
            "Pictures made: 33. Chosen for the way to this one: 4.",
            "Still in the folders looked through: 5. Of these, with a mark: 2.",
            "added: red umbrella, night",
            "removed: umbrella",
            "線を整理、手を描き直し",
            "no pause over 30 minutes",
            "No pledge by this key is in the ledger.",
        ):
            assert said in words

    def test_withdrawn_pledge(self, desk: Desk, day: Story) -> None:
        """A pledge that was taken back is shown with that."""
        pledge(desk)
        desk.withdraw(desk.signed[-1].envelope)
        words = Reader(html(report(desk, day, Look(language="en")))).words
        assert "It was withdrawn on 2026-11-03" in words

    @pytest.mark.parametrize("policy", [PromptPolicy.SALTED_DIGEST, PromptPolicy.NONE])
    def test_sealed_prompts(self, desk: Desk, policy: PromptPolicy) -> None:
        """Prompts that are not kept whole are counted and no more."""
        record = made()
        digest = "a" * 64 if policy is PromptPolicy.SALTED_DIGEST else None
        sealed = Prompt(policy=policy, digest=digest)
        desk.say(type(record)(**{**vars(record), "prompt": sealed}), picture(1))
        story = tell(desk.statements(), picture(1))
        words = Reader(html(report(desk, story, Look(language="en")))).words
        wanted = {
            "salted-digest": "kept as a salted digest only: 1",
            "none": "of whose prompt nothing is kept: 1",
        }
        assert wanted[policy.value] in words
        assert "No prompt is kept whole" in words

    def test_many_prompts(self, desk: Desk) -> None:
        """A table has a bound, and says how much it leaves out."""
        for number in range(450):
            desk.say(made(at=NOON + number * MINUTE, prompt=f"try {number}"), picture(number))
        story = tell(desk.statements(), picture(449))
        words = Reader(html(report(desk, story, Look(language="en")))).words
        assert "Different prompts on record: 450" in words
        assert "and 50 more" in words
