"""`myself-i2i sources`: say where a source picture came from, and why it may be used."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from myself_i2i.attestation import IMAGE_DATA, SHA256, Envelope, Statement, Subject
from myself_i2i.cli._commands import argument, command, group, option, pass_terminal
from myself_i2i.cli._files import expand
from myself_i2i.cli._home import Home, now
from myself_i2i.cli._sources import subject_of
from myself_i2i.cli._terminal import Terminal
from myself_i2i.cli._words import BASES, word
from myself_i2i.errors import UsageError
from myself_i2i.inspection.files import read_bounded
from myself_i2i.predicates import Permission, Source, make_statement, read_signed
from myself_i2i.predicates.source import Basis, Licence, Origin
from myself_i2i.rights import LedgerStatements, SourceFile, check_permission, licence_notes, parse_licence
from myself_i2i.wording import Text

__all__ = ["sources"]

ADDED = Text(
    en="{name}: declared as {basis} (sha256 {digest}…)",
    ja="{name}: 「{basis}」として申告しました（sha256 {digest}…）",
)
NONE = Text(en="no source is declared yet", ja="申告された元画像はまだありません")
NEEDS = {
    Basis.PERMISSION: (
        "--permission",
        Text(
            en="ask the author for a permission file (made with `myself-i2i permit`) and give it",
            ja="作者に許可ファイル（`myself-i2i permit` で作れます）をもらい、指定してください",
        ),
    ),
    Basis.OPEN_LICENCE: (
        "--licence",
        Text(
            en="give the SPDX id, for example CC-BY-4.0", ja="SPDXの識別子を指定してください（例: CC-BY-4.0）"
        ),
    ),
    Basis.OWN_GENERATION: (
        "--from",
        Text(
            en="name the picture it is, or the earlier file it came from",
            ja="生成した画像そのもの、または元になったファイルを指定してください",
        ),
    ),
}


@group(
    "sources",
    Text(
        en="Say where your source pictures came from: the rights basis of each.",
        ja="元画像がどこから来たか（使ってよい根拠）を申告します。",
    ),
    example="myself-i2i sources add drawing.png --basis own-drawing",
)
def sources() -> None:
    """Sources."""


@command(
    "add",
    Text(
        en="Declare the rights basis of picture files. Signed with your key, kept in your ledger; the pictures stay where they are.",
        ja="画像の「使ってよい根拠」を申告します。あなたの鍵で署名し、帳簿に残します。画像そのものは動かしません。",
    ),
    parent=sources,
    example="myself-i2i sources add photo.jpg --basis own-photo\n"
    "myself-i2i sources add cat.png --basis permission --permission permission.json",
)
@argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@option(
    "--basis",
    required=True,
    type=click.Choice([basis.value for basis in Basis]),
    words=Text(en="Why you may use it.", ja="使ってよい根拠。"),
)
@option(
    "--permission",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    words=Text(en="The author's permission file.", ja="作者の許可ファイル。"),
)
@option("--licence", "--license", metavar="SPDX", words=Text(en="The open licence.", ja="公開ライセンス。"))
@option(
    "--attribution",
    metavar="TEXT",
    words=Text(en="Whom the licence asks to name.", ja="ライセンスが求める作者表示。"),
)
@option(
    "--url",
    metavar="URL",
    words=Text(en="Where picture and licence were found.", ja="画像とライセンスの掲載場所。"),
)
@option(
    "--from",
    "origin",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    words=Text(
        en="Own generation: the earlier file it came from.", ja="自分の生成物のとき、元になったファイル。"
    ),
)
@option("--note", metavar="TEXT", words=Text(en="In your words.", ja="自由記入。"))
@pass_terminal
def add(
    terminal: Terminal,
    *,
    files: tuple[Path, ...],
    basis: str,
    permission: Path | None,
    licence: str | None,
    attribution: str | None,
    url: str | None,
    origin: Path | None,
    note: str | None,
) -> None:
    """Sign one source/v1 per file."""
    chosen = Basis(basis)
    given = {Basis.PERMISSION: permission, Basis.OPEN_LICENCE: licence}
    if chosen in given and given[chosen] is None:
        flag, hint = NEEDS[chosen]
        raise UsageError(
            Text(en="{basis} needs {flag}", ja="{basis} には {flag} が必要です").format(
                basis=basis, flag=flag
            ),
            hint=hint,
        )
    home = Home(terminal)
    key = home.key_or_new()
    envelope = None if permission is None else keep_permission(home, permission)
    named = None
    if licence is not None and chosen is Basis.OPEN_LICENCE:
        spdx, terms = parse_licence(licence)
        for text in licence_notes(terms, attribution=attribution):
            terminal.warn(text)
        named = Licence(spdx=spdx, attribution=attribution, url=url)
    for path in expand(files):
        data = read_bounded(path)
        earlier = hashlib.sha256(data if origin is None else read_bounded(origin)).hexdigest()
        said = Source(
            basis=chosen,
            origin=Origin(sha256=earlier) if chosen is Basis.OWN_GENERATION else None,
            permission=envelope.digest if envelope is not None and chosen is Basis.PERMISSION else None,
            licence=named,
            note=note,
            declared_at=now(),
        )
        subject = subject_of(path, data, pixels=True)
        if envelope is not None and chosen is Basis.PERMISSION:
            _covered(terminal, home, envelope, subject, key.keyid)
        home.keep(make_statement(said, [subject]), key)
        terminal.say(
            ADDED, name=path.name, basis=terminal.text(word(BASES, basis)), digest=subject.digest[SHA256][:12]
        )


def _covered(terminal: Terminal, home: Home, envelope: Envelope, subject: Subject, keyid: str) -> None:
    """Refuse a permission that is for another picture or maker before anything is signed; show what it asks."""
    file = SourceFile(
        name=subject.name, sha256=subject.digest[SHA256], image_data=subject.digest.get(IMAGE_DATA)
    )
    with home.ledger() as ledger:
        use = check_permission(LedgerStatements(ledger), envelope.digest, file, maker=keyid, used_at=now())
    for note in use.notes:
        terminal.warn(note)


def keep_permission(home: Home, path: Path) -> Envelope:
    """Take a permission file into the ledger, verified; return its envelope."""
    envelope = Envelope.from_json(read_bounded(path))
    signed = read_signed(envelope)
    if not isinstance(signed.predicate, Permission):
        raise UsageError(
            Text(en="{path} is no permission", ja="{path} は許可ファイルではありません").format(path=path),
            hint=NEEDS[Basis.PERMISSION][1],
        )
    with home.ledger() as ledger:
        ledger.append(envelope, appended_at=now())
    return envelope


@command("list", Text(en="List declared sources.", ja="申告した元画像を一覧します。"), parent=sources)
@option(
    "--json",
    "as_json",
    is_flag=True,
    words=Text(en="One JSON object a line.", ja="1行に1つのJSONで出力します。"),
)
@pass_terminal
def list_(terminal: Terminal, *, as_json: bool) -> None:
    """Print each declaration in the ledger."""
    with Home(terminal).ledger() as ledger:
        entries = ledger.by_predicate_type(Source.PREDICATE_TYPE)
    if not entries:
        terminal.say(NONE)
    for entry in entries:
        statement = Statement.parse(entry.envelope.payload)
        said = Source.from_json(statement.predicate)
        for subject in statement.subjects:
            digest = subject.digest.get(SHA256, "")
            if as_json:
                terminal.json(
                    {"name": subject.name, "sha256": digest, "statement": entry.digest, **said.to_json()}
                )
            else:
                terminal.data(
                    f"{digest[:16]}  {terminal.text(word(BASES, said.basis.value))}  {subject.name}"
                )
