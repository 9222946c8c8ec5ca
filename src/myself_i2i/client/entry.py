"""What stands in the log: an envelope, and when it was logged. Pure. Format: spec/registry-entry.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from myself_i2i.attestation import Envelope
from myself_i2i.errors import InputError, LimitError
from myself_i2i.predicates.moments import format_moment, parse_moment
from myself_i2i.tlog import MOST_ENTRY_BYTES
from myself_i2i.wording import Text

__all__ = ["Entry"]

_ENTRY: Final = re.compile(
    rb'\{"envelope":(\{.*\}),"loggedAt":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"\}', re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a registry's log."""

    envelope: Envelope
    """What was said, exactly as it was signed."""
    logged_at: datetime
    """When the registry took it in, by its clock: UTC, whole seconds."""

    def to_bytes(self) -> bytes:
        """Return the leaf's bytes: canonical JSON (RFC 8785), one form for one entry.

        Raises `LimitError` for more than a log takes (65,535 bytes), `InputError` for fractions of a second.
        """
        if self.logged_at.microsecond:
            raise _no_entry()
        # Both members are canonical, and their names stand in order: so is the whole.
        data = b'{"envelope":%b,"loggedAt":"%b"}' % (
            self.envelope.to_json(),
            format_moment(self.logged_at).encode(),
        )
        if len(data) > MOST_ENTRY_BYTES:
            raise LimitError(
                Text(
                    en="the statement would have {size} bytes in the log, at most {limit} are taken",
                    ja="この文書はログで {size} バイトになります（上限 {limit} バイト）",
                ).format(size=len(data), limit=MOST_ENTRY_BYTES),
                hint=Text(
                    en="say less in one statement: fewer fingerprints, sources or subjects",
                    ja="ひとつの文書に入れる指紋・元画像・対象を減らしてください",
                ),
            )
        return data

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the entry; raises `InputError` unless it would be written as exactly these bytes.

        The signature is not checked: `Envelope.verify` does that.
        """
        found = _ENTRY.fullmatch(data)
        if len(data) > MOST_ENTRY_BYTES or found is None:
            raise _no_entry()
        entry = cls(Envelope.from_json(found[1]), parse_moment(found[2].decode()))
        if entry.to_bytes() != data:
            raise _no_entry()
        return entry


def _no_entry() -> InputError:
    return InputError(
        Text(
            en="this is not an entry of a registry's log: wanted an envelope and when it was logged",
            ja="登録所のログの記載ではありません（封筒と記載時刻が必要です）",
        )
    )
