"""Which run an array in memory came out of: an embedding of a prior, a latent for a refiner, pixels as numpy.

Keyed by the memory itself, so that a slice (`out.images[0]`, `latent[None]`) is still known. Nothing is kept alive by
being listed here.
"""

from __future__ import annotations

import threading
import weakref
from typing import Any, Generic, TypeVar

from myself_i2i_diffusers._values import stamp

__all__ = ["Memory"]

Owner = TypeVar("Owner")


class Memory(Generic[Owner]):
    """A table from the memory behind arrays to an owner."""

    def __init__(self) -> None:
        self._entries: dict[int, tuple[weakref.ref[Any], Owner, object | None]] = {}
        self._lock = threading.RLock()  # re-entered when a collection runs inside `put`

    def put(self, array: Any, owner: Owner) -> None:
        """Note that `array` belongs to `owner`; forgotten when its memory is freed."""
        root = _root(array)
        key = id(root)
        entry = (weakref.ref(root, lambda _: self._entries.pop(key, None)), owner, stamp(_stamped(array)))
        with self._lock:
            self._entries[key] = entry

    def owner(self, array: Any) -> Owner | None:
        """Return the owner of the memory that `array` lies in."""
        entry = self._entry(array)
        return entry[1] if entry else None

    def untouched(self, array: Any) -> bool:
        """Return whether nobody wrote into that memory since; False where it cannot be told."""
        entry = self._entry(array)
        if entry is None or entry[2] is None:
            return False
        return stamp(_stamped(array)) == entry[2]

    def _entry(self, array: Any) -> tuple[weakref.ref[Any], Owner, object | None] | None:
        root = _root(array)
        entry = self._entries.get(id(root))
        return entry if entry is not None and entry[0]() is root else None


def _root(array: Any) -> Any:
    """Return the object that stands for the memory: torch's storage, or the array that a numpy view looks into."""
    if hasattr(array, "untyped_storage"):
        return array.untyped_storage()
    while isinstance(base := getattr(array, "base", None), type(array)):
        array = base
    return array


def _stamped(array: Any) -> Any:
    """Return what the stamp is taken of: torch counts writes for all views together, numpy does not count."""
    return array if hasattr(array, "untyped_storage") else _root(array)
