"""The public log as plain files (c2sp.org/tlog-tiles): any web server or CDN could serve the same folder."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from myself_i2i.errors import InputError
from myself_i2i.registry.api.errors import not_found
from myself_i2i.registry.api.parts import parts_of
from myself_i2i.tlog import Tile

__all__ = ["FOREVER", "get_checkpoint", "get_tile"]

FOREVER: Final = "public, max-age=31536000, immutable"
"""A tile never changes; a partial one goes when it is full, and what a cache kept of it stays right."""
NOW: Final = "no-cache"


async def get_checkpoint(request: Request) -> Response:
    """`GET /checkpoint`: the head of the log, a signed note."""
    parts = parts_of(request)
    data = await parts.run(parts.registry.checkpoint)
    return Response(data, headers={"cache-control": NOW}, media_type="text/plain; charset=utf-8")


async def get_tile(request: Request) -> Response:
    """`GET /tile/{path}`: hashes, or a bundle of entries."""
    parts, path = parts_of(request), f"tile/{request.path_params['path']}"
    try:
        Tile.parse(path)  # nothing but the name of a tile ever becomes the name of a file
    except InputError:
        raise not_found() from None
    data = await parts.run(parts.registry.files.read, path)
    if data is None:
        raise not_found()
    return Response(data, headers={"cache-control": FOREVER}, media_type="application/octet-stream")
