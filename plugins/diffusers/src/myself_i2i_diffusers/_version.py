"""The version of this plug-in, and the one of diffusers it stands on."""

from __future__ import annotations

from importlib import metadata

__all__ = ["VERSION", "host_version"]

VERSION = "0.1.0"
"""Equal to the one in pyproject.toml; a test holds the two together."""


def host_version() -> str:
    """Return the version of diffusers, empty where it is not installed."""
    try:
        return metadata.version("diffusers")
    except metadata.PackageNotFoundError:
        return ""
