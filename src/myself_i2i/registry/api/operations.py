"""One thing a client may ask for, as data: from the same list come the routes and the OpenAPI document."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from myself_i2i.wording import Text

__all__ = ["NO_BODY", "Answer", "Body", "Handler", "Operation", "Parameter", "costs", "most_bytes", "routes"]

NO_BODY: Final = 4_096
"""Bytes that may come where none are wanted: some clients send an empty object with everything."""

Handler = Callable[[Request], Awaitable[Response]]
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter of the path or the query."""

    name: str
    """As it stands in the path or the query."""
    words: Text
    """What it is."""
    schema: Schema
    """JSON Schema of its value."""
    required: bool = True
    """Whether it must be there; those of a path must."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a request carries."""

    content: Mapping[str, Schema]
    """Media type -> JSON Schema."""
    most: int
    """The largest in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What comes back when all is well."""

    words: Text
    """What it means."""
    content: Mapping[str, Schema]
    """Media type -> JSON Schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A method on a path."""

    method: str
    """GET or POST."""
    path: str
    """As OpenAPI writes it."""
    handler: Handler
    """What serves it."""
    name: str
    """Its `operationId`, and its name in logs and metrics."""
    words: Text
    """What it does, in one sentence."""
    answers: Mapping[int, Answer]
    """Status -> answer, when all is well."""
    errors: Sequence[int] = ()
    """Statuses of its errors, beside those that any operation has."""
    parameters: Sequence[Parameter] = ()
    """Those of the query."""
    body: Body | None = None
    """What a POST carries."""
    cost: float = 1.0
    """How much of an address's share one request takes."""
    deep: frozenset[str] = field(default=frozenset())
    """Parameters of the path that may hold slashes."""

    @property
    def in_path(self) -> list[Parameter]:
        """The parameters that stand in the path."""
        return [one for one in self.parameters if f"{{{one.name}}}" in self.path]


class _Endpoint:
    """Serves one path: every method that it takes."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._by_method = {one.method: one for one in operations}
        if "GET" in self._by_method:
            self._by_method["HEAD"] = self._by_method["GET"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        operation = self._by_method[scope["method"]]
        scope["operation"] = operation.name
        response = await operation.handler(Request(scope, receive, send))
        await response(scope, receive, send)


def routes(operations: Sequence[Operation]) -> list[Route]:
    """Return one route for each path, in the order of `operations`."""
    paths: dict[str, list[Operation]] = {}
    for one in operations:
        paths.setdefault(one.path, []).append(one)
    return [
        Route(_route_path(of), _Endpoint(of), methods=[one.method for one in of], name=of[0].name)
        for of in paths.values()
    ]


def most_bytes(operations: Sequence[Operation]) -> dict[str, int]:
    """Return the largest body of each path that takes one."""
    return {one.path: one.body.most for one in operations if one.body is not None}


def costs(operations: Sequence[Operation]) -> dict[str, float]:
    """Return what a request to a path costs, where it is not 1."""
    return {one.path: one.cost for one in operations if one.cost != 1.0}


def _route_path(operations: Sequence[Operation]) -> str:
    path = operations[0].path
    for name in operations[0].deep:
        path = path.replace(f"{{{name}}}", f"{{{name}:path}}")
    return path
