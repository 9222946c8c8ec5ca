from datetime import datetime
from typing import Any

import pytest

from myself_i2i.errors import InputError
from myself_i2i.predicates.source import Basis, Licence, Origin, Source

NEEDS: dict[Basis, dict[str, Any]] = {
    Basis.OWN_GENERATION: {"origin": {"sha256": "ab" * 32}},
    Basis.PERMISSION: {"permission": "cd" * 32},
    Basis.OPEN_LICENCE: {"licence": {"spdx": "CC0-1.0"}},
}


class TestFromJson:
    @pytest.mark.parametrize("basis", list(NEEDS))
    def test_needs(self, basis: Basis) -> None:
        """Each basis that needs something is refused without it and read with it."""
        fields: dict[str, Any] = {"basis": str(basis), "declaredAt": "2026-11-03T12:00:00Z"}
        with pytest.raises(InputError, match=next(iter(NEEDS[basis]))):
            Source.from_json(fields)
        assert basis is Source.from_json(fields | NEEDS[basis]).basis

    def test_only_its_own(self, noon: datetime) -> None:
        """What belongs to another basis is not read."""
        every = {name: value for need in NEEDS.values() for name, value in need.items()}
        fields = {"basis": "own-drawing", "declaredAt": "2026-11-03T12:00:00Z"} | every
        assert Source(basis=Basis.OWN_DRAWING, declared_at=noon) == Source.from_json(fields)

    def test_empty_origin(self) -> None:
        """An own generation that names nothing is refused."""
        with pytest.raises(InputError, match="origin"):
            Source.from_json({"basis": "own-generation", "origin": {}, "declaredAt": "2026-11-03T12:00:00Z"})

    def test_unknown_basis(self) -> None:
        """There is no basis beyond the five."""
        with pytest.raises(InputError, match="own-drawing"):
            Source.from_json({"basis": "found-it", "declaredAt": "2026-11-03T12:00:00Z"})


class TestToJson:
    def test_example(self, noon: datetime) -> None:
        """The wire form is the one of spec/predicates/source.md."""
        source = Source(
            basis=Basis.OPEN_LICENCE, licence=Licence(spdx="CC-BY-4.0", attribution="H. K."), declared_at=noon
        )
        assert {
            "basis": "open-licence",
            "licence": {"spdx": "CC-BY-4.0", "attribution": "H. K."},
            "declaredAt": "2026-11-03T12:00:00Z",
        } == source.to_json()

    def test_origin(self, noon: datetime) -> None:
        """An origin writes only the digests it has."""
        source = Source(basis=Basis.OWN_GENERATION, origin=Origin(generation="ab" * 32), declared_at=noon)
        assert {"generation": "ab" * 32} == source.to_json()["origin"]
