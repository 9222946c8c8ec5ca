"""Every page as people see it: both languages, a phone and a desk, light and dark."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from tests.web.support import Site

PAGES: dict[str, Callable[[Site], str]] = {
    "home": lambda _: "/",
    "check": lambda _: "/check",
    "log": lambda _: "/log",
    "pledge": lambda _: "/pledge/1.0/ja",
    "mark": lambda site: f"/s/{site.permitted.marked.code}",
    "maker": lambda site: f"/makers/{site.maker.keyid}",
    "not-recorded": lambda _: "/s/04HMA-SW9NF-0",
    "mistyped": lambda _: "/code?code=04HMA-SW9NF-1",
}
SCREENS = {"phone": (390, 844), "desk": (1280, 800)}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


Shoot = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go: kept by CI."""
    named = os.environ.get("MYSELF_I2I_SHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("shots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module", params=["ja", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=list(SCREENS))
def screen(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def shoot(shots: Path, language: str, screen: str) -> Shoot:
    """Keeps a picture of a whole page."""

    def keep(page: Page, name: str) -> None:
        page.screenshot(path=shots / f"{name}-{language}-{screen}.png", full_page=True)

    return keep


def opened(browser: Browser, language: str, screen: str, *, scripts: bool) -> BrowserContext:
    """Somebody who reads `language` on such a screen; they like it dark when scripts run, so that both are seen."""
    width, height = SCREENS[screen]
    return browser.new_context(
        locale=language,
        viewport={"width": width, "height": height},
        java_script_enabled=scripts,
        color_scheme="dark" if scripts else "light",
    )


@pytest.fixture(scope="module")
def still(browser: Browser, language: str, screen: str) -> Iterator[Page]:
    """A tab in which no script runs."""
    context = opened(browser, language, screen, scripts=False)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def live(browser: Browser, language: str, screen: str) -> Iterator[Page]:
    """A tab in which scripts run."""
    context = opened(browser, language, screen, scripts=True)
    yield context.new_page()
    context.close()


class TestEveryPage:
    @pytest.mark.parametrize("name", PAGES)
    def test_fits(self, still: Page, site: Site, shoot: Shoot, name: str) -> None:
        """A page needs no script, and is never wider than the screen."""
        still.goto(site.url + PAGES[name](site))
        shoot(still, name)
        assert 0 == still.evaluate(SIDEWAYS)

    def test_language(self, still: Page, site: Site, language: str) -> None:
        """A browser that asks for a language gets the page in it."""
        still.goto(site.url)
        assert language == still.locator("html").get_attribute("lang")


class TestCheckPage:
    def test_fits(self, live: Page, site: Site, shoot: Shoot) -> None:
        """The check page with everything on it is never wider than the screen either."""
        live.goto(f"{site.url}/check")
        shoot(live, "check-open")
        picture = FilePayload(name="picture.png", mimeType="image/png", buffer=site.drawn.marked.data)
        live.locator("#file").set_input_files(picture)
        live.locator("#send").click()
        expect(live.locator("#matches > li")).to_have_count(1)
        live.locator("#ask").click()
        expect(live.locator("#hits > li")).to_have_count(1)
        shoot(live, "check-answer")
        assert 0 == live.evaluate(SIDEWAYS)


class TestKeyboard:
    def test_first_stop(self, live: Page, site: Site) -> None:
        """The first stop of the Tab key leads past the menu to the content, and can be seen."""
        live.goto(site.url)
        live.keyboard.press("Tab")
        link = live.locator("a.skip")
        expect(link).to_be_focused()
        expect(link).to_be_in_viewport()
        live.keyboard.press("Enter")
        expect(live.locator("main")).to_be_focused()

    def test_focus_is_seen(self, live: Page, site: Site) -> None:
        """What has the focus has a ring around it."""
        live.goto(site.url)
        live.locator("a.button").focus()
        live.keyboard.press("Shift+Tab")
        live.keyboard.press("Tab")
        assert "3px" == live.evaluate("getComputedStyle(document.activeElement).outlineWidth")
