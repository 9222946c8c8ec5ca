"""Publishing a statement, and getting one and its receipt back."""

from __future__ import annotations

import json
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from myself_i2i.errors import InputError
from myself_i2i.predicates.moments import format_moment
from myself_i2i.registry.api.errors import CODES, HttpError, not_found
from myself_i2i.registry.api.multipart import read_parts
from myself_i2i.registry.api.parts import parts_of
from myself_i2i.registry.facts import Published
from myself_i2i.registry.service import Registry
from myself_i2i.wording import Text

__all__ = ["ENVELOPE", "FORM", "PROOF", "get_receipt", "get_statement", "post_statement"]

ENVELOPE: Final = "application/vnd.dsse+json"
FORM: Final = "multipart/form-data"
PROOF: Final = "text/plain; charset=utf-8"
"""A receipt is a text file (c2sp.org/tlog-proof)."""
_LONGEST_INDEX: Final = 16


async def post_statement(request: Request) -> Response:
    """`POST /statements`: an envelope, alone or in a form beside its manifest."""
    envelope, manifest = await _sent(request)
    parts = parts_of(request)
    published, receipt = await parts.run(_publish, parts.registry, envelope, manifest)
    told: dict[str, Any] = {
        "index": published.index,
        "digest": published.digest,
        "loggedAt": format_moment(published.logged_at),
        "receipt": receipt,
    }
    if published.code is not None:
        told["code"] = published.code
    return Response(json.dumps(told), 201 if published.new else 200, media_type="application/json")


async def get_statement(request: Request) -> Response:
    """`GET /statements/{digest}`: the envelope as it was signed."""
    parts = parts_of(request)
    logged = await parts.run(parts.registry.statement, request.path_params["digest"])
    if logged is None:
        raise not_found()
    told = {
        "index": logged.index,
        "digest": logged.digest,
        "loggedAt": format_moment(logged.logged_at),
        "envelope": json.loads(logged.envelope.to_json()),
    }
    return Response(json.dumps(told), media_type="application/json")


async def get_receipt(request: Request) -> Response:
    """`GET /receipts/{index}`: the proof that an entry stands under the published head."""
    text: str = request.path_params["index"]
    if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_INDEX):
        raise not_found()
    parts = parts_of(request)
    try:
        receipt = await parts.run(parts.registry.receipt, int(text))
    except InputError:
        raise not_found() from None
    return Response(receipt, headers={"cache-control": "no-cache"}, media_type=PROOF)


async def _sent(request: Request) -> tuple[bytes, bytes | None]:
    """Return the envelope and the manifest, if there is one."""
    given = request.headers.get("content-type", "")
    kind = given.partition(";")[0].strip().lower()
    if kind in {ENVELOPE, "application/json"}:
        return await request.body(), None
    if kind != FORM:
        raise HttpError(415, CODES[415], hint=_TYPES)
    form = read_parts(await request.body(), given)
    if "envelope" not in form or not form.keys() <= {"envelope", "manifest"}:
        raise InputError(_PARTS)
    return form["envelope"], form.get("manifest")


def _publish(registry: Registry, envelope: bytes, manifest: bytes | None) -> tuple[Published, str]:
    published = registry.publish(envelope, manifest=manifest)
    return published, registry.receipt(published.index).decode()


_TYPES: Final = Text(en=f"wanted {ENVELOPE} or {FORM}", ja=f"使えるもの: {ENVELOPE}、{FORM}")
_PARTS: Final = Text(
    en="the form's parts are not right, wanted envelope and, for a mark, manifest",
    ja="フォームの部分が違います（必要なのは envelope と、目印の場合は manifest）",
)
