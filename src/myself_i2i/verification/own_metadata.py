"""The file's own metadata, without what a mark of ours wrote: a mark must not be able to confirm itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from myself_i2i.c2pa import labels
from myself_i2i.c2pa.reading import IngredientReading, ManifestReading
from myself_i2i.errors import Error
from myself_i2i.image import Container, read_xmp, write_xmp
from myself_i2i.inspection.manifests import manifest_report
from myself_i2i.marking.xmp import WRITTEN_BY_MARK

__all__ = ["own_container", "own_manifest"]

MOST_MARKS = 64
"""Most marks of ours found one beneath the other."""


def own_container(container: Container) -> Container:
    """Return `container` without the XMP properties that a mark wrote; the same object when there are none.

    The list of those properties stands in the XMP itself, so a stranger may hide properties with it: that can only
    make the file say less ("silent"), never something else.
    """
    if container.xmp is None or WRITTEN_BY_MARK not in container.xmp:
        return container
    try:
        said = read_xmp(container.xmp)
        written = {*said.get(WRITTEN_BY_MARK), WRITTEN_BY_MARK}
        rest = {name: values for name, values in said.properties.items() if name not in written}
        return replace(container, xmp=write_xmp(rest).decode() if rest else None)
    except Error:
        return replace(container, xmp=None)


def own_manifest(reading: ManifestReading | None) -> Mapping[str, Any] | None:
    """Return the manifest that is not ours for inspection to read: the active one, or the one beneath our mark.

    One beneath is never handed on as trusted: the library judges ingredients without saying which list it used.
    """
    if reading is None:
        return None
    label = reading.label
    beneath: IngredientReading | None = None
    for _ in range(MOST_MARKS):
        if not _is_mark(reading.json["manifests"].get(label)):
            break
        beneath = next(
            (
                one
                for one in reading.ingredients
                if one.of == label and one.relationship == labels.PARENT_OF and one.active_manifest
            ),
            None,
        )
        if beneath is None or beneath.active_manifest is None:
            return None
        label = beneath.active_manifest
    return manifest_report(reading) if beneath is None else _beneath(reading, label, beneath)


def _beneath(reading: ManifestReading, label: str, ingredient: IngredientReading) -> Mapping[str, Any]:
    failures = [
        {"code": one.code, "url": one.url, "explanation": one.explanation}
        for one in (*ingredient.failures, *ingredient.credential_failures)
    ]
    return {
        **manifest_report(reading),
        "active_manifest": label,
        "validation_state": "Invalid" if ingredient.failures else "Valid",
        "validation_status": failures,
        "validation_results": {"activeManifest": {"failure": failures, "success": [], "informational": []}},
    }


def _is_mark(manifest: object) -> bool:
    if not isinstance(manifest, Mapping):
        return False
    assertions = manifest.get("assertions")
    return isinstance(assertions, list) and any(
        isinstance(one, Mapping) and str(one.get("label", "")).split("__")[0] == labels.MARK
        for one in assertions
    )
