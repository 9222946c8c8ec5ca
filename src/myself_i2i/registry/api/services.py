"""What the service says of itself: the discovery routes of the C2PA API, health, metrics, its OpenAPI document."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from myself_i2i.errors import RegistryError
from myself_i2i.predicates.moments import format_moment
from myself_i2i.registry.api.bindings import NAMES
from myself_i2i.registry.api.metrics import MEDIA_TYPE
from myself_i2i.registry.api.negotiation import language_of
from myself_i2i.registry.api.parts import Parts, parts_of
from myself_i2i.tlog import Checkpoint, Note

__all__ = [
    "CAPABILITIES",
    "VERSION",
    "get_capabilities",
    "get_health",
    "get_keys",
    "get_metrics",
    "get_openapi",
    "get_status",
    "get_supported_algorithms",
    "get_well_known",
]

VERSION: Final = "2.4.0"
"""Of the C2PA specification whose routes these are."""
CAPABILITIES: Final = ("queryByBinding", "queryByContent")
"""What of the optional parts of that API is here. Nothing is stored through it: publishing is `POST /statements`."""
JSON: Final = "application/json"


async def get_supported_algorithms(request: Request) -> Response:
    """`GET /services/supportedAlgorithms`."""
    del request
    return _json({"watermarks": [], "fingerprints": [{"alg": name} for name in NAMES]})


async def get_capabilities(request: Request) -> Response:
    """`GET /services/capabilities`."""
    del request
    return _json({"c2paSpecificationVersion": VERSION, "supportedCapabilities": list(CAPABILITIES)})


async def get_status(request: Request) -> Response:
    """`GET /services/status`."""
    working = await _working(parts_of(request))
    now = format_moment(datetime.now(UTC).replace(microsecond=0))
    return _json({"status": "ok" if working else "down", "timestamp": now})


async def get_well_known(request: Request) -> Response:
    """`GET /.well-known/c2pa-soft-binding-resolution`: where the API is."""
    base = parts_of(request).registry.settings.url.rstrip("/")
    told = {
        "apiEndpoint": base,
        "c2paSpecificationVersion": VERSION,
        "capabilitiesEndpoint": f"{base}/services/capabilities",
        "statusEndpoint": f"{base}/services/status",
    }
    return _json(told)


async def get_health(request: Request) -> Response:
    """`GET /healthz`: 200 when requests can be served, 503 when not."""
    working = await _working(parts_of(request))
    return _json({"status": "ok" if working else "down"}, 200 if working else 503)


async def get_keys(request: Request) -> Response:
    """`GET /keys`: with which keys the registry signs; who asks remembers them."""
    return _json(parts_of(request).registry.public_keys().to_json())


async def get_metrics(request: Request) -> Response:
    """`GET /metrics`, for Prometheus."""
    parts = parts_of(request)
    head = Checkpoint.parse(Note.parse(await parts.run(parts.registry.checkpoint)).text)
    return Response(parts.metrics.text(entries=head.size), media_type=MEDIA_TYPE)


async def get_openapi(request: Request) -> Response:
    """`GET /openapi.json`, its sentences in the reader's language."""
    language = language_of(request.headers.get("accept-language", ""))
    headers = {"content-language": language, "vary": "accept-language"}
    return Response(parts_of(request).documents[language], headers=headers, media_type=JSON)


async def _working(parts: Parts) -> bool:
    try:
        await parts.run(parts.registry.checkpoint)
    except RegistryError:
        return False
    return True


def _json(told: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(told), status, media_type=JSON)
