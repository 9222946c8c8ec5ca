"""The Merkle tree of RFC 6962, section 2.1 (unchanged in RFC 9162): roots, inclusion and consistency proofs.

Pure: the hashes of complete subtrees come from a `HashReader`, whoever keeps them. Verification follows the loops of
RFC 9162, sections 2.1.3.2 and 2.1.4.2, which use the proof's every hash and no more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

from myself_i2i.errors import InputError, VerificationError
from myself_i2i.wording import Text

__all__ = [
    "EMPTY_ROOT",
    "HASH_SIZE",
    "HashReader",
    "consistency_proof",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "root_hash",
    "verify_consistency",
    "verify_inclusion",
]

HASH_SIZE: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
"""The root of a tree without entries (RFC 6962, 2.1)."""

HashReader = Callable[[int, int], bytes]
"""`read(level, index)`: the hash over entries `index * 2**level` to `(index + 1) * 2**level`, a complete subtree."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one entry; the leading 0x00 keeps a leaf from being read as a node."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two neighbouring subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_hash(size: int, read: HashReader) -> bytes:
    """Return the root of the first `size` entries."""
    _check_range(0, size, size)
    return _range_hash(0, size, read) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, read: HashReader) -> tuple[bytes, ...]:
    """Return the proof that entry `index` is in the tree of `size` entries: from the leaf's sibling up.

    Raises `InputError` unless 0 <= index < size. Source: RFC 6962, 2.1.1.
    """
    _check_range(0, index, size - 1)
    return tuple(_path(index, 0, size, read))


def consistency_proof(old: int, new: int, read: HashReader) -> tuple[bytes, ...]:
    """Return the proof that the tree of `new` entries begins with the tree of `old`; empty for 0 and for equal sizes.

    Raises `InputError` unless 0 <= old <= new. Source: RFC 6962, 2.1.2.
    """
    _check_range(0, old, new)
    return tuple(_subproof(old, 0, new, read, known=True)) if 0 < old < new else ()


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Return only if `leaf` (a leaf hash) is entry `index` of the tree with this size and root.

    Raises `VerificationError` otherwise, whatever is wrong: place, length or a hash. Source: RFC 9162, 2.1.3.2.
    """
    if not 0 <= index < size:
        raise _unproven_place(index, size)
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise _unproven()
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while place and not place & 1:  # levels without a sibling: the right edge of an uneven tree
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    if last != 0 or found != root:
        raise _unproven()


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Return only if the tree (`new`, `new_root`) has the tree (`old`, `old_root`) as its beginning.

    Raises `VerificationError` otherwise. From the empty tree every tree follows. Source: RFC 9162, 2.1.4.2.
    """
    if not 0 <= old <= new:
        raise _unproven_place(old, new)
    if old in {0, new}:
        expected = EMPTY_ROOT if old == 0 else new_root
        if proof or old_root != expected or (new == 0 and new_root != EMPTY_ROOT):
            raise _not_grown()
        return
    # A complete tree is a subtree of every later one, so its own root stands for the proof's first hash.
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path or _climb(path, old - 1, new - 1) != (old_root, new_root):
        raise _not_grown()


def _climb(path: Sequence[bytes], place: int, last: int) -> tuple[bytes, bytes]:
    """The roots of the older and of the newer tree that the proof leads to (RFC 9162, 2.1.4.2, steps 4 to 7)."""
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise _not_grown()
        if place & 1 or place == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise _not_grown()
    return before, after


def _range_hash(start: int, end: int, read: HashReader) -> bytes:
    """The hash over entries start..end, where start is a multiple of the largest power of two that fits."""
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return read(level, start >> level)
    middle = start + _split(size)
    return node_hash(_range_hash(start, middle, read), _range_hash(middle, end, read))


def _path(index: int, start: int, end: int, read: HashReader) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, read), _range_hash(middle, end, read)]
    return [*_path(index, middle, end, read), _range_hash(start, middle, read)]


def _subproof(old: int, start: int, end: int, read: HashReader, *, known: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962, 2.1.2, over entries start..end; `known`: the verifier has the hash of the old part."""
    if old == end:
        return [] if known else [_range_hash(start, end, read)]
    middle = start + _split(end - start)
    if old <= middle:
        return [*_subproof(old, start, middle, read, known=known), _range_hash(middle, end, read)]
    return [*_subproof(old, middle, end, read, known=False), _range_hash(start, middle, read)]


def _split(size: int) -> int:
    """The largest power of two below `size` (size >= 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def _check_range(low: int, value: int, high: int) -> None:
    if not low <= value <= high:
        raise InputError(
            Text(
                en="the tree has no place {value}: wanted {low} to {high}",
                ja="木に {value} の位置はありません（{low} から {high} まで）",
            ).format(value=value, low=low, high=high)
        )


def _unproven_place(index: int, size: int) -> VerificationError:
    return VerificationError(
        Text(
            en="place {index} is not inside a tree of {size}",
            ja="{index} の位置は、大きさ {size} の木の中にありません",
        ).format(index=index, size=size)
    )


def _unproven() -> VerificationError:
    return VerificationError(
        Text(
            en="the inclusion proof does not lead from the entry to the root of the tree",
            ja="包含証明が、記載から木の根につながりません",
        )
    )


def _not_grown() -> VerificationError:
    return VerificationError(
        Text(
            en="the consistency proof does not show that the older tree is the beginning of the newer one",
            ja="一貫性証明が、古い木が新しい木の先頭であることを示していません",
        )
    )
