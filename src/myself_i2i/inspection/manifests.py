"""Joins the C2PA reader to inspection: the callable that `files.inspect_file` takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from myself_i2i.c2pa import native
from myself_i2i.c2pa.reading import ManifestReading
from myself_i2i.c2pa.trust import NO_TRUST, TrustSettings
from myself_i2i.inspection._c2pa_manifest import STANDING
from myself_i2i.inspection.files import ManifestReader

__all__ = ["manifest_reader", "manifest_report"]


def manifest_reader(trust: TrustSettings = NO_TRUST) -> ManifestReader:
    """Return a reader of C2PA manifests that judges signers by `trust`; with none, no signer is known.

    The reader raises our errors only (`ManifestError`, `LimitError`) and never uses the network.
    """

    def read(data: bytes, mime: str) -> Mapping[str, Any] | None:
        reading = native.read(data, mime, trust=trust)
        return None if reading is None else manifest_report(reading)

    return read


def manifest_report(reading: ManifestReading) -> Mapping[str, Any]:
    """Return a reading as inspection takes it: the library's report with our state and the signer's standing."""
    return {**reading.json, "validation_state": reading.state.value, STANDING: reading.standing.value}
