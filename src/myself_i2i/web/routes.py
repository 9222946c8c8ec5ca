"""Where each page stands. The routes of the API come after these and answer what no page does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from myself_i2i.registry.api.negotiation import media_type_of
from myself_i2i.registry.service import Registry
from myself_i2i.web.assets import Assets
from myself_i2i.web.pages import Pages

__all__ = ["pages"]

HTML: Final = "text/html"


class Page(Route):
    """A page at an address that also has JSON: matches those who would rather read HTML, and leaves the rest to the API."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return whether this route answers."""
        match, found = super().matches(scope)
        if match is Match.NONE or media_type_of(_accept(scope), ("application/json", HTML)) == HTML:
            return match, found
        return Match.NONE, {}


def pages(registry: Registry) -> list[BaseRoute]:
    """Return the routes of all pages of `registry` and of what they load."""
    show, assets = Pages(registry), Assets()
    return [
        _page("/", show.home),
        _page("/check", show.check),
        _page("/code", show.code),
        _page("/log", show.log),
        _page("/pledge/{version}/{language}", show.pledge),
        Page("/s/{name}", show.mark),
        Page("/makers/{keyid}", show.maker),
        Route("/assets/{name}", assets.serve),
    ]


def _page(path: str, endpoint: Callable[[Request], Response]) -> Route:
    return Route(path, endpoint)


def _accept(scope: Scope) -> str:
    return Headers(scope=scope).get("accept", "")
