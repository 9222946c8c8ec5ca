"""May this source be used? The rights basis of each source, as statements say it.

Pure functions over verified statements. "Own drawing" rests on the maker's word and on nothing else: a false
declaration is not seen by any tool, and every result says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from myself_i2i.attestation import SHA256
from myself_i2i.errors import InputError, RightsError
from myself_i2i.predicates import Generation
from myself_i2i.predicates.source import Basis
from myself_i2i.predicates.wish import WishAnswer
from myself_i2i.rights.interface import MissingBasis, RightsBasis, SourceFile, SourcesReport
from myself_i2i.rights.licences import licence_notes, parse_licence
from myself_i2i.rights.permissions import check_permission
from myself_i2i.rights.sources import find_declarations, find_wishes
from myself_i2i.rights.statements import withdrawal_of
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from datetime import datetime

    from myself_i2i.rights.interface import SourceDeclaration, Statements

__all__ = ["BASIS_WORDS", "OWN_WORD", "check_sources", "find_basis"]

BASIS_WORDS = {
    Basis.OWN_DRAWING: Text(en="my own drawing", ja="自分で描いた絵"),
    Basis.OWN_PHOTO: Text(en="a photo I took myself", ja="自分で撮った写真"),
    Basis.OWN_GENERATION: Text(en="a picture I generated myself", ja="自分で生成した画像"),
    Basis.PERMISSION: Text(en="its author gave permission", ja="作者から許可をもらった作品"),
    Basis.OPEN_LICENCE: Text(en="under an open licence", ja="公開ライセンスの作品"),
}
"""Each basis in words, as the maker declares it."""

_STEPS = 16
"""Most own generations one behind the other that are followed."""
OWN_WORD = Text(
    en="this rests on the maker's own word",
    ja="これは作り手自身の申告によるものです",
)
"""Stands first in every basis's notes."""


@dataclass(frozen=True)
class _Question:
    """What is asked throughout one look-up."""

    statements: Statements
    maker: str
    used_at: datetime
    path: tuple[tuple[tuple[str, str], ...], ...] = ()
    """The sources being followed, outermost first."""


def find_basis(statements: Statements, file: SourceFile, *, maker: str, used_at: datetime) -> RightsBasis:
    """Return the basis on which `maker` (keyid) may use `file` at `used_at`, with who says so.

    The newest declaration that holds is taken. Raises `RightsError` naming the source, with the command that
    adds what is missing as its hint.
    """
    return _find(_Question(statements, maker, used_at), file)


def check_sources(
    statements: Statements, files: Iterable[SourceFile], *, maker: str, used_at: datetime
) -> SourcesReport:
    """Return the bases of all `files`, and those that have none with the reason; never raises for a source."""
    held, missing = [], []
    for file in files:
        try:
            held.append(find_basis(statements, file, maker=maker, used_at=used_at))
        except RightsError as error:
            missing.append(MissingBasis(file, error))
    return SourcesReport(tuple(held), tuple(missing))


def _find(question: _Question, file: SourceFile) -> RightsBasis:
    declarations = find_declarations(question.statements, file, maker=question.maker)
    refusal: RightsError | None = None
    for declaration in declarations:
        try:
            return _hold(question, file, declaration)
        except RightsError as error:
            # The newest one's reason is the one to tell: the older ones are what it replaced.
            refusal = refusal or error
    raise refusal or _no_basis(file)


def _hold(question: _Question, file: SourceFile, declaration: SourceDeclaration) -> RightsBasis:
    """Return the basis that `declaration` gives; raises `RightsError` when it does not hold."""
    source = declaration.source
    evidence = [
        Text(
            en="key {key} declared {name} as: {basis}",
            ja="鍵 {key} が、{name} を「{basis}」と申告しています",
        ).format(
            key=declaration.signed.public_key.short_form,
            name=file.name,
            basis=BASIS_WORDS[source.basis],
        )
    ]
    notes = [OWN_WORD, *_wish_notes(question, file)]
    permission = None
    through: tuple[RightsBasis, ...] = ()
    if source.permission is not None:
        covered = check_permission(
            question.statements, source.permission, file, maker=question.maker, used_at=question.used_at
        )
        permission = covered.signed
        notes += covered.notes
        evidence.append(
            Text(
                en="key {key} signed a permission to use it as AI input",
                ja="鍵 {key} が、AIへの入力に使うことを許可する文書に署名しています",
            ).format(key=covered.signed.public_key.short_form)
        )
    if source.licence is not None:
        try:
            spdx, terms = parse_licence(source.licence.spdx)
        except InputError as error:
            raise RightsError(error.message, hint=error.hint) from error
        notes += licence_notes(terms, attribution=source.licence.attribution)
        evidence.append(Text(en="licence named: {spdx}", ja="示されたライセンス: {spdx}").format(spdx=spdx))
    if source.origin is not None:
        through, origin_notes = _follow(question, file, declaration)
        notes += origin_notes
    return RightsBasis(
        file=file,
        basis=source.basis,
        declaration=declaration,
        permission=permission,
        through=through,
        evidence=tuple(evidence),
        notes=tuple(notes),
    )


def _follow(
    question: _Question, file: SourceFile, declaration: SourceDeclaration
) -> tuple[tuple[RightsBasis, ...], list[Text]]:
    """Return the bases of what went into the generation that `file` came from.

    Otherwise two steps would launder a picture: i2i once, then call the result one's own generation.
    """
    if len(question.path) >= _STEPS or file.digests() in question.path:
        raise RightsError(
            Text(
                en="the generations behind {name} lead in a circle or too far back",
                ja="{name} の元をたどると、輪になっているか、長すぎます",
            ).format(name=file.name),
            hint=Text(
                en="declare one of them with the basis it began with",
                ja="いちばん初めの画像を、その根拠で申告してください",
            ),
        )
    generation = _generation(question, file, declaration)
    if generation is None:
        return (), [
            Text(
                en="how that earlier picture was made is not recorded here",
                ja="元になった画像の作り方は、ここには記録がありません",
            )
        ]
    deeper = _Question(
        question.statements, question.maker, question.used_at, (*question.path, file.digests())
    )
    through, notes = [], []
    for item in generation.inputs:
        if item.role == "mask":
            continue  # it says where, not what: `declaration` asks no basis for it either
        inner = SourceFile(name=item.name or item.role, sha256=item.sha256, image_data=item.image_data)
        if inner.digests():
            through.append(_find(deeper, inner))
        else:
            notes.append(_without_digest(inner))
    if generation.image_input != "no" and not generation.inputs:
        notes.append(
            Text(
                en="whether an image went into that earlier picture, or which, is not recorded",
                ja="元になった画像に画像が使われたか、どの画像かは、記録がありません",
            )
        )
    return tuple(through), notes


def _generation(question: _Question, file: SourceFile, declaration: SourceDeclaration) -> Generation | None:
    """Return the maker's newest own record of how the source was made, not taken back; None when there is none.

    Looked for under the statement and the file that the declaration names, and under the source itself, so
    that leaving the reference out does not hide a record.
    """
    origin = declaration.source.origin
    digests = [*file.digests(), *([(SHA256, origin.sha256)] if origin and origin.sha256 else [])]
    found = [
        signed for algorithm, digest in digests for signed in question.statements.about(algorithm, digest)
    ]
    if origin and origin.generation and (named := question.statements.get(origin.generation)):
        found.append(named)
    own = [
        signed.predicate
        for signed in found
        if isinstance(signed.predicate, Generation)
        and signed.keyid == question.maker
        and withdrawal_of(question.statements, signed) is None
    ]
    return max(own, key=lambda generation: generation.recorded_at, default=None)


def _wish_notes(question: _Question, file: SourceFile) -> list[Text]:
    """Return a note for each wish about the file that is not a plain yes. A wish decides nothing here."""
    words = {
        WishAnswer.NO: Text(en="no i2i", ja="i2i 不可"),
        WishAnswer.ASK_FIRST: Text(en="ask first", ja="要相談"),
    }
    return [
        Text(
            en="key {key} signed a wish about this picture: {wish}",
            ja="この絵（写真）について、鍵 {key} の意思表示があります: {wish}",
        ).format(key=wish.public_key.short_form, wish=words[wish.i2i])
        for wish in find_wishes(question.statements, file)
        if wish.i2i in words and wish.public_key.keyid != question.maker
    ]


def _without_digest(file: SourceFile) -> Text:
    return Text(
        en="{name}, which went into that earlier picture, is recorded by name only",
        ja="元になった画像に使われた {name} は、名前だけが記録されています",
    ).format(name=file.name)


def _no_basis(file: SourceFile) -> RightsError:
    digest = file.sha256 or file.image_data or ""
    return RightsError(
        Text(
            en="no rights basis is recorded for the source {name} (digest {digest}…)",
            ja="元画像 {name} の根拠が、まだ申告されていません（ハッシュ値 {digest}…）",
        ).format(name=file.name, digest=digest[:16]),
        hint=Text(
            en="say where it comes from: `myself-i2i sources add FILE --basis "
            "own-drawing|own-photo|own-generation|permission|open-licence`",
            ja="どこから来た画像かを申告してください: `myself-i2i sources add ファイル --basis "
            "own-drawing|own-photo|own-generation|permission|open-licence`",
        ),
    )
