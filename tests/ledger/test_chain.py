import hashlib

from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.ledger.chain import DOMAIN, GENESIS, entry_hash, leaf_hash

NAMES = st.text("abcdefghijklmnopqrstuvwxyz-:.0123456789", max_size=30)
ENTRIES = st.tuples(
    st.binary(min_size=32, max_size=32), st.integers(0, 2**63 - 1), NAMES, NAMES, st.binary(max_size=20)
)


class TestLeafHash:
    def test_rfc_6962(self) -> None:
        """The leaf hash of nothing is the one RFC 6962's test vectors give."""
        expected = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        assert expected == leaf_hash(b"").hex()


class TestEntryHash:
    def test_spec(self) -> None:
        """The bytes hashed are those of spec/ledger.md, spelt out here."""
        by_hand = (
            b"https://myself-i2i.org/ledger/v1\n" + bytes(32) + b"\0\0\0\0\0\0\0\x07"
            + b"\x03key" + b"\x142026-11-03T12:00:00Z" + hashlib.sha256(b"\0content").digest()
        )  # fmt: skip
        assert hashlib.sha256(by_hand).digest() == entry_hash(
            GENESIS, 7, "key", "2026-11-03T12:00:00Z", b"content"
        )

    @given(ENTRIES, ENTRIES)
    def test_no_two_alike(
        self, one: tuple[bytes, int, str, str, bytes], other: tuple[bytes, int, str, str, bytes]
    ) -> None:
        """Two entries that differ anywhere, even only in where one part ends, have different hashes."""
        assert (one == other) == (entry_hash(*one) == entry_hash(*other))

    def test_parts_do_not_run_together(self) -> None:
        """Moving a letter from one part to the next changes the hash."""
        assert entry_hash(GENESIS, 0, "ab", "c", b"") != entry_hash(GENESIS, 0, "a", "bc", b"")

    def test_domain(self) -> None:
        """What is hashed begins with our own first line."""
        assert DOMAIN.endswith(b"\n")
        assert DOMAIN.count(b"\n") == 1
