"""Everything the service answers, as one list: its routes and its OpenAPI document are made from this."""

from __future__ import annotations

from myself_i2i.registry.api.offered_c2pa import c2pa_operations
from myself_i2i.registry.api.offered_own import own_operations
from myself_i2i.registry.api.operations import Operation
from myself_i2i.registry.settings import Settings

__all__ = ["operations"]


def operations(settings: Settings) -> list[Operation]:
    """Return the operations of a registry with these settings."""
    return [*c2pa_operations(settings), *own_operations(settings)]
