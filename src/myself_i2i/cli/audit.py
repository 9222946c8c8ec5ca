"""`myself-i2i audit`: replay a registry's log from its public files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from myself_i2i.attestation import PublicKey
from myself_i2i.cli._answers import answer_lines
from myself_i2i.cli._commands import argument, command, option, pass_terminal
from myself_i2i.cli._files import save
from myself_i2i.cli._home import Home
from myself_i2i.cli._registries import Registries
from myself_i2i.cli._terminal import Terminal
from myself_i2i.client.auditing import FolderLog, RemoteLog, Source
from myself_i2i.client.http import Remote
from myself_i2i.errors import UsageError
from myself_i2i.inspection.files import read_bounded
from myself_i2i.predicates.moments import format_moment
from myself_i2i.registry.auditing import NOT_CHECKED, Asked, Audit
from myself_i2i.registry.auditing import audit as audit_log
from myself_i2i.tlog import Checkpoint, Note, NoteKey
from myself_i2i.wording import Text

__all__ = ["audit"]

SCHEMA = "myself-i2i-audit/1"
READING = Text(en="reading entries", ja="記載を読んでいます")
HEAD = Text(
    en="the log {origin}: {size} entries, root {root}", ja="ログ {origin}: {size} 件、根のハッシュ {root}"
)
WHOLE = Text(
    en="every tile and the root are what the entries make",
    ja="タイルと根は、すべて記載から計算したとおりです",
)
SIGNED = Text(
    en="every entry can be read, and its signature holds",
    ja="記載はすべて読み取れ、署名も有効です",
)
WRONG = Text(en="entries that do not hold: {wrong}", ja="検証の通らない記載: {wrong} 件")
TROUBLE = Text(en="  at {index}: {why}", ja="  {index} 番: {why}")
KIND = Text(en="  {count} {kind}", ja="  {count} 件 {kind}")
UNKNOWN = Text(
    en="entries of kinds that this version cannot read, their signatures holding: {count}",
    ja="この版で読めない種類の記載（署名は有効）: {count} 件",
)
SPAN = Text(
    en="logged from {first} to {last}, by the registry's clock",
    ja="記載の期間（登録所の時計）: {first} から {last}",
)
BACKWARDS = Text(
    en="entries whose time is before that of the one before: {count} (clocks of several servers differ a little)",
    ja="前の記載より時刻が早い記載: {count} 件（サーバーの時計のわずかな違いで起こります）",
)
CONTINUES = Text(
    en="it continues the head of {size} entries that was kept from before",
    ja="以前に控えた {size} 件の先頭の続きになっています",
)
COSIGNED = Text(en="cosigned by {name}", ja="証人の副署: {name}")
RECEIPT = Text(
    en="the receipt holds: its entry stands at {index}", ja="受領証は有効です。記載は {index} 番にあります"
)
SAME = Text(
    en="the answer comes out of the log again, the same", ja="回答は、ログから計算しなおしても同じです"
)
SAME_FACTS = Text(
    en="the answer comes out of the log again, in other words: it is of another version",
    ja="回答の内容は、ログから計算しなおしても同じです（文面は別の版のものです）",
)
OTHER_TABLES = Text(
    en="the answer was made with other measured tables than those installed here: install the version that made it",
    ja="回答は、ここにあるものと別の測定表で作られています。同じ版の myself-i2i で照合してください",
)
DIFFERENT = Text(
    en="the answer is not what comes out of the log; computed here:",
    ja="回答が、ログから計算したものと違います。計算した結果:",
)
SHOWS_NOT = Text(en="What an audit does not check:", ja="監査で確かめられないこと:")
ITEM = Text(en="  - {text}", ja="  ・{text}")


@command(
    "audit",
    Text(
        en="Replay a registry's whole log from its public files: the signed head, every tile, every entry and its signature; "
        "that it continues the head seen last time; a receipt; an answer, computed again from the log alone. Exit 0: "
        "everything holds.",
        ja="登録所のログ全体を公開ファイルからたどりなおします。署名された先頭、すべてのタイル、すべての記載と署名、前回見た先頭の続きであること、"
        "受領証、そしてログだけから計算しなおした回答を確かめます。すべて有効なら終了コードは 0 です。",
    ),
    example="myself-i2i audit https://registry.example --answer answer.json\nmyself-i2i audit copy-of-the-log/ --key LOG-KEY",
)
@argument("place", metavar="URL|FOLDER")
@option(
    "--key",
    "verifier",
    metavar="KEY",
    words=Text(
        en="The log's verifier key (name+id+key); that remembered of the registry otherwise.",
        ja="ログの検証鍵（名前+ID+鍵）。省略時は、その登録所について覚えているもの。",
    ),
)
@option(
    "--receipt",
    type=click.Path(path_type=Path),
    words=Text(en="A receipt to check.", ja="確かめる受領証。"),
)
@option(
    "--answer",
    type=click.Path(path_type=Path),
    words=Text(en="A signed answer to compute again.", ja="計算しなおして照合する回答。"),
)
@option(
    "--older",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    words=Text(
        en="An older head of the log, beside that of the last audit.",
        ja="ログの以前の先頭（前回の監査のもののほかに）。",
    ),
)
@option(
    "--witness",
    "witnesses",
    multiple=True,
    metavar="KEY",
    words=Text(en="Verifier key of a witness that you know.", ja="知っている証人の検証鍵。"),
)
@option(
    "--json", "as_json", is_flag=True, words=Text(en="Write one JSON object.", ja="JSON で書き出します。")
)
@pass_terminal
@click.pass_context
def audit(
    context: click.Context,
    terminal: Terminal,
    *,
    place: str,
    verifier: str | None,
    receipt: Path | None,
    answer: Path | None,
    older: Path | None,
    witnesses: tuple[str, ...],
    as_json: bool,
) -> None:
    """Audit, tell, and keep the head for the next time."""
    home = Home(terminal)
    source, key, operator = _log(home, terminal, place, verifier)
    kept = home.path / "registries" / "heads" / f"{quote(str(key), safe='')}.note"
    asked = Asked(
        key=key,
        operator=operator,
        witnesses=tuple(map(NoteKey.parse, witnesses)),
        older=tuple(read_bounded(path) for path in (kept, older) if path and path.exists()),
        receipt=_read(receipt),
        answer=_read(answer),
    )
    found = _audit(terminal, source, asked)
    save(kept, found.note)
    if as_json:
        terminal.json(_json(found, place))
    else:
        _tell(terminal, found)
    context.exit(0 if found.holds else 1)


def _log(
    home: Home, terminal: Terminal, place: str, verifier: str | None
) -> tuple[Source, NoteKey, PublicKey | None]:
    """The log's files, its key, and its operator's key where that is known."""
    given = NoteKey.parse(verifier) if verifier else None
    if "://" in place:
        remote = Remote.at(place)
        keys = Registries(home.path).keys(remote, terminal)
        return RemoteLog(remote), given or keys.log, keys.operator
    source = FolderLog(Path(place))
    if given is not None:
        return source, given, None
    note = source.read("checkpoint")
    origin = Checkpoint.parse(Note.parse(note).text).origin if note else ""
    known = Registries(home.path).log_named(origin)
    if known is not None:
        return source, known.log, known.operator
    raise UsageError(
        Text(
            en="the key of the log in {place} is not known here",
            ja="{place} のログの検証鍵がここにありません",
        ).format(place=place[:200]),
        hint=Text(
            en="give it with --key, as the registry shows it at /keys",
            ja="登録所が /keys で公表している鍵を --key で指定してください",
        ),
    )


def _read(path: Path | None) -> bytes | None:
    return None if path is None else read_bounded(path)


def _audit(terminal: Terminal, source: Source, asked: Asked) -> Audit:
    with terminal.progress(READING, 1) as bar:

        def progress(done: int, size: int) -> None:
            if bar is not None:
                bar.update(bar.task_ids[0], completed=done, total=max(size, 1))

        return audit_log(source, asked, progress=progress)


def _tell(terminal: Terminal, found: Audit) -> None:
    entries = found.entries
    terminal.data(
        HEAD.format(origin=found.head.origin, size=f"{found.head.size:,}", root=found.head.root.hex())
    )
    terminal.data(WHOLE)
    terminal.data(WRONG.format(wrong=f"{entries.wrong:,}") if entries.wrong else SIGNED)
    for trouble in entries.troubles:
        terminal.data(TROUBLE.format(index=trouble.index, why=trouble.why))
    for kind, count in sorted(entries.kinds.items()):
        terminal.data(KIND.format(count=f"{count:,}", kind=kind.rsplit("/", 2)[-2] if "/" in kind else kind))
    if entries.unknown:
        terminal.data(UNKNOWN.format(count=f"{entries.unknown:,}"))
    if entries.first and entries.last:
        terminal.data(SPAN.format(first=format_moment(entries.first), last=format_moment(entries.last)))
    if entries.backwards:
        terminal.data(BACKWARDS.format(count=f"{entries.backwards:,}"))
    if found.older is not None:
        terminal.data(CONTINUES.format(size=f"{found.older.size:,}"))
    for one in found.cosignatures:
        terminal.data(COSIGNED.format(name=one.witness.name))
    if found.receipt is not None:
        terminal.data(RECEIPT.format(index=found.receipt))
    _tell_answer(terminal.data, found)
    terminal.say(SHOWS_NOT)
    for text in NOT_CHECKED:
        terminal.say(ITEM.format(text=text))


def _tell_answer(data: Callable[[Text], None], found: Audit) -> None:
    if found.answer is None or found.recomputed is None:
        return
    if found.answer == found.recomputed:
        data(SAME)
    elif found.same_facts:
        data(SAME_FACTS)
    elif found.answer.measured != found.recomputed.measured:
        data(OTHER_TABLES)
    else:
        data(DIFFERENT)
        for line in answer_lines(found.recomputed):
            data(line)


def _json(found: Audit, place: str) -> dict[str, Any]:
    entries = found.entries
    return {
        "schema": SCHEMA,
        "place": place,
        "holds": found.holds,
        "head": {
            "origin": found.head.origin,
            "size": found.head.size,
            "root": found.head.root.hex(),
            "cosigned_by": [one.witness.name for one in found.cosignatures],
        },
        "entries": {
            "kinds": dict(sorted(entries.kinds.items())),
            "wrong": entries.wrong,
            "troubles": [
                {"index": one.index, "why": {"en": one.why.en, "ja": one.why.ja}} for one in entries.troubles
            ],
            "unknown": entries.unknown,
            "backwards": entries.backwards,
        },
        "continues": found.older.size if found.older else None,
        "receipt": found.receipt,
        "answer": None if found.answer is None else {"same": found.same_facts},
        "not_checked": [{"en": text.en, "ja": text.ja} for text in NOT_CHECKED],
    }
