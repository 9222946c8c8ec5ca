from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from myself_i2i.registry.api import create_app
from tests.registry.api.client import Client
from tests.registry.api.served import PLENTY, Served
from tests.registry.support import made, open_registry, publish


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A registry with one published mark, served in this process; tests share it and add to it only."""
    folder = tmp_path_factory.mktemp("registry")
    registry = open_registry(folder, per_address_per_minute=PLENTY)
    picture = made()
    published = publish(registry, picture)
    with Client(create_app(registry)) as client:
        yield Served(folder, registry, client, picture, published)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Client]:
    """An empty registry with few requests for each address and small bodies."""
    registry = open_registry(tmp_path, per_address_per_minute=20, picture_bytes=50_000, request_seconds=1)
    with Client(create_app(registry)) as client:
        yield client
