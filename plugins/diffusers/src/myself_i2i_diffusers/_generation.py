"""One call of a pipeline: what goes in is noted, what comes out is tied to it."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import os
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from PIL import Image

from myself_i2i.recording.interface import Origin, Run
from myself_i2i_diffusers._arguments import Given, arguments_of, given
from myself_i2i_diffusers._facts import facts_of
from myself_i2i_diffusers._files import SavedFile, file_of
from myself_i2i_diffusers._image import bind, binding_of, file_behind
from myself_i2i_diffusers._memory import Memory
from myself_i2i_diffusers._telling import trouble
from myself_i2i_diffusers._values import is_array

__all__ = ["Generation", "end_forgotten", "maker_of"]

_DEEPEST = 4
_MOST_RESULTS = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class _Noted:
    """One input as it was given to the run, kept so that a later run can name it too."""

    role: str
    path: Path | None = None
    data: bytes | None = None
    image: Any = None
    name: str | None = None
    origin: Origin


class Generation:
    """One call. Lives as long as a picture of it does; then its run is ended."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._noted: list[_Noted] = []
        self._inputs: list[Any] = []  # until the call is over
        # A finaliser may run in the middle of anything, a recorder's lock held: it only puts the run aside.
        self._finalizer = weakref.finalize(self, _FORGOTTEN.append, run)
        self._finalizer.atexit = False
        _ALIVE.add(self)

    def begin(
        self, pipe: object, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Note inputs and parameters."""
        arguments = arguments_of(pipe, call, args, kwargs)
        for one in given(arguments):
            self._inputs += [one.value, one.whole]
            earlier = self._take(one)
            if earlier is not None:
                self._carry(earlier)
        self._run.parameters(facts_of(pipe, arguments, pictures=bool(self._noted)))

    def check(self) -> None:
        """Refuse in strict mode: the only call that may raise."""
        self._run.check()

    def bind(self, result: object) -> None:
        """Tie every picture and array in the result to this run."""
        passed_through = {id(one) for one in self._inputs}
        self._inputs = []
        for one in _leaves(result):
            if id(one) in passed_through:
                continue  # some pipelines hand their inputs back
            if isinstance(one, Image.Image):
                bind(one, self)
            else:
                _MADE.put(one, self)

    def output(self, path: Path, image: Image.Image | None = None) -> None:
        """Note a finished file."""
        self._run.output(path, image=image)

    def end(self) -> None:
        """End the run now."""
        self._inputs = []
        if self._finalizer.detach() is not None:
            self._run.end()

    def saved(self, image: Image.Image, where: Any) -> SavedFile | None:
        """Note that a picture of this run was saved; return the file if it is one."""
        try:
            path = file_behind(where)
            if path is not None:
                if hasattr(where, "flush"):
                    where.flush()
                self.output(path, image)
                return SavedFile(path)
        except Exception as error:  # noqa: BLE001 - the picture is saved; nothing of ours may undo that
            trouble(error)
        return None

    def joined(self, other: Image.Image) -> None:
        """Note that another picture was put into a picture of this run."""
        try:
            earlier = self._take(Given(role="unknown", label="pasted in", value=other, whole=other))
            if earlier is not None and earlier is not self:
                self._carry(earlier)
        except Exception as error:  # noqa: BLE001 - as above
            trouble(error)

    def _take(self, one: Given) -> Generation | None:
        """Note one input, unless it is an earlier run's unsaved output: then return that run, whose inputs count here.

        A saved one, or a copy of it, is noted as its file: the recorder knows the run behind that.
        """
        binding = binding_of(one.value)
        if binding is not None and isinstance(binding.owner, Generation):
            if not binding.untouched(one.value):
                self._note(_picture(one))
                return binding.owner
            if binding.file is None or not binding.file.unchanged():
                return binding.owner
            path = binding.file.path
            self._note(_Noted(role=one.role, path=path, name=path.name, origin=Origin.FILE))
            return None
        earlier = _MADE.owner(one.whole) if is_array(one.whole) else None
        if earlier is None or not _MADE.untouched(one.whole):
            self._note(_noted(one))
        return earlier

    def _carry(self, earlier: Generation) -> None:
        """What went into a picture that was never a file of its own went into what is made of it."""
        for one in list(earlier._noted):
            self._note(one)

    def _note(self, one: _Noted) -> None:
        if any(one is other for other in self._noted):
            return
        self._noted.append(one)
        self._run.input(
            one.role, path=one.path, data=one.data, image=one.image, name=one.name, origin=one.origin
        )


_FORGOTTEN: deque[Run] = deque()
"""Runs that no picture refers to any more; any thread may append, `end_forgotten` empties it."""
_ALIVE: weakref.WeakSet[Generation] = weakref.WeakSet()
_MADE: Memory[Generation] = Memory()


def end_forgotten(*, everything: bool = False) -> None:
    """End the runs that no picture refers to any more; with `everything`, at the end of the process, all of them."""
    while _FORGOTTEN:
        _FORGOTTEN.popleft().end()
    for one in list(_ALIVE) if everything else ():
        one.end()


def maker_of(value: object) -> Generation | None:
    """Return the run that a picture, an array or a pipeline's whole result came out of."""
    for one in _leaves(value):
        binding = binding_of(one)
        owner = binding.owner if binding else _MADE.owner(one) if is_array(one) else None
        if isinstance(owner, Generation):
            return owner
    return None


def _leaves(value: Any, depth: int = _DEEPEST) -> Iterator[Any]:
    """Return the pictures and arrays in a pipeline's result: an output object, a tuple, lists of lists."""
    if isinstance(value, Image.Image) or is_array(value):
        yield value
    elif depth and isinstance(value, Mapping):
        for one in value.values():
            yield from _leaves(one, depth - 1)
    elif depth and isinstance(value, list | tuple):
        for one in value[:_MOST_RESULTS]:
            yield from _leaves(one, depth - 1)
    elif depth and dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _leaves(getattr(value, field.name, None), depth - 1)


def _noted(one: Given) -> _Noted:
    """Return how a value is given to the recorder."""
    if not one.hashable:
        return _Noted(role=one.role, name=one.label, origin=Origin.LATENT)
    if isinstance(one.value, Image.Image):
        return _picture(one)
    if isinstance(one.value, bytes):
        return _Noted(role=one.role, data=one.value, name=one.label, origin=Origin.MEMORY)
    if isinstance(one.value, str | os.PathLike):
        return _named(one, os.fsdecode(one.value))
    return _Noted(role=one.role, image=_from_zero(one.value), name=one.label, origin=Origin.MEMORY)


def _picture(one: Given) -> _Noted:
    path = file_of(one.value)
    if path is not None:
        return _Noted(role=one.role, path=path, name=path.name, origin=Origin.FILE)
    source = getattr(one.value, "filename", None)
    if isinstance(source, str) and (url := _url(source)):
        return _Noted(role=one.role, image=one.value, name=url, origin=Origin.URL)
    return _Noted(role=one.role, image=one.value, name=one.label, origin=Origin.MEMORY)


def _named(one: Given, text: str) -> _Noted:
    """A picture named by a text: a URL, a data URL, or a path."""
    if url := _url(text):
        return _Noted(role=one.role, name=url, origin=Origin.URL)
    if text.startswith("data:"):
        try:
            data = base64.b64decode(text.partition(",")[2], validate=True)
        except (binascii.Error, ValueError):
            return _Noted(role=one.role, name=one.label, origin=Origin.EMBEDDED)
        return _Noted(role=one.role, data=data, name=one.label, origin=Origin.EMBEDDED)
    try:
        path = Path(text).absolute()
        if path.is_file():
            return _Noted(role=one.role, path=path, name=path.name, origin=Origin.FILE)
    except (OSError, ValueError):  # far too long, or a NUL: no path
        return _Noted(role=one.role, name=one.label, origin=Origin.UNKNOWN)
    return _Noted(role=one.role, name=path.name or one.label, origin=Origin.UNKNOWN)


def _url(text: str) -> str | None:
    """Return a web address without user, query and fragment, which may hold secrets; None for other texts."""
    if not text.startswith(("http://", "https://")):
        return None
    parts = urlsplit(text)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"


def _from_zero(array: Any) -> Any:
    """Return pixels from 0: diffusers also takes -1..1, which a recorder of pictures does not know."""
    try:
        return (array + 1) / 2 if bool(array.min() < 0) else array
    except (AttributeError, TypeError, RuntimeError):
        return array
