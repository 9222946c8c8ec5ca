from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.errors import InputError, VerificationError
from myself_i2i.tlog import (
    EMPTY_ROOT,
    Checkpoint,
    NoteKey,
    Signature,
    SignatureType,
    cosign,
    open_checkpoint,
    sign_checkpoint,
    sign_note,
    verify_cosignatures,
)

LOG = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LOG_KEY = NoteKey("log.example/one", LOG.public_key().public_bytes_raw())
WITNESS = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
WITNESS_KEY = NoteKey("witness.example", WITNESS.public_key().public_bytes_raw(), SignatureType.COSIGNATURE)
HEAD = Checkpoint("log.example/one", 0, EMPTY_ROOT)

lines = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
checkpoints = st.builds(
    Checkpoint,
    lines,
    st.integers(0, (1 << 63) - 1),
    st.binary(min_size=32, max_size=32),
    st.lists(lines, max_size=2).map(tuple),
)


class TestCheckpoint:
    def test_is_the_specifications_example(self) -> None:
        """The note text of the example in c2sp.org/tlog-checkpoint is read and written as it stands."""
        text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        assert (20852163, text) == (Checkpoint.parse(text).size, Checkpoint.parse(text).text)

    @given(checkpoints)
    def test_what_is_written_is_read_back(self, checkpoint: Checkpoint) -> None:
        """Every checkpoint comes back as it was."""
        assert checkpoint == Checkpoint.parse(checkpoint.text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "origin\n",
            "origin\n1\n",
            f"\n1\n{'A' * 43}=\n",
            f"origin\n01\n{'A' * 43}=\n",
            f"origin\n-1\n{'A' * 43}=\n",
            f"origin\n１\n{'A' * 43}=\n",
            f"origin\n{'9' * 5000}\n{'A' * 43}=\n",
            f"origin\n1\n{'A' * 42}==\n",
            "origin\n1\nAAAA\n",
            f"origin\n1\n{'A' * 43}=",
            f"origin\n1\n{'A' * 43}=\n\n",
            f"origin\n1\n{'A' * 42}B=\n",
        ],
    )
    def test_refuses_what_is_no_checkpoint(self, text: str) -> None:
        """Another spelling, a missing line or an impossible number is refused."""
        with pytest.raises(InputError, match="not a checkpoint"):
            Checkpoint.parse(text)

    @pytest.mark.parametrize(
        "change", [{"size": -1}, {"root": b""}, {"origin": ""}, {"extensions": ("a\nb",)}]
    )
    def test_cannot_be_made_unreadable(self, change: dict[str, object]) -> None:
        """A value that could not be read back cannot be made."""
        with pytest.raises(InputError, match="not a checkpoint"):
            replace(HEAD, **change)  # type: ignore[arg-type]


class TestOpenCheckpoint:
    def test_a_signed_head_is_opened(self) -> None:
        """What the log signed comes back, verified."""
        note = sign_checkpoint(HEAD, LOG)
        assert (HEAD, note) == open_checkpoint(note.to_bytes(), LOG_KEY)

    def test_a_key_cannot_speak_for_another_log(self) -> None:
        """A head of another origin, signed by this key under its own name, is refused."""
        text = Checkpoint("log.example/other", 0, EMPTY_ROOT).text
        with pytest.raises(VerificationError, match="log\\.example/other"):
            open_checkpoint(sign_note(text, LOG_KEY.name, LOG).to_bytes(), LOG_KEY)

    def test_a_changed_head_is_refused(self) -> None:
        """Another size under the same signature does not hold."""
        data = sign_checkpoint(HEAD, LOG).to_bytes().replace(b"\n0\n", b"\n1\n")
        with pytest.raises(VerificationError, match="does not hold"):
            open_checkpoint(data, LOG_KEY)


class TestCosignature:
    def test_a_witness_is_heard(self) -> None:
        """A witness's word is found with its time, beside the log's own signature."""
        note = sign_checkpoint(HEAD, LOG).with_signatures(
            [cosign(HEAD, WITNESS_KEY.name, WITNESS, cosigned_at=1_679_315_147)]
        )
        assert [(WITNESS_KEY, 1_679_315_147)] == [
            (one.witness, one.cosigned_at) for one in verify_cosignatures(note, [WITNESS_KEY, LOG_KEY])
        ]
        assert open_checkpoint(note.to_bytes(), LOG_KEY) == (HEAD, note)

    def test_a_silent_witness_is_left_out(self) -> None:
        """A witness that did not sign is no error."""
        assert verify_cosignatures(sign_checkpoint(HEAD, LOG), [WITNESS_KEY]) == ()

    @pytest.mark.parametrize("cut", [slice(0, 7), slice(0, 71), slice(1, None)])
    def test_a_made_up_word_is_refused(self, cut: slice) -> None:
        """A witness's line that does not hold is refused, however it is broken."""
        line = cosign(HEAD, WITNESS_KEY.name, WITNESS, cosigned_at=5)
        broken = Signature(line.name, line.key_id, line.value[cut])
        with pytest.raises(VerificationError, match="witness\\.example"):
            verify_cosignatures(sign_checkpoint(HEAD, LOG).with_signatures([broken]), [WITNESS_KEY])

    def test_the_time_is_signed(self) -> None:
        """The same signature with another time does not hold."""
        line = cosign(HEAD, WITNESS_KEY.name, WITNESS, cosigned_at=5)
        later = Signature(line.name, line.key_id, (6).to_bytes(8, "big") + line.value[8:])
        with pytest.raises(VerificationError, match="does not hold"):
            verify_cosignatures(sign_checkpoint(HEAD, LOG).with_signatures([later]), [WITNESS_KEY])

    @pytest.mark.parametrize("time", [-1, 1 << 63])
    def test_refuses_an_impossible_time(self, time: int) -> None:
        """A time that the format cannot carry is refused."""
        with pytest.raises(InputError, match="cannot carry the time"):
            cosign(HEAD, WITNESS_KEY.name, WITNESS, cosigned_at=time)
