"""From statements to the story of one picture: a graph of records, walked back to its sources.

1. Look up every statement about a digest, beginning with the picture's own two; each digest is looked up once.
2. A generation/v1 about it is a step: its subject's digests belong to one picture, its inputs and parents are
   earlier pictures, whose digests are looked up in turn. A source/v1 joins digests too, and may name an origin.
3. When nothing is waiting or the bound is reached, join inputs that one record names and another identifies.
4. Ask for each source why it may be used.

Breadth first, so that the bound cuts what is farthest away; a queue and no recursion, and no digest twice, so that
records that lead in a circle end. What a record joins is believed of the ledger's owner: statements enter a ledger
only by its owner's doing, and every step shows who signed it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath, PureWindowsPath
from typing import TYPE_CHECKING

from myself_i2i.attestation import IMAGE_DATA, SHA256, Subject
from myself_i2i.predicates import Generation, Source
from myself_i2i.predicates.generation import Input, Relation
from myself_i2i.rights import SourceFile, Statements, withdrawal_of
from myself_i2i.story._pictures import Digest, Pictures
from myself_i2i.story._remembered import Remembered
from myself_i2i.story._standing import standings
from myself_i2i.story.values import DECLARED_ORIGIN, Picture, Standing, StandingKind, Step, Story, Use
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from myself_i2i.predicates import Signed, Withdrawal

__all__ = ["PICTURES", "STEPS", "tell"]

PICTURES = 2_000
"""Most pictures in one story."""
STEPS = 4_000
"""Most records in one story."""

_PLACEHOLDER = Standing(kind=StandingKind.RESULT)


@dataclass(frozen=True)
class Taken:
    """A source/v1 statement met on the way, about one picture."""

    picture: int
    signed: Signed
    source: Source
    withdrawal: Withdrawal | None


def tell(statements: Statements, start: SourceFile, *, limit: int = PICTURES) -> Story:
    """Return the story of the picture `start`: every record of its making, and of what went in, back to the sources.

    Bounded to `limit` pictures and `STEPS` records, with a note when that cut something off. Without any record the
    story has one picture and no steps, which says nothing about the picture. Raises `VerificationError` and
    `LedgerError` as the statements' look-up does.
    """
    walk = _Walk(Remembered(statements), limit)
    walk.pictures.add(walk.meet(start.digests()), start.name)
    walk.run()
    walk.join_named()
    return walk.story()


class _Walk:
    """One story being gathered."""

    def __init__(self, statements: Statements, limit: int) -> None:
        self.pictures = Pictures()
        self._statements = statements
        self._limit = limit
        self._cut = False
        self._waiting: deque[Digest] = deque()
        self._met: set[Digest] = set()
        self._steps: dict[tuple[str, int], Step] = {}
        self._sources: dict[tuple[str, int], Taken] = {}
        self._nameless = 0

    def meet(self, digests: Iterable[Digest]) -> list[Digest]:
        """Return `digests`, each put in line to be looked up unless it was already."""
        digests = list(digests)
        for digest in digests:
            if digest not in self._met and digest[0] in (SHA256, IMAGE_DATA):
                self._met.add(digest)
                self._waiting.append(digest)
        return digests

    def run(self) -> None:
        """Look everything up."""
        while self._waiting:
            algorithm, value = self._waiting.popleft()
            for signed in self._statements.about(algorithm, value):
                for place, subject in enumerate(signed.statement.subjects):
                    if subject.digest.get(algorithm) != value:
                        continue
                    key = (signed.envelope.digest, place)
                    if isinstance(signed.predicate, Generation):
                        self._record(key, signed, signed.predicate, subject)
                    elif isinstance(signed.predicate, Source):
                        self._source(key, signed, signed.predicate, subject)

    def _record(self, key: tuple[str, int], signed: Signed, generation: Generation, subject: Subject) -> None:
        if key in self._steps:
            return
        if len(self._steps) >= STEPS:
            self._cut = True
            return
        picture = self.pictures.add(self.meet(_digests(subject)), _named(subject))
        # Hand work names the earlier file as an input too, so that its rights are followed; it is one step, not two.
        by_hand = {one.sha256 for one in generation.parents if one.relation is Relation.HAND_WORK}
        uses = [
            Use(picture=earlier, how=one.role)
            for one in generation.inputs
            if one.sha256 not in by_hand
            and (earlier := self._earlier(_input_digests(one), _base(one.name or ""))) is not None
        ]
        uses += [
            Use(picture=earlier, how=str(parent.relation), note=parent.note)
            for parent in generation.parents
            if (earlier := self._earlier([(SHA256, parent.sha256)], "")) is not None
        ]
        at = generation.generated_at or generation.recorded_at
        self._steps[key] = self._step(signed, picture, uses, at, generation)

    def _source(self, key: tuple[str, int], signed: Signed, source: Source, subject: Subject) -> None:
        if key in self._sources:
            return
        picture = self.pictures.add(self.meet(_digests(subject)), _named(subject))
        withdrawal = withdrawal_of(self._statements, signed)
        self._sources[key] = Taken(picture, signed, source, withdrawal)
        origin = source.origin
        if origin is None or withdrawal is not None or len(self._steps) >= STEPS:
            return
        named = self._statements.get(origin.generation) if origin.generation else None
        digests = [(SHA256, origin.sha256)] if origin.sha256 else []
        name = ""
        if named is not None and isinstance(named.predicate, Generation):
            (one, *more) = named.statement.subjects
            if not more:  # of several pictures nobody says which one it was
                digests += _digests(one)
                name = _named(one)
        earlier = self._earlier(digests, name) if digests else None
        if earlier is not None and self.pictures.find(earlier) != self.pictures.find(picture):
            uses = [Use(picture=earlier, how=DECLARED_ORIGIN, note=source.note)]
            self._steps[key] = self._step(signed, picture, uses, source.declared_at, None)

    def _step(
        self,
        signed: Signed,
        picture: int,
        uses: Iterable[Use],
        at: datetime,
        generation: Generation | None,
    ) -> Step:
        return Step(
            picture=picture,
            statement=signed.envelope.digest,
            keyid=signed.keyid,
            key=signed.public_key.short_form,
            generation=generation,
            uses=tuple(uses),
            at=at,
            withdrawal=withdrawal_of(self._statements, signed),
        )

    def _earlier(self, digests: list[Digest], name: str) -> int | None:
        """Return the earlier picture with `digests`; None, and nothing is looked up, when there is no room for it."""
        if not digests:
            # Known by name only: it is a picture of its own until another record says which file it was.
            self._nameless += 1
            digests = [("nameless", str(self._nameless))]
        if len(self.pictures) >= self._limit and not self.pictures.knows(digests):
            self._cut = True
            return None
        return self.pictures.add(self.meet(digests), name)

    def join_named(self) -> None:
        """Join an input known by name only with the one that another record of the same picture identifies."""
        digests = self.pictures.digests()
        by_picture: dict[int, list[Step]] = {}
        for step in self._steps.values():
            by_picture.setdefault(self.pictures.find(step.picture), []).append(step)
        for steps in by_picture.values():
            uses = [(step.statement, use) for step in steps for use in step.uses]
            for statement, use in uses:
                if self.pictures.find(use.picture) in digests:
                    continue
                same = [
                    other.picture
                    for others, other in uses
                    # Two inputs of one record are two pictures even when they are called the same.
                    if others != statement
                    and (other.how, self.pictures.name(other.picture))
                    == (use.how, self.pictures.name(use.picture))
                ]
                if len({self.pictures.find(one) for one in same}) == 1:
                    self.pictures.join(use.picture, same[0])

    def story(self) -> Story:
        """Return what was gathered, pictures numbered anew."""
        numbers = self.pictures.numbers()
        place = {number: index for index, number in enumerate(numbers)}

        def renumbered(picture: int) -> int:
            return place[self.pictures.find(picture)]

        steps = []
        for step in self._steps.values():
            picture = renumbered(step.picture)
            uses = [replace(use, picture=renumbered(use.picture)) for use in step.uses]
            # The same picture saved again with other metadata is no step from itself.
            kept = tuple(dict.fromkeys(use for use in uses if use.picture != picture))
            if kept or step.generation is not None:
                steps.append(replace(step, picture=picture, uses=kept))
        digests = self.pictures.digests()
        pictures = tuple(
            Picture(
                id=index,
                name=self.pictures.name(number),
                sha256s=tuple(digests.get(number, {}).get(SHA256, ())),
                image_data=tuple(digests.get(number, {}).get(IMAGE_DATA, ())),
                standing=_PLACEHOLDER,
            )
            for index, number in enumerate(numbers)
        )
        ordered = tuple(sorted(steps, key=lambda step: step.at))
        draft = Story(pictures=pictures, steps=ordered, notes=tuple(self._notes(steps)))
        taken = [replace(one, picture=renumbered(one.picture)) for one in self._sources.values()]
        said = standings(self._statements, draft, [(one.picture, one.withdrawal) for one in taken])
        return replace(draft, pictures=tuple(replace(one, standing=said[one.id]) for one in pictures))

    def _notes(self, steps: list[Step]) -> Iterable[Text]:
        if self._cut:
            yield Text(
                en="only the nearest {pictures} pictures and {steps} records are shown; there are more behind them",
                ja="近いものから画像 {pictures} 枚・記録 {steps} 件までを表示しています（その先にも記録があります）",
            ).format(pictures=self._limit, steps=STEPS)
        if _circular(steps):
            yield Text(
                en="some of these records lead back to where they began; times and digests cannot all be right",
                ja="記録の一部が輪になっています。日時かハッシュ値のどれかが正しくないと考えられます",
            )


def _circular(steps: Iterable[Step]) -> bool:
    """Whether following the records back comes to a picture again (Kahn's algorithm)."""
    sources: dict[int, set[int]] = {}
    for step in steps:
        sources.setdefault(step.picture, set()).update(use.picture for use in step.uses)
    used = dict.fromkeys(sources, 0)
    for earlier in sources.values():
        for picture in earlier:
            used[picture] = used.get(picture, 0) + 1
    free = [picture for picture, count in used.items() if not count]
    done = 0
    while free:
        done += 1
        for picture in sources.get(free.pop(), ()):
            used[picture] -= 1
            if not used[picture]:
                free.append(picture)
    return done < len(used)


def _digests(subject: Subject) -> list[Digest]:
    return [(name, subject.digest[name]) for name in (SHA256, IMAGE_DATA) if name in subject.digest]


def _input_digests(one: Input) -> list[Digest]:
    """Every digest that may tell two inputs apart; only the first two can be looked up."""
    known = [(SHA256, one.sha256), (IMAGE_DATA, one.image_data), ("urn", one.urn)]
    found = [(algorithm, value) for algorithm, value in known if value]
    # A tool's own short digests join only what nothing better tells: eight hex digits are no identity.
    return found or [(f"tool/{name}", value) for name, value in one.hashes.items() if len(value) >= 32]  # noqa: PLR2004  # an md5


def _named(subject: Subject) -> str:
    return "" if subject.name == "_" else _base(subject.name)


def _base(name: str) -> str:
    """The last part of a path as either kind of system writes it."""
    return PureWindowsPath(PurePath(name).name).name
