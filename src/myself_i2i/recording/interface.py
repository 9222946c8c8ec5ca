"""What a plug-in calls while a picture is made. A plug-in translates its host's words into these and knows no more.

The life of a run: `Recorder.begin`, `Run.input` for each image that goes in, `Run.parameters`, `Run.check` before sampling,
`Run.output` for each file once it is really on disk, `Run.end`.

Nothing here may break or delay a generation: every method but `Run.check` returns at once and never raises. What takes time
(hashing, signing, the ledger) happens on a thread of the recorder's own; what goes wrong is kept in the spool and told once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from myself_i2i.predicates.generation import PromptPolicy
from myself_i2i.wording import Text

__all__ = ["Facts", "Origin", "Recorder", "Run", "Settings"]


class Origin(StrEnum):
    """How an image input came into the tool."""

    FILE = "file"
    CLIPBOARD = "clipboard"
    EMBEDDED = "embedded"
    """Carried inside the request itself, e.g. base64 in a graph."""
    URL = "url"
    EDITOR = "editor"
    """Made in the tool, e.g. a mask drawn in its editor."""
    LATENT = "latent"
    """A latent file or tensor: no picture that could be hashed as one."""
    MEMORY = "memory"
    """Pixels in memory (PIL, numpy, torch) whose file is not known."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the person chose; read from `recording.toml` in the data folder, which need not exist."""

    prompt: PromptPolicy = PromptPolicy.NONE
    """How much of the prompt is kept."""
    strict: bool = False
    """Refuse before sampling when an input has no rights basis; off: the record says "undeclared"."""
    fingerprints: bool = True
    """Write down how the inputs and the finished picture look, so that they can be found by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """How the picture is made, as far as the host tells; None where it does not."""

    mode: str | None = None
    """One of `predicates.generation.MODES`; None lets the recorder tell from the inputs' roles."""
    model: str | None = None
    """The base model's name."""
    model_hash: str | None = None
    """Its hash as the host has it."""
    strength: float | None = None
    """How much of the starting picture is replaced, 0..1."""
    loras: tuple[str, ...] = ()
    """LoRA and the like, by name."""
    prompt: str | None = None
    """The prompt; what is kept of it is the person's choice, not the plug-in's."""
    negative_prompt: str | None = None
    """The negative prompt."""
    other: Mapping[str, str] | None = None
    """Other values as text: "seed", "steps", "sampler"."""


class Run(Protocol):
    """One generation, from its inputs to its files."""

    def input(
        self,
        role: str,
        *,
        path: str | Path | None = None,
        data: bytes | None = None,
        image: Any = None,
        name: str | None = None,
        origin: Origin = Origin.FILE,
    ) -> None:
        """Note one image that goes in; give the best that the host has of `path`, `data` (file bytes) or `image`.

        `role` is one of `predicates.generation.ROLES`. `image` may be a PIL image, a numpy array or a torch tensor
        (values 0..1 or 0..255, channels first or last); it is copied before this returns, so the host may change it.
        With none of the three the input is noted as what it is: something that went in and could not be hashed.
        """

    def parameters(self, facts: Facts) -> None:
        """Note how the picture is made; a later call replaces the fields it sets."""

    def check(self) -> None:
        """Refuse, in strict mode, inputs without a rights basis: raises RightsError naming file and command.

        Call it after the inputs and before sampling. Without strict mode it returns at once.
        """

    def output(self, path: str | Path, *, image: Any = None) -> None:
        """Note one finished file; call it once the file is whole and on disk."""

    def end(self) -> None:
        """The run is over; may be called again without effect."""


class Recorder(Protocol):
    """One host's recorder; made once a process by `recording.open_recorder`."""

    def begin(self) -> Run:
        """Begin a run. Several may be open at once, on several threads."""

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until everything noted so far is in the ledger or the spool; False when `timeout` seconds passed."""

    def close(self) -> None:
        """Flush and end the thread."""


Tell = Callable[[Text], None]
"""How the host shows one sentence to its person (a log line, a toast); called at most once for each kind of trouble."""
