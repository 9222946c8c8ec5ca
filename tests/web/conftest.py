from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.web import support
from tests.web.support import Site
from tests.web.visiting import Sent


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A registry with people and pictures in it, served on this machine."""
    with support.served(tmp_path_factory.mktemp("registry")) as site:
        yield site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; the test is skipped where there is none."""
    reason = support.why_no_browser()
    if reason is not None:
        pytest.skip(reason)
    with support.browser() as found:
        yield found


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Somebody who reads Japanese."""
    context = browser.new_context(locale="ja-JP", viewport={"width": 1280, "height": 800})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, site: Site) -> Iterator[Page]:
    """The check page, just opened; it may not complain about anything."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{site.url}/check")
    expect(page.locator("#drop")).to_be_visible()  # every script is here
    yield page
    page.close()
    assert [] == [said for said in complaints if "ERR_INTERNET_DISCONNECTED" not in said]


@pytest.fixture
def sent(page: Page) -> Sent:
    """What the page sends from here on, sockets included."""
    sent = Sent()
    page.on("request", lambda request: sent.requests.append(request))  # noqa: PLW0108 - Playwright takes no built-in
    page.on("websocket", lambda socket: pytest.fail(f"a socket to {socket.url}"))
    return sent
