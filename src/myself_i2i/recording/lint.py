"""Is a picture recorded, and has everything that went into it a rights basis? What is missing, and what mends it.

It asks for no more than `mark` does: a folder that passes can be marked.
"""

from __future__ import annotations

import functools
import hashlib
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from myself_i2i.errors import Error, RightsError
from myself_i2i.image import image_data_digest
from myself_i2i.predicates import Generation, Signed
from myself_i2i.predicates.generation import Input
from myself_i2i.predicates.source import Basis
from myself_i2i.recording.bases import inputs_of, made_by, require_basis
from myself_i2i.recording.strict import BASES, declare_command
from myself_i2i.rights import SourceFile, Statements, find_declarations
from myself_i2i.wording import Text

__all__ = ["Linted", "Owner", "Problem", "Remembered", "lint_picture"]

NOT_RECORDED = Text(
    en="not recorded: your ledger has no record of how it was made",
    ja="記録なし: どう作られたかの記録が帳簿にありません",
)
WAITING = Text(
    en="its record waits unsigned until your key is opened",
    ja="記録は署名待ちです（鍵を開くと帳簿に入ります）",
)
NO_BASIS = Text(
    en="the input {name} has no rights basis yet (BASIS: {bases})",
    ja="入力画像 {name} の「使ってよい根拠」がまだ申告されていません（BASIS は {bases} のいずれか）",
)
OWN_PICTURE = Text(
    en="the input {name} is a picture you generated yourself, and is not declared yet",
    ja="入力画像 {name} は自分で生成した画像ですが、まだ申告されていません",
)
UNIDENTIFIED = Text(
    en="an input ({role}) could not be identified when the picture was made; no command mends that afterwards",
    ja="生成した時に、入力の1つ（{role}）がどの画像か特定できていません。あとから補うコマンドはありません",
)
REMEMBERED = 512
OPEN_KEY = "myself-i2i keys show"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is missing."""

    says: Text
    """What."""
    command: str | None = None
    """What mends it, for a shell; None when nothing does."""


@dataclass(frozen=True, slots=True)
class Linted:
    """One picture."""

    written_by: str | None
    """Who wrote its newest record down: "recorder", "file" or "hand"; "source" for a declared source picture; None when
    there is no record."""
    problems: tuple[Problem, ...] = ()
    """What is missing."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose folder it is."""

    keyids: frozenset[str]
    """Records signed by one of these count."""
    waiting: frozenset[str] = frozenset()
    """The sha256 of files whose records wait unsigned in the spool."""


class Remembered:
    """Statements looked up a moment ago, not verified again; for one run over a folder, not longer."""

    def __init__(self, statements: Statements) -> None:
        self._about = functools.lru_cache(maxsize=REMEMBERED)(statements.about)
        self._get = functools.lru_cache(maxsize=REMEMBERED)(statements.get)

    def about(self, algorithm: str, digest: str) -> Sequence[Signed]:
        """Return the statements with a subject of this digest, oldest first."""
        return self._about(algorithm, digest)

    def get(self, digest: str) -> Signed | None:
        """Return the statement in the envelope with this digest, or None."""
        return self._get(digest)


def lint_picture(path: Path, data: bytes, statements: Statements, owner: Owner) -> Linted:
    """Return what is missing for the picture `data`, called `path` in commands; never raises for what is in the file."""
    record, file = _record(path, data, statements, owner)
    if record is None:
        if _is_source(file, statements, owner):
            return Linted("source")
        if file.sha256 in owner.waiting:
            return Linted(None, (Problem(WAITING, OPEN_KEY),))
        return Linted(None, (Problem(NOT_RECORDED, f"myself-i2i mark {shlex.quote(str(path))}"),))
    said = record.predicate
    who = said.written_by.value if isinstance(said, Generation) else None
    problems = [one for item in inputs_of(record) for one in _missing(path, item, record, statements)]
    return Linted(who, tuple(dict.fromkeys(problems)))


def _record(
    path: Path, data: bytes, statements: Statements, owner: Owner
) -> tuple[Signed | None, SourceFile]:
    """Find the record by the file's digest; only where that fails, by its picture's, which costs a walk over the file."""
    file = SourceFile(name=path.name, sha256=hashlib.sha256(data).hexdigest())
    record = made_by(statements, file, owner.keyids)
    if record is None:
        try:
            file = SourceFile(name=path.name, sha256=file.sha256, image_data=image_data_digest(data))
        except Error:
            return None, file  # no picture we read; its sha256 is not recorded either
        record = made_by(statements, SourceFile(name=path.name, image_data=file.image_data), owner.keyids)
    return record, file


def _is_source(file: SourceFile, statements: Statements, owner: Owner) -> bool:
    """A source kept among the outputs needs no record; one declared as an own generation does."""
    return any(
        declared.source.basis is not Basis.OWN_GENERATION
        for keyid in owner.keyids
        for declared in find_declarations(statements, file, maker=keyid)
    )


def _missing(path: Path, item: Input, record: Signed, statements: Statements) -> list[Problem]:
    file = SourceFile(name=item.name or item.role, sha256=item.sha256, image_data=item.image_data)
    if not file.digests():
        return [Problem(UNIDENTIFIED.format(role=item.role))]
    said = record.predicate
    if not isinstance(said, Generation):
        raise TypeError(type(said))  # `made_by` returns records
    try:
        own = require_basis(statements, file, maker=record.keyid, used_at=said.recorded_at)
    except RightsError:
        says = NO_BASIS.format(name=_named(file), bases=BASES)
        return [Problem(says, declare_command(_place(path, file)))]
    return [
        Problem(
            OWN_PICTURE.format(name=_named(one.file)),
            declare_command(_place(path, one.file)).replace("BASIS", Basis.OWN_GENERATION),
        )
        for one in own
    ]


def _named(file: SourceFile) -> str:
    return f"{file.name} (sha256 {file.sha256[:12]}…)" if file.sha256 else file.name


def _place(path: Path, file: SourceFile) -> str:
    """Return the input's path when it lies beside the picture, else its name: a record keeps no folders."""
    beside = path.with_name(Path(file.name).name)
    return str(beside) if beside.exists() else file.name
