"""A returned picture that knows its run, so that `image.save(path)` can say which file it became."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from PIL import Image

from myself_i2i_diffusers._files import SavedFile
from myself_i2i_diffusers._values import stamp

__all__ = ["Binding", "Owner", "RecordedImage", "bind", "binding_of", "file_behind"]


class Owner(Protocol):
    """The run that a picture came out of."""

    def saved(self, image: Image.Image, where: Any) -> SavedFile | None:
        """Note that the picture was saved; return the file if it is one."""

    def joined(self, other: Image.Image) -> None:
        """Note that another picture was put into the picture."""


class Binding:
    """What ties one picture to its run."""

    __slots__ = ("file", "owner", "stamp")

    def __init__(self, owner: Owner, mark: object | None, file: SavedFile | None) -> None:
        self.owner = owner
        self.stamp = mark
        self.file = file  # where the picture, or the one it is a copy of, was saved last

    def untouched(self, image: Image.Image) -> bool:
        """Return whether the pixels still are what the run and the picture's own methods made of them."""
        return self.stamp is not None and self.stamp == stamp(image)


class RecordedImage(Image.Image):
    """A Pillow picture in all respects; its copies by its own methods belong to the same run.

    `pickle` makes it a plain picture again. Functions of Pillow that make a new picture of several
    (`Image.blend`, `Image.composite`) give a plain picture too: its making is not this run alone.
    """

    _i2i: Binding

    def save(self, fp: Any, format: str | None = None, **params: Any) -> None:  # noqa: A002 - Pillow's name
        """Save as Pillow does, then note the file."""
        super().save(fp, format, **params)
        self._i2i.file = self._i2i.owner.saved(self, fp) or self._i2i.file

    def paste(self, im: Any, box: Any = None, mask: Any = None) -> None:
        """Paste as Pillow does; a picture pasted in is one more picture that went in."""
        super().paste(im, box, mask)
        if isinstance(im, Image.Image):
            self._i2i.owner.joined(im)

    def alpha_composite(self, im: Image.Image, *args: Any, **kwargs: Any) -> None:
        """Compose as Pillow does; a picture laid over is one more picture that went in."""
        binding = self._i2i
        self.__class__ = Image.Image  # type: ignore[assignment] # Pillow pastes the sum of both back; only `im` is news
        try:
            Image.Image.alpha_composite(self, im, *args, **kwargs)
        finally:
            self.__class__ = RecordedImage
        binding.owner.joined(im)

    def _dump(self, *args: Any, **kwargs: Any) -> str:
        # What `show()` hands to a viewer is no output.
        return _plain(self)._dump(*args, **kwargs)  # noqa: SLF001 - Pillow's own, called as Pillow does

    def __eq__(self, other: object) -> bool:
        # Pillow asks for the same class; a picture must stay equal to a plain one with the same pixels.
        if not isinstance(other, Image.Image):
            return NotImplemented
        plain = _plain(self)
        return plain == (_plain(other) if isinstance(other, RecordedImage) else other)

    __hash__ = None  # type: ignore[assignment] # as Pillow: pictures can be changed

    def __copy__(self) -> Image.Image:
        return self.copy()

    def __deepcopy__(self, memo: dict[int, Any]) -> Image.Image:
        return self.copy()

    def __reduce_ex__(self, protocol: Any) -> Any:
        return Image.new, ("L", (1, 1)), _plain(self).__getstate__()


def _plain(image: Image.Image) -> Image.Image:
    """Return a plain picture over the same pixels."""
    plain = Image.Image()
    plain.__dict__.update({key: value for key, value in image.__dict__.items() if key != "_i2i"})
    return plain


def _keeping(name: str) -> Callable[..., Any]:
    """Return a method of Pillow whose result belongs to the same run."""
    original = getattr(Image.Image, name)

    def method(self: RecordedImage, *args: Any, **kwargs: Any) -> Any:
        result = original(self, *args, **kwargs)
        if isinstance(result, Image.Image):
            untouched = self._i2i.untouched(self)
            bind(result, self._i2i.owner, untouched=untouched, file=self._i2i.file if untouched else None)
        return result

    method.__name__, method.__doc__ = name, original.__doc__
    return method


for _name in (
    "copy",
    "convert",
    "crop",
    "filter",
    "quantize",
    "reduce",
    "resize",
    "rotate",
    "transform",
    "transpose",
):
    setattr(RecordedImage, _name, _keeping(_name))


def bind(image: Image.Image, owner: Owner, *, untouched: bool = True, file: SavedFile | None = None) -> None:
    """Make a plain picture one that knows its run; other subclasses of Pillow's class are left as they are."""
    if type(image) is Image.Image or isinstance(image, RecordedImage):
        image.__dict__["_i2i"] = Binding(owner, stamp(image) if untouched else None, file)
        image.__class__ = RecordedImage


def binding_of(image: object) -> Binding | None:
    """Return what ties a picture to its run, or None."""
    return image._i2i if isinstance(image, RecordedImage) else None  # noqa: SLF001 - ours


def file_behind(where: Any) -> Path | None:
    """Return the file that was written to: a path, or an open file with a name on disk; None for memory and pipes."""
    if not isinstance(where, str | bytes | os.PathLike):
        where = getattr(where, "name", None)
        if not isinstance(where, str | bytes | os.PathLike):
            return None
    path = Path(os.fsdecode(where)).absolute()
    return path if path.is_file() else None
