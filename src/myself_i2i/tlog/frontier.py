"""The right edge of a log's tree: all that is needed to let it grow, at most 63 hashes however large it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Self

from myself_i2i.errors import InputError
from myself_i2i.tlog.merkle import EMPTY_ROOT, HASH_SIZE, node_hash
from myself_i2i.wording import Text

__all__ = ["Frontier"]


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree by its size and the roots of the complete subtrees that it is made of."""

    size: int = 0
    """Number of entries."""
    hashes: tuple[bytes, ...] = ()
    """One for each binary digit 1 of `size`, the largest subtree first."""

    def __post_init__(self) -> None:
        fits = self.size >= 0 and self.size.bit_count() == len(self.hashes)
        if not fits or any(len(one) != HASH_SIZE for one in self.hashes):
            raise InputError(
                Text(
                    en="a tree of {size} entries has another edge than {count} hashes",
                    ja="大きさ {size} の木の縁は、{count} 個のハッシュではありません",
                ).format(size=self.size, count=len(self.hashes))
            )

    @property
    def root(self) -> bytes:
        """The root hash of the tree (RFC 6962, 2.1)."""
        if not self.hashes:
            return EMPTY_ROOT
        return reduce(lambda right, left: node_hash(left, right), reversed(self.hashes))

    def grown(self, leaves: Iterable[bytes]) -> Self:
        """Return the edge of the tree after these leaf hashes were added."""
        size, hashes = self.size, list(self.hashes)
        for leaf in leaves:
            whole, carry = leaf, size
            while carry & 1:  # a pair of equal subtrees becomes one of twice the size
                whole, carry = node_hash(hashes.pop(), whole), carry >> 1
            hashes.append(whole)
            size += 1
        return type(self)(size, tuple(hashes))

    def to_bytes(self) -> bytes:
        """Return the hashes one after the other; the size is kept beside them."""
        return b"".join(self.hashes)

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> Self:
        """Return the edge that `to_bytes` wrote; raises `InputError` when it does not fit the size."""
        return cls(size, tuple(data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)))
