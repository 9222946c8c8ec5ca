"""The service held to its own OpenAPI document by schemathesis: any request it can think of, and what comes back."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case, checks
from schemathesis.python import asgi

from myself_i2i.registry.api import create_app
from myself_i2i.registry.api.catalogue import operations
from myself_i2i.registry.api.openapi import document
from myself_i2i.registry.settings import Settings
from tests.registry.api.served import PLENTY, contents
from tests.registry.support import made, open_registry, publish

OPERATIONS = operations(Settings())
REQUESTS = 5_000 if os.environ.get("MYSELF_I2I_FULL") else 300
EACH = REQUESTS // len(OPERATIONS) + 1
HELD = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
]


@schemathesis.serializer("image/avif", "application/pkcs10")
def as_they_are(_context: object, value: object) -> bytes:
    """Bytes of types that schemathesis does not know."""
    return value if isinstance(value, bytes) else str(value).encode()


schema = schemathesis.openapi.from_dict(json.loads(document(OPERATIONS, "en")))


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[asgi.ASGIClient]:
    """A client of a registry with a mark in it; when all is asked, nothing in its folder has changed."""
    folder = tmp_path_factory.mktemp("asked")
    registry = open_registry(folder, per_address_per_minute=PLENTY)
    publish(registry, made())
    before = contents(folder)
    app = create_app(registry)

    async def without_end(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":  # schemathesis would end the app after each test
            await app(scope, receive, send)

    with asgi.get_client(without_end) as client:
        yield client
    assert before == contents(folder)
    app.state.parts.close()


@schema.parametrize()
@settings(
    max_examples=EACH, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
def test_conforms(case: Case[Any], session: asgi.ASGIClient) -> None:
    """Whatever is asked, there is no 5xx, and status, type, headers and body are those of the document."""
    case.call_and_validate("http://testserver", session, checks=HELD, timeout=60)


class TestDocument:
    def test_whole(self) -> None:
        """Every operation names its errors, and every error has words."""
        told = json.loads(document(OPERATIONS, "ja"))
        answers = [one["responses"] for path in told["paths"].values() for one in path.values()]
        assert len(OPERATIONS) == len(answers)
        assert all({"413", "429", "500", "503"} <= set(one) for one in answers)
        assert {"3.1.1"} == {told["openapi"]}
