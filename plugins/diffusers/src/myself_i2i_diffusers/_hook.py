"""Where the pipelines are listened to: `__call__` of their class, for the instances that were asked for.

Python looks `__call__` up on the class, so the class is where it has to be put; the instance's class stays what it is,
which `save_pretrained`, `from_pipe`, `isinstance` and `pickle` rely on. All other instances go straight through.
"""

from __future__ import annotations

import functools
import sys
import threading
import weakref
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from myself_i2i_diffusers._telling import trouble

__all__ = ["Listener", "listen", "listened", "listeners_of", "unlisten"]


class Listener(Protocol):
    """What is told of a call."""

    def around(
        self, pipe: Any, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Make the call and return its result."""


_LOCK = threading.RLock()
_LISTENERS: weakref.WeakKeyDictionary[Any, list[Listener]] = weakref.WeakKeyDictionary()
"""The listeners of each pipeline; the last one is told. Changed under `_LOCK`."""
_INSIDE = threading.local()
"""`busy`: whether this thread is inside a recorded call. Pipelines made of pipelines are one generation."""
_MARK = "_myself_i2i_original"
_FAMILY = "_myself_i2i_family"


def listen(pipe: Any, listener: Listener, *, first: bool = False) -> None:
    """Tell `listener` of every call of `pipe`, and of pipelines made later from the same models.

    The latest listener is told; with `first` those already there go before. Raises TypeError for what cannot be called
    or cannot be referred to weakly.
    """
    if not callable(pipe) or isinstance(pipe, type):
        raise TypeError(type(pipe).__name__)
    with _LOCK:
        listeners = _LISTENERS.setdefault(pipe, [])
        listeners.insert(0 if first else len(listeners), listener)
        _put(type(pipe))
        _put_family()


def unlisten(pipe: Any, listener: Listener) -> None:
    """Stop; the class gets its own `__call__` back when none of its instances is listened to."""
    with _LOCK:
        listeners = _LISTENERS.get(pipe, [])
        if listener in listeners:
            listeners.remove(listener)
        if not listeners:
            _LISTENERS.pop(pipe, None)
        if not any(type(other) is type(pipe) for other in _LISTENERS):
            _take(type(pipe))


def listened(listener: Listener) -> list[Any]:
    """Return every pipeline that tells `listener`, the ones made from it included."""
    with _LOCK:
        return [pipe for pipe, listeners in _LISTENERS.items() if listener in listeners]


def listeners_of(pipe: Any) -> list[Listener]:
    """Return the listeners of a pipeline, the one that is told last."""
    with _LOCK:
        return list(_LISTENERS.get(pipe, ()))


def _put(kind: Any) -> None:
    if hasattr(vars(kind).get("__call__"), _MARK):
        return
    original: Callable[..., Any] = kind.__call__

    @functools.wraps(original)
    def __call__(self: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807 - it stands in for one
        listeners = _LISTENERS.get(self)
        if not listeners or getattr(_INSIDE, "busy", False):
            return original(self, *args, **kwargs)
        _INSIDE.busy = True
        try:
            return listeners[-1].around(self, original, args, kwargs)
        finally:
            _INSIDE.busy = False

    setattr(__call__, _MARK, vars(kind).get("__call__"))
    kind.__call__ = __call__


def _take(kind: Any) -> None:
    ours: Any = vars(kind).get("__call__")
    if not hasattr(ours, _MARK):
        return  # somebody put another one in its place
    own = getattr(ours, _MARK)
    if own is None:
        del kind.__call__  # it was inherited
    else:
        kind.__call__ = own


def _put_family() -> None:
    """Listen to what is made of a recorded pipeline's models: every constructor of diffusers registers its modules."""
    base = getattr(sys.modules.get("diffusers"), "DiffusionPipeline", None)
    if base is None or hasattr(base.register_modules, _FAMILY):
        return
    original = base.register_modules

    @functools.wraps(original)
    def register_modules(self: Any, **modules: Any) -> Any:
        result = original(self, **modules)
        try:
            _adopt(self, modules.values())
        except Exception as error:  # noqa: BLE001 - a pipeline must come to be, whatever happens to its record
            trouble(error)
        return result

    setattr(register_modules, _FAMILY, True)
    base.register_modules = register_modules


def _adopt(pipe: Any, modules: Iterable[Any]) -> None:
    models = [one for one in modules if callable(getattr(one, "parameters", None))]
    if not models or not _LISTENERS:
        return
    with _LOCK:
        for relative, listeners in list(_LISTENERS.items()):
            if relative is pipe:
                return
            own = list(vars(relative).values())
            if any(model is one for model in models for one in own):
                listen(pipe, listeners[-1])
                return
