"""A small ComfyUI: the parts of its interface that the node pack stands on, written from that interface.

`server.PromptServer` (prompt handlers, POST /prompt), `execution.PromptQueue` and `PromptExecutor` (validation by
`VALIDATE_INPUTS`, a cache keyed by inputs and `IS_CHANGED`, results of cached nodes too), `nodes` and `folder_paths`.
A picture is a Pillow image here, not a tensor.
"""

from __future__ import annotations

import contextlib
import inspect
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

from tests.plugins.comfyui_standin_nodes import folder_paths_of, nodes_of

__all__ = ["StandIn"]


class PromptQueue:
    def __init__(self) -> None:
        self.waiting: list[Any] = []
        self.currently_running: dict[int, Any] = {}
        self.history: dict[str, Any] = {}
        self.counter = 0

    def put(self, item: Any) -> None:
        self.waiting.append(item)

    def get(self, timeout: float | None = None) -> Any:
        del timeout
        if not self.waiting:
            return None
        item = self.waiting.pop(0)
        self.counter += 1
        self.currently_running[self.counter] = item
        return item, self.counter

    def task_done(self, item_id: int, history_result: Any, status: Any = None) -> None:
        item = self.currently_running.pop(item_id)
        self.history[item[1]] = {"status": status, **history_result}


class PromptExecutor:
    """Runs a graph depth first; what a node gave is kept under its class, its inputs and what `IS_CHANGED` says."""

    def __init__(self, classes: dict[str, Any], server: Any) -> None:
        self.classes, self.server = classes, server
        self.cache: dict[str, Any] = {}
        self.shown: dict[str, Any] = {}
        self.ran: list[str] = []
        self.history_result: dict[str, Any] = {}
        self.success = True

    def execute(self, prompt: Any, prompt_id: str, extra_data: Any, outputs: Any) -> None:
        del prompt_id, extra_data
        self.ran, self.success, results = [], True, {}
        try:
            for node in outputs:
                key, _ = self._run(prompt, node)
                results[node] = self.shown[key]
        except ZeroDivisionError:
            self.success = False
        self.server.last_node_id = None
        self.history_result = {"outputs": {node: ui for node, ui in results.items() if ui}, "meta": {}}

    def _run(self, prompt: Any, node: str) -> tuple[str, Any]:
        entry = prompt[node]
        kind = self.classes[entry["class_type"]]
        inputs: dict[str, Any] = {}
        key = entry["class_type"]
        for name, value in entry["inputs"].items():
            if isinstance(value, list):
                before, given = self._run(prompt, value[0])
                inputs[name] = given[value[1]]
                key += f"|{name}<{before}[{value[1]}]"
            else:
                inputs[name] = value
                key += f"|{name}={value}"
        if hasattr(kind, "IS_CHANGED"):
            entry["is_changed"] = [kind.IS_CHANGED(**inputs)]
            key += f"|{entry['is_changed']}"
        if key not in self.cache:
            hidden = kind.INPUT_TYPES().get("hidden", {})
            values = {"PROMPT": prompt, "EXTRA_PNGINFO": {}, "UNIQUE_ID": node}
            inputs |= {name: values[what] for name, what in hidden.items()}
            self.ran.append(node)
            self.server.last_node_id = node
            given = getattr(kind(), kind.FUNCTION)(**inputs)
            self.shown[key] = given.get("ui") if isinstance(given, dict) else None
            self.cache[key] = given.get("result", ()) if isinstance(given, dict) else given
        return key, self.cache[key]


class PromptServer:
    instance: ClassVar[Any] = None

    def __init__(self, queue: Any, classes: dict[str, Any]) -> None:
        self.queue, self.classes = queue, classes
        self.handlers: list[Any] = []
        self.sent: list[tuple[str, Any]] = []
        self.last_node_id: str | None = None
        self.number = 0

    def add_on_prompt_handler(self, handler: Any) -> None:
        self.handlers.append(handler)

    def send_sync(self, event: str, data: Any, sid: Any = None) -> None:
        del sid
        self.sent.append((event, data))

    def post_prompt(self, data: Any) -> tuple[int, Any]:
        """POST /prompt: handlers (their exceptions swallowed), validation, queue."""
        for handler in self.handlers:
            with contextlib.suppress(Exception):
                data = handler(data)
        if "prompt" not in data:
            return 400, {"error": {"type": "no_prompt", "message": "No prompt provided"}}
        prompt = data["prompt"]
        outputs = [
            key for key in prompt if getattr(self.classes[prompt[key]["class_type"]], "OUTPUT_NODE", False)
        ]
        errors = {key: self._validate(prompt, key) for key in prompt}
        good = [key for key in outputs if not any(errors[one] for one in self._behind(prompt, key))]
        if not good:
            return 400, {"node_errors": {key: found for key, found in errors.items() if found}}
        self.number += 1
        prompt_id = f"prompt-{self.number}"
        self.queue.put((self.number, prompt_id, json.loads(json.dumps(prompt)), {}, good, {}))
        return 200, {"prompt_id": prompt_id}

    def _behind(self, prompt: Any, node: str) -> set[str]:
        found = {node}
        for value in prompt[node]["inputs"].values():
            if isinstance(value, list):
                found |= self._behind(prompt, value[0])
        return found

    def _validate(self, prompt: Any, node: str) -> list[str]:
        kind = self.classes[prompt[node]["class_type"]]
        if not hasattr(kind, "VALIDATE_INPUTS"):
            return []
        wanted = inspect.getfullargspec(kind.VALIDATE_INPUTS).args
        literal = {k: v for k, v in prompt[node]["inputs"].items() if not isinstance(v, list) and k in wanted}
        said = kind.VALIDATE_INPUTS(**literal)
        return [] if said is True else [str(said)]


class StandIn:
    """One ComfyUI with its folders under `base`."""

    def __init__(self, base: Path) -> None:
        self.base = base
        folder_paths = folder_paths_of(base)
        nodes: Any = nodes_of(folder_paths)
        self.classes: dict[str, Any] = nodes.NODE_CLASS_MAPPINGS
        queue_class: Any = type(
            "PromptQueue", (PromptQueue,), {"get": PromptQueue.get, "task_done": PromptQueue.task_done}
        )
        self.queue = queue_class()
        self.server = PromptServer(self.queue, self.classes)
        self.executor = PromptExecutor(self.classes, self.server)
        server: Any = SimpleNamespace(PromptServer=SimpleNamespace(instance=self.server))
        execution: Any = SimpleNamespace(PromptQueue=queue_class, nodes=nodes)
        self.modules: dict[str, Any] = {
            "server": server, "execution": execution, "nodes": nodes, "folder_paths": folder_paths,
        }  # fmt: skip

    def post(self, prompt: Any) -> tuple[int, Any]:
        """POST /prompt."""
        return self.server.post_prompt({"prompt": prompt, "client_id": "browser"})

    def work(self) -> None:
        """Do what waits in the queue, as the worker thread does."""
        while (taken := self.queue.get()) is not None:
            item, item_id = taken
            self.executor.execute(item[2], item[1], item[3], item[4])
            self.queue.task_done(item_id, self.executor.history_result, status=self.executor.success)

    def run(self, prompt: Any) -> None:
        """Post a graph and do it."""
        status, answer = self.post(prompt)
        assert 200 == status, answer
        self.work()
