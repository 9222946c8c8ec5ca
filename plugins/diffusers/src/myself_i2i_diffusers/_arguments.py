"""Every picture among the arguments of one call, whatever its type and however deep it lies."""

from __future__ import annotations

import dataclasses
import inspect
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from PIL import Image

from myself_i2i_diffusers._roles import Way, is_film, is_unhashable, role_of, way_of
from myself_i2i_diffusers._values import first_frame, is_array, slices

__all__ = ["Arguments", "Given", "arguments_of", "given"]

_DEEPEST = 4
_MOST = 256
"""Most pictures noted of one call; the last one says that there were more."""
_FRAMES = 4
"""More pictures than this in one film are noted by the first and their number."""
_BATCH = 4
"""Dimensions of a batch of pictures; one more is time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One picture, or something made of pictures, that goes in."""

    role: str
    """One of `predicates.generation.ROLES`."""
    label: str
    """Where it stood: "image", "control_image[1]"."""
    value: Any
    """The value itself; arrays are cut into single pictures."""
    whole: Any
    """The value as the host gave it, by which an earlier run's output is known again."""
    hashable: bool = True
    """False for latents and embeddings: no picture that could be hashed as one."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of one call by name, defaults filled in."""

    by_name: Mapping[str, Any]
    """Also those taken by `**kwargs`."""
    way: Way
    """How this pipeline uses its pictures."""


def arguments_of(
    pipe: object, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Arguments:
    """Return the arguments by name. A call that does not fit the signature is read as far as it goes."""
    signature = _signature(call)
    try:
        bound = signature.bind_partial(pipe, *args, **kwargs)
    except TypeError:  # the pipeline itself will say so
        return Arguments(dict(kwargs), way_of(type(pipe), signature.parameters))
    bound.apply_defaults()
    by_name: dict[str, Any] = {}
    for name, value in list(bound.arguments.items())[1:]:
        kind = signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_KEYWORD:
            by_name.update(value)
        elif kind is inspect.Parameter.VAR_POSITIONAL:
            by_name.update({f"{name}[{index}]": one for index, one in enumerate(value)})
        else:
            by_name[name] = value
    return Arguments(by_name, way_of(type(pipe), tuple(by_name)))


def given(arguments: Arguments) -> list[Given]:
    """Return the pictures of a call in the order of its arguments."""
    found: list[Given] = []
    for name, value in arguments.by_name.items():
        place = _Place(
            label=name, name=name.split("[")[0], role=_role(name, arguments.way), way=arguments.way
        )
        for one in _walk(value, place, _DEEPEST):
            found.append(one)
            if len(found) == _MOST:
                more = Given(
                    role="unknown",
                    label=f"more than {_MOST} pictures",
                    value=None,
                    whole=None,
                    hashable=False,
                )
                return [*found, more]
    return found


@lru_cache(maxsize=256)
def _signature(call: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(call)


def _role(name: str, way: Way) -> str | None:
    return role_of(name.split("[", maxsplit=1)[0], way)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a value stands."""

    label: str
    name: str
    role: str | None
    """None under a name that does not speak of pictures: there only what surely is a picture counts."""
    way: Way

    def item(self, index: int, count: int) -> _Place:
        """Return the place of one of several."""
        return self if count == 1 else replace(self, label=f"{self.label}[{index}]")

    def field(self, name: str) -> _Place:
        """Return the place of a named part; a part whose name says nothing has the role of the whole."""
        return replace(self, label=f"{self.label}.{name}", name=name, role=_role(name, self.way) or self.role)

    def given(self, value: Any, *, whole: Any = None, note: str = "") -> Given:
        """Return the picture that stands here."""
        return Given(
            role=self.role or "unknown",
            label=self.label + note,
            value=value,
            whole=value if whole is None else whole,
            hashable=value is not None,
        )


def _walk(value: Any, place: _Place, depth: int) -> Iterator[Given]:
    if isinstance(value, Image.Image):
        yield place.given(value)
    elif is_array(value):
        yield from _array(value, place)
    elif isinstance(value, str | bytes | os.PathLike):
        if place.role is not None and not is_unhashable(place.name) and _names_picture(value):
            yield place.given(value)
    elif depth and isinstance(value, list | tuple):
        yield from _list(value, place, depth - 1)
    elif depth and isinstance(value, Mapping):
        for key, one in value.items():
            yield from _walk(one, place.field(str(key)), depth - 1)
    elif depth and dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _walk(getattr(value, field.name, None), place.field(field.name), depth - 1)


def _list(values: list[Any] | tuple[Any, ...], place: _Place, depth: int) -> Iterator[Given]:
    if is_film(place.name) and len(values) > _FRAMES and isinstance(values[0], Image.Image):
        yield place.given(values[0], note=f" ({len(values)} frames, the first)")
        return
    for index, one in enumerate(values):
        yield from _walk(one, place.item(index, len(values)), depth)


def _array(value: Any, place: _Place) -> Iterator[Given]:
    if place.role is None:
        return
    if is_unhashable(place.name):
        yield place.given(None, whole=value)
        return
    if is_film(place.name) or value.ndim > _BATCH:
        frame = first_frame(value)
        if frame is not None:
            yield place.given(frame, whole=value, note=" (film, the first frame)")
            return
    pictures = list(slices(value))
    for index, one in enumerate(pictures):
        yield place.item(index, len(pictures)).given(one, whole=value)
    if not pictures:
        yield replace(place, role="latent").given(None, whole=value)


def _names_picture(value: str | bytes | os.PathLike[Any]) -> bool:
    """Return whether a text names a picture: other settings ("canny") stand under such names too."""
    if not isinstance(value, str):
        return bool(value)
    if value.startswith(("http://", "https://", "data:")):
        return True
    try:
        return bool(value) and os.path.isfile(value)  # noqa: PTH113 - the text may be no path at all
    except ValueError:  # a NUL
        return False
