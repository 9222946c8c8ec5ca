"""`myself-i2i mark`: join what the file, the ledger and the maker say, and write it into a copy of the picture."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from myself_i2i import __version__
from myself_i2i.attestation import IMAGE_DATA, SHA256, Envelope, PrivateKey, Subject, sign
from myself_i2i.c2pa.trust import NO_TRUST
from myself_i2i.cli._commands import argument, command, option, pass_terminal
from myself_i2i.cli._files import expand, save
from myself_i2i.cli._home import Home, now
from myself_i2i.cli._postkit import write_badges, write_kit
from myself_i2i.cli._sources import Library, subject_of
from myself_i2i.cli._terminal import Terminal
from myself_i2i.cli.inspect import own_library
from myself_i2i.declaration import (
    ByHand,
    Declaration,
    GivenSource,
    Known,
    declare,
    parse_by_hand,
    parse_source,
)
from myself_i2i.errors import Error, RightsError, UsageError
from myself_i2i.inspection.files import inspect_bytes, read_bounded
from myself_i2i.inspection.manifests import manifest_reader
from myself_i2i.inspection.matching import match_inputs
from myself_i2i.inspection.report import Inspection
from myself_i2i.ledger import Ledger
from myself_i2i.marking.content_credentials import Marked, Signing
from myself_i2i.marking.content_credentials import mark as write_mark
from myself_i2i.marking.manifest import MarkContent, MarkSource
from myself_i2i.marking.xmp import XmpFacts
from myself_i2i.predicates import Generation, Pledge, Signed, make_statement
from myself_i2i.predicates.generation import WrittenBy
from myself_i2i.rights import LedgerStatements, RightsBasis
from myself_i2i.verification.pledge import current_pledge
from myself_i2i.wording import Text

__all__ = ["mark"]

NOT_MARKED = Text(en="not marked: {path}", ja="目印を付けませんでした: {path}")
SUMMARY = Text(en="{done} marked, {left} not", ja="目印あり {done} 件、なし {left} 件")
ASKING = Text(en="asking the time-stamp server {url}", ja="タイムスタンプ局 {url} に問い合わせます")
BESIDE = "marked"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """What stays the same for all pictures of one run."""

    home: Home
    key: PrivateKey
    pledge: Envelope
    chain_pem: bytes
    library: Library
    given: tuple[GivenSource, ...]
    by_hand: ByHand | None
    insist: bool
    strip: bool
    prompt: str | None
    tsa_url: str | None
    at: datetime


@command(
    "mark",
    Text(
        en="Write a mark into a copy of your pictures: how each was made, every source and why you may use it, and your "
        "pledge. Pixels are never touched, and the original only with --in-place.",
        ja="画像のコピーに目印を書き込みます。どう作ったか、元画像とそれを使ってよい根拠、そして宣言が入ります。"
        "画素は一切変えず、元のファイルも --in-place を付けない限り触りません。",
    ),
    example='myself-i2i mark picture.png\nmyself-i2i mark finished.png --as "i2i drawing.png"',
)
@argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    words=Text(
        en="Folder for the marked copies; `marked` beside each file otherwise.",
        ja="書き出し先のフォルダ。省略時は元のファイルの隣の marked。",
    ),
)
@option(
    "--as",
    "typed",
    metavar='"MODE [ROLE=]FILE…"',
    words=Text(
        en="Say how it was made where the file does not record it.",
        ja="ファイルに記録がないとき、作り方と元画像を自分で申告します。",
    ),
)
@option(
    "--source",
    "named",
    multiple=True,
    metavar="[ROLE=]FILE",
    words=Text(
        en="A source that went in but is not identified in the file.",
        ja="ファイルの記録だけでは特定できない元画像。",
    ),
)
@option(
    "--sources",
    type=click.Path(path_type=Path),
    multiple=True,
    words=Text(
        en="A folder in which recorded inputs are looked for.", ja="記録された入力画像を探すフォルダ。"
    ),
)
@option(
    "--insist",
    is_flag=True,
    words=Text(en="Declare although the file says otherwise.", ja="ファイルの記録と違っていても申告します。"),
)
@option(
    "--strip-prompts",
    is_flag=True,
    words=Text(
        en="Leave the generator's own metadata out of the copy.",
        ja="生成ツールの情報（プロンプトなど）をコピーから取り除きます。",
    ),
)
@option(
    "--prompt",
    metavar="TEXT",
    words=Text(en="Publish this prompt in the metadata.", ja="このプロンプトを公開情報として書き込みます。"),
)
@option("--in-place", is_flag=True, words=Text(en="Replace the original.", ja="元のファイルを置き換えます。"))
@option(
    "--tsa",
    metavar="URL",
    words=Text(
        en="Ask this RFC 3161 server for a time-stamp (network).",
        ja="このタイムスタンプ局（RFC 3161）に問い合わせます（通信あり）。",
    ),
)
@pass_terminal
@click.pass_context
def mark(
    context: click.Context,
    terminal: Terminal,
    *,
    paths: tuple[Path, ...],
    out: Path | None,
    typed: str | None,
    named: tuple[str, ...],
    sources: tuple[Path, ...],
    insist: bool,
    strip_prompts: bool,
    prompt: str | None,
    in_place: bool,
    tsa: str | None,
) -> None:
    """Mark every file; one that cannot be marked is said and left alone. Exit 1 when any was."""
    if out is not None and in_place:
        raise UsageError(
            Text(en="--out and --in-place exclude each other", ja="--out と --in-place は同時に使えません")
        )
    files = expand(paths)
    by_hand = None if typed is None else parse_by_hand(typed)
    listed = (*(by_hand.sources if by_hand else ()), *(parse_source(word) for word in named))
    home = Home(terminal)
    key = home.key()
    with home.ledger() as ledger:
        kept = current_pledge(ledger, key.public_key)
        if tsa is not None:
            terminal.say(ASKING, url=tsa)
        job = _Job(
            home=home,
            key=key,
            pledge=kept.envelope,
            chain_pem=home.certificate(key, handle_of(kept.pledge)),
            library=own_library(home, sources, terminal),
            given=tuple(_given(role, Path(file)) for role, file in listed),
            by_hand=by_hand,
            insist=insist,
            strip=strip_prompts,
            prompt=prompt,
            tsa_url=tsa,
            at=now(),
        )
        done = _mark_all(terminal, files, job, ledger, out=out, in_place=in_place)
    if len(files) > 1:
        terminal.say(SUMMARY, done=done, left=len(files) - done)
    context.exit(0 if done == len(files) else 1)


def handle_of(pledge: Pledge) -> str:
    """Return the name for the certificate: the one in the pledge, else the key's short form."""
    return pledge.display_name or pledge.public_key.short_form


def _given(role: str, path: Path) -> GivenSource:
    return GivenSource(role, subject_of(path, read_bounded(path), pixels=True))


def _mark_all(
    terminal: Terminal, files: list[Path], job: _Job, ledger: Ledger, *, out: Path | None, in_place: bool
) -> int:
    done = 0
    folders = set()
    for path in files:
        target = path if in_place else (out or path.parent / BESIDE) / path.name
        try:
            data = read_bounded(path)
            declaration, marked = _mark_one(path, data, job, ledger)
            save(target, marked.data)
            save(target.with_name(target.name + ".c2pa"), marked.manifest_store)
            write_kit(target, marked.code, declaration)
        except Error as error:
            # One picture that cannot be marked never stops the rest; a run over one picture just fails.
            terminal.say(NOT_MARKED, path=str(path))
            terminal.error(error)
            continue
        for note in marked.notes:
            terminal.warn(note)
        terminal.data(f"{target}  {marked.code}")
        folders.add(target.parent)
        done += 1
    for folder in sorted(folders):
        write_badges(folder)
    return done


def _mark_one(path: Path, data: bytes, job: _Job, ledger: Ledger) -> tuple[Declaration, Marked]:
    found = match_inputs(
        inspect_bytes(data, name=path.name, manifest_reader=manifest_reader(NO_TRUST)), job.library.index
    )
    if found.error is not None:
        raise RightsError(found.error)
    subject = subject_of(path, data)
    statements = LedgerStatements(ledger)
    recorded = _recorded(statements, subject, job.key.keyid)
    known = Known(
        inspection=found,
        matched={m.input: job.library.sha256_of(m.source) for m in found.matches if not m.weak},
        given=job.given,
        by_hand=job.by_hand,
        recorded=None if recorded is None else _generation(recorded),
        insist=job.insist,
    )
    declaration = declare(known, statements, maker=job.key.keyid, writer=_writer(found), now=job.at)
    envelope = (
        recorded.envelope if recorded else sign(make_statement(declaration.generation, [subject]), job.key)
    )
    content = _content(job, declaration, envelope)
    marked = write_mark(
        data,
        content,
        Signing(chain_pem=job.chain_pem, key=job.key.to_pem(), tsa_url=job.tsa_url),
        facts=XmpFacts(
            system=declaration.generation.tool,
            system_version=declaration.generation.tool_version,
            prompt=job.prompt,
        ),
        strip=job.strip,
        image_data=subject.digest[IMAGE_DATA],
    )
    # Only now: a statement about a picture that could not be marked would stand in the ledger for nothing.
    ledger.append(envelope, appended_at=now(), public_key=job.key.public_key)
    return declaration, marked


def _writer(found: Inspection) -> str:
    return f"myself-i2i {__version__}" + (f" ({found.tool})" if found.tool else "")


def _recorded(statements: LedgerStatements, subject: Subject, keyid: str) -> Signed | None:
    """The newest record that the maker's own recorder wrote about this picture, found by either digest."""
    found = [
        signed
        for algorithm in (SHA256, IMAGE_DATA)
        for signed in statements.about(algorithm, subject.digest[algorithm])
        if signed.keyid == keyid
        and isinstance(signed.predicate, Generation)
        and signed.predicate.written_by is WrittenBy.RECORDER
    ]
    return max(found, key=lambda one: _generation(one).recorded_at, default=None)


def _generation(signed: Signed) -> Generation:
    if not isinstance(signed.predicate, Generation):
        raise TypeError(type(signed.predicate))  # asked only for records
    return signed.predicate


def _content(job: _Job, declaration: Declaration, envelope: Envelope) -> MarkContent:
    record = declaration.generation
    return MarkContent(
        keyid=job.key.keyid,
        generator_version=__version__,
        mode=record.mode,
        image_input=record.image_input,
        pledge=job.pledge.to_json(),
        generation=envelope.to_json(),
        sources=tuple(_source(one, declaration) for one in declaration.bases),
        all_actions_included=record.written_by is WrittenBy.RECORDER,
    )


def _source(held: RightsBasis, declaration: Declaration) -> MarkSource:
    signed = held.declaration.signed
    subject = signed.statement.subjects[0]
    digest = held.file.sha256 or subject.digest[SHA256]
    return MarkSource(
        sha256=digest,
        mime=mimetypes.guess_type(subject.name)[0] or "application/octet-stream",
        basis=held.basis.value,
        statement=signed.envelope.to_json(),
        permission=None if held.permission is None else held.permission.envelope.to_json(),
        image_data=subject.digest.get(IMAGE_DATA),
        roles=tuple(item.role for item in declaration.generation.inputs if item.sha256 == digest),
        title=subject.name,
    )
