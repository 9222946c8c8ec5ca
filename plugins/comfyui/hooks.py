"""Where the pack stands in ComfyUI: the prompt handler, the queue's two ends, and the saver.

Tried on the versions named in docs/plugins.md. The queue is asked, not the executor: everything that runs is taken
from it and handed back to it with its results, cached or not, whichever executor a version uses.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Final

from .commands import Commands
from .graph import output_nodes
from .guard import quietly
from .runs import Watcher
from .strict import REFUSED, examine, guard_loaders

__all__ = ["install"]

WRAPPED: Final = "_myself_i2i"
PARTS: Final = 5
"""A queue item: number, prompt id, prompt, extra data, outputs to execute; newer versions append more."""


def install(
    watcher: Watcher, commands: Commands, *, strict: bool, server: Any, execution: Any, nodes: Any
) -> None:
    """Stand in every place; one that this version does not have is told and left out."""
    classes = _Classes(execution, nodes)
    with quietly("on_prompt", watcher.tell):
        server.PromptServer.instance.add_on_prompt_handler(
            _on_prompt(watcher, commands, classes, strict=strict)
        )
    with quietly("PromptQueue", watcher.tell):
        _wrap(execution.PromptQueue, "get", lambda get: _get(get, watcher, classes))
        _wrap(execution.PromptQueue, "task_done", lambda done: _task_done(done, watcher))
    with quietly("SaveImage", watcher.tell):
        _wrap(nodes.SaveImage, "save_images", lambda save: _save_images(save, watcher, server))


class _Classes(Mapping[str, Any]):
    """Every node class by name, asked anew each time: other packs load after this one."""

    def __init__(self, execution: Any, nodes: Any) -> None:
        self._nodes = getattr(execution, "nodes", None) or nodes

    def __getitem__(self, name: str) -> Any:
        return self._nodes.NODE_CLASS_MAPPINGS[name]

    def __iter__(self) -> Any:
        return iter(self._nodes.NODE_CLASS_MAPPINGS)

    def __len__(self) -> int:
        return len(self._nodes.NODE_CLASS_MAPPINGS)


def _wrap(owner: Any, name: str, around: Any) -> None:
    original = getattr(owner, name)
    if not hasattr(original, WRAPPED):  # the pack loaded twice must not record twice
        wrapper = functools.wraps(original)(around(original))
        setattr(wrapper, WRAPPED, True)
        setattr(owner, name, wrapper)


def _on_prompt(watcher: Watcher, commands: Commands, classes: Mapping[str, Any], *, strict: bool) -> Any:
    def on_prompt(data: Any) -> Any:
        REFUSED.set({})
        with quietly("on_prompt", watcher.tell):
            prompt = data.get("prompt") if isinstance(data, dict) else None
            if isinstance(prompt, dict):
                commands.declare_nodes(prompt)
                refused = examine(prompt, output_nodes(prompt, classes), watcher) if strict else {}
                REFUSED.set(refused)
                if refused and not guard_loaders(prompt, refused, classes):
                    # A loader that cannot speak for itself: without a prompt ComfyUI refuses the whole request.
                    for reason in refused.values():
                        watcher.tell.show(reason)
                    return {key: value for key, value in data.items() if key != "prompt"}
        return data

    return on_prompt


def _get(original: Any, watcher: Watcher, classes: Mapping[str, Any]) -> Any:
    def get(self: Any, *args: Any, **kwargs: Any) -> Any:
        taken = original(self, *args, **kwargs)
        with quietly("queue", watcher.tell):
            item = _item(taken[0] if isinstance(taken, tuple) and taken else None)
            if item is not None:
                prompt = item[2]
                wanted = [str(node) for node in item[4]] or output_nodes(prompt, classes)
                watcher.begin(str(item[1]), prompt, wanted)
        return taken

    return get


def _task_done(original: Any, watcher: Watcher) -> Any:
    def task_done(self: Any, item_id: Any, results: Any = None, *args: Any, **kwargs: Any) -> Any:
        with quietly("results", watcher.tell):
            item = _item(self.currently_running.get(item_id))
            if item is not None:
                watcher.finish(str(item[1]), results)
        return original(self, item_id, results, *args, **kwargs)

    return task_done


def _item(value: Any) -> Any:
    """The queue's tuple, bare or (in one fork) inside an object; None where it is neither."""
    item = getattr(value, "queue_tuple", value)
    return (
        item if isinstance(item, tuple | list) and len(item) >= PARTS and isinstance(item[2], dict) else None
    )


def _save_images(original: Any, watcher: Watcher, server: Any) -> Any:
    def save_images(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, *args, **kwargs)
        with quietly("save_images", watcher.tell):
            node = getattr(server.PromptServer.instance, "last_node_id", None)
            shown = result.get("ui") if isinstance(result, dict) else getattr(result, "ui", None)
            watcher.saved(None if node is None else str(node), shown)
        return result

    return save_images
