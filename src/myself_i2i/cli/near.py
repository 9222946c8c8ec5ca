"""`myself-i2i near`: before posting, is a picture too near to one in a reference folder?"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

import click

from myself_i2i.cli._bulk import Plan, work_through
from myself_i2i.cli._commands import argument, command, option, pass_terminal
from myself_i2i.cli._files import expand
from myself_i2i.cli._home import Home
from myself_i2i.cli._terminal import Terminal
from myself_i2i.comparison import Finding, Kept, Looks, Nearness, ask, finding_json, rank
from myself_i2i.comparison.as_json import both
from myself_i2i.comparison.private import SHARED
from myself_i2i.comparison.words import ASKED, chance_words, measure_words
from myself_i2i.errors import InputError
from myself_i2i.image import image_data_digest
from myself_i2i.inspection.files import read_bounded
from myself_i2i.ledger import Ledger, ledger_path
from myself_i2i.predicates import Generation, Signed
from myself_i2i.recording.bases import basis_of, inputs_of, made_by
from myself_i2i.rights import BASIS_WORDS, LedgerStatements, SourceFile
from myself_i2i.verification import LIMIT
from myself_i2i.wording import Text

__all__ = ["near"]

SCHEMA = "myself-i2i-near/1"
READING = Text(en="reading the references", ja="参照フォルダを読んでいます")
HOLDING = Text(en="comparing", ja="比べています")
UNREADABLE = Text(en="could not be read", ja="読めませんでした")
FAILED = Text(en="{file}: {why}", ja="{file}: {why}")
LEFT_OUT = Text(en="left out, {file}: {why}", ja="対象から外しました（{file}: {why}）")
NEAR = Text(en="{file}: near {reference}", ja="{file}: {reference} に近い")
EXPECTED = Text(
    en="{file}: near {reference}, as expected: this is your declared source ({basis})",
    ja="{file}: {reference} に近い（想定どおり。申告済みの元画像です: {basis}）",
)
WITHOUT_BASIS = Text(
    en="  it is recorded as a source of this picture, and no rights basis is declared: myself-i2i sources add",
    ja="  この画像の元画像として記録されていますが、使ってよい根拠が申告されていません: myself-i2i sources add",
)
FINDING = Text(en="  {asked} {says}", ja="  {asked}: {says}")
BY_CHANCE = Text(en="{measure}; {chance}", ja="{measure}。{chance}")
NOTHING = Text(
    en="{file}: nothing near among {count} pictures", ja="{file}: {count} 枚の中に近いものはありません"
)
UNDECIDED = Text(
    en="{file}: nothing near among {count} pictures, though for {some} it cannot be told",
    ja="{file}: {count} 枚の中に近いものはありません（うち {some} 枚は、どちらとも言えません）",
)
MANY = Text(
    en="the more references there are, the sooner one is near by chance: with {count} of them, multiply",
    ja="参照画像が多いほど、偶然近くなるものも増えます（今回は {count} 枚。上の頻度にこの枚数を掛けてお考えください）",
)
LOOK = Text(
    en="look at the two side by side: myself-i2i compare {file} {reference} --html comparison.html",
    ja="並べて見るには: myself-i2i compare {file} {reference} --html comparison.html",
)


@dataclass(frozen=True, slots=True)
class Reference:
    """One picture of the folder."""

    path: Path
    """Where it lies."""
    kept: Kept
    """Its fingerprints."""
    file: SourceFile
    """Its digests."""


def keep_path(path: Path) -> dict[str, Any]:
    """Return the fingerprints and digests of one reference; what runs in a worker process."""
    data = read_bounded(path)
    return {"reference": Reference(path, Looks.of(data, asking=False).kept, _digests(path, data))}


def near_path(path: Path, *, references: Sequence[Reference]) -> dict[str, Any]:
    """Return the answers for one file against every reference that is not the file itself."""
    data = read_bounded(path)
    looks = Looks.of(data)
    here = path.resolve()
    found = [
        (place, ask(looks, one.kept)) for place, one in enumerate(references) if one.path.resolve() != here
    ]
    return {"file": _digests(path, data), "found": found}


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One reference that is near, or the nearest of those that are not."""

    reference: Reference
    """Which."""
    findings: tuple[Finding, ...]
    """The three answers."""
    declared: Text | None = None
    """The rights basis, when it is the recorded source of the file."""
    undeclared: bool = False
    """It is a recorded source without a rights basis."""

    @property
    def near(self) -> bool:
        """Whether any answer is near."""
        return any(one.answer is Nearness.NEAR for one in self.findings)


@command(
    "near",
    Text(
        en="Before posting: is one of your pictures near to something in a folder of references? Names the nearest under each "
        "question, and says when it is the source you declared. Exit 1 when something else is near.",
        ja="投稿の前に、自分の画像が参照フォルダの何かに近すぎないかを確かめます。問いごとに最も近いものを示し、申告済みの元画像なら"
        "そう伝えます。それ以外に近いものがあれば、終了コードは 1 です。",
    ),
    example="myself-i2i near references/ output/picture.png",
)
@argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@argument("paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@option(
    "--json",
    "as_json",
    is_flag=True,
    words=Text(en="One JSON object a line.", ja="1行に1つのJSONで出力します。"),
)
@option(
    "--jobs",
    type=click.IntRange(1, 256),
    words=Text(en="Worker processes; chosen by itself otherwise.", ja="並列の数。指定がなければ自動。"),
)
@pass_terminal
@click.pass_context
def near(
    context: click.Context,
    terminal: Terminal,
    *,
    folder: Path,
    paths: tuple[Path, ...],
    as_json: bool,
    jobs: int | None,
) -> None:
    """Hold every file against every reference; exit 1 when something undeclared is near or could not be read."""
    plan = Plan(jobs=jobs)
    references: list[Reference] = []
    failed = False
    for done in work_through(expand([folder]), keep_path, plan, terminal, READING):
        if done.result is None:
            failed = True
            terminal.warn(LEFT_OUT, file=str(done.path), why=terminal.text(done.failure or UNREADABLE))
        else:
            references.append(done.result["reference"])
    work = partial(near_path, references=references)
    with _Sources(Home(terminal)) as sources:
        for done in work_through(expand(paths), work, plan, terminal, HOLDING):
            if done.result is None:
                failed = True
                _tell_failure(terminal, done.path, done.failure or UNREADABLE, as_json=as_json)
                continue
            found = [
                sources.explained(Neighbour(references[place], findings), done.result["file"])
                for place, findings in done.result["found"]
            ]
            failed |= any(one.near and one.declared is None for one in found)
            _tell(terminal, done.path, found, as_json=as_json)
    if not as_json:
        for text in (MANY.format(count=len(references)), SHARED, LIMIT):
            terminal.say(text)
    context.exit(1 if failed else 0)


class _Sources:
    """What the person's ledger records about the sources of a picture; without a ledger, nothing."""

    def __init__(self, home: Home) -> None:
        path = ledger_path(home.path)
        self._ledger = Ledger.open(path, create=False) if path.exists() else None
        self._own = home.own_keyids()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._ledger is not None:
            self._ledger.close()

    def explained(self, found: Neighbour, file: SourceFile) -> Neighbour:
        """Return `found` with what is declared of the reference as a source of `file`, when it is near."""
        if not found.near or self._ledger is None:
            return found
        statements = LedgerStatements(self._ledger)
        record = made_by(statements, file, self._own)
        if record is None or not _went_in(record, found.reference.file):
            return found
        said = record.predicate
        at = said.recorded_at if isinstance(said, Generation) else None
        basis = at and basis_of(statements, found.reference.file, maker=record.keyid, used_at=at)
        if not basis:
            return Neighbour(found.reference, found.findings, undeclared=True)
        return Neighbour(found.reference, found.findings, declared=BASIS_WORDS[basis.basis])


def _went_in(record: Signed, file: SourceFile) -> bool:
    wanted = set(file.digests())
    return any(
        wanted & set(SourceFile(name="", sha256=one.sha256, image_data=one.image_data).digests())
        for one in inputs_of(record)
    )


def _digests(path: Path, data: bytes) -> SourceFile:
    image_data = None
    with suppress(InputError):
        image_data = image_data_digest(data)
    return SourceFile(name=path.name, sha256=hashlib.sha256(data).hexdigest(), image_data=image_data)


def _shown(found: Sequence[Neighbour]) -> list[Neighbour]:
    """Return those that are near, nearest first; when none is, the nearest under each question, once each."""
    ordered = sorted(found, key=lambda one: min(map(rank, one.findings)))
    if any(one.near for one in ordered):
        return [one for one in ordered if one.near]
    nearest = [min(ordered, key=lambda one: rank(one.findings[at])) for at in range(3)] if ordered else []
    return list({one.reference.path: one for one in nearest}.values())


def _tell(terminal: Terminal, path: Path, found: Sequence[Neighbour], *, as_json: bool) -> None:
    shown = _shown(found)
    some = sum(any(one.answer is Nearness.CANNOT_TELL for one in each.findings) for each in found)
    if as_json:
        terminal.json(_to_json(path, shown, len(found), some))
        return
    if not any(one.near for one in found):
        words = UNDECIDED if some else NOTHING
        terminal.data(words.format(file=path, count=len(found), some=some))
        return
    for one in shown:
        names = {"file": path, "reference": one.reference.path}
        if one.declared is not None:
            terminal.data(EXPECTED.format(basis=one.declared, **names))
            continue
        terminal.data(NEAR.format(**names))
        for finding in one.findings:
            if finding.answer is Nearness.NEAR:
                terminal.data(FINDING.format(asked=ASKED[finding.question], says=_in_words(finding)))
        if one.undeclared:
            terminal.data(WITHOUT_BASIS)
        terminal.say(LOOK.format(**names))


def _in_words(finding: Finding) -> Text:
    chance = chance_words(finding)
    measure = measure_words(finding)
    return measure if chance is None else BY_CHANCE.format(measure=measure, chance=chance)


def _tell_failure(terminal: Terminal, path: Path, why: Text, *, as_json: bool) -> None:
    if as_json:
        terminal.json({"schema": SCHEMA, "file": str(path), "failure": both(why), "compared": 0})
    else:
        terminal.data(FAILED.format(file=path, why=why))


def _to_json(path: Path, shown: Sequence[Neighbour], count: int, some: int) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "file": str(path),
        "failure": None,
        "compared": count,
        "cannot_tell": some,
        "near": any(one.near for one in shown),
        "nearest": [
            {
                "reference": str(one.reference.path),
                "declared_source": one.declared is not None,
                "basis": both(one.declared) if one.declared else None,
                "questions": [finding_json(finding) for finding in one.findings],
            }
            for one in shown
        ],
        "limit": both(LIMIT),
    }
