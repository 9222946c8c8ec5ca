"""What the registry signs on request, an answer or a certificate; and what witnesses sign for it."""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding
from starlette.requests import Request
from starlette.responses import Response

from myself_i2i.registry.answering import answer
from myself_i2i.registry.api.errors import require_type
from myself_i2i.registry.api.parts import parts_of
from myself_i2i.registry.api.statements import ENVELOPE
from myself_i2i.registry.authority import certify
from myself_i2i.registry.witnessing import cosign

__all__ = ["CHAIN", "NOTE", "REQUEST", "get_authority", "post_answer", "post_certificate", "post_cosignature"]

REQUEST: Final = "application/pkcs10"
"""A certificate request, DER or PEM."""
NOTE: Final = "text/plain"
"""A signed note (C2SP signed-note)."""
CHAIN: Final = "application/pem-certificate-chain"


async def post_answer(request: Request) -> Response:
    """`POST /answers`: a question in, a signed answer out (spec/predicates/answer.md). Nothing of it is kept."""
    require_type(request, ("application/json",))
    parts = parts_of(request)
    signed = await parts.run(answer, parts.registry, await request.body())
    return Response(signed, media_type=ENVELOPE)


async def post_certificate(request: Request) -> Response:
    """`POST /certificates`: a certificate for the key that signed the request, when its pledge stands."""
    require_type(request, (REQUEST,))
    parts = parts_of(request)
    return Response(await parts.run(certify, parts.registry, await request.body()), media_type=CHAIN)


async def post_cosignature(request: Request) -> Response:
    """`POST /cosignatures`: a head of the log with a known witness's cosignature; the published head comes back."""
    require_type(request, (NOTE,))
    parts = parts_of(request)
    await parts.run(cosign, parts.registry, await request.body())
    return Response(await parts.run(parts.registry.checkpoint), media_type=NOTE)


async def get_authority(request: Request) -> Response:
    """`GET /authority.pem`: what those certificates are checked against, a private anchor of this registry."""
    root = parts_of(request).registry.keys.root
    return Response(root.public_bytes(Encoding.PEM), media_type=CHAIN)
