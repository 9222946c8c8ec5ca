from datetime import datetime
from typing import Any

import pytest

from myself_i2i.errors import InputError
from myself_i2i.predicates.mark import Mark, MarkedSource, MarkManifest
from myself_i2i.predicates.source import Basis

PDQ64 = "5b" * 32


@pytest.fixture
def mark(noon: datetime) -> Mark:
    """A mark with an open source and a sealed one."""
    return Mark(
        manifest=MarkManifest(id="urn:c2pa:1", sha256="ab" * 32, size=10),
        mode="i2i",
        fingerprints={"pdq64_v1": PDQ64},
        sources=(
            MarkedSource(
                sha256="01" * 32,
                image_data="02" * 32,
                basis=Basis.PERMISSION,
                permission="03" * 32,
                roles=("init", "mask"),
                fingerprints={"pdq64_v1": PDQ64, "parts_v1": "A" * 5_462},
            ),
            MarkedSource(sha256="04" * 32, basis=Basis.OWN_PHOTO, sealed=True),
        ),
        published_at=noon,
    )


def changed(value: dict[str, Any], path: str, to: object) -> dict[str, Any]:
    """The JSON with one field replaced; `path` is names and numbers with dots between."""
    *way, last = [int(part) if part.isdecimal() else part for part in path.split(".")]
    at: Any = value
    for part in way:
        at = at[part]
    at[last] = to
    return value


class TestMark:
    def test_reads_back(self, mark: Mark) -> None:
        """What is published reads back as the same value."""
        assert mark == Mark.from_json(mark.to_json())

    def test_little_is_enough(self, noon: datetime) -> None:
        """A mark without looks and without sources is one: a flat picture from words."""
        made = Mark(
            manifest=MarkManifest(id="urn:c2pa:1", sha256="ab" * 32, size=0), mode="t2i", published_at=noon
        )
        assert {"manifest", "mode", "publishedAt"} == set(made.to_json())
        assert made == Mark.from_json(made.to_json())

    @pytest.mark.parametrize(
        ("path", "to"),
        [
            ("manifest.id", ""),
            ("manifest.id", "urn with spaces"),
            ("manifest.id", "x" * 201),
            ("manifest.size", -1),
            ("manifest.size", 1.5),
            ("manifest.size", True),
            ("manifest.size", 2**40),
            ("manifest.sha256", "AB" * 32),
            ("mode", "magic"),
            ("fingerprints", {"pdq64_v1": ""}),
            ("fingerprints", {"pdq64_v1": "a b"}),
            ("fingerprints", {"pdq64_v1": "A" * 5_463}),
            ("fingerprints", {"PDQ": "aa"}),
            ("fingerprints", {f"a{number}": "aa" for number in range(9)}),
            ("fingerprints", ["pdq64_v1"]),
            ("sources.0.basis", "found-it"),
            ("sources.0.roles", ["witness"]),
            ("sources.0.permission", "none"),
            ("sources.0.sealed", True),
            ("sources.1.sealed", False),
            ("sources.1.sealed", "true"),
            ("sources.1.sha256", "01" * 32),
            ("sources", [{"sha256": f"{number:064x}", "basis": "own-photo"} for number in range(65)]),
            ("publishedAt", "soon"),
        ],
    )
    def test_refused(self, mark: Mark, path: str, to: object) -> None:
        """What is out of shape or bounds, a sealed source that shows its looks, and a file named twice are refused."""
        with pytest.raises(InputError):
            Mark.from_json(changed(mark.to_json(), path, to))
