"""Pictures while a story is being gathered: the same picture is met under several digests, in any order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from myself_i2i.attestation import IMAGE_DATA, SHA256

__all__ = ["Digest", "Pictures"]

Digest = tuple[str, str]
"""Algorithm and value."""


class Pictures:
    """Pictures by digest, joined as digests turn out to belong together (union-find, so that joins cost nothing)."""

    def __init__(self) -> None:
        self._parent: list[int] = []
        self._names: list[str] = []
        self._by_digest: dict[Digest, int] = {}

    def __len__(self) -> int:
        return len(self._parent)

    def add(self, digests: Iterable[Digest], name: str = "") -> int:
        """Return the picture with any of `digests`, new when none is known; all of them are its own from now on."""
        digests = list(digests)
        known = [self._by_digest[digest] for digest in digests if digest in self._by_digest]
        if known:
            picture = self.find(known[0])
            for other in known[1:]:
                self.join(picture, other)
            picture = self.find(picture)
        else:
            picture = len(self._parent)
            self._parent.append(picture)
            self._names.append("")
        for digest in digests:
            self._by_digest[digest] = picture
        if not self._names[picture]:
            self._names[picture] = name
        return picture

    def knows(self, digests: Iterable[Digest]) -> bool:
        """Return whether any of `digests` is known."""
        return any(digest in self._by_digest for digest in digests)

    def find(self, picture: int) -> int:
        """Return the one number that now stands for `picture`."""
        while self._parent[picture] != picture:
            self._parent[picture] = self._parent[self._parent[picture]]
            picture = self._parent[picture]
        return picture

    def join(self, one: int, other: int) -> None:
        """Make two pictures one; the earlier met keeps its number."""
        first, second = sorted((self.find(one), self.find(other)))
        self._parent[second] = first
        self._names[first] = self._names[first] or self._names[second]

    def name(self, picture: int) -> str:
        """Return what it is called, "" when nobody said."""
        return self._names[self.find(picture)]

    def digests(self) -> dict[int, dict[str, list[str]]]:
        """Return the file and picture digests of every picture by its number, each list in the order met."""
        found: dict[int, dict[str, list[str]]] = {}
        for (algorithm, value), picture in self._by_digest.items():
            if algorithm in (SHA256, IMAGE_DATA):
                found.setdefault(self.find(picture), {}).setdefault(algorithm, []).append(value)
        return found

    def numbers(self) -> Sequence[int]:
        """Return the number of every picture, in the order met."""
        return [number for number in range(len(self._parent)) if self._parent[number] == number]
