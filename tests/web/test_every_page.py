"""What holds for every page, so that everybody can use it, whatever they see it with."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import httpx
import pytest

from myself_i2i.verification.evidence import LIMIT
from myself_i2i.wording import Language
from tests.web.outline import Outline
from tests.web.support import Site

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PAGES: dict[str, Callable[[Site], str]] = {
    "home": lambda _: "/",
    "check": lambda _: "/check",
    "log": lambda _: "/log",
    "pledge": lambda _: "/pledge/1.0/en",
    "mark from words": lambda site: f"/s/{site.words.envelope.digest}",
    "mark from a drawing": lambda site: f"/s/{site.drawn.envelope.digest}",
    "mark with permission": lambda site: f"/s/{site.permitted.envelope.digest}",
    "maker": lambda site: f"/makers/{site.maker.keyid}",
    "not recorded": lambda _: "/s/04HMA-SW9NF-0",
    "mistyped": lambda _: "/code?code=04HMA-SW9NF-1",
}
HEADINGS = ("h1", "h2", "h3", "h4")


@pytest.fixture(params=list(PAGES))
def address(request: pytest.FixtureRequest, site: Site) -> str:
    """Each page in turn."""
    return site.url + PAGES[request.param](site)


@pytest.fixture(params=["ja", "en"])
def language(request: pytest.FixtureRequest) -> Language:
    """Each language in turn."""
    found: Language = request.param
    return found


def got(address: str, language: Language = "en") -> httpx.Response:
    return httpx.get(address, headers={**HTML, "Accept-Language": language}, follow_redirects=True)


class TestEveryPage:
    def test_language(self, address: str, language: Language) -> None:
        """A page says which language it is in, to people and to caches."""
        response = got(address, language)
        assert language == Outline(response.text).all("html")[0].get("lang")
        assert language == response.headers["content-language"]
        assert {"accept", "accept-language"} <= set(response.headers["vary"].lower().split(", "))

    def test_outline(self, address: str, language: Language) -> None:
        """One title, one first heading, no level left out, and a place for everything."""
        page = Outline(got(address, language).text)
        levels = [int(one.tag[1]) for one in page.all(*HEADINGS)]
        assert 1 == levels[0]
        assert 1 == levels.count(1)
        assert [] == [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1]
        assert [1, 1, 1, 1] == [len(page.all(tag)) for tag in ("title", "header", "main", "footer")]
        assert page.text("title").endswith("Myself_i2i")

    def test_labels(self, address: str, language: Language) -> None:
        """Fields have labels, pictures have words, lists of links have names, and every name leads somewhere."""
        page = Outline(got(address, language).text)
        names = [one.get("id") for one in page.elements if one.get("id")]
        assert len(names) == len(set(names))
        labelled = {one.get("for") for one in page.all("label")}
        fields = [one for one in page.all("input") if one.get("type") != "hidden"]
        assert [] == [one for one in fields if one.get("id") not in labelled and "label" not in one.inside]
        assert [] == [one for one in page.all("img") if not one.get("alt")]
        assert [] == [one for one in page.all("nav") if not one.get("aria-label")]
        assert [] == [
            one for one in page.all("a", "button") if not one.text.strip() and "template" not in one.inside
        ]
        asked = [one.get(name) for one in page.elements for name in ("aria-labelledby", "aria-describedby")]
        assert {name for name in asked if name} <= set(names)

    def test_nothing_runs_inline(self, address: str, language: Language) -> None:
        """No script, style or handler stands in a page, and the policy would not run one."""
        response = got(address, language)
        page = Outline(response.text)
        policy = response.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "connect-src 'self'" in policy
        assert "unsafe" not in policy
        scripts = [one for one in page.all("script") if one.get("type") != "application/json"]
        assert [] == [one for one in scripts if not (one.get("src") or "").startswith("/assets/")]
        assert [] == page.all("style")
        named = [name for one in page.elements for name in one.attributes]
        assert [] == [name for name in named if name == "style" or name.startswith("on")]

    def test_limit(self, address: str, language: Language) -> None:
        """Every page prints the limit (promise 5)."""
        assert LIMIT.in_(language) in Outline(got(address, language).text).all("main")[0].text

    def test_no_gap_is_left(self, address: str, language: Language) -> None:
        """Every sentence is filled."""
        page = Outline(got(address, language).text)
        words = page.all("body")[0].text
        for script in page.all("script"):
            words = words.replace(script.text, "")
        assert [] == re.findall(r"\{\w*\}", words)

    def test_links_lead_somewhere(self, address: str, language: Language, site: Site) -> None:
        """Every link of a page to this registry has an answer."""
        page = Outline(got(address, language).text)
        links = {one.get("href") or "" for one in page.all("a", "link") if not one.get("hreflang")}
        here = sorted(link for link in links if link.startswith("/"))
        assert [] == [link for link in here if got(site.url + link).status_code >= 400]

    def test_other_language(self, address: str, language: Language, site: Site) -> None:
        """The same page in the other language is one link away, and its links stay in that language."""
        page = Outline(got(address, language).text)
        (switch,) = [one for one in page.all("a") if one.get("hreflang")]
        other = Outline(got(site.url + (switch.get("href") or ""), language).text)
        wanted = switch.get("hreflang")
        assert wanted == other.all("html")[0].get("lang")
        menu = [one.get("href") or "" for one in other.all("a") if "nav" in one.inside]
        assert [] == [link for link in menu if f"lang={wanted}" not in link]


class TestNegotiation:
    @pytest.mark.parametrize("accept", ["application/json", "*/*"])
    def test_programs_get_json(self, site: Site, accept: str) -> None:
        """Who does not ask for a page at a mark's or a maker's address gets the API's JSON."""
        for place in (f"/s/{site.words.marked.code}", f"/makers/{site.maker.keyid}"):
            response = httpx.get(site.url + place, headers={"Accept": accept})
            assert "application/json" == response.headers["content-type"]
            assert site.maker.keyid == response.json()["keyid"]

    def test_people_get_a_page(self, site: Site) -> None:
        """A browser gets the page."""
        assert (
            "text/html; charset=utf-8"
            == got(f"{site.url}/s/{site.words.marked.code}").headers["content-type"]
        )
