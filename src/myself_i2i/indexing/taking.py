"""From a file's bytes to all its fingerprints; pure, and picklable by name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Self

from myself_i2i.errors import InputError
from myself_i2i.fingerprint import taking
from myself_i2i.fingerprint.interface import Fingerprint
from myself_i2i.wording import Text

__all__ = ["Taken", "take"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was taken from one file, or why nothing was."""

    fingerprints: tuple[Fingerprint, ...] = ()
    """One of each of `algorithms()`, or none when there is a `failure`."""
    shape: tuple[int, int] = (0, 0)
    """Height and width of the picture as it was read: its proportions, not its size."""
    failure: Text | None = None
    """Why there are none, in words; None when there are."""
    lasting: bool = True
    """Whether the same bytes would fail again; what a busy or broken machine did is not lasting."""

    def of(self, algorithm: str) -> Fingerprint | None:
        """Return the fingerprint by `algorithm`, or None."""
        return next((one for one in self.fingerprints if one.algorithm == algorithm), None)

    def to_json(self) -> str:
        """Return it as one line of JSON."""
        failure = None if self.failure is None else {"en": self.failure.en, "ja": self.failure.ja}
        fingerprints = [[one.algorithm, one.text, one.quality] for one in self.fingerprints]
        return json.dumps(
            {"fingerprints": fingerprints, "shape": self.shape, "failure": failure, "lasting": self.lasting}
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Return what `to_json` wrote; raises `InputError` for anything else."""
        try:
            value: dict[str, Any] = json.loads(text)
            fingerprints = tuple(
                Fingerprint.from_text(str(algorithm), str(written), quality=int(quality))
                for algorithm, written, quality in value["fingerprints"]
            )
            height, width = map(int, value["shape"])
            failure, lasting = value["failure"], bool(value["lasting"])
            said = None if failure is None else Text(en=str(failure["en"]), ja=str(failure["ja"]))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise InputError(
                Text(en="these are not fingerprints", ja="指紋のデータではありません")
            ) from error
        return cls(fingerprints=fingerprints, shape=(height, width), failure=said, lasting=lasting)


def take(data: bytes) -> Taken:
    """Return the fingerprints of the file `data`, one of each of `algorithms()`.

    Raises `InputError` when it is no picture that can be decoded, `LimitError` when it asks for more than a bound.
    """
    fingerprints, shape = taking.take(data)
    return Taken(fingerprints=fingerprints, shape=shape)
