from __future__ import annotations

import sys

import numpy as np
import pdqhash
import pytest

from myself_i2i.errors import UsageError
from myself_i2i.fingerprint.interface import PDQ, Fingerprint
from myself_i2i.fingerprint.pdq import pdq


class TestPdq:
    def test_is_the_reference_written_as_threatexchange_writes_it(self) -> None:
        """The bits of `pdqhash`, highest first."""
        rgb = np.random.default_rng(1).integers(0, 256, (120, 90, 3), dtype=np.uint8)
        bits, quality = pdqhash.compute(rgb)
        expected = f"{int(''.join(map(str, bits)), 2):064x}"
        assert (PDQ, expected, quality) == ((found := pdq(rgb)).algorithm, found.text, found.quality)

    def test_a_view_of_samples_will_do(self) -> None:
        """Samples need not lie in memory row by row."""
        rgb = np.random.default_rng(2).integers(0, 256, (80, 80, 3), dtype=np.uint8)
        assert pdq(np.ascontiguousarray(rgb[:, ::-1])) == pdq(rgb[:, ::-1])

    @pytest.mark.parametrize("shape", [(1, 1, 3), (1, 200, 3), (3, 3, 3)])
    def test_tiny_pictures_are_answered(self, shape: tuple[int, int, int]) -> None:
        """Too small to hash, or flat: no error, 32 bytes, quality 0."""
        assert Fingerprint(PDQ, bytes(32), 0) == pdq(np.full(shape, 90, dtype=np.uint8))


class TestWithoutPdqhash:
    def test_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where the extra is missing there is a way out."""
        monkeypatch.setitem(sys.modules, "pdqhash", None)
        with pytest.raises(UsageError, match="needs pdqhash") as caught:
            pdq(np.zeros((64, 64, 3), dtype=np.uint8))
        assert caught.value.hint is not None
        assert "closeness" in caught.value.hint.en
