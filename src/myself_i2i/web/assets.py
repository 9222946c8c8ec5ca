"""The few files that pages load: read once and served from memory."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

__all__ = ["Assets"]

OWN: Final = ("style.css", "check.js", "picture.js", "containers.js", "look-up.js")
FINGERPRINT: Final = "pdq64.js"
"""Served as it is: browsers run the very file that is held to the vectors."""
MEDIA_TYPES: Final = {".css": "text/css", ".js": "text/javascript"}


@dataclass(frozen=True, slots=True)
class _Asset:
    data: bytes
    media_type: str
    headers: dict[str, str]


class Assets:
    """The files under `/assets/`.

    Each is asked for again with every page and answered with 304 when nothing changed: scripts import each other, and
    no browser may run those of two versions together.
    """

    def __init__(self) -> None:
        own, fingerprint = files("myself_i2i.web") / "static", files("myself_i2i.fingerprint")
        data = {name: (own / name).read_bytes() for name in OWN}
        data[FINGERPRINT] = (fingerprint / FINGERPRINT).read_bytes()
        self._assets = {name: _asset(name, content) for name, content in data.items()}

    async def serve(self, request: Request) -> Response:
        """Answer `/assets/{name}`."""
        asset = self._assets.get(request.path_params["name"])
        if asset is None:
            return Response(status_code=404)
        if request.headers.get("if-none-match") == asset.headers["ETag"]:
            return Response(status_code=304, headers=asset.headers)
        return Response(asset.data, media_type=asset.media_type, headers=asset.headers)


def _asset(name: str, data: bytes) -> _Asset:
    headers = {
        "ETag": f'"{hashlib.sha256(data).hexdigest()[:32]}"',
        "Cache-Control": "public, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    return _Asset(data, MEDIA_TYPES[PurePosixPath(name).suffix], headers)
