from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.errors import InputError, LimitError, VerificationError
from myself_i2i.tlog import Note, NoteKey, Signature, SignatureType, sign_note

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = NoteKey("log.example/one", PRIVATE.public_key().public_bytes_raw())

GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
GO_LINE = "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
"""The example in the documentation of golang.org/x/mod/sumdb/note, where the format comes from."""

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
names = texts.filter(lambda name: name and "+" not in name and not any(c.isspace() for c in name))
notes = st.builds(
    Note,
    st.lists(texts, max_size=4).map(lambda lines: "\n".join(lines) + "\n"),
    st.lists(
        st.builds(Signature, names, st.binary(min_size=4, max_size=4), st.binary(min_size=1)), min_size=1
    )
    .map(dict.fromkeys)
    .map(tuple),
)


class TestNoteKey:
    def test_reads_another_implementations_key(self) -> None:
        """A verifier key of Go's note package is read, and written the same."""
        assert GO_KEY == str(NoteKey.parse(GO_KEY))

    def test_the_type_is_in_the_id(self) -> None:
        """One key under one name has another ID as a witness, so its words cannot be mistaken."""
        assert KEY.id != NoteKey(KEY.name, KEY.public, SignatureType.COSIGNATURE).id

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "name",
            "name+00000000+",
            GO_KEY[:-4],
            GO_KEY.replace("c74f20a3", "c74f20a4"),
            GO_KEY.replace("PeterNeumann", "Peter Neumann"),
            GO_KEY.replace("+ARpc", "+/Rpc"),
            GO_KEY + "=",
            "\u2014+00000000+é",
        ],
    )
    def test_refuses_what_does_not_belong_together(self, text: str) -> None:
        """A key whose name, ID and bytes do not fit is no key."""
        with pytest.raises(InputError, match="not a verifier key"):
            NoteKey.parse(text)


class TestNote:
    def test_verifies_another_implementations_note(self) -> None:
        """A note signed by Go's note package is verified."""
        note = Note.parse(f"{GO_TEXT}\n{GO_LINE}".encode())
        assert GO_TEXT == note.verify(NoteKey.parse(GO_KEY))

    def test_signs_as_another_implementation_reads(self) -> None:
        """What is signed here is one signature line under the text and a blank line."""
        lines = sign_note("a\n", KEY.name, PRIVATE).to_bytes().decode().split("\n")
        assert ["a", "", f"\u2014 {KEY.name} "] == [*lines[:2], lines[2][: len(KEY.name) + 3]]

    @given(notes)
    def test_what_is_written_is_read_back(self, note: Note) -> None:
        """Every note comes back as it was."""
        assert note == Note.parse(note.to_bytes())

    @given(st.binary(max_size=200))
    def test_strangers_bytes_raise_only_our_error(self, data: bytes) -> None:
        """Bytes are a note, written the same again, or an InputError."""
        try:
            note = Note.parse(data)
        except InputError:
            return
        assert data == note.to_bytes()

    @given(notes, st.data())
    def test_changed_bytes_are_another_note_or_none(self, note: Note, data: st.DataObject) -> None:
        """There is one spelling: changed bytes never read as the same note."""
        whole = bytearray(note.to_bytes())
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] ^= data.draw(st.integers(1, 255))
        try:
            read = Note.parse(bytes(whole))
        except InputError:
            return
        assert note != read

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"text\n",
            b"text\n\n",
            b"text\n\n\xe2\x80\x94 name AAAAAAA=",
            b"text\n\n\xe2\x80\x94 name AAAAAA==\n",
            b"text\n\n- name AAAAAAA=\n",
            b"te\txt\n\n\xe2\x80\x94 name AAAAAAA=\n",
            b"\xff\n\n\xe2\x80\x94 name AAAAAAA=\n",
            b"text\n\n\xe2\x80\x94 na+me AAAAAAA=\n",
            b"text\n\n" + b"\xe2\x80\x94 name AAAAAAA=\n" * 65,
        ],
    )
    def test_refuses_what_is_no_note(self, data: bytes) -> None:
        """Cut-off, misspelt and overlong notes are refused."""
        with pytest.raises(InputError, match="not a signed note"):
            Note.parse(data)

    def test_refuses_more_than_it_reads(self) -> None:
        """A note of more than a mebibyte is not read."""
        with pytest.raises(LimitError, match="at most"):
            Note.parse(b"a" * (1 << 20) + b"\n")

    def test_an_unknown_signature_is_ignored(self) -> None:
        """A line of a key that the reader does not know changes nothing."""
        note = sign_note("a\n", KEY.name, PRIVATE).with_signatures([Signature(KEY.name, b"1234", b"?")])
        assert note.verify(KEY) == "a\n"

    def test_a_false_signature_spoils_the_note(self) -> None:
        """A false line by a known key is refused although a true one stands beside it."""
        note = sign_note("a\n", KEY.name, PRIVATE).with_signatures([Signature(KEY.name, KEY.id, bytes(64))])
        with pytest.raises(VerificationError, match="does not hold"):
            note.verify(KEY)

    def test_an_unsigned_note_is_refused(self) -> None:
        """A note without the key's signature says nothing, and a witness's word is not the log's."""
        for key in (
            NoteKey("log.example/two", KEY.public),
            NoteKey(KEY.name, KEY.public, SignatureType.COSIGNATURE),
        ):
            with pytest.raises(VerificationError, match="no signature by"):
                sign_note("a\n", KEY.name, PRIVATE).verify(key)
