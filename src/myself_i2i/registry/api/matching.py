"""Look-up by soft binding: the query routes of the C2PA Soft Binding Resolution API 2.4."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from myself_i2i.attestation import parse_strict
from myself_i2i.errors import InputError
from myself_i2i.fingerprint import ISCC, PDQ64, PDQ64_FLAT
from myself_i2i.fingerprint.pdq64 import FLAT_RADIUS
from myself_i2i.registry.api.bindings import Binding, read_algorithm, read_binding, score
from myself_i2i.registry.api.errors import CODES, HttpError, require_type
from myself_i2i.registry.api.parts import parts_of
from myself_i2i.registry.api.pictures import Looks
from myself_i2i.registry.service import Registry
from myself_i2i.wording import Text

__all__ = [
    "BINDING_BYTES",
    "DEFAULT_RESULTS",
    "MOST_RESULTS",
    "PICTURES",
    "RADIUS",
    "VALUE_CHARACTERS",
    "get_matches_by_binding",
    "post_matches_by_binding",
    "post_matches_by_content",
]

DEFAULT_RESULTS: Final = 10
MOST_RESULTS: Final = 100
"""More may be asked for, and no more are given."""
VALUE_CHARACTERS: Final = 2_048
"""Longest value in a query string; a longer one is a 414, and may be posted."""
BINDING_BYTES: Final = 65_536
"""Largest body of a posted binding."""
RADIUS: Final = {PDQ64: 31, ISCC: 31, PDQ64_FLAT: FLAT_RADIUS}
"""Bits that may differ, of 256."""
PICTURES: Final = ("image/jpeg", "image/png", "image/webp", "image/avif")
"""What `byContent` reads."""

_BINDING: Final = Text(en="the binding", ja="ソフトバインディング")
_DIGITS: Final = 9


async def get_matches_by_binding(request: Request) -> Response:
    """`GET /matches/byBinding`."""
    query = request.query_params
    value = _needed(query, "value")
    if len(value) > VALUE_CHARACTERS:
        raise HttpError(414, CODES[414])
    binding = read_binding(_needed(query, "alg"), value)
    return await _matches(request, [binding])


async def post_matches_by_binding(request: Request) -> Response:
    """`POST /matches/byBinding`."""
    require_type(request, ("application/json",))
    fields = parse_strict(await request.body(), where=_BINDING, limit=BINDING_BYTES)
    if not isinstance(fields, dict) or not all(
        isinstance(fields.get(name), str) for name in ("alg", "value")
    ):
        raise InputError(
            Text(
                en='wanted an object with the texts "alg" and "value"',
                ja='文字列 "alg" と "value" を持つオブジェクトが必要です',
            )
        )
    return await _matches(request, [read_binding(fields["alg"], fields["value"])])


async def post_matches_by_content(request: Request) -> Response:
    """`POST /matches/byContent`: the picture is read apart, in memory only."""
    require_type(request, PICTURES)
    wanted, bindings = _wanted(request.query_params)
    _results(request.query_params)  # refused before a picture is read for it
    looks = await parts_of(request).pictures.read(await request.body())
    return await _matches(request, [*_seen(looks, wanted), *bindings])


def _wanted(query: Mapping[str, str]) -> tuple[Sequence[str], list[Binding]]:
    """Return which kinds to look the picture up by, and the binding that the client hints at, if any."""
    wanted = [read_algorithm(query["alg"])] if "alg" in query else list(RADIUS)
    if "hintAlg" not in query and "hintValue" not in query:
        return wanted, []
    return wanted, [read_binding(_needed(query, "hintAlg"), _needed(query, "hintValue"))]


def _seen(looks: Looks, wanted: Sequence[str]) -> Iterable[Binding]:
    if PDQ64 in wanted:
        yield from (Binding(PDQ64, code) for code in looks.pdq64)
        yield from (Binding(PDQ64_FLAT, code) for code in looks.flat)
    if ISCC in wanted and looks.iscc is not None:
        yield Binding(ISCC, looks.iscc)


async def _matches(request: Request, bindings: Sequence[Binding]) -> Response:
    parts, limit = parts_of(request), _results(request.query_params)
    call = parts.look_up if len(bindings) == 1 else parts.run  # a picture is many look-ups
    found = await call(_near, parts.registry, bindings, limit)
    matches = [{"manifestId": name, "similarityScore": score(distance)} for distance, name in found]
    return Response(json.dumps({"matches": matches}), media_type="application/json")


def _near(registry: Registry, bindings: Sequence[Binding], limit: int) -> list[tuple[int, str]]:
    """Return distance and manifest id of the nearest marks, nearest first, each manifest once."""
    nearest: dict[str, int] = {}
    for algorithm, radius in RADIUS.items():
        values = [one.code for one in bindings if one.algorithm == algorithm]
        if values:
            for distance, name in registry.near_manifests(algorithm, values, radius=radius, limit=limit):
                nearest[name] = min(distance, nearest.get(name, distance))
    return sorted((distance, name) for name, distance in nearest.items())[:limit]


def _results(query: Mapping[str, str]) -> int:
    text = query.get("maxResults", str(DEFAULT_RESULTS))
    digits = text.lstrip("0") if text.isascii() and text.isdecimal() else ""
    if not digits:
        raise InputError(
            Text(
                en="maxResults is not right, wanted a whole number of 1 or more",
                ja="maxResults には1以上の整数が必要です",
            )
        )
    return MOST_RESULTS if len(digits) > _DIGITS else min(int(digits), MOST_RESULTS)


def _needed(query: Mapping[str, str], name: str) -> str:
    if not query.get(name):
        raise InputError(Text(en="{name} is missing", ja="{name} が指定されていません").format(name=name))
    return query[name]
