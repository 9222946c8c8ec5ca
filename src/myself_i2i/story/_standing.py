"""Why each picture of a story may stand where it stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from myself_i2i.errors import RightsError
from myself_i2i.predicates.moments import format_moment
from myself_i2i.predicates.source import Basis
from myself_i2i.rights import BASIS_WORDS, SourceFile, find_basis, find_declarations
from myself_i2i.story.values import Picture, Standing, StandingKind, Step, Story
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from myself_i2i.predicates import Withdrawal
    from myself_i2i.rights import RightsBasis, Statements

__all__ = ["standings"]

MOST_FILES = 8
"""Most files of one picture that are asked about."""

TAKEN_BACK = Text(
    en="an earlier declaration about it was withdrawn ({when})",
    ja="以前の申告は取り下げられています（{when}）",
)
NO_DIGEST = Text(
    en="the record has its name only, no digest: which file it was cannot be looked up",
    ja="記録には名前だけがあり、ハッシュ値がありません。どのファイルだったかは調べられません",
)
ORIGIN = Text(
    en="key {key} declared it as: {basis}",
    ja="鍵 {key} が「{basis}」と申告しています",
)


def standings(
    statements: Statements, story: Story, taken: Iterable[tuple[int, Withdrawal | None]]
) -> Mapping[int, Standing]:
    """Return the standing of every picture of `story`; `taken` are the declarations met, with their withdrawals."""
    users: defaultdict[int, list[Step]] = defaultdict(list)
    for step in story.steps:
        for use in step.uses:
            users[use.picture].append(step)
    withdrawn: defaultdict[int, list[Text]] = defaultdict(list)
    for picture, withdrawal in taken:
        if withdrawal is not None:
            when = format_moment(withdrawal.withdrawn_at)[:10]
            withdrawn[picture].append(TAKEN_BACK.format(when=when))
    return {
        one.id: _standing(statements, story, one, users[one.id], tuple(withdrawn[one.id]))
        for one in story.pictures
    }


def _standing(
    statements: Statements, story: Story, picture: Picture, users: list[Step], notes: tuple[Text, ...]
) -> Standing:
    if picture.id == 0:
        return Standing(kind=StandingKind.RESULT)
    users.sort(key=lambda step: (step.withdrawal is not None, -step.at.timestamp()))
    keys = {step.keyid for step in users}
    own = [
        step
        for step in story.steps_of.get(picture.id, ())
        # Another key's record tells how it was made, but not why this maker may use it.
        if step.generation is not None and step.withdrawal is None and step.keyid in keys
    ]
    if own:
        return Standing(kind=StandingKind.RECORDED, notes=notes)
    files = list(_files(picture))
    if not files:
        return Standing(kind=StandingKind.NAME_ONLY, says=(NO_DIGEST,), notes=notes)
    return _declared(statements, files, users[0], notes)


def _declared(
    statements: Statements, files: list[SourceFile], user: Step, notes: tuple[Text, ...]
) -> Standing:
    """Return what the maker of the newest step that used it declared."""
    refusal: RightsError | None = None
    for file in files:
        declarations = find_declarations(statements, file, maker=user.keyid)
        if declarations and declarations[0].source.basis is Basis.OWN_GENERATION:
            # Where it came from is followed by the story itself, which knows no depth at which to stop.
            said = ORIGIN.format(
                key=declarations[0].signed.public_key.short_form, basis=BASIS_WORDS[Basis.OWN_GENERATION]
            )
            return Standing(kind=StandingKind.DECLARED, basis=Basis.OWN_GENERATION, says=(said,), notes=notes)
        try:
            held = find_basis(statements, file, maker=user.keyid, used_at=user.at)
        except RightsError as error:
            refusal = refusal or error
        else:
            return _held(held, notes)
    said = refusal.message if refusal else NO_DIGEST
    return Standing(kind=StandingKind.UNDECLARED, says=(said,), notes=notes)


def _held(held: RightsBasis, notes: tuple[Text, ...]) -> Standing:
    return Standing(
        kind=StandingKind.DECLARED, basis=held.basis, says=held.evidence, notes=(*held.notes, *notes)
    )


def _files(picture: Picture) -> Iterator[SourceFile]:
    name = picture.name or "_"
    image_data = picture.image_data[0] if picture.image_data else None
    for sha256 in picture.sha256s[:MOST_FILES]:
        yield SourceFile(name=name, sha256=sha256, image_data=image_data)
    if image_data and not picture.sha256s:
        yield SourceFile(name=name, image_data=image_data)
