"""One array as a Pillow picture, as diffusers' own `numpy_to_pil` rounds it."""

from __future__ import annotations

from typing import Any

from PIL import Image

from myself_i2i.errors import UsageError
from myself_i2i.wording import Text
from myself_i2i_diffusers._values import is_array, slices

__all__ = ["as_picture"]

_NOT_ONE = Text(
    en="expected one picture (Pillow, or an array with colour first or last), got {got}",
    ja="画像 1 枚（Pillow の画像、または色の軸が最初か最後にある配列）が必要ですが、{got} が渡されました",
)


def as_picture(value: Any) -> Image.Image:
    """Return one array (values 0..1, or bytes) as a picture; raises `UsageError` for anything else."""
    if not is_array(value):
        raise UsageError(_NOT_ONE.format(got=type(value).__name__))
    pictures = list(slices(value))
    if len(pictures) != 1:
        raise UsageError(_NOT_ONE.format(got=str(tuple(value.shape))))
    array = pictures[0]
    if hasattr(array, "detach"):
        array = array.detach().cpu()
        array = (array.float() if array.is_floating_point() else array).numpy()
    if array.ndim > 2 and array.shape[-1] not in {1, 3, 4}:  # noqa: PLR2004 - colour first, as torch has it
        array = array.transpose(1, 2, 0)
    if array.ndim > 2 and array.shape[-1] == 1:  # noqa: PLR2004 - one channel is a plane to Pillow
        array = array[..., 0]
    if array.dtype.kind == "f":
        array = (array.clip(0, 1) * 255).round().astype("uint8")
    return Image.fromarray(array)
