"""What a visitor of the check page does, and what their browser sends meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import FilePayload, Page, Request, expect

__all__ = ["Sent", "about_sources", "ask", "choose", "shown"]


@dataclass
class Sent:
    """Everything that a tab asked for since the page was there."""

    requests: list[Request] = field(default_factory=list)

    @property
    def bodies(self) -> list[bytes]:
        """What was sent in requests that carry something."""
        return [body for one in self.requests if (body := one.post_data_buffer) is not None]


def choose(page: Page, data: bytes, name: str = "picture.png", mime: str = "image/png") -> None:
    """Choose a file, and wait until the page has read it."""
    page.locator("#file").set_input_files(FilePayload(name=name, mimeType=mime, buffer=data))
    expect(page.locator("#found")).to_be_visible()


def ask(page: Page) -> None:
    """Press the button, and wait for the answer."""
    page.locator("#send").click()
    expect(page.locator("#answer")).to_be_visible()


def about_sources(page: Page) -> None:
    """Press the other button, and wait for the answer."""
    page.locator("#ask").click()
    expect(page.locator("#asked")).to_be_visible()


def shown(page: Page, part: str) -> str:
    """What the page says there."""
    return page.locator(f"#{part}").inner_text()
