from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from myself_i2i.errors import RegistryError
from myself_i2i.tlog import EMPTY_ROOT, Checkpoint, cosign, sign_checkpoint
from myself_i2i.tlog.note import Note
from myself_i2i.web.head import Cosigned, Head, read_head

ORIGIN = "registry.example/log"
WITNESS = "witness.example/w"
AT = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)


def note(*cosigned_at: int) -> Note:
    """A head of an empty log, cosigned at these times."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    checkpoint = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    lines = [cosign(checkpoint, WITNESS, key, cosigned_at=at) for at in cosigned_at]
    return sign_checkpoint(checkpoint, key).with_signatures(lines)


class TestReadHead:
    def test_alone(self) -> None:
        """A head that only the log signed has nobody beside it."""
        data = note().to_bytes()
        assert Head(data.decode(), ORIGIN, 0, ()) == read_head(data)

    def test_witness(self) -> None:
        """A witness is named, with the time on its line."""
        assert (Cosigned(WITNESS, AT),) == read_head(note(int(AT.timestamp())).to_bytes()).cosigned

    def test_no_date(self) -> None:
        """A time that no calendar has is left out."""
        assert (Cosigned(WITNESS, None),) == read_head(note(2**62).to_bytes()).cosigned

    def test_no_checkpoint(self) -> None:
        """What is no checkpoint is the registry's own trouble, not the reader's."""
        with pytest.raises(RegistryError):
            read_head(b"nothing")
