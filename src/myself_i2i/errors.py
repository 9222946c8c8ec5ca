"""Every error this library raises, by whose problem it is.

Naming rule: a class says who can mend it. `InputError`: the file or argument given. `KeyError_` would shadow
a builtin, so keys speak through `KeyFileError`. Messages are lower case, without a full stop, and say what we
got and what we wanted; the way out is the separate `hint`. Both are `Text`, so both languages are always there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from myself_i2i.wording import Text

__all__ = [
    "Error",
    "InputError",
    "KeyFileError",
    "LedgerError",
    "LimitError",
    "RegistryError",
    "RightsError",
    "SearchError",
    "UsageError",
    "VerificationError",
]


class Error(Exception):
    """The root of all our errors; never raised itself."""

    def __init__(self, message: Text, *, hint: Text | None = None) -> None:
        super().__init__(message.en)
        self.message = message
        self.hint = hint


class InputError(Error):
    """Bytes or a file given to us are not what they should be; mend the file or give another."""


class LimitError(InputError):
    """A stranger's file asks for more than a bound allows (size, depth, pixels); nothing was read past it."""


class VerificationError(Error):
    """A signature, digest or chain does not hold; the value must not be used."""


class KeyFileError(Error):
    """A key is missing, damaged, or its passphrase is wrong; the hint says how to get it back."""


class LedgerError(Error):
    """The person's own store cannot be read or written; what was saved before is untouched."""


class RegistryError(Error):
    """A registry cannot do its work now, or its own data contradict each other; nothing acknowledged is lost."""


class RightsError(Error):
    """A source has no rights basis yet, or the one given does not hold; the hint says how to add it."""


class SearchError(Error):
    """An index of fingerprints cannot be read or written; what was added before is untouched."""


class UsageError(Error):
    """The call itself makes no sense: arguments that contradict each other, or name nothing."""
