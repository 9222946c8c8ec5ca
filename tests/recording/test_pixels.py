import array
import struct
import sys
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from myself_i2i.errors import InputError
from myself_i2i.image import rgb_bytes
from myself_i2i.recording.pixels import MOST_PICTURES, Copied, copy_pixels, pictures
from tests.support.pictures import picture

NATIVE = "<" if sys.byteorder == "little" else ">"


@dataclass
class Array:
    """What numpy's arrays offer of themselves: an element type, a shape and their bytes."""

    kind: str
    shape: tuple[int, ...]
    data: bytes

    @property
    def __array_interface__(self) -> dict[str, Any]:
        return {"version": 3, "typestr": self.kind, "shape": self.shape}

    def tobytes(self) -> bytes:
        """The elements in C order."""
        return self.data

    def astype(self, name: str) -> "Array":
        """The same in single precision."""
        assert "float32" == name
        code = {"f8": "d", "f2": "e"}[self.kind[1:]]
        values = struct.unpack(f"={len(self.data) // struct.calcsize(code)}{code}", self.data)
        return Array(f"{NATIVE}f4", self.shape, array.array("f", values).tobytes())


@dataclass
class Tensor:
    """What torch's tensors offer: each step off the graph, off the device, to an array."""

    held: Array
    dtype: str
    steps: tuple[str, ...] = ()

    def detach(self) -> "Tensor":
        """Off the graph."""
        return Tensor(self.held, self.dtype, (*self.steps, "detach"))

    def float(self) -> "Tensor":
        """In single precision."""
        return Tensor(self.held, "torch.float32", self.steps)

    def cpu(self) -> "Tensor":
        """Off the device."""
        return Tensor(self.held, self.dtype, (*self.steps, "cpu"))

    def numpy(self) -> Array:
        """As an array; refused while on a graph or device, or for a type that numpy does not have."""
        assert ("detach", "cpu") == self.steps
        assert "bfloat16" not in self.dtype
        return self.held


def floats(image: Image.Image, scale: float = 255) -> bytes:
    """The picture's bytes as floats."""
    return array.array("f", [byte / scale for byte in image.tobytes()]).tobytes()


def planes(image: Image.Image) -> bytes:
    """The picture's bytes, one channel after the other."""
    return b"".join(band.tobytes() for band in image.split())


def only(given: Any) -> Image.Image:
    """The one picture in what a host gave."""
    [copied] = copy_pixels(given)
    [found] = pictures(copied)
    return found


PICTURE = picture(16, 12)


class TestArrays:
    @pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
    def test_bytes(self, mode: str) -> None:
        """An array of bytes, channels last, is the picture it came from."""
        image = picture(16, 12, mode)
        shape = (12, 16) if mode == "L" else (12, 16, len(mode))
        assert (mode, image.tobytes()) == (
            (found := only(Array("|u1", shape, image.tobytes()))).mode,
            found.tobytes(),
        )

    def test_channels_first(self) -> None:
        """Channels may stand first, as torch has them."""
        assert PICTURE.tobytes() == only(Array("|u1", (3, 12, 16), planes(PICTURE))).tobytes()

    @pytest.mark.parametrize("scale", [255, 1])
    def test_floats(self, scale: float) -> None:
        """Floats 0..1 and 0..255 give the same picture, to the last bit."""
        assert PICTURE.tobytes() == only(Array(f"{NATIVE}f4", (12, 16, 3), floats(PICTURE, scale))).tobytes()

    @given(st.binary(min_size=12, max_size=12))
    def test_every_value(self, data: bytes) -> None:
        """Every byte survives the way to a float and back."""
        image = Image.frombytes("RGB", (2, 2), data)
        wide = array.array("f", [byte / 255 for byte in data]).tobytes()
        assert data == only(Array(f"{NATIVE}f4", (2, 2, 3), wide)).tobytes() == rgb_bytes(image)

    @pytest.mark.parametrize(("kind", "code"), [("f8", "d"), ("f2", "e")])
    def test_other_floats(self, kind: str, code: str) -> None:
        """Half and double precision are read as well."""
        data = struct.pack(f"={16 * 12}{code}", *(byte / 255 for byte in PICTURE.convert("L").tobytes()))
        assert PICTURE.convert("L").tobytes() == only(Array(f"{NATIVE}{kind}", (12, 16), data)).tobytes()

    def test_booleans(self) -> None:
        """A mask of truth values is black and white."""
        assert b"\x00\xff\xff\x00" == only(Array("|b1", (2, 2), b"\0\1\1\0")).tobytes()

    @pytest.mark.parametrize("first", [False, True])
    def test_batch(self, first: bool) -> None:  # noqa: FBT001  # a parameter of the test
        """A batch is so many pictures."""
        two = [picture(16, 12, seed=seed) for seed in (1, 2)]
        data = b"".join(planes(one) if first else one.tobytes() for one in two)
        [copied] = copy_pixels(Array("|u1", (2, 3, 12, 16) if first else (2, 12, 16, 3), data))
        assert [one.tobytes() for one in two] == [one.tobytes() for one in pictures(copied)]

    def test_masks(self) -> None:
        """Several masks without a channel axis are so many pictures."""
        [copied] = copy_pixels(Array("|u1", (5, 2, 8), bytes(80)))
        assert [(8, 2)] * 5 == [one.size for one in pictures(copied)]

    @pytest.mark.parametrize(
        ("kind", "shape"),
        [
            ("|u1", (3,)),
            ("|u1", (0, 4, 3)),
            ("|u1", (2, 5, 7, 9)),
            ("<c8", (2, 2)),
            ("<i8", (2, 2)),
            ("|u1", ()),
        ],
    )
    def test_no_picture(self, kind: str, shape: tuple[int, ...]) -> None:
        """What is no picture is refused with an error of ours."""
        with pytest.raises(InputError):
            pictures(Copied(kind=kind, shape=shape, data=bytes(4096)))

    def test_too_large(self) -> None:
        """A shape past all bounds is refused before anything is copied."""
        with pytest.raises(InputError):
            copy_pixels(Array("|u1", (10**6, 10**6, 3), b""))

    def test_numpy(self) -> None:
        """A real numpy array, where numpy is there, also one whose memory is not in order."""
        numpy = pytest.importorskip("numpy")
        data = numpy.asarray(PICTURE)
        assert PICTURE.tobytes() == only(data).tobytes()
        assert PICTURE.transpose(Image.Transpose.TRANSPOSE).tobytes() == only(data.swapaxes(0, 1)).tobytes()
        assert PICTURE.tobytes() == only((data / 255).astype("float16")).tobytes()

    def test_torch(self) -> None:
        """A real tensor, where torch is there, on a graph and in bfloat16."""
        torch = pytest.importorskip("torch")
        tensor = torch.frombuffer(bytearray(PICTURE.tobytes()), dtype=torch.uint8).reshape(12, 16, 3)
        unit = (tensor.float() / 255).requires_grad_()
        assert PICTURE.tobytes() == only(tensor).tobytes()
        assert PICTURE.tobytes() == only(unit.permute(2, 0, 1).unsqueeze(0)).tobytes()
        assert PICTURE.size == only(unit.to(torch.bfloat16)).size


class TestTensors:
    @pytest.mark.parametrize("dtype", ["torch.float32", "torch.bfloat16", "torch.uint8"])
    def test_taken_down(self, dtype: str) -> None:
        """A tensor is taken off its graph and device, and out of types that numpy does not have."""
        held = (
            Array("|u1", (12, 16, 3), PICTURE.tobytes())
            if "uint8" in dtype
            else Array(f"{NATIVE}f4", (12, 16, 3), floats(PICTURE))
        )
        assert PICTURE.tobytes() == only(Tensor(held, dtype)).tobytes()


class TestLists:
    def test_several(self) -> None:
        """A list is all its pictures, up to a bound."""
        assert 3 == len(copy_pixels([PICTURE, (PICTURE, PICTURE)]))
        assert MOST_PICTURES == len(copy_pixels([Image.new("L", (1, 1))] * 100))

    @pytest.mark.parametrize("given", [None, "x.png", 7, object(), [object()]])
    def test_nothing_of_ours(self, given: object) -> None:
        """Anything else is refused with an error of ours."""
        with pytest.raises(InputError):
            copy_pixels(given)
