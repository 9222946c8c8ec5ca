"""Strict mode: a picture without a rights basis is refused before anything is sampled, at the node that loads it.

ComfyUI offers one place to refuse with words of our own: a node's `VALIDATE_INPUTS`, run while the posted graph is
checked. The prompt handler runs just before, in the same task; it leaves what is refused in a context variable, so
that two people posting at once cannot get each other's answer. Whether a picture is refused is the recorder's
decision alone (`Run.check`): without strict mode nothing here is ever refused and no class is touched.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from typing import Any, Final

from myself_i2i.errors import RightsError

from .graph import Going, make_plan, strings
from .runs import Watcher, note
from .words import said

__all__ = ["REFUSED", "examine", "guard_loaders"]

REFUSED: Final[ContextVar[Mapping[str, str]]] = ContextVar("myself_i2i_refused", default={})  # noqa: B039  # never written to: each prompt sets a new one
"""Setting that names a picture -> why it is refused, for the prompt that this task is posting."""
GUARDED: Final = "_myself_i2i_guarded"


def examine(prompt: Mapping[str, Any], outputs: Iterable[str], watcher: Watcher) -> dict[str, str]:
    """Return, for each picture that reaches an output and may not go in, the setting that names it and why."""
    going: dict[tuple[str | None, str], Going] = {}
    for node in outputs:
        for one in make_plan(prompt, node).going:
            going.setdefault((one.value, one.role), one)
    refused: dict[str, str] = {}
    for one in going.values():
        run = watcher.recorder.begin()
        try:
            note(run, one, watcher.files)
            run.check()
        except RightsError as error:
            refused[one.value or ""] = said(error)
        finally:
            run.end()
    return refused


def guard_loaders(prompt: Mapping[str, Any], refused: Mapping[str, str], classes: Mapping[str, Any]) -> bool:
    """Let the loaders of what is refused say so while they are validated; True when each of them can."""
    able = dict.fromkeys(refused, False)
    for node, _, value in strings(prompt):
        if value in able:
            able[value] |= _guard(classes.get(prompt[node].get("class_type")))
    return all(able.values())


def _guard(loader: Any) -> bool:
    """Put our question before the class's own `VALIDATE_INPUTS`; False for a class that has none to stand before.

    None is added where there was none: ComfyUI then stops checking the value against the list of files by itself.
    """
    if loader is None:
        return False
    if getattr(loader, GUARDED, None) is loader:
        return True
    own = inspect.getattr_static(loader, "VALIDATE_INPUTS", None)
    function = own.__func__ if isinstance(own, classmethod) else None
    if function is None:
        return False

    @functools.wraps(function)
    def validate(cls: Any, *args: Any, **kwargs: Any) -> Any:
        refused = REFUSED.get()
        for value in (*args, *kwargs.values()):
            for one in value if isinstance(value, list) else (value,):
                if isinstance(one, str) and one in refused:
                    return refused[one]
        return function(cls, *args, **kwargs)

    # ComfyUI reads the argument names to decide what to hand over, and does not follow `__wrapped__`.
    validate.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    loader.VALIDATE_INPUTS = classmethod(validate)
    setattr(loader, GUARDED, loader)
    return True
