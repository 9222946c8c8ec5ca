"""The service as data: routes, middleware and handlers of errors are lists given to one constructor."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from myself_i2i.errors import Error
from myself_i2i.registry.api.catalogue import operations
from myself_i2i.registry.api.errors import CODES, HttpError, render
from myself_i2i.registry.api.metrics import Metrics
from myself_i2i.registry.api.middleware import Bounded, Observed, Rated
from myself_i2i.registry.api.openapi import document
from myself_i2i.registry.api.operations import NO_BODY, Operation, costs, most_bytes, routes
from myself_i2i.registry.api.parts import Parts
from myself_i2i.registry.api.pictures import Pictures
from myself_i2i.registry.api.rates import Rates
from myself_i2i.registry.service import Registry
from myself_i2i.wording import LANGUAGES

__all__ = ["create_app"]

THREADS: Final = 4
"""Calls of the registry that run at once; more would wait for each other all the same."""
READERS: Final = 2
"""Pictures that are read at once."""
ANYBODY: Final = Middleware(
    # There are no cookies and no accounts: what anybody may ask, any page's script may ask.
    CORSMiddleware,
    allow_origins=["*"],
    allow_methods=["GET", "POST"],
    allow_headers=["content-type"],
    expose_headers=["retry-after", "x-request-id"],
    max_age=86_400,
)


def create_app(
    registry: Registry, *, extra_routes: Sequence[BaseRoute] = (), extra_operations: Sequence[Operation] = ()
) -> Starlette:
    """Return the service over an open registry, which it closes when it ends.

    `extra_routes` come first, so a page may take a path and hand what it does not want to the handler here.
    `extra_operations` are served and documented as our own.
    """
    settings = registry.settings
    offered = [*operations(settings), *extra_operations]
    parts = Parts(
        registry=registry,
        threads=ThreadPoolExecutor(THREADS, thread_name_prefix="registry"),
        pictures=Pictures(
            processes=READERS, pixels=settings.picture_pixels, seconds=settings.request_seconds
        ),
        metrics=Metrics(),
        documents={language: document(offered, language) for language in LANGUAGES},
    )
    minute = settings.per_address_per_minute
    rates = Rates(burst=minute, each_second=minute / 60)
    app = Starlette(
        routes=[*extra_routes, *routes(offered)],
        middleware=[
            Middleware(Observed, metrics=parts.metrics),
            ANYBODY,
            Middleware(Rated, rates=rates, costs=costs(offered)),
            Middleware(
                Bounded, most=most_bytes(offered), otherwise=NO_BODY, seconds=settings.request_seconds
            ),
        ],
        exception_handlers={Error: _told, HTTPException: _told_by_starlette},
        lifespan=_ending,
    )
    app.state.parts = parts
    return app


@contextlib.asynccontextmanager
async def _ending(app: Starlette) -> AsyncGenerator[None]:
    parts: Parts = app.state.parts
    following = asyncio.create_task(parts.keep_up())
    yield
    following.cancel()
    parts.close()


async def _told(request: Request, error: Exception) -> Response:
    if not isinstance(error, Error):
        raise error
    return render(error, request.headers)


async def _told_by_starlette(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    status = error.status_code if error.status_code in CODES else 400
    return render(HttpError(status, CODES[status], headers=error.headers), request.headers)
