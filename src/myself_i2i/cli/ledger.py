"""`myself-i2i ledger`: show, verify, export, import; link two files by hand work."""

from __future__ import annotations

import sys
from datetime import UTC
from pathlib import Path

import click

from myself_i2i.attestation import SHA256, Envelope, Statement
from myself_i2i.cli._commands import argument, command, group, option, pass_terminal
from myself_i2i.cli._files import save
from myself_i2i.cli._home import Home, now
from myself_i2i.cli._sources import subject_of
from myself_i2i.cli._terminal import Terminal
from myself_i2i.errors import UsageError
from myself_i2i.inspection.files import read_bounded
from myself_i2i.ledger import (
    EXPORT_FORMAT,
    Entry,
    EntryKind,
    Head,
    Imported,
    Ledger,
    export_lines,
    import_lines,
)
from myself_i2i.predicates import make_statement
from myself_i2i.predicates.moments import format_moment
from myself_i2i.recording.hand import hand_work
from myself_i2i.wording import Text

__all__ = ["ledger"]

HOLDS = Text(
    en="the ledger holds: {envelopes} envelopes, {keys} keys, head {size}:{head}",
    ja="帳簿に問題はありません: 封筒 {envelopes} 件、鍵 {keys} 件、末尾 {size}:{head}",
)
KEEP_HEAD = Text(
    en="note the head somewhere else: `ledger verify --head {size}:{head}` later shows that nothing was taken away",
    ja="末尾の値をどこかに控えておくと、あとで `ledger verify --head {size}:{head}` により、何も消えていないことを確かめられます",
)
LINKED = Text(
    en="{after}: noted as your hand work on {before}",
    ja="{after}: {before} に手を加えたものとして記録しました",
)
TAKEN_IN = Text(en="{added} added, {known} already here", ja="{added} 件を追加、{known} 件は登録済み")


@group(
    "ledger",
    Text(
        en="Your own append-only store of everything you signed: show, verify, export, import, link.",
        ja="自分が署名したものをすべて残す帳簿（追記のみ）の表示・検証・書き出し・取り込み・手作業の記録。",
    ),
    example="myself-i2i ledger verify",
)
def ledger() -> None:
    """Ledger."""


def _describe(entry: Entry) -> dict[str, str | int]:
    about = {
        "position": entry.position,
        "kind": entry.kind.value,
        "digest": entry.digest,
        "appended_at": format_moment(entry.appended_at.astimezone(UTC)),
    }
    if entry.kind is EntryKind.ENVELOPE:
        statement = Statement.parse(entry.envelope.payload)
        about["predicate_type"] = statement.predicate_type
        about["subject"] = statement.subjects[0].name
        about["keyid"] = entry.envelope.keyids[0]
    return about


@command(
    "show",
    Text(en="List what is in the ledger, oldest first.", ja="帳簿の中身を、古い順に一覧します。"),
    parent=ledger,
)
@option(
    "--json",
    "as_json",
    is_flag=True,
    words=Text(en="One JSON object a line.", ja="1行に1つのJSONで出力します。"),
)
@option(
    "--digest",
    metavar="SHA256",
    words=Text(en="Print one envelope whole.", ja="1つの封筒をそのまま出力します。"),
)
@pass_terminal
def show(terminal: Terminal, *, as_json: bool, digest: str | None) -> None:
    """Print entries."""
    with Home(terminal).ledger() as kept:
        if digest is not None:
            entry = kept.get(digest)
            if entry is None or entry.kind is not EntryKind.ENVELOPE:
                raise UsageError(
                    Text(
                        en="no envelope {digest} in the ledger", ja="封筒 {digest} は帳簿にありません"
                    ).format(digest=digest[:80]),
                    hint=Text(en="list them with `ledger show`", ja="`ledger show` で一覧できます"),
                )
            terminal.raw(entry.content.decode() + "\n")
            return
        for entry in kept.entries():
            about = _describe(entry)
            if as_json:
                terminal.json(about)
            elif entry.kind is EntryKind.ENVELOPE:
                kind = str(about["predicate_type"]).removeprefix("https://myself-i2i.org/predicate/")
                terminal.data(
                    f"{about['position']:>5}  {about['appended_at']}  {kind:<14} {entry.digest[:16]}  {about['subject']}"
                )


@command(
    "verify",
    Text(
        en="Walk the whole chain and every signature; names the first entry that does not hold.",
        ja="鎖のつながりと署名をすべて確かめます。合わない記録があれば、最初のものを示します。",
    ),
    parent=ledger,
)
@option(
    "--head",
    metavar="SIZE:HASH",
    words=Text(
        en="A head noted earlier: the ledger must still begin with it.",
        ja="以前に控えた末尾の値。帳簿が今もそこから続いていることを確かめます。",
    ),
)
@pass_terminal
def verify(terminal: Terminal, head: str | None) -> None:
    """Verify, print the head."""
    kept = None
    if head is not None:
        size, _, digest = head.partition(":")
        if not size.isdecimal() or len(digest) != 64:  # noqa: PLR2004  # hex characters of a sha256
            raise UsageError(
                Text(en="got {head}, wanted SIZE:HASH", ja="{head} は SIZE:HASH の形ではありません").format(
                    head=head[:100]
                )
            )
        kept = Head(int(size), digest)
    with Home(terminal).ledger() as opened:
        report = opened.verify(kept=kept)
    found = {"size": report.head.size, "head": report.head.hash}
    terminal.data(HOLDS.format(envelopes=report.envelopes, keys=report.keys, **found))
    terminal.say(KEEP_HEAD, **found)


@command(
    "export",
    Text(
        en="Write the ledger as JSON lines; `-` is stdout.",
        ja="帳簿をJSON Linesで書き出します。`-` は標準出力。",
    ),
    parent=ledger,
)
@argument("file", type=click.Path(path_type=Path, allow_dash=True))
@pass_terminal
def export(terminal: Terminal, file: Path) -> None:
    """Export."""
    with Home(terminal).ledger() as opened:
        data = b"".join(export_lines(opened))
    if str(file) == "-":
        sys.stdout.buffer.write(data)
    else:
        save(file, data)


@command(
    "link",
    Text(
        en="Note hand work between two files: AFTER is BEFORE, worked on by hand.",
        ja="2つのファイルの間の手作業を記録します。AFTER は、BEFORE に自分で手を加えたものです。",
    ),
    parent=ledger,
    example='myself-i2i ledger link generated.png retouched.png --hand "face and hands redrawn"',
)
@argument("before", type=click.Path(path_type=Path))
@argument("after", type=click.Path(path_type=Path))
@option(
    "--hand",
    required=True,
    metavar="TEXT",
    words=Text(en="What you did, in your words.", ja="何をしたか、自分の言葉で。"),
)
@pass_terminal
def link(terminal: Terminal, *, before: Path, after: Path, hand: str) -> None:
    """Sign one generation/v1 about AFTER."""
    earlier = subject_of(before, read_bounded(before))
    later = subject_of(after, read_bounded(after), pixels=True)
    if not hand.strip():
        raise UsageError(Text(en="--hand is empty", ja="--hand の中身がありません"))
    if earlier.digest[SHA256] == later.digest[SHA256]:
        raise UsageError(
            Text(
                en="{before} and {after} are the same file, byte for byte",
                ja="{before} と {after} は1バイトも違わない、同じファイルです",
            ).format(before=before, after=after),
            hint=Text(
                en="name the file before and after the work", ja="作業の前と後のファイルを指定してください"
            ),
        )
    home = Home(terminal)
    key = home.key()
    home.keep(make_statement(hand_work(earlier, hand=hand, now=now()), [later]), key)
    terminal.say(LINKED, before=before.name, after=after.name)


@command(
    "import",
    Text(
        en="Take in an exported ledger, or one envelope somebody gave you (a permission, a wish).",
        ja="書き出した帳簿や、受け取った封筒（許可・意思表示など）を取り込みます。",
    ),
    parent=ledger,
)
@argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@pass_terminal
def import_(terminal: Terminal, file: Path) -> None:
    """Import; every signature is verified first."""
    data = file.read_bytes()
    with Home(terminal).ledger() as opened:
        done = _take_in(opened, data)
    terminal.data(TAKEN_IN.format(added=done.added, known=done.known))


def _take_in(opened: Ledger, data: bytes) -> Imported:
    """Take in an export (its first line says so) or a single envelope."""
    if EXPORT_FORMAT.encode() in data[:4096]:
        return import_lines(opened, data.splitlines(), appended_at=now())
    envelope = Envelope.from_json(data)
    known = opened.get(envelope.digest) is not None
    opened.append(envelope, appended_at=now())
    return Imported(added=int(not known), known=int(known))
