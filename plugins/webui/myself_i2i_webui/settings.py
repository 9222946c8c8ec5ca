"""The extension's settings page, and what stands there now."""

from __future__ import annotations

from typing import Any, Final

from myself_i2i.predicates.generation import PromptPolicy
from myself_i2i.recording.interface import Settings

from .words import PROMPT_LABEL, RECORD_LABEL, STRICT_LABEL, both

__all__ = ["Chosen", "add_options"]

SECTION: Final = ("myself_i2i", "Myself_i2i")
RECORD: Final = "myself_i2i_record"
STRICT: Final = "myself_i2i_strict"
PROMPT: Final = "myself_i2i_prompt"


def add_options(shared: Any, radio: Any) -> None:
    """Put the settings on a page of their own; `radio` is Gradio's component for one of several."""
    policies = [policy.value for policy in PromptPolicy]
    info = shared.OptionInfo
    shared.opts.add_option(RECORD, info(default=True, label=both(RECORD_LABEL), section=SECTION))
    shared.opts.add_option(STRICT, info(default=False, label=both(STRICT_LABEL), section=SECTION))
    shared.opts.add_option(
        PROMPT,
        info(
            default=PromptPolicy.NONE.value,
            label=both(PROMPT_LABEL),
            component=radio,
            component_args={"choices": policies},
            section=SECTION,
        ),
    )


class Chosen:
    """What the person chose; asked anew for each run, so that a change holds at once."""

    def __init__(self, shared: Any) -> None:
        self._shared = shared

    @property
    def record(self) -> bool:
        """Whether runs are recorded."""
        return self._get(RECORD, otherwise=True) is not False

    @property
    def strict(self) -> bool:
        """Whether a source without a basis stops the run."""
        return self._get(STRICT, otherwise=False) is True

    def recorder_settings(self) -> Settings:
        """Return the recorder's settings.

        Strict always: `Run.check` then says what has no basis, and the extension decides whether that warns or stops.
        """
        policy = self._get(PROMPT, otherwise=PromptPolicy.NONE.value)
        known = policy in {one.value for one in PromptPolicy}
        return Settings(prompt=PromptPolicy(policy) if known else PromptPolicy.NONE, strict=True)

    def _get(self, name: str, *, otherwise: Any) -> Any:
        data = getattr(getattr(self._shared, "opts", None), "data", None)
        return data.get(name, otherwise) if isinstance(data, dict) else otherwise
