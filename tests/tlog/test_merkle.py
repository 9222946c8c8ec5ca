from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.errors import InputError, VerificationError
from myself_i2i.tlog import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_hash,
    verify_consistency,
    verify_inclusion,
)
from tests.tlog.trees import defined_root, entries, reader_of

MOST = 70
DATA = entries(MOST)
READ = reader_of(DATA)
ROOTS = [defined_root(DATA[:size]) for size in range(MOST + 1)]

CT_ENTRIES = [b"", b"\0", b"\x10", b" !", b"01", b"@ABC", bytes(range(0x50, 0x58)), bytes(range(0x60, 0x70))]
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""The test tree that implementations of Certificate Transparency share, and its roots at sizes 0 to 8."""


class TestRootHash:
    @pytest.mark.parametrize("size", range(9))
    def test_agrees_with_certificate_transparency(self, size: int) -> None:
        """The shared test tree has the roots that every other implementation gives it."""
        assert CT_ROOTS[size] == root_hash(size, reader_of(CT_ENTRIES)).hex()

    @pytest.mark.parametrize("size", range(MOST + 1))
    def test_is_the_definition(self, size: int) -> None:
        """A root put together from complete subtrees is the root by definition."""
        assert ROOTS[size] == root_hash(size, READ)

    def test_refuses_a_negative_size(self) -> None:
        """A tree cannot have fewer than no entries."""
        with pytest.raises(InputError, match="no place -1"):
            root_hash(-1, READ)


class TestInclusion:
    @pytest.mark.parametrize("size", range(1, MOST + 1))
    def test_every_entry_is_proven(self, size: int) -> None:
        """The proof of every entry in every tree up to this size holds, at its own place only."""
        for index in range(size):
            proof = inclusion_proof(index, size, READ)
            verify_inclusion(leaf_hash(DATA[index]), index, size, proof, ROOTS[size])
            with pytest.raises(VerificationError):
                verify_inclusion(leaf_hash(DATA[index]), index ^ 1, size, proof, ROOTS[size])

    @given(st.data())
    def test_nothing_else_is_proven(self, data: st.DataObject) -> None:
        """A proof with a hash changed, added, taken away or moved shows nothing."""
        size = data.draw(st.integers(2, MOST))
        index = data.draw(st.integers(0, size - 1))
        proof = list(inclusion_proof(index, size, READ))
        at = data.draw(st.integers(0, len(proof) - 1))
        wrong = data.draw(
            st.sampled_from(
                [
                    [*proof[:at], bytes(32), *proof[at + 1 :]],
                    [*proof[:at], proof[at], *proof[at:]],
                    [*proof[:at], *proof[at + 1 :]],
                    [*proof, ROOTS[size]],
                    [],
                ]
            )
        )
        with pytest.raises(VerificationError):
            verify_inclusion(leaf_hash(DATA[index]), index, size, wrong, ROOTS[size])

    @pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
    def test_no_place_no_proof(self, index: int, size: int) -> None:
        """A place outside the tree has no proof, and none is believed."""
        with pytest.raises(InputError, match="no place"):
            inclusion_proof(index, size, READ)
        with pytest.raises(VerificationError, match="not inside"):
            verify_inclusion(bytes(32), index, size, [], bytes(32))


class TestConsistency:
    @pytest.mark.parametrize("new", range(MOST + 1))
    def test_every_earlier_tree_is_its_beginning(self, new: int) -> None:
        """Every tree is shown to continue every smaller one."""
        for old in range(new + 1):
            proof = consistency_proof(old, new, READ)
            verify_consistency(old, new, ROOTS[old], ROOTS[new], proof)

    @given(st.data())
    def test_a_rewritten_log_is_seen(self, data: st.DataObject) -> None:
        """A tree in which an earlier entry was changed cannot be shown to continue the old one."""
        new = data.draw(st.integers(1, MOST))
        old = data.draw(st.integers(1, new))
        changed = list(DATA[:new])
        changed[data.draw(st.integers(0, old - 1))] = b"rewritten"
        proof = consistency_proof(old, new, reader_of(changed))
        with pytest.raises(VerificationError, match="beginning"):
            verify_consistency(old, new, ROOTS[old], defined_root(changed), proof)

    @given(st.data())
    def test_a_changed_proof_shows_nothing(self, data: st.DataObject) -> None:
        """A hash changed, added or taken away spoils the proof."""
        new = data.draw(st.integers(3, MOST))
        old = data.draw(st.integers(1, new - 1))
        proof = list(consistency_proof(old, new, READ))
        at = data.draw(st.integers(0, len(proof) - 1))
        wrong = data.draw(
            st.sampled_from([[*proof[:at], bytes(32), *proof[at + 1 :]], proof[:at], [*proof, proof[at]], []])
        )
        with pytest.raises(VerificationError):
            verify_consistency(old, new, ROOTS[old], ROOTS[new], wrong)

    @pytest.mark.parametrize(
        ("old", "new", "old_root", "new_root", "proof"),
        [
            (0, 5, ROOTS[1], ROOTS[5], []),
            (0, 5, EMPTY_ROOT, ROOTS[5], [bytes(32)]),
            (0, 0, EMPTY_ROOT, ROOTS[1], []),
            (5, 5, ROOTS[5], ROOTS[4], []),
            (5, 5, ROOTS[5], ROOTS[5], [bytes(32)]),
            (6, 5, ROOTS[6], ROOTS[5], []),
            (-1, 5, ROOTS[1], ROOTS[5], []),
        ],
    )
    def test_the_edges_are_strict(
        self, old: int, new: int, old_root: bytes, new_root: bytes, proof: list[bytes]
    ) -> None:
        """Empty, equal and shrunken trees are no way around the proof."""
        with pytest.raises(VerificationError):
            verify_consistency(old, new, old_root, new_root, proof)

    def test_refuses_to_prove_a_shrunken_tree(self) -> None:
        """There is no proof from a larger tree to a smaller one."""
        with pytest.raises(InputError, match="no place 6"):
            consistency_proof(6, 5, READ)
