"""spec/mark.md is held to what is written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from myself_i2i.c2pa import labels, native
from myself_i2i.c2pa.ingredient import instance_id_of
from myself_i2i.marking import manifest
from myself_i2i.marking.content_credentials import Signing, mark
from myself_i2i.marking.manifest import MarkContent, digital_source_type
from myself_i2i.marking.short_code import code_of
from tests.support.pictures import png

PAGE = Path(__file__).parents[2] / "spec" / "mark.md"


@pytest.fixture(scope="module")
def page() -> str:
    """The page's text."""
    return PAGE.read_text(encoding="utf-8")


def shape(value: Any) -> Any:
    """Names and kinds without the values; signatures of an envelope are left out."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items() if name not in ("signatures", "hash")}
    return [shape(inner) for inner in value] if isinstance(value, list) else type(value).__name__


class TestPage:
    def test_example(self, page: str, content: Callable[..., MarkContent], signing: Signing) -> None:
        """The example has the shape of what a reader shows of a mark made now."""
        found = re.search(r"```json\n(.*?)```", page, re.DOTALL)
        assert found is not None
        example = json.loads(found[1])
        marked = mark(png(), content(), signing)
        reading = native.read(marked.data, "image/png")
        assert reading is not None
        actual = {name: reading.manifest[name] for name in example}
        for assertion in actual["assertions"]:
            assertion.pop("instance", None)
        del actual["claim_generator_info"][0]["org.contentauth.c2pa_rs"]
        assert shape(example) == shape(actual)

    def test_example_agrees(self, page: str) -> None:
        """The digests of the example belong together."""
        (digest,) = re.findall(r'"sha256": "([0-9a-f]{64})"', page)
        names = set(re.findall(r'"(ni:///sha-256;[^"]+)"', page))
        assert {instance_id_of(digest)} == names

    def test_table(self, page: str) -> None:
        """Every row of the table of digital source types is what the code does."""
        rows = re.findall(r"^\| ([a-z0-9, ]+) \| (any|yes|no, not recorded) \| (\w+)", page, re.MULTILINE)
        assert 4 == len(rows)
        for modes, answers, kind in rows:
            meant = {"any": ("yes", "no", "not_recorded"), "yes": ("yes",)}.get(
                answers, ("no", "not_recorded")
            )
            found = {digital_source_type(mode, answer) for mode in modes.split(", ") for answer in meant}
            assert {labels.DIGITAL_SOURCE_TYPE + kind} == found

    def test_numbers(self, page: str) -> None:
        """Bounds and the code's vector are those of the code."""
        assert f"at most {manifest.MARK_BYTES // 1024} KiB" in page
        assert f"at most {manifest.SOURCES};" in page
        assert f"`{code_of('0123456789abcdef' * 4)}`" in page
