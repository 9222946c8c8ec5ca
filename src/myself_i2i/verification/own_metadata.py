"""The file's own metadata, without what a mark of ours wrote: a mark must not be able to confirm itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from myself_i2i.c2pa import labels
from myself_i2i.c2pa.native import read
from myself_i2i.c2pa.reading import IngredientReading, ManifestReading
from myself_i2i.errors import Error, InputError
from myself_i2i.image import Container, read_container, read_xmp, write_xmp
from myself_i2i.inspection.files import MANIFEST_FAILED, inspect_container
from myself_i2i.inspection.manifests import manifest_report
from myself_i2i.inspection.report import Inspection
from myself_i2i.marking.xmp import WRITTEN_BY_MARK
from myself_i2i.wording import Text

__all__ = ["Earlier", "earlier_manifest", "inspect_unmarked", "others_marks", "own_container", "own_manifest"]

MOST_MARKS = 64
"""Most manifests followed one beneath the other."""


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


@dataclass(frozen=True, slots=True)
class Earlier:
    """A manifest of the line: the active one, or one that it was made over."""

    label: str
    """Its label."""
    ingredient: IngredientReading | None
    """As what the manifest above holds it; None when it is the active one."""
    name: str
    """The name in its certificate, as its signer wrote it; "-" when there is none."""
    mark: Mapping[str, Any] | None
    """The assertion of the mark of ours that it holds, by nobody verified; None when there is none."""


def line(reading: ManifestReading | None) -> Iterator[Earlier]:
    """Yield the active manifest, and each that lies beneath as `parentOf`, at most `MOST_MARKS`."""
    label: str | None = None if reading is None else reading.label
    ingredient: IngredientReading | None = None
    for _ in range(MOST_MARKS):
        if reading is None or label is None:
            return
        manifest = reading.json["manifests"].get(label)
        info = manifest.get("signature_info") if isinstance(manifest, Mapping) else None
        signed = info if isinstance(info, Mapping) else {}
        names = (signed.get("common_name"), signed.get("issuer"))
        yield Earlier(
            label,
            ingredient,
            next((name for name in names if isinstance(name, str) and name), "-"),
            _mark_in(manifest),
        )
        parents = (one for one in reading.ingredients if one.of == label)
        ingredient = next((one for one in parents if one.relationship == labels.PARENT_OF), None)
        label = None if ingredient is None else ingredient.active_manifest


def earlier_manifest(reading: ManifestReading | None) -> Earlier | None:
    """Return the first manifest, from the top, that is no mark of ours; None when there is none."""
    return next((one for one in line(reading) if one.mark is None), None)


def others_marks(reading: ManifestReading | None, keyid: str) -> tuple[Earlier, ...]:
    """Return the marks in the line that name another maker's key than `keyid`.

    Who marks over another's mark cannot rewrite the key in it: that breaks the earlier claim, and the ingredient fails.
    """
    found = [(one, one.mark.get("maker")) for one in line(reading) if one.mark is not None]
    return tuple(one for one, maker in found if not isinstance(maker, Mapping) or maker.get("keyid") != keyid)


def own_manifest(reading: ManifestReading | None) -> Mapping[str, Any] | None:
    """Return the manifest that is not ours, as inspection reads it.

    One beneath a mark is never handed on as trusted: the library judges ingredients without saying which list it used.
    """
    found = earlier_manifest(reading)
    if reading is None or found is None:
        return None
    report = manifest_report(reading)
    if found.ingredient is None:
        return report
    failures = [
        {"code": one.code, "url": one.url, "explanation": one.explanation}
        for one in (*found.ingredient.failures, *found.ingredient.credential_failures)
    ]
    return {
        **report,
        "active_manifest": found.label,
        "validation_state": "Invalid" if found.ingredient.failures else "Valid",
        "validation_status": failures,
        "validation_results": {"activeManifest": {"failure": failures, "success": [], "informational": []}},
    }


def inspect_unmarked(data: bytes, *, name: str = "") -> Inspection:
    """Return what the file itself records, without what marks of ours wrote: what a maker marks anew.

    Otherwise the sources that the first mark lists would come back as inputs of unknown origin. Never raises, as
    `inspect_bytes` does not; no signer is looked up in any list.
    """
    try:
        container = read_container(data)
    except Error as error:
        return Inspection(file=name, error=error.message)
    notes: tuple[Text, ...] = ()
    reading = None
    try:
        reading = read(data, container.format.mime, manifest_store=container.manifest_store)
    except InputError as error:
        notes = (MANIFEST_FAILED.format(reason=error.message),)
    found = inspect_container(data, own_container(container), manifest=own_manifest(reading))
    return replace(found, file=name, notes=(*found.notes, *notes))


def _mark_in(manifest: object) -> Mapping[str, Any] | None:
    assertions = manifest.get("assertions") if isinstance(manifest, Mapping) else None
    for one in assertions if isinstance(assertions, list) else ():
        if isinstance(one, Mapping) and str(one.get("label", "")).split("__")[0] == labels.MARK:
            data = one.get("data")
            return data if isinstance(data, Mapping) else {}
    return None
