from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myself_i2i.errors import InputError, UsageError
from myself_i2i.fingerprint._parts_bytes import MOST, Kept, pack, unpack
from myself_i2i.fingerprint.interface import PARTS, PDQ64, Bytes, Fingerprint
from myself_i2i.fingerprint.parts import (
    LEAST_SCORE,
    WORD_BITS,
    PartMatch,
    Query,
    match,
    parts,
    words,
)
from tests.support.drawings import drawing

MOST_BYTES = 4096


@pytest.fixture(scope="module")
def work() -> Bytes:
    """A drawing of 480 x 360."""
    return drawing(1, width=480, height=360)


@pytest.fixture(scope="module")
def kept(work: Bytes) -> Fingerprint:
    """What is kept of it."""
    return parts(work)


def found(kept: Fingerprint, picture: Bytes) -> PartMatch:
    """The match, which must be there."""
    result = match(kept, Query.of(picture))
    assert result is not None
    return result


def moved(
    result: PartMatch, places: list[tuple[float, float]]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Places of the kept picture, in parts of its longer side, where the transform puts them in the query."""
    turned: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = (
        np.array(places) @ result.transform[:, :2].T + result.transform[:, 2]
    )
    return turned


class TestKept:
    def test_at_most_4096_bytes(self) -> None:
        """However much there is in a picture, 4,096 bytes are enough."""
        noise = np.random.default_rng(3).integers(0, 256, (900, 1200), np.uint8)
        assert len(parts(noise).value) <= MOST_BYTES
        assert len(words(parts(noise))) == MOST

    def test_same_each_time(self, work: Bytes, kept: Fingerprint) -> None:
        """The same picture gives the same bytes."""
        assert kept == parts(work.copy())

    @pytest.mark.parametrize("shape", [(1, 1), (1, 400), (400, 1), (64, 64), (2000, 3)])
    def test_flat(self, shape: tuple[int, int]) -> None:
        """A picture without structure, of any shape, has no features, quality 0, and matches nothing."""
        flat = np.full(shape, 200, np.uint8)
        found = parts(flat)
        assert (0, ()) == (found.quality, words(found))
        assert match(found, Query.of(flat)) is None

    @pytest.mark.parametrize(
        "wrong", [np.zeros((4, 4), np.float32), np.zeros((4, 4, 3), np.uint8), np.zeros((0, 4), np.uint8)]
    )
    def test_wrong_arrays(self, wrong: Bytes) -> None:
        """What is no grey picture is refused with our error, by what is kept and by the query."""
        for take in (parts, Query.of):
            with pytest.raises(InputError, match="grey picture"):
                take(wrong)

    def test_without_opencv(self, work: Bytes, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where OpenCV is not installed, the error says how to get it."""
        monkeypatch.setitem(sys.modules, "cv2", None)
        with pytest.raises(UsageError) as caught:
            parts(work)
        assert caught.value.hint is not None
        assert "closeness" in caught.value.hint.en


class TestMatch:
    def test_itself(self, work: Bytes, kept: Fingerprint) -> None:
        """A picture lies on itself: nothing moved, the region is nearly all of it."""
        result = found(kept, work)
        assert not result.mirrored
        assert np.allclose(result.transform, [[1, 0, 0], [0, 1, 0]], atol=0.003)
        assert result.region.min() < 0.15
        assert result.pairs.shape == (result.inliers, 2, 2)
        assert result.score >= LEAST_SCORE

    def test_crop(self, work: Bytes, kept: Fingerprint) -> None:
        """The corners of a crop lie where they were cut out."""
        result = found(kept, work[60:300, 80:400])
        corners = moved(result, [(80 / 480, 60 / 480), (400 / 480, 300 / 480)])
        assert np.allclose(corners, [(0, 0), (1, 240 / 320)], atol=0.01)

    def test_mirrored(self, work: Bytes, kept: Fingerprint) -> None:
        """A mirrored picture is found, said to be mirrored, and the transform turns left and right about."""
        result = found(kept, np.ascontiguousarray(work[:, ::-1]))
        assert result.mirrored
        assert np.linalg.det(result.transform[:, :2]) < 0
        assert np.allclose(moved(result, [(0, 0), (1, 0)]), [(1, 0), (0, 0)], atol=0.005)

    def test_turned(self, work: Bytes, kept: Fingerprint) -> None:
        """A quarter turn is found as one."""
        result = found(kept, np.ascontiguousarray(np.rot90(work)))
        assert np.allclose(result.transform[:, :2], [[0, 1], [-1, 0]], atol=0.01)

    @pytest.mark.parametrize("mirrored", [False, True])
    def test_pasted(self, work: Bytes, kept: Fingerprint, *, mirrored: bool) -> None:
        """A fifth of the picture pasted into another is found, and most of the region told lies inside it."""
        host = drawing(2, width=500, height=400)
        piece = work[100:250, 150:380]
        host[210:360, 40:270] = piece[:, ::-1] if mirrored else piece
        result = found(kept, host)
        assert mirrored == result.mirrored
        x, y = result.region.T * 500
        assert (x.min() > 25, x.max() < 285, y.min() > 195, y.max() < 375) == (True,) * 4
        assert (x.max() - x.min()) * (y.max() - y.min()) > 0.5 * piece.size
        kept_x, kept_y = result.kept_region.T * 480
        assert (kept_x.min() > 135, kept_x.max() < 395, kept_y.min() > 85, kept_y.max() < 265) == (True,) * 4

    def test_pairs_lie_on_the_transform(self, work: Bytes, kept: Fingerprint) -> None:
        """Every pair told agrees with the transform told."""
        result = found(kept, work[60:300, 80:400])
        ours, theirs = result.pairs[:, 0], result.pairs[:, 1]
        scale = abs(np.linalg.det(result.transform[:, :2])) ** 0.5
        assert np.abs(moved(result, list(map(tuple, ours))) - theirs).max() < 0.01 * scale

    def test_unrelated(self) -> None:
        """Pictures that share nothing do not match, drawn by the same hand or not."""
        queries = [Query.of(drawing(seed)) for seed in range(10, 16)]
        for seed in range(20, 26):
            assert [match(parts(drawing(seed)), query) for query in queries] == [None] * 6

    def test_repeated_texture(self) -> None:
        """Two pictures with one and the same fine screen-tone, and nothing else in common, do not match."""
        rows, columns = np.mgrid[:400, :400]
        tone = ((rows % 8 < 3) & (columns % 8 < 3)).astype(np.uint8) * 255
        one, other = drawing(30, width=400, height=400), drawing(31, width=400, height=400)
        one[:, :200], other[:, 200:] = tone[:, :200], tone[:, 4:204]
        assert match(parts(one), Query.of(other)) is None

    def test_same_each_time(self, work: Bytes, kept: Fingerprint) -> None:
        """Asked twice, it answers the same."""
        one, other = (found(kept, work[60:300, 80:400]) for _ in range(2))
        assert one.score == other.score
        assert one.pairs.tolist() == other.pairs.tolist()

    def test_another_algorithm(self, work: Bytes) -> None:
        """A fingerprint of another kind is refused."""
        with pytest.raises(InputError, match="pdq64_v1"):
            match(Fingerprint(PDQ64, b"\0" * 32), Query.of(work))


class TestWords:
    def test_one_each(self, kept: Fingerprint) -> None:
        """Each feature has a code of `WORD_BITS` bits, in the order of the bytes."""
        codes = words(kept)
        assert len(codes) == len(unpack(kept.value).codes)
        assert {len(code) for code in codes} == {WORD_BITS // 8}

    def test_query_speaks_the_same_words(self, work: Bytes, kept: Fingerprint) -> None:
        """The query of the picture itself has codes of what is kept, and mirrored those of its mirror image."""
        turned = np.ascontiguousarray(work[:, ::-1])
        assert set(words(kept)) & set(Query.of(work).words())
        ours, theirs = set(words(parts(turned))), Query.of(work).words(mirrored=True)
        assert any((int.from_bytes(a) ^ int.from_bytes(b)).bit_count() <= 2 for a in ours for b in theirs)


class TestBytes:
    def test_round_trip(self, kept: Fingerprint) -> None:
        """What is read is written to the same bytes."""
        assert kept.value == pack(unpack(kept.value))
        assert kept == Fingerprint.from_text(PARTS, kept.text, quality=kept.quality)

    def test_example_of_the_specification(self) -> None:
        """The bytes that the specification takes apart are read as it says."""
        example = unpack(bytes.fromhex("010fff0bff80040060400123456789abcdef"))
        assert (1, 3071 / 4095) == (example.width, example.height)
        assert example.places.tolist() == [[2048 / 4095, 1024 / 4095, 2**3 / 1024, np.pi / 2]]
        assert bytes.fromhex("0123456789abcdef") == example.codes.tobytes()

    @pytest.mark.parametrize(
        "wrong",
        [
            b"",
            b"\x01",
            b"\x02\x0f\xff\x0f\xff",
            b"\x01\x0f\xff\x00\x00",
            b"\x01\x0f\xfe\x0f\xfe",
            b"\x01\x10\x00\x0f\xff",
            b"\x01\x0f\xff\x0f\xff\x00",
            b"\x01\x0f\xff\x0f\xff" + b"\0" * 13 * (MOST + 1),
            bytes.fromhex("010fff0100ff0fff60400123456789abcdef"),
        ],
        ids=["empty", "short", "version", "no height", "no longer side", "side too long", "half a feature",
             "too many", "outside"],
    )  # fmt: skip
    def test_malformed(self, wrong: bytes) -> None:
        """Bytes that nobody writes are refused."""
        with pytest.raises(InputError, match="no parts_v1"):
            words(Fingerprint(PARTS, wrong))

    @given(st.binary(max_size=80) | st.binary(max_size=80).map(lambda rest: b"\x01\x0f\xff\x0b\xff" + rest))
    def test_fuzzed(self, data: bytes) -> None:
        """Any bytes are refused with our error, or read and written back the same."""
        try:
            read = unpack(data)
        except InputError:
            return
        assert data == pack(read)

    @settings(max_examples=25, deadline=None)
    @given(seed=st.integers(0, 2**32 - 1), count=st.integers(0, MOST))
    def test_strangers_features(self, work_query: Query, seed: int, count: int) -> None:
        """Whatever features a stranger writes, a match is told or not, and nothing else comes out."""
        chance = np.random.default_rng(seed)
        places = chance.random((count, 4)) * (1, 1, 1, 2 * np.pi) + (0, 0, 1e-3, 0)
        value = pack(Kept(1, 1, places, chance.integers(0, 256, (count, 8), np.uint8)))
        assert match(Fingerprint(PARTS, value), work_query) is None

    def test_one_feature_many_times(self, work_query: Query, kept: Fingerprint) -> None:
        """A fingerprint that says one feature 314 times matches nothing."""
        one = kept.value[5:18]
        assert match(Fingerprint(PARTS, kept.value[:5] + one * MOST), work_query) is None


@pytest.fixture(scope="module")
def work_query(work: Bytes) -> Query:
    """The features of the drawing as a picture at hand."""
    return Query.of(work)
