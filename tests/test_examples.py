"""The pictures that the repository carries are the ones that their manifest describes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from myself_i2i.inspection.files import inspect_file
from myself_i2i.inspection.matching import SourceIndex, match_inputs

PICTURES = Path(__file__).parent.parent / "examples" / "pictures"
LIMIT = 3 * 1024 * 1024
MODES = {"t2i", "i2i", "upscale", "unknown"}
ANSWERS = {"yes", "no", "not_recorded"}


@pytest.fixture(scope="module")
def files() -> list[dict[str, Any]]:
    """Return the manifest's entries; an empty list would let every test below pass unseen."""
    manifest = json.loads((PICTURES / "manifest.json").read_text(encoding="utf-8"))
    entries: list[dict[str, Any]] = manifest["files"]
    assert entries
    return entries


class TestManifest:
    def test_every_file_is_there_with_its_sha256(self, files: list[dict[str, Any]]) -> None:
        """Each file in the manifest exists with exactly the bytes that were described."""
        expected = {entry["file"]: entry["sha256"] for entry in files}
        actual = {name: hashlib.sha256((PICTURES / name).read_bytes()).hexdigest() for name in expected}
        assert expected == actual

    def test_no_file_is_left_undescribed(self, files: list[dict[str, Any]]) -> None:
        """Each file in the folder, apart from the manifest, stands in the manifest."""
        there = {path.relative_to(PICTURES).as_posix() for path in PICTURES.rglob("*") if path.is_file()}
        assert {"manifest.json", *(entry["file"] for entry in files)} == there

    def test_the_folder_stays_small(self) -> None:
        """All pictures together stay within 3 MB, so that a clone stays quick."""
        total = sum(path.stat().st_size for path in PICTURES.rglob("*") if path.is_file())
        assert 0 < total <= LIMIT

    def test_every_picture_opens(self, files: list[dict[str, Any]]) -> None:
        """Each picture decodes completely."""
        for entry in files:
            with Image.open(PICTURES / entry["file"]) as image:
                image.load()
                assert min(image.size) >= 256, entry["file"]

    def test_truth_uses_the_words_of_inspection(self, files: list[dict[str, Any]]) -> None:
        """Truth and record of each generated file are said in the words that inspection uses."""
        generated = [entry for entry in files if entry["kind"] == "generated"]
        assert generated
        for entry in generated:
            for said in (entry["truth"], entry["recorded"]):
                assert said["mode"] in MODES, entry["file"]
                assert said["image_input"] in ANSWERS, entry["file"]

    def test_every_source_is_in_the_folder(self, files: list[dict[str, Any]]) -> None:
        """A picture that went in is itself part of the examples, and no source stands where none went in."""
        names = {entry["file"] for entry in files}
        for entry in files:
            if entry["kind"] == "generated":
                truth = entry["truth"]
                assert (truth["image_input"] == "yes") == (truth["source"] is not None), entry["file"]
                assert truth["source"] is None or truth["source"] in names, entry["file"]


class TestInspection:
    def test_each_file_is_read_as_it_records_itself(self, files: list[dict[str, Any]]) -> None:
        """Inspection reads from each generated file what the file says, and no more where it says nothing."""
        generated = [entry for entry in files if entry["kind"] == "generated"]
        expected = {entry["file"]: entry["recorded"] for entry in generated}
        actual = {}
        for name in expected:
            found = inspect_file(PICTURES / name)
            actual[name] = {"mode": found.mode.value, "image_input": found.image_input.value}
        assert expected == actual

    def test_a_recorded_strength_is_the_one_that_was_run(self, files: list[dict[str, Any]]) -> None:
        """Where a file records an image input, inspection gives the strength of the real run."""
        recorded = [entry for entry in files if entry.get("recorded", {}).get("image_input") == "yes"]
        assert recorded
        expected = {entry["file"]: entry["truth"]["strength"] for entry in recorded}
        assert expected == {name: inspect_file(PICTURES / name).strength for name in expected}

    def test_each_recorded_input_is_found_by_its_digest(self, files: list[dict[str, Any]]) -> None:
        """Each recorded input leads by a digest, not by its name, to the picture that really went in."""
        index = _index([entry["file"] for entry in files])
        recorded = [entry for entry in files if entry.get("recorded", {}).get("image_input") == "yes"]
        for entry in recorded:
            matches = match_inputs(inspect_file(PICTURES / entry["file"]), index).matches
            assert [entry["truth"]["source"]] == [match.source for match in matches], entry["file"]
            assert not any(match.weak for match in matches), entry["file"]


def _index(names: list[str]) -> SourceIndex:
    """Return the digests of `names` in every way that the tools take them."""
    index = SourceIndex()
    for name in names:
        with Image.open(PICTURES / name) as image:
            pixels = [image.convert(mode).tobytes() for mode in ("RGB", "RGBA")]
        digests = {
            "pixels-md5": [hashlib.md5(each, usedforsecurity=False).hexdigest() for each in pixels],
            "pixels-sha256-8": [hashlib.sha256(each).hexdigest()[:8] for each in pixels],
        }
        index.add(name, hashlib.sha256((PICTURES / name).read_bytes()).hexdigest(), digests)
    return index
