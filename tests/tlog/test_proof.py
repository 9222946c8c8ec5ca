from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.errors import InputError, VerificationError
from myself_i2i.tlog import (
    Checkpoint,
    NoteKey,
    Receipt,
    SignatureType,
    cosign,
    inclusion_proof,
    sign_checkpoint,
)
from tests.tlog.trees import defined_root, entries, reader_of

LOG = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LOG_KEY = NoteKey("log.example/one", LOG.public_key().public_bytes_raw())
WITNESSES = [Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2)]
WITNESS_KEYS = [
    NoteKey(f"witness{number}.example", key.public_key().public_bytes_raw(), SignatureType.COSIGNATURE)
    for number, key in enumerate(WITNESSES)
]
DATA = entries(21)
HEAD = Checkpoint("log.example/one", len(DATA), defined_root(DATA))
NOTE = sign_checkpoint(HEAD, LOG)


def receipt(index: int = 11, cosigners: int = 0) -> Receipt:
    lines = [
        cosign(HEAD, key.name, private, cosigned_at=1_800_000_000)
        for key, private in list(zip(WITNESS_KEYS, WITNESSES, strict=True))[:cosigners]
    ]
    proof = inclusion_proof(index, len(DATA), reader_of(DATA))
    return Receipt(index, proof, NOTE.with_signatures(lines).to_bytes())


receipts = st.builds(
    Receipt,
    st.integers(0, 1 << 62),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63).map(tuple),
    st.binary(max_size=80),
    st.binary(max_size=30),
)


class TestReceipt:
    def test_begins_as_the_specification_says(self) -> None:
        """The lines stand in the order of c2sp.org/tlog-proof, and the checkpoint follows verbatim."""
        head, _, checkpoint = replace(receipt(), extra=b"hi").to_bytes().partition(b"\n\n")
        assert [b"c2sp.org/tlog-proof@v1", b"extra aGk=", b"index 11"] == head.split(b"\n")[:3]
        assert NOTE.to_bytes() == checkpoint

    @given(receipts)
    def test_what_is_written_is_read_back(self, one: Receipt) -> None:
        """Every receipt comes back as it was."""
        assert one == Receipt.parse(one.to_bytes())

    @given(st.binary(max_size=120))
    def test_strangers_bytes_raise_only_our_error(self, data: bytes) -> None:
        """Bytes are a receipt, written the same again, or an InputError."""
        try:
            one = Receipt.parse(b"c2sp.org/tlog-proof@v1\n" + data)
        except InputError:
            return
        assert data == one.to_bytes()[23:]

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"c2sp.org/tlog-proof@v1",
            b"c2sp.org/tlog-proof@v1\n\n",
            b"c2sp.org/tlog-proof@v1\nindex 01\n\n",
            b"c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\n",
            b"c2sp.org/tlog-proof@v1\nextra \nindex 1\n\n",
            b"c2sp.org/tlog-proof@v2\nindex 1\n\n",
            b"c2sp.org/tlog-proof@v1\nindex " + b"9" * 5000 + b"\n\n",
            b"c2sp.org/tlog-proof@v1\nindex 1\n" + b"A" * 43 + b"=\n" * 64 + b"\n",
        ],
    )
    def test_refuses_what_is_no_receipt(self, data: bytes) -> None:
        """Another header, spelling or length is refused."""
        with pytest.raises(InputError, match="not a log receipt"):
            Receipt.parse(data)


class TestVerify:
    def test_shows_where_an_entry_stands(self) -> None:
        """A receipt shows the place and the head of its entry, with no word from anybody else."""
        logged = receipt().verify(DATA[11], LOG_KEY)
        assert (11, HEAD, ()) == (logged.index, logged.checkpoint, logged.cosignatures)

    def test_shows_no_other_entry(self) -> None:
        """The receipt of one entry shows nothing about another one."""
        with pytest.raises(VerificationError, match="inclusion proof"):
            receipt().verify(DATA[12], LOG_KEY)

    def test_shows_nothing_for_another_log(self) -> None:
        """A receipt of one log is none of another's."""
        with pytest.raises(VerificationError, match="no signature by"):
            receipt().verify(DATA[11], NoteKey("log.example/two", LOG_KEY.public))

    def test_counts_witnesses(self) -> None:
        """Witnesses that are asked for must have cosigned."""
        logged = receipt(cosigners=2).verify(DATA[11], LOG_KEY, witnesses=WITNESS_KEYS, quorum=2)
        assert WITNESS_KEYS == [one.witness for one in logged.cosignatures]
        with pytest.raises(VerificationError, match="1 of the known witnesses cosigned this head, wanted 2"):
            receipt(cosigners=1).verify(DATA[11], LOG_KEY, witnesses=WITNESS_KEYS, quorum=2)

    def test_one_key_counts_once(self) -> None:
        """A witness under two names is one witness."""
        twice = [WITNESS_KEYS[0], replace(WITNESS_KEYS[0], name="alias.example")]
        line = cosign(HEAD, "alias.example", WITNESSES[0], cosigned_at=1)
        note = NOTE.with_signatures([line, cosign(HEAD, WITNESS_KEYS[0].name, WITNESSES[0], cosigned_at=1)])
        with pytest.raises(VerificationError, match="1 of the known witnesses"):
            replace(receipt(), checkpoint=note.to_bytes()).verify(
                DATA[11], LOG_KEY, witnesses=twice, quorum=2
            )
