"""Which of the pictures in a person's own index is a picture near to?

1. Look up candidates, three ways: codes within 31 bits of any of the 8 orientations; the nearest layouts of the picture as
   it is, mirrored and cropped, as far as they are not plainly not near; votes of single features for pictures that share a part.
2. Compare with each candidate by what is kept of it, as `compare` does: the same measures, tables and words.

A look-up can only miss. What it passes on is answered by the comparison alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from myself_i2i.comparison.comparing import ask
from myself_i2i.comparison.interface import Finding, Nearness, Question, Reason
from myself_i2i.comparison.looks import Kept, Looks
from myself_i2i.comparison.measured import table
from myself_i2i.comparison.nearest import rank
from myself_i2i.fingerprint.interface import ORIGIN, PARTS, PDQ64
from myself_i2i.fingerprint.origin import sign_code
from myself_i2i.fingerprint.pdq64 import LEAST_QUALITY
from myself_i2i.indexing.own_index import WORDS, WORDS_RADIUS, OwnIndex, picture_of
from myself_i2i.search.interface import Query

__all__ = ["Found", "LookUp", "find"]

SAME_RADIUS: Final = 31
MOST_SAME: Final = 100
MOST_LAYOUTS: Final = 20
MOST_BY_PARTS: Final = 30
QUERY_WORDS: Final = 384
"""Features of the picture at hand that vote; as many again for its mirror image."""
WORD_LIMIT: Final = 20
"""Most pictures one feature votes for: one that stands in more says nothing."""
LEAST_VOTES: Final = 2


@dataclass(frozen=True, slots=True)
class Found:
    """One picture of the index that was compared."""

    sha256: str
    """Of its files."""
    files: tuple[Path, ...]
    """Where it lies."""
    findings: tuple[Finding, ...]
    """The three answers, in the order of `Question`."""

    @property
    def near(self) -> bool:
        """Whether an answer is near."""
        return any(one.answer is Nearness.NEAR for one in self.findings)

    @property
    def undecided(self) -> bool:
        """Whether no answer is near, and one lies where related and unrelated pictures both are."""
        return not self.near and any(
            one.answer is Nearness.CANNOT_TELL and one.reason is Reason.MEASURED for one in self.findings
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """What was found for one picture."""

    files: int
    """Looked for in so many files,"""
    pictures: int
    """which hold so many different pictures."""
    found: tuple[Found, ...]
    """Those near, and those of which it cannot be told, the nearest first."""
    others: int
    """So many more came into question by a code or a part, were compared, and are not near."""
    flat: bool
    """The picture has too little structure for some of the three questions."""
    parts: bool
    """Whether parts were looked for."""
    truncated: bool
    """More pictures were within reach than were compared."""

    def cut(self, limit: int) -> tuple[LookUp, int]:
        """Return it with at most `limit` of those of which it cannot be told, and how many were left out."""
        undecided = [one for one in self.found if not one.near]
        left = undecided[limit:]
        kept = tuple(one for one in self.found if one not in left)
        return replace(self, found=kept), len(left)


def find(index: OwnIndex, looks: Looks) -> LookUp:
    """Return which pictures of `index` are near to the one that `looks` is of.

    Raises SearchError when the index cannot be read.
    """
    # 1. look up
    same, truncated = _same(index, looks)
    candidates = dict.fromkeys([*same, *_layouts(index, looks), *_by_parts(index, looks)])
    # 2. compare
    compared = list(_compared(index, looks, candidates))
    shown = [one for one in compared if one.near or one.undecided]
    files, pictures = index.catalogue.counts()
    return LookUp(
        files=files,
        pictures=pictures,
        found=tuple(sorted(shown, key=lambda one: (min(map(rank, one.findings)), one.sha256))),
        others=len(compared) - len(shown),
        flat=any(
            one.quality < least
            for one, least in ((looks.kept.pdq64, LEAST_QUALITY), (looks.kept.origin[0], 1))
        ),
        parts=looks.query is not None,
        truncated=truncated,
    )


def _same(index: OwnIndex, looks: Looks) -> tuple[list[str], bool]:
    """Return the pictures whose code is near in some orientation, nearest first, and whether there are more."""
    if looks.kept.pdq64.quality < LEAST_QUALITY:
        return [], False
    queries = [Query(one.value) for one in looks.turned]
    answers = index.codes.search(PDQ64, queries, radius=SAME_RADIUS, limit=MOST_SAME)
    hits = sorted((hit.distance, hit.id) for answer in answers for hit in answer.hits)
    return [id_ for _, id_ in hits], any(answer.truncated for answer in answers)


def _layouts(index: OwnIndex, looks: Looks) -> list[str]:
    """Return the pictures whose layouts are nearest to some view of this one."""
    views = [one.fingerprint for one in looks.variants if one.fingerprint.quality]
    if not views:
        return []
    queries = [Query(sign_code(one), one.value) for one in views]
    answers = index.codes.search(ORIGIN, queries, radius=None, limit=MOST_LAYOUTS)
    held = table(Question.LAYOUT)
    return [
        hit.id
        for answer in answers
        for hit in answer.hits
        if hit.score is not None and held.answer(1 - hit.score) is not Nearness.NOT_NEAR
    ]


def _by_parts(index: OwnIndex, looks: Looks) -> list[str]:
    """Return the pictures that most features vote for: each feature once for each picture."""
    if looks.query is None:
        return []
    best: Counter[str] = Counter()
    for mirrored in (False, True):
        queries = [Query(word) for word in looks.query.words(mirrored=mirrored)[:QUERY_WORDS]]
        votes: Counter[str] = Counter()
        for answer in index.codes.search(WORDS, queries, radius=WORDS_RADIUS, limit=WORD_LIMIT):
            votes.update({picture_of(hit.id) for hit in answer.hits})
        best |= votes
    return [picture for picture, count in best.most_common(MOST_BY_PARTS) if count >= LEAST_VOTES]


def _compared(index: OwnIndex, looks: Looks, candidates: Iterable[str]) -> Iterator[Found]:
    for sha256 in candidates:
        files = index.catalogue.files(sha256)
        kept = _kept(index, sha256)
        if files and kept is not None:  # else half done by a crash, or deleted meanwhile
            yield Found(sha256, tuple(files), ask(looks, kept))


def _kept(index: OwnIndex, sha256: str) -> Kept | None:
    """Return what a comparison needs of a picture, or None when some of it was not taken."""
    row = index.catalogue.picture(sha256)
    taken = {} if row is None else {one.algorithm: one for one in row.fingerprints}
    if row is None or not {PDQ64, ORIGIN} <= taken.keys():
        return None
    return Kept(sha256, taken[PDQ64], (taken[ORIGIN],), taken.get(PARTS), row.shape)
