"""What is kept of a prompt, as the person chose; the salts of digests stay in the data folder."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from myself_i2i.predicates.generation import Prompt, PromptPolicy, salted_digest
from myself_i2i.recording.draft import clean_prompt
from myself_i2i.recording.interface import Facts

__all__ = ["SALTS_FILE", "SALT_BYTES", "prompt_of"]

SALTS_FILE = "prompt-salts.jsonl"
"""One JSON object a line: a prompt's digest and the salt that opens it."""
SALT_BYTES = 32

NOTHING = Prompt(policy=PromptPolicy.NONE)


def prompt_of(
    facts: Facts, policy: PromptPolicy, *, home: Path, randomness: Callable[[int], bytes]
) -> Prompt:
    """Return what the record carries of the prompt. Raises OSError when a salt cannot be kept.

    The salt is on disk before its digest is in any record: a digest without its salt could never be opened.
    """
    text = clean_prompt(facts.prompt)
    if text is None or policy is PromptPolicy.NONE:
        return NOTHING
    if policy is PromptPolicy.FULL:
        return Prompt(policy=policy, text=text, negative=_negative(facts))
    salt = randomness(SALT_BYTES)
    digest = salted_digest(text, salt)
    _keep(home / SALTS_FILE, {"digest": digest, "salt": salt.hex()})
    return Prompt(policy=policy, digest=digest)


def _negative(facts: Facts) -> str | None:
    return clean_prompt(facts.negative_prompt)


def _keep(path: Path, line: dict[str, str]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    try:
        data = f"{json.dumps(line)}\n".encode()
        # One write: two recorders appending at once cannot mix their lines.
        if os.write(descriptor, data) != len(data):
            raise OSError(None, "the disk is full")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
