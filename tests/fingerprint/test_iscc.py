from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import iscc_core
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from myself_i2i.errors import UsageError
from myself_i2i.fingerprint.interface import ISCC, Bytes, Fingerprint
from myself_i2i.fingerprint.iscc import _code, iscc, iscc_text, iscc_unit

LENGTHS = [64, 128, 192, 256]
CONFORMANCE: dict[str, Any] = json.loads(
    (Path(iscc_core.__file__).parent / "data.json").read_text(encoding="utf-8")
)["gen_image_code_v0"]


def text_of(samples: Bytes, bits: int) -> str:
    return iscc_text(Fingerprint(ISCC, _code(samples)[: bits // 8]))


def noise(*shape: int) -> Bytes:
    return np.random.default_rng(sum(shape)).integers(0, 256, shape, dtype=np.uint8)


class TestAgainstTheReference:
    @pytest.mark.parametrize("name", CONFORMANCE)
    def test_conformance_vectors(self, name: str) -> None:
        """Every image case that iscc-core ships is answered alike."""
        pixels, bits = CONFORMANCE[name]["inputs"]
        samples = np.array(pixels, dtype=np.uint8).reshape(32, 32)
        assert CONFORMANCE[name]["outputs"]["iscc"] == text_of(samples, bits)

    @settings(deadline=None)
    @given(seed=st.integers(0, 1 << 32), levels=st.sampled_from([1, 2, 3, 20, 256]), flat=st.booleans())
    def test_bit_for_bit(self, seed: int, levels: int, *, flat: bool) -> None:
        """Ties included: pictures of few levels, and those that are the same in every row."""
        samples = np.random.default_rng(seed).integers(0, levels, (32, 32)).astype(np.uint8)
        if flat:
            samples = np.tile(samples[:1], (32, 1))
        assert iscc_core.soft_hash_image_v0(samples.ravel().tolist(), 256) == _code(samples)

    @pytest.mark.parametrize("bits", LENGTHS)
    def test_every_length_is_written_alike(self, bits: int) -> None:
        """Header, digest and base32."""
        samples = noise(32, 32)
        expected = iscc_core.gen_image_code_v0(samples.ravel().tolist(), bits)["iscc"]
        assert expected == iscc_text(iscc(samples, bits=bits))


class TestPreparation:
    def test_grey_and_small_as_iscc_sdk_does(self) -> None:
        """Luma by Pillow, then its bicubic filter to 32 x 32."""
        rgb = noise(90, 130, 3)
        small = Image.fromarray(rgb).convert("L").resize((32, 32), Image.Resampling.BICUBIC)
        expected = iscc_core.gen_image_code_v0(small.tobytes(), 256)["iscc"]
        assert expected == iscc_text(iscc(rgb))

    @pytest.mark.parametrize("shape", [(60, 80), (60, 80, 3)])
    def test_a_border_of_one_colour_is_cut_off(self, shape: tuple[int, ...]) -> None:
        """A frame does not change the code."""
        inside = noise(*shape)
        framed = np.full((100, 140, *shape[2:]), 7, dtype=np.uint8)
        framed[10:70, 30:110] = inside
        assert iscc(inside) == iscc(framed)

    @pytest.mark.parametrize("shape", [(1, 1), (5, 900), (40, 40, 3)])
    def test_one_colour_is_a_picture_too(self, shape: tuple[int, ...]) -> None:
        """All of it is border: it is kept, and its code is the one of a flat picture."""
        black = iscc_core.soft_hash_image_v0([0] * 1024, 256)
        assert black == iscc(np.zeros(shape, dtype=np.uint8)).value


class TestForms:
    @pytest.mark.parametrize("bits", LENGTHS)
    def test_a_unit_is_what_the_text_says(self, bits: int) -> None:
        """iscc-core reads the same type, length and digest out of the text."""
        found = iscc(noise(50, 50), bits=bits)
        main, sub, version, length, digest = iscc_core.iscc_decode(iscc_text(found))
        assert (2, 1, 0, found.value) == (main, sub, version, digest)
        assert bits == iscc_core.decode_length(main, length)
        assert bytes([0x21, bits // 32 - 1]) + digest == iscc_unit(found)

    def test_a_shorter_code_is_the_beginning_of_a_longer_one(self) -> None:
        """Codes of two lengths can be compared as far as both go."""
        assert [iscc(noise(50, 50)).value[: bits // 8] for bits in LENGTHS] == [
            iscc(noise(50, 50), bits=bits).value for bits in LENGTHS
        ]

    @pytest.mark.parametrize("bits", [0, 32, 100, 512])
    def test_other_lengths_are_refused(self, bits: int) -> None:
        """Four 8 x 8 blocks make four lengths."""
        with pytest.raises(UsageError):
            iscc(noise(50, 50), bits=bits)
