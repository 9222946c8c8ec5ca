from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from myself_i2i.errors import InputError
from myself_i2i.fingerprint import origin, origin_model
from myself_i2i.fingerprint.interface import ORIGIN, PDQ64, Fingerprint

SPECIFICATION = Path(__file__).parents[2] / "spec" / "fingerprints-origin.md"
OTHERS = 200

Picture = NDArray[np.uint8]


def scene(seed: int, *, restyled: bool = False) -> Picture:
    """A few shapes before a horizon; restyled: the same shapes in other colours, with grain, softly drawn."""
    where, look = np.random.default_rng(seed), np.random.default_rng(seed + 10_000 * (1 + restyled))
    image = Image.new("RGB", (192, 160), tuple(look.integers(0, 256, 3).tolist()))
    draw = ImageDraw.Draw(image)
    horizon = int(where.integers(50, 130))
    draw.rectangle((0, horizon, 192, 160), fill=tuple(look.integers(0, 256, 3).tolist()))
    for _ in range(7):
        x, y = where.integers(-10, 160, 2).tolist()
        w, h = where.integers(15, 80, 2).tolist()
        shape = draw.ellipse if where.random() < 0.5 else draw.rectangle
        shape((x, y, x + w, y + h), fill=tuple(look.integers(0, 256, 3).tolist()))
    if not restyled:
        return np.asarray(image)
    soft = np.asarray(image.filter(ImageFilter.GaussianBlur(1.5))).astype(float)
    return np.clip(soft + look.normal(0, 20, soft.shape), 0, 255).astype(np.uint8)


@cache
def fingerprints() -> tuple[Fingerprint, ...]:
    """Of `OTHERS` different scenes."""
    return tuple(origin.origin(scene(seed)) for seed in range(OTHERS))


def nearest(asked: Fingerprint) -> int:
    """The place of the scene that is nearest to what is asked for."""
    return int(np.argmax([origin.similarity(asked, kept) for kept in fingerprints()]))


class TestOrigin:
    def test_source_of_a_restyled_picture_is_found(self) -> None:
        """A scene in other colours, softened and with grain, is nearer to its own layout than to 199 others."""
        found = [nearest(origin.origin(scene(seed, restyled=True))) for seed in range(0, OTHERS, 10)]
        assert found == list(range(0, OTHERS, 10))

    def test_same_bytes_each_time(self) -> None:
        """One picture gives one value, whatever was described before it."""
        first = origin.origin(scene(1))
        origin.origin(scene(2))
        assert origin.origin(scene(1)) == first

    def test_value_is_int8_of_known_length(self) -> None:
        """The value has `DIMENSIONS` bytes, its algorithm's name, and uses the whole range of an int8."""
        made = origin.origin(scene(3))
        assert (ORIGIN, origin.DIMENSIONS) == (made.algorithm, len(made.value))
        assert np.abs(np.frombuffer(made.value, np.int8).astype(int)).max() == 127

    def test_text_and_back(self) -> None:
        """The fingerprint survives being written down as text."""
        made = origin.origin(scene(4))
        assert Fingerprint.from_text(ORIGIN, made.text, quality=made.quality) == made

    @pytest.mark.parametrize("value", [0, 77, 255])
    def test_flat_pictures_have_no_quality(self, value: int) -> None:
        """A picture of one colour gives zeros and quality 0, and is near nothing, not even itself."""
        flat = origin.origin(np.full((40, 30, 3), value, np.uint8))
        assert (bytes(origin.DIMENSIONS), 0) == (flat.value, flat.quality)
        assert origin.similarity(flat, flat) == 0.0
        assert origin.cosine(flat, origin.origin(scene(1))) == 0.0
        assert origin.similarity(flat, origin.origin(scene(1))) == 0.0

    def test_colour_alone_is_enough(self) -> None:
        """Red beside blue, both equally bright, is no flat picture."""
        rgb = np.zeros((60, 60, 3), np.uint8)
        rgb[:, :25, 0] = rgb[:, 25:, 2] = 255
        assert origin.origin(rgb).quality == 100

    @settings(deadline=None, max_examples=30)
    @given(st.integers(1, 70), st.integers(1, 70), st.integers(0, 2**32))
    def test_any_size_is_described(self, height: int, width: int, seed: int) -> None:
        """Pictures from 1 x 1 on give a vector and a quality within bounds, without a warning."""
        rgb = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
        made = origin.origin(rgb)
        assert len(made.value) == origin.DIMENSIONS
        assert 0 <= made.quality <= 100

    def test_long_and_large_pictures(self) -> None:
        """A strip and a large picture are described like any other."""
        assert origin.origin(np.tile(scene(5), (20, 1, 1))).quality > 0
        large = np.asarray(Image.fromarray(scene(6)).resize((3000, 2500), Image.Resampling.NEAREST))
        assert origin.similarity(origin.origin(large), origin.origin(scene(6))) > 0.9

    @pytest.mark.parametrize(
        "wrong",
        [
            np.zeros((4, 4), np.uint8),
            np.zeros((4, 4, 4), np.uint8),
            np.zeros((0, 4, 3), np.uint8),
            np.zeros((4, 4, 3), np.float32),
        ],
    )
    def test_other_arrays_are_refused(self, wrong: Picture) -> None:
        """Grey, RGBA, empty and float arrays raise our own error."""
        with pytest.raises(InputError):
            origin.origin(wrong)
        with pytest.raises(InputError):
            origin.variants(wrong)


class TestVariants:
    def test_mirrored_picture_is_found(self) -> None:
        """A mirrored, restyled picture finds its source through the variant of that name."""
        asked = {v.name: v.fingerprint for v in origin.variants(scene(7, restyled=True)[:, ::-1])}
        assert nearest(asked["mirrored"]) == 7
        kept = fingerprints()[7]
        assert origin.similarity(asked["mirrored"], kept) > origin.similarity(asked["as is"], kept)

    def test_wider_picture_is_found(self) -> None:
        """A source that was the middle of a wider picture is found through a crop."""
        wide = np.asarray(Image.fromarray(scene(8)).resize((194, 162)))
        framed = np.pad(wide, ((20, 20), (24, 24), (0, 0)), mode="reflect")
        asked = {v.name: v.fingerprint for v in origin.variants(framed)}
        assert nearest(asked["centre 80 %"]) == 8

    def test_as_is_comes_first(self) -> None:
        """The first variant is the picture as it is."""
        first = origin.variants(scene(9))[0]
        assert origin.Variant("as is", origin.origin(scene(9))) == first

    def test_smallest_picture_has_variants(self) -> None:
        """One pixel can be cropped no further and is still described."""
        assert {0} == {v.fingerprint.quality for v in origin.variants(np.full((1, 1, 3), 9, np.uint8))}


class TestSimilarity:
    @settings(deadline=None, max_examples=30)
    @given(st.integers(0, OTHERS - 1), st.integers(0, OTHERS - 1))
    def test_both_ways_alike_and_bounded(self, a: int, b: int) -> None:
        """Similarity and cosine are symmetric and lie within -1..1, and nothing is nearer than the same."""
        left, right = fingerprints()[a], fingerprints()[b]
        for measure in (origin.similarity, origin.cosine):
            assert measure(left, right) == pytest.approx(measure(right, left))
            assert -1.0 <= measure(left, right) <= measure(left, left) + 1e-6 <= 1.0 + 2e-6

    @pytest.mark.parametrize(
        "other", [Fingerprint(PDQ64, bytes(origin.DIMENSIONS)), Fingerprint(ORIGIN, b"short")]
    )
    def test_other_fingerprints_are_refused(self, other: Fingerprint) -> None:
        """Another algorithm and another length raise our own error, on either side."""
        for pair in ((other, fingerprints()[0]), (fingerprints()[0], other)):
            with pytest.raises(InputError):
                origin.similarity(*pair)
            with pytest.raises(InputError):
                origin.cosine(*pair)
        with pytest.raises(InputError):
            origin.sign_code(other)

    @given(st.binary(min_size=origin.DIMENSIONS, max_size=origin.DIMENSIONS))
    @settings(deadline=None, max_examples=50)
    def test_any_bytes_of_the_right_length_compare(self, value: bytes) -> None:
        """A stranger's vector, whatever is in it, compares without a warning and within bounds."""
        strange = Fingerprint(ORIGIN, value)
        assert -1.0 <= origin.similarity(strange, fingerprints()[0]) <= 1.0
        assert len(origin.sign_code(strange)) == 32


class TestSignCode:
    def test_code_is_known(self) -> None:
        """The planes never change: a vector of +1 gives these bits."""
        ones = Fingerprint(ORIGIN, b"\x01" * origin.DIMENSIONS)
        assert (
            "d5e13de35a27b5467bd6f4421a9e8ab7373ae40e2087f84cefd4f217e3623358"
            == hashlib.sha256(origin.sign_code(ones)).hexdigest()
        )

    def test_distance_follows_the_cosine(self) -> None:
        """The nearer two vectors, the fewer bits differ: arccos of the cosine over pi, to within chance."""
        asked = origin.origin(scene(11, restyled=True))
        code = np.frombuffer(origin.sign_code(asked), np.uint8)
        for kept in fingerprints()[:50]:
            other = np.frombuffer(origin.sign_code(kept), np.uint8)
            share = int(np.bitwise_count(code ^ other).sum()) / origin.SIGN_BITS
            assert share == pytest.approx(np.arccos(origin.cosine(asked, kept)) / np.pi, abs=0.15)


class TestWeights:
    def test_weights_are_the_ones_of_the_specification(self) -> None:
        """The shipped file has the digest that spec/fingerprints-origin.md records."""
        data = resources.files("myself_i2i.fingerprint").joinpath(origin_model.WEIGHTS).read_bytes()
        assert hashlib.sha256(data).hexdigest() in SPECIFICATION.read_text(encoding="utf-8").split()
