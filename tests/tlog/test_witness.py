from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.errors import InputError
from myself_i2i.tlog import (
    Checkpoint,
    NoteKey,
    SignatureType,
    Submission,
    consider,
    consistency_proof,
    sign_checkpoint,
    verify_cosignatures,
)
from myself_i2i.tlog.note import Note, Signature
from myself_i2i.tlog.witness import Refusal, RefusedError
from tests.tlog.trees import defined_root, entries, reader_of

LOG = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LOG_KEY = NoteKey("log.example/one", LOG.public_key().public_bytes_raw())
WITNESS = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
WITNESS_KEY = NoteKey("witness.example", WITNESS.public_key().public_bytes_raw(), SignatureType.COSIGNATURE)
DATA = entries(40)


def head(size: int) -> Checkpoint:
    return Checkpoint(LOG_KEY.name, size, defined_root(DATA[:size]))


def submission(old: int, new: int) -> Submission:
    return Submission(
        old, consistency_proof(old, new, reader_of(DATA)), sign_checkpoint(head(new), LOG).to_bytes()
    )


def asked(sent: Submission, last: Checkpoint | None) -> tuple[Checkpoint, Signature]:
    return consider(sent, log=LOG_KEY, last=last, name=WITNESS_KEY.name, private=WITNESS, cosigned_at=7)


class TestSubmission:
    @given(
        st.builds(
            Submission,
            st.integers(0, 1 << 62),
            st.lists(st.binary(min_size=32, max_size=32), max_size=63).map(tuple),
            st.binary(max_size=60),
        )
    )
    def test_what_is_written_is_read_back(self, sent: Submission) -> None:
        """Every submission comes back as it was."""
        assert sent == Submission.parse(sent.to_bytes())

    @given(st.binary(max_size=100))
    def test_strangers_bytes_raise_only_our_error(self, data: bytes) -> None:
        """Bytes are a submission, written the same again, or an InputError."""
        try:
            sent = Submission.parse(b"old " + data)
        except InputError:
            return
        assert b"old " + data == sent.to_bytes()

    @pytest.mark.parametrize(
        "data",
        [b"", b"old 1\n", b"old 01\n\n", b"new 1\n\n", b"old 1\nAAAA\n\n", b"old " + b"9" * 5000 + b"\n\n"],
    )
    def test_refuses_another_spelling(self, data: bytes) -> None:
        """What is no submission is refused."""
        with pytest.raises(InputError, match="not a submission"):
            Submission.parse(data)


class TestConsider:
    @pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 5), (5, 5), (5, 33), (32, 40)])
    def test_a_log_that_only_grew_is_cosigned(self, old: int, new: int) -> None:
        """A head that continues the last one is cosigned, and the line verifies on the log's own note."""
        sent = submission(old, new)
        checkpoint, line = asked(sent, head(old) if old else None)
        note = Note.parse(sent.checkpoint).with_signatures([line])
        assert head(new) == checkpoint
        assert [7] == [one.cosigned_at for one in verify_cosignatures(note, [WITNESS_KEY])]

    def test_a_false_signature_is_403(self) -> None:
        """A head that the log did not sign is not cosigned."""
        forged = sign_checkpoint(head(5), WITNESS).to_bytes()
        with pytest.raises(RefusedError, match="no signature by") as refused:
            asked(Submission(0, (), forged), None)
        assert Refusal.SIGNATURE is refused.value.reason

    def test_a_proof_from_beyond_is_400(self) -> None:
        """A proof that begins past the head is misuse."""
        with pytest.raises(RefusedError, match="past the head") as refused:
            asked(Submission(9, (), submission(0, 5).checkpoint), head(9))
        assert Refusal.SIZES is refused.value.reason

    @pytest.mark.parametrize("last", [None, head(3)])
    def test_another_last_head_is_409(self, last: Checkpoint | None) -> None:
        """A proof from another place than the last head is answered with that head's size."""
        with pytest.raises(RefusedError, match="begins at 5") as refused:
            asked(submission(5, 33), last)
        assert (Refusal.BEHIND, last.size if last else 0) == (refused.value.reason, refused.value.size)

    def test_a_second_view_is_409(self) -> None:
        """Another root at the size that was cosigned is never cosigned."""
        with pytest.raises(RefusedError) as refused:
            asked(submission(5, 5), Checkpoint(LOG_KEY.name, 5, bytes(32)))
        assert Refusal.BEHIND is refused.value.reason

    def test_a_rewritten_log_is_422(self) -> None:
        """A log that does not continue what was seen is not cosigned, with whatever proof."""
        last = Checkpoint(LOG_KEY.name, 5, defined_root([*DATA[:4], b"other"]))
        with pytest.raises(RefusedError, match="beginning") as refused:
            asked(submission(5, 33), last)
        assert Refusal.PROOF is refused.value.reason
