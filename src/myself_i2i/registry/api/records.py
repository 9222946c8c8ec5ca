"""What was published, by its name: a manifest, a mark by its short code, a key."""

from __future__ import annotations

import json
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from myself_i2i.errors import InputError
from myself_i2i.registry.api.as_json import maker_json, mark_json
from myself_i2i.registry.api.errors import not_found
from myself_i2i.registry.api.parts import parts_of

__all__ = ["C2PA", "get_maker", "get_manifest", "get_mark"]

C2PA: Final = "application/c2pa"


async def get_manifest(request: Request) -> Response:
    """`GET /manifests/{activeManifestId}`: the manifest store, as its maker published it."""
    parts = parts_of(request)
    data = await parts.run(parts.registry.manifest, request.path_params["activeManifestId"])
    if data is None:
        raise not_found()
    return Response(data, media_type=C2PA)


async def get_mark(request: Request) -> Response:
    """`GET /s/{code}`: the mark with this short code, manifest id or statement digest."""
    parts = parts_of(request)
    try:
        mark = await parts.run(parts.registry.mark, request.path_params["code"])
    except InputError:  # a mistyped code names nothing
        raise not_found() from None
    return _json(None if mark is None else mark_json(mark))


async def get_maker(request: Request) -> Response:
    """`GET /makers/{keyid}`: a registered key, and what became of its pledge."""
    parts = parts_of(request)
    maker = await parts.run(parts.registry.maker, request.path_params["keyid"])
    return _json(None if maker is None else maker_json(maker))


def _json(told: dict[str, Any] | None) -> Response:
    if told is None:
        raise not_found()
    return Response(json.dumps(told, ensure_ascii=False).encode(), media_type="application/json")
