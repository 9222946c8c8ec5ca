"""Many journal envelopes under one time-stamp: the text that is time-stamped. Format: spec/predicates/journal.md.

Pure: the network and random bytes are arguments.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from myself_i2i.errors import InputError
from myself_i2i.journal.timestamp import NONCE_BYTES, read_stamp, time_stamp_request
from myself_i2i.wording import Text

__all__ = ["BATCH_FORMAT", "MOST", "Batch", "Fetcher", "ask_for_stamp"]

BATCH_FORMAT: Final = "https://myself-i2i.org/journal-batch/v1"
"""First line of a batch: its digest can never be mistaken for that of a file."""
MOST: Final = 10_000
"""Most envelopes in one batch."""

_LINE: Final = re.compile(r"[0-9a-f]{64}")

Fetcher = Callable[[str, bytes], bytes]
"""Sends a time-stamp query to an address and returns the answer's body, bounded; raises `InputError` when it cannot."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Digests of envelopes, ascending, none twice, 1 to `MOST`; make one with `of` or `from_text`."""

    digests: tuple[str, ...]
    """In lower-case hex."""

    @classmethod
    def of(cls, digests: Iterable[str]) -> Batch:
        """Return the batch of these envelopes. Raises `InputError` for none, or too many."""
        return cls.from_text("\n".join([BATCH_FORMAT, *sorted(set(digests)), ""]))

    @classmethod
    def from_text(cls, text: object) -> Batch:
        """Return the batch in `text`. Raises `InputError` unless it is exactly as `text` writes it."""
        lines = (
            text.split("\n") if isinstance(text, str) and len(text) <= 65 * (MOST + 1) else []
        )  # a digest, a newline
        digests = tuple(lines[1:-1])
        right = (
            lines[:1] == [BATCH_FORMAT]
            and lines[-1] == ""
            and 0 < len(digests) <= MOST
            and all(map(_LINE.fullmatch, digests))
            and all(one < after for one, after in pairwise(digests))
        )
        if not right:
            raise InputError(
                Text(
                    en="this is not a batch of 1 to {most} journal envelopes",
                    ja="制作記録のまとまり（封筒 1〜{most} 件）ではありません",
                ).format(most=MOST)
            )
        return cls(digests)

    @property
    def text(self) -> str:
        """What is time-stamped, in ASCII."""
        return "\n".join([BATCH_FORMAT, *self.digests, ""])

    @property
    def digest(self) -> bytes:
        """The SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).digest()


def ask_for_stamp(batch: Batch, url: str, *, fetcher: Fetcher, randomness: Callable[[int], bytes]) -> bytes:
    """Return the answer of the time-stamp authority at `url` about `batch`, found to be about it.

    Only the digest of the batch goes out. Raises `InputError` or `VerificationError` for an answer that is none.
    """
    nonce = randomness(NONCE_BYTES)
    response = fetcher(url, time_stamp_request(batch.digest, nonce))
    read_stamp(response, batch.digest, nonce=nonce)
    return response
