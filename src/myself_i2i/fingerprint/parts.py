"""Parts of a picture: local features that find a crop, a piece of a collage or a pasted region.

What is kept of a picture (at most 4,096 bytes, spec/fingerprints-parts.md) is enough to say later where in another
picture a part of it stands, without having the picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from myself_i2i.errors import InputError
from myself_i2i.fingerprint import _parts_features as features
from myself_i2i.fingerprint._parts_bytes import CODE, MOST, Kept, pack, unpack
from myself_i2i.fingerprint._parts_geometry import LEVELS, Agreement, agree
from myself_i2i.fingerprint.interface import PARTS, Bytes, Fingerprint
from myself_i2i.wording import Text

__all__ = [
    "KEPT_SIDE",
    "LEAST_SCORE",
    "QUERY_SIDE",
    "WORD_BITS",
    "WORD_RADIUS",
    "PartMatch",
    "Query",
    "match",
    "parts",
    "words",
]

KEPT_SIDE: Final = 512
"""The longer side at which a picture to be kept is looked at; it is made smaller or larger to this."""
QUERY_SIDE: Final = 1024
"""The longer side beyond which the picture at hand is made smaller."""
QUERY_LEAST: Final = 640
"""The longer side below which the picture at hand is made larger."""
MOST_QUERY: Final = 3000
"""So many features of the picture at hand are looked at."""
WORD_BITS: Final = CODE * 8
"""Bits of one feature's code."""
WORD_RADIUS: Final = 4
"""How far two codes may be apart, in bits, for a vote that they are the same place."""
LEAST_SCORE: Final = 5.0
"""A match with a smaller score is none."""
LEAST_INLIERS: Final = 4
CELLS: Final = 12
"""Features are chosen in turn from so many cells along the longer side."""


@dataclass(frozen=True, slots=True)
class PartMatch:
    """Where a part of a kept picture stands in the picture at hand. All places are parts of the longer side."""

    inliers: int
    """Places that agree on one move, turn and scale."""
    score: float
    """-log10 of how many such agreements one would expect by chance between pictures that share nothing."""
    transform: NDArray[np.float64]
    """Shape (2, 3), kept -> query: [x', y'] = transform @ [x, y, 1]; its determinant is negative when mirrored."""
    region: NDArray[np.float64]
    """Shape (corners, 2): the convex outline, in the query, of what was recognised."""
    kept_region: NDArray[np.float64]
    """Shape (corners, 2): the same outline in the kept picture."""
    pairs: NDArray[np.float64]
    """Shape (inliers, 2, 2): [kept, query] places of each pair that agrees."""
    mirrored: bool
    """The part stands mirrored in the query."""


@dataclass(frozen=True, slots=True)
class Query:
    """The features of the picture at hand, as it is and mirrored; made once, matched against many."""

    width: float
    """Width as a part of the longer side."""
    height: float
    """Height as a part of the longer side."""
    places: tuple[NDArray[np.float64], NDArray[np.float64]]
    """As is, mirrored: shape (n, 4), x, y, size as parts of the longer side, angle in radians."""
    looks: tuple[NDArray[np.float32], NDArray[np.float32]]
    """As is, mirrored: shape (n, 64), projected descriptors of length 1."""

    @classmethod
    def of(cls, grey: Bytes) -> Self:
        """Return the features of a picture of shape (height, width), uint8.

        Raises `InputError` for an array of another kind and `UsageError` when OpenCV is not installed.
        """
        _require_grey(grey)
        longer = min(max(*grey.shape, QUERY_LEAST), QUERY_SIDE)
        found = features.detect(features.resized(grey, longer))
        found = found.take(_spread(found)[:MOST_QUERY])
        both = (found, features.mirrored(found))
        return cls(
            found.width, found.height, (both[0].places, both[1].places), (both[0].looks(), both[1].looks())
        )

    def words(self, *, mirrored: bool = False) -> tuple[bytes, ...]:
        """Return the codes of single features, 8 bytes each, to look for in an index of `words`."""
        return tuple(bytes(code) for code in np.packbits(self.looks[mirrored] > 0, axis=1))


def parts(grey: Bytes) -> Fingerprint:
    """Return what is kept of a picture of shape (height, width), uint8: at most 4,096 bytes, the same each time.

    Its quality is the number of features, 100 for more than that. A flat picture gives a fingerprint without features,
    which matches nothing. Raises `InputError` for
    an array of another kind and `UsageError` when OpenCV is not installed.
    """
    _require_grey(grey)
    found = features.detect(features.resized(grey, KEPT_SIDE))
    found = found.take(_spread(found)[:MOST])
    value = pack(Kept(found.width, found.height, found.places, found.codes()))
    return Fingerprint(PARTS, value, quality=min(100, len(found.places)))


def words(fingerprint: Fingerprint) -> tuple[bytes, ...]:
    """Return the codes of single features, 8 bytes each, strongest and best spread first; the first n are a digest.

    Within `WORD_RADIUS` bits lie the codes of about every fourth feature in two savings of a picture, and one in
    100,000 of unrelated features. Raises `InputError` for bytes that are no `parts_v1`.
    """
    return tuple(bytes(code) for code in _parsed(fingerprint).codes)


def match(kept: Fingerprint, query: Query) -> PartMatch | None:
    """Say where a part of the kept picture stands in the query, or None when nothing agrees better than by chance.

    The same answer each time. Raises `InputError` for bytes that are no `parts_v1`. Needs no OpenCV.
    """
    ours = _parsed(kept)
    if not len(ours.codes) or not len(query.places[0]):
        return None
    signs = (np.unpackbits(ours.codes, axis=1).astype(np.float32) * 2 - 1) / np.float32(np.sqrt(WORD_BITS))
    best: _Found | None = None
    for mirrored in (False, True):
        cosines = signs @ query.looks[mirrored].T
        nearest = cosines.argmax(axis=1)
        alike = cosines[np.arange(len(nearest)), nearest]
        left = np.flatnonzero(alike > LEVELS[0])
        right = nearest[left]
        agreement = agree(ours.places, query.places[mirrored], left, right, alike[left])
        if agreement and (best is None or agreement.score > best.agreement.score):
            best = _Found(agreement, left, right, mirrored)
    if best is None or best.agreement.score < LEAST_SCORE or len(best.agreement.pairs) < LEAST_INLIERS:
        return None
    return _told(ours, query, best)


@dataclass(frozen=True, slots=True)
class _Found:
    """An agreement and the pairs of features it speaks of."""

    agreement: Agreement
    left: NDArray[np.intp]
    right: NDArray[np.intp]
    mirrored: bool


def _told(kept: Kept, query: Query, found: _Found) -> PartMatch:
    """Turn an agreement into places of the query as it is."""
    agreement = found.agreement
    factor, move = agreement.factor, agreement.move
    transform = np.array([[factor.real, -factor.imag, move.real], [factor.imag, factor.real, move.imag]])
    if found.mirrored:
        transform[0] = (0, 0, query.width) - transform[0]
    ours = kept.places[found.left[agreement.pairs]]
    theirs = query.places[False][found.right[agreement.pairs]]
    pairs = np.stack([ours[:, :2], theirs[:, :2]], axis=1)
    outline = np.clip(_hull(_rims(ours)), 0, (kept.width, kept.height))
    region = np.clip(outline @ transform[:, :2].T + transform[:, 2], 0, (query.width, query.height))
    return PartMatch(len(pairs), agreement.score, transform, region, outline, pairs, found.mirrored)


def _rims(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return eight points around each feature, at two thirds of what its descriptor looks at."""
    turns = np.arange(8) * (np.pi / 4)
    around = np.column_stack([np.cos(turns), np.sin(turns)])
    rims: NDArray[np.float64] = (places[:, None, :2] + 2 * places[:, None, 2:3] * around).reshape(-1, 2)
    return rims


def _hull(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the convex hull (Andrew's monotone chain)."""

    def chain(ordered: list[tuple[float, float]]) -> list[tuple[float, float]]:
        kept: list[tuple[float, float]] = []
        for x, y in ordered:
            while len(kept) > 1:
                (x1, y1), (x2, y2) = kept[-2:]
                if (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1) > 0:
                    break
                kept.pop()
            kept.append((x, y))
        return kept[:-1]

    ordered = sorted({(float(x), float(y)) for x, y in points})
    return np.array(chain(ordered) + chain(ordered[::-1]))


def _spread(found: features.Features) -> NDArray[np.intp]:
    """Return an order that takes the strongest of every cell, then the second of every cell, and so on."""
    cell = (found.places[:, :2] * CELLS).astype(np.intp).clip(0, CELLS - 1) @ (1, CELLS)
    order = np.lexsort((-found.strengths, cell))
    starts = np.searchsorted(cell[order], cell[order])
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order)) - starts
    return np.lexsort((-found.strengths, rank))


def _parsed(fingerprint: Fingerprint) -> Kept:
    if fingerprint.algorithm != PARTS:
        raise InputError(
            Text(
                en="a parts_v1 fingerprint was wanted, this is {algorithm}",
                ja="parts_v1 の指紋が必要ですが、これは {algorithm} です",
            ).format(algorithm=fingerprint.algorithm)
        )
    return unpack(fingerprint.value)


def _require_grey(grey: Bytes) -> None:
    if grey.dtype != np.uint8 or grey.ndim != 2 or 0 in grey.shape:  # noqa: PLR2004 - two axes
        raise InputError(
            Text(
                en="a grey picture is an array (height, width) of uint8, this is {shape} of {kind}",
                ja="グレー画像は (高さ, 幅) の uint8 配列です（渡されたのは {shape} の {kind}）",
            ).format(shape=grey.shape, kind=grey.dtype)
        )
