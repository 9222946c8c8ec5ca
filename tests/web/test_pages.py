"""Each page by what it says."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import httpx
import pytest

from myself_i2i.attestation import Envelope
from myself_i2i.predicates import Withdrawal
from myself_i2i.predicates.suspension import Suspension, SuspensionAction, SuspensionReason
from myself_i2i.predicates.texts import pledge_text
from myself_i2i.registry.api import create_app
from myself_i2i.registry.service import Registry
from myself_i2i.web import pages
from myself_i2i.web.pages import PER_PAGE
from myself_i2i.wording import Language
from tests.registry.api.client import Client
from tests.registry.support import NOW, made, open_registry, person, pledge, publish
from tests.support.marked import Person
from tests.web.outline import Outline
from tests.web.support import Site, file, with_permission

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """A registry of one test's own."""
    with open_registry(tmp_path, url="https://registry.example", per_address_per_minute=100_000) as found:
        yield found


@pytest.fixture
def client(registry: Registry) -> Iterator[Client]:
    """Somebody who reads its pages in English."""
    with Client(create_app(registry, extra_routes=pages(registry))) as found:
        found.asked.headers.update(HTML)
        yield found


def got(address: str, language: Language = "en") -> httpx.Response:
    return httpx.get(address, headers={**HTML, "Accept-Language": language}, follow_redirects=True)


def earlier(page: Outline) -> str:
    """Where the next page of a list is; "" on the last one."""
    links = [one.get("href") or "" for one in page.all("a") if not one.get("hreflang")]
    return next((link for link in links if "before=" in link), "")


def said(client: Client, path: str) -> str:
    """The text of the page's main part, in one line."""
    return Outline(client.get(path).text).text("main")


class TestOperator:
    @pytest.mark.parametrize("contact", ["keeper@example.org", "https://example.org/contact"])
    def test_is_named(self, tmp_path: Path, contact: str) -> None:
        """Every page says what the registry is called and how its operator is reached; an address is a link."""
        with (
            open_registry(tmp_path, name="Fox registry", contact=contact) as registry,
            Client(create_app(registry, extra_routes=pages(registry))) as client,
        ):
            page = Outline(client.get("/", headers=HTML).text)
            assert "Fox registry" in page.text("footer")
            assert contact in page.text("footer")
            links = [one.get("href") for one in page.all("a")]
            assert contact.startswith("https:") == (contact in links)


class TestCode:
    def test_leads_to_the_mark(self, site: Site) -> None:
        """A code as people type it leads to the mark, in the language that was asked for."""
        typed = site.words.marked.code.lower().replace("-", " ")
        response = httpx.get(f"{site.url}/code", params={"code": typed, "lang": "ja"}, headers=HTML)
        assert 303 == response.status_code
        assert f"/s/{site.words.marked.code}?lang=ja" == response.headers["location"]

    def test_mistyped(self, client: Client) -> None:
        """A wrong letter is said to be one, and may be mended at once."""
        response = client.get("/code", params={"code": "04HMA-SW9NF-1"})
        assert 400 == response.status_code
        assert "mistyped" in response.text
        assert "<form" in response.text

    def test_not_recorded(self, client: Client) -> None:
        """A code that nobody published is "not recorded", from which nothing follows."""
        response = client.get("/s/04HMA-SW9NF-0")
        assert 404 == response.status_code
        assert "Not recorded" in Outline(response.text).text("h1")
        assert "nothing follows" in response.text


class TestMark:
    def test_says_who_when_and_how(self, site: Site) -> None:
        """A mark's page says who declares it, since when by the log, how it was made, and at which place it stands."""
        text = Outline(got(f"{site.url}/s/{site.drawn.envelope.digest}").text).text("main")
        mark = site.registry.mark(site.drawn.envelope.digest)
        assert mark is not None
        assert "はなこ (as they call themselves)" in text
        assert f"{mark.logged_at:%Y-%m-%d %H:%M} UTC (entry {mark.index})" in text
        assert "i2i (from a picture)" in text
        assert "own drawing (the maker’s word)" in text
        assert "declared – " in text

    def test_sealed(self, site: Site) -> None:
        """A source whose look the maker keeps is said to be so."""
        assert "kept by the maker" in got(f"{site.url}/s/{site.sealed.envelope.digest}").text
        assert "kept by the maker" not in got(f"{site.url}/s/{site.drawn.envelope.digest}").text

    def test_permission(self, site: Site) -> None:
        """A permission stands beside its source: whose, for whom, and whether it is in force."""
        text = Outline(got(f"{site.url}/s/{site.permitted.envelope.digest}").text).text("ol")
        assert "うめ (as they call themselves)" in text
        assert "for: this maker" in text
        assert "in force" in text

    def test_permission_that_is_not_here(self, registry: Registry, client: Client) -> None:
        """A permission that nobody published is said to be in the mark alone."""
        source = file(7, "source.png")
        maker = person("maker")
        one = with_permission(maker, file(4), source, person("artist").permit(source))
        publish(registry, one)
        assert "not published here" in said(client, f"/s/{one.envelope.digest}")

    def test_withdrawn(self, registry: Registry, client: Client) -> None:
        """A mark that was taken back stays, and says so; so does one whose maker took the pledge back."""
        maker = person("maker")
        first, second = made(maker, 1), made(maker, 2)
        for one in (first, second):
            publish(registry, one)
        place = f"/s/{first.envelope.digest}"
        registry.publish(withdrawal(maker, first.envelope.to_json()))
        assert "This mark is withdrawn" in said(client, place)
        assert "The pledge of this maker" not in said(client, place)
        registry.publish(withdrawal(maker, maker.pledge().envelope.to_json()))
        assert "The pledge of this maker is withdrawn" in said(client, f"/s/{second.envelope.digest}")
        assert "The pledge of this key is withdrawn" in said(client, f"/makers/{maker.keyid}")

    def test_suspended(self, registry: Registry, client: Client) -> None:
        """A key that the operator suspended is shown as that; what it said stays."""
        one = made(person("maker"), 1)
        publish(registry, one)
        registry.suspend(
            Suspension(
                public_key=registry.keys.operator.public_key,
                action=SuspensionAction.SUSPEND,
                keyid=one.maker.keyid,
                reason=SuspensionReason.UNDER_REVIEW,
                decided_at=NOW,
            )
        )
        assert "suspended" in said(client, f"/makers/{one.maker.keyid}")
        assert "suspended" in said(client, f"/s/{one.envelope.digest}")

    def test_receipt_and_manifest(self, site: Site) -> None:
        """The receipt and the manifest of a mark are one link away, under names that tell what they are."""
        page = Outline(got(f"{site.url}/s/{site.drawn.envelope.digest}").text)
        kept = {one.get("download"): one.get("href") or "" for one in page.all("a") if one.get("download")}
        code = site.drawn.marked.code
        assert httpx.get(site.url + kept[f"{code}.tlog-proof"]).text.startswith("c2sp.org/tlog-proof@v1\n")
        assert site.drawn.manifest == httpx.get(site.url + kept[f"{code}.c2pa"]).content


class TestMaker:
    def test_pledge(self, site: Site) -> None:
        """A maker's page says which text was pledged to, and leads to that text."""
        page = Outline(got(f"{site.url}/makers/{site.maker.keyid}").text)
        assert "version 1.0 (en), in force" in page.text("main")
        assert "/pledge/1.0/en" in [one.get("href") for one in page.all("a")]

    def test_accounts(self, registry: Registry, client: Client) -> None:
        """Accounts are the maker's word; only https addresses are links, and ones that vouch for nothing."""
        maker = person("maker")
        pledge(registry, maker)
        page = Outline(client.get(f"/makers/{maker.keyid}").text)
        (link,) = [one for one in page.all("a") if (one.get("href") or "").startswith("https:")]
        assert {"nofollow", "ugc", "noopener", "noreferrer"} == set((link.get("rel") or "").split())
        assert "not checked here" in page.text("main")

    def test_pages(self, registry: Registry, client: Client) -> None:
        """Many marks come in pages, each mark once, newest first."""
        maker = person("maker")
        published = [made(maker, seed) for seed in range(PER_PAGE + 2)]
        for one in published:
            publish(registry, one)
        seen, place = [], f"/makers/{maker.keyid}"
        while place:
            page = Outline(client.get(place).text)
            seen += [one.text.strip() for one in page.all("a") if "tbody" in one.inside]
            place = earlier(page)
        assert [one.marked.code for one in reversed(published)] == seen

    def test_hostile_name(self, registry: Registry, client: Client) -> None:
        """A name is text, whatever stands in it."""
        maker = person("<script>alert(1)</script>")
        pledge(registry, maker)
        page = Outline(client.get(f"/makers/{maker.keyid}").text)
        assert [] == page.all("script")
        assert "<script>alert(1)</script>" in page.text("h1")

    def test_unknown(self, client: Client) -> None:
        """A key that was never heard of is "not recorded", and so is what is no key."""
        assert [404, 404] == [client.get(f"/makers/{name}").status_code for name in ("0" * 64, "x")]


class TestLog:
    def test_entries(self, registry: Registry, client: Client) -> None:
        """The log's page tells its size, kinds and times of the latest entries, and no name of anybody."""
        one = made(person("maker"), 1)
        publish(registry, one)
        page = Outline(client.get("/log").text)
        cells = [one.text for one in page.all("th", "td") if "tbody" in one.inside]
        when = f"{NOW:%Y-%m-%d %H:%M} UTC"
        assert ["registry.example", "2"] == [one.text for one in page.all("dd")]
        assert ["1", "mark", when, "0", "pledge", when] == cells

    def test_checkpoint(self, registry: Registry, client: Client) -> None:
        """The head is shown byte for byte, as anyone gets it at /checkpoint."""
        shown = Outline(client.get("/log").text).all("pre")[0].text
        assert client.get("/checkpoint").text == shown
        assert registry.checkpoint().decode() == shown

    def test_pages(self, registry: Registry, client: Client) -> None:
        """Earlier entries are a link away."""
        for number in range(PER_PAGE + 1):
            pledge(registry, person(f"maker {number}"))
        page = Outline(client.get("/log").text)
        assert ["0"] == [
            one.text for one in Outline(client.get(earlier(page)).text).all("a") if "tbody" in one.inside
        ]

    def test_no_index(self, client: Client) -> None:
        """A place that is none counts as the beginning."""
        assert [200] * 3 == [client.get(f"/log?before={text}").status_code for text in ("x", "-1", "9" * 40)]

    def test_out_of_order(self, registry: Registry, client: Client, tmp_path: Path) -> None:
        """When the registry cannot answer, the page says that it is the registry's trouble, and tells no more."""
        (registry.settings.log_folder / "checkpoint").unlink()
        response = client.get("/log")
        assert 503 == response.status_code
        assert "cannot answer right now" in response.text
        assert str(tmp_path) not in response.text


class TestPledge:
    def test_exact(self, client: Client) -> None:
        """The text is shown byte for byte, with the digest that a pledge signs."""
        text = pledge_text("1.0", "ja")
        page = Outline(client.get("/pledge/1.0/ja").text)
        assert text.text == page.all("pre")[0].text
        assert text.sha256 in page.text("main")

    def test_none(self, client: Client) -> None:
        """A version or language that does not exist is said not to."""
        assert [400, 404] == [client.get(f"/pledge/{name}").status_code for name in ("9.9/ja", "1.0/fr")]


class TestAssets:
    @pytest.mark.parametrize(
        "name", ["style.css", "check.js", "pdq64.js", "containers.js", "look-up.js", "picture.js"]
    )
    def test_served(self, client: Client, name: str) -> None:
        """What a page loads has its type, and is not sent twice."""
        first = client.get(f"/assets/{name}")
        kind = "text/css" if name.endswith("css") else "text/javascript"
        assert f"{kind}; charset=utf-8" == first.headers["content-type"]
        again = client.get(f"/assets/{name}", headers={"If-None-Match": first.headers["etag"]})
        assert (304, b"") == (again.status_code, again.content)

    def test_the_very_file(self, client: Client) -> None:
        """Browsers run the pdq64.js that is held to the vectors."""
        assert (files("myself_i2i.fingerprint") / "pdq64.js").read_bytes() == client.get(
            "/assets/pdq64.js"
        ).content

    def test_others(self, client: Client) -> None:
        """No other file is served."""
        names = ("nothing.js", "..%2fpages.py", "%2e%2e/pages.py")
        assert [404] * 3 == [client.get(f"/assets/{name}").status_code for name in names]


def withdrawal(someone: Person, envelope: bytes) -> bytes:
    """`someone` takes back what they said in `envelope`."""
    return someone.say(Withdrawal.of(Envelope.from_json(envelope), withdrawn_at=NOW)).envelope.to_json()
