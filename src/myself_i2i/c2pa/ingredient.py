"""An ingredient to be written, as a value: pure, so that manifests can be built without the library."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Ingredient", "instance_id_of"]


@dataclass(frozen=True, slots=True)
class Ingredient:
    """One ingredient to write."""

    definition: Mapping[str, Any]
    """The library's ingredient definition: title, format, relationship, label, instance_id."""
    data: bytes | None = None
    """The ingredient's file, needed only when it carries a manifest of its own that should be kept: reading a
    file costs milliseconds, and without a manifest the library takes nothing from it."""


def instance_id_of(sha256: str) -> str:
    """Return the RFC 6920 name of a file by its sha256 (hex): "ni:///sha-256;…".

    An ingredient assertion has no hash of a source without a manifest; its instance id is free, so the source's
    bytes are named there, where any C2PA reader shows it.
    """
    digest = base64.urlsafe_b64encode(bytes.fromhex(sha256)).decode("ascii")
    return f"ni:///sha-256;{digest.rstrip('=')}"
