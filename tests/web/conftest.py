from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.web import support
from tests.web.support import Site


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
