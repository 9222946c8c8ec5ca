"""Mutated files through every function: only our errors come out, and the promises hold for what goes through."""

from __future__ import annotations

import io
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.pictures import (
    BUILDERS,
    USER_COMMENT,
    chunk,
    manifest_store,
    picture,
    png,
    text_chunk,
    tiff,
    user_comment,
    with_stealth,
    xmp_packet,
)

from myself_i2i.errors import InputError
from myself_i2i.image import (
    decode,
    image_data_digest,
    insert_xmp,
    merge_xmp,
    pixel_hashes,
    read_container,
    read_stealth,
    read_xmp,
    strip_generation_metadata,
    write_xmp,
)

PACKET = write_xmp({"dc:subject": ["#Myself_i2i"]})
LIMIT_SECONDS = 2


def _animation(kind: str) -> bytes:
    frames = [picture(seed=seed) for seed in range(3)]
    buffer = io.BytesIO()
    frames[0].save(buffer, kind, save_all=True, append_images=frames[1:])
    return buffer.getvalue()


def _seeds() -> list[bytes]:
    exif = tiff({0x010E: "a description", 0x0112: 6}, {USER_COMMENT: user_comment("hello 猫")})
    xmp = xmp_packet("<dc:title>t</dc:title>")
    seeds = [build() for build in BUILDERS.values()]
    seeds += [build(exif=exif, xmp=xmp) for build in BUILDERS.values()]
    seeds += [_animation(kind) for kind in ("PNG", "WEBP", "AVIF")]
    seeds += [insert_xmp(_animation("AVIF"), PACKET)]
    compressed = [text_chunk("z", "zz" * 100, "zTXt"), text_chunk("i", "zz" * 100, "iTXt-z")]
    seeds.append(png(mode="RGBA", chunks=[*compressed, chunk(b"caBX", manifest_store())]))
    seeds.append(png(image=with_stealth(picture(40, 40, mode="RGBA"), "hidden", "stealth_pngcomp")))
    return seeds


SEEDS = _seeds()
NUMBERS = [b"\xff\xff\xff\xff", bytes(4), b"\x7f\xff\xff\xff", b"\0\0\0\1", b"\0\0\0\x08"]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A seed with one to eight changes: bytes flipped, cut out, put in, doubled, numbers made extreme."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 8))):
        place = draw(st.integers(0, max(0, len(data) - 1)))
        kind = draw(st.integers(0, 4))
        if kind == 0:
            data[place : place + 1] = draw(st.binary(min_size=1, max_size=1))
        elif kind == 1:
            del data[place : place + draw(st.integers(1, 40))]
        elif kind == 2:
            data[place:place] = draw(st.binary(min_size=1, max_size=20))
        elif kind == 3:
            data[place : place + 4] = draw(st.sampled_from(NUMBERS))
        else:
            start = draw(st.integers(0, max(0, len(data) - 1)))
            data[place:place] = data[start : start + draw(st.integers(1, 80))]
    return bytes(data)


def exercise(data: bytes) -> None:
    """Put `data` through every function; anything but our errors gets out of here."""
    started = time.perf_counter()
    for step in (_read, _decode, _change):
        try:
            step(data)
        except InputError:
            continue
    assert time.perf_counter() - started < LIMIT_SECONDS


def _read(data: bytes) -> None:
    container = read_container(data)
    assert min(container.width, container.height) >= 0
    if container.xmp is not None:
        read_xmp(container.xmp)
        merge_xmp(container.xmp, {"dc:title": "t"})


def _decode(data: bytes) -> None:
    image = decode(data)
    read_stealth(image)
    pixel_hashes(image)


def _change(data: bytes) -> None:
    digest = image_data_digest(data)
    assert digest == image_data_digest(strip_generation_metadata(data))
    written = insert_xmp(data, PACKET)
    assert digest == image_data_digest(written)
    assert PACKET.decode() == read_container(written).xmp


class TestMutations:
    @given(mutated())
    @settings(
        max_examples=300,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    def test_only_our_errors_come_out(self, data: bytes) -> None:
        """A few hundred mutated files: no error but ours, none over two seconds, no digest changed by a change of ours."""
        exercise(data)

    @pytest.mark.slow
    @given(mutated())
    @settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
    def test_many_more(self, data: bytes) -> None:
        """The same for ten thousand."""
        exercise(data)

    @pytest.mark.parametrize("seed", range(len(SEEDS)))
    def test_every_seed_goes_through_whole(self, seed: int) -> None:
        """The unmutated seeds raise nothing: the fuzzing starts from files that reach the depths."""
        for step in (_read, _decode, _change):
            step(SEEDS[seed])

    @pytest.mark.parametrize("name", BUILDERS)
    def test_every_cut_is_survived(self, name: str) -> None:
        """A file cut at any byte raises only our errors."""
        data = BUILDERS[name](exif=tiff({0x010E: "a description"}), xmp=xmp_packet(""))
        for length in range(0, len(data), 7):
            exercise(data[:length])
