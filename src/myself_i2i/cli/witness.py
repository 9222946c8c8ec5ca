"""`myself-i2i witness`: cosign the head of a registry's log, so that it cannot show two views unseen."""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from urllib.parse import quote

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from myself_i2i.attestation import PrivateKey
from myself_i2i.attestation.keys import SEED_BYTES
from myself_i2i.cli._commands import argument, command, option, pass_terminal
from myself_i2i.cli._files import save
from myself_i2i.cli._home import Home
from myself_i2i.cli._registries import Registries
from myself_i2i.cli._terminal import Terminal
from myself_i2i.client.auditing import RemoteLog
from myself_i2i.client.http import Remote
from myself_i2i.client.witnessing import TwoViewsError, Witness, send
from myself_i2i.errors import KeyFileError
from myself_i2i.inspection.files import read_bounded
from myself_i2i.tlog import NoteKey
from myself_i2i.wording import Text

__all__ = ["witness"]

NAME = "witness.name"
COSIGNED = Text(
    en="cosigned the head of {origin} with {size} entries{before}",
    ja="{origin} の先頭（{size} 件）に副署しました{before}",
)
BEFORE = Text(en=", which continues the {size} cosigned before", ja="（前回の {size} 件の続きです）")
FIRST = Text(en="; it is the first that this witness saw of it", ja="（この証人にとって最初の先頭です）")
GIVEN = Text(en="the registry took the cosignature", ja="登録所が副署を受け取りました")
WROTE = Text(en="wrote {path}", ja="{path} を書き出しました")
EVIDENCE = Text(
    en="both heads are kept: {before} and {now}; show them to others who use this log",
    ja="二つの先頭を {before} と {now} に保存しました。このログを使うほかの人に見せてください",
)
ENTER = Text(
    en="operators enter this key in the setting `witnesses`:",
    ja="登録所の運営者は、この検証鍵を設定 `witnesses` に入れます:",
)


@command(
    "witness",
    Text(
        en="Cosign the newest head of a registry's log, only if it continues every head that you cosigned before. A log with "
        "witnesses cannot show different people different views unseen. Run it by a timer. Without an address it prints "
        "the witness's key. Exit 1: not cosigned; of two views both heads are kept as evidence.",
        ja="登録所のログの最新の先頭に、これまで副署した先頭の続きであることを確かめてから副署します。証人がいれば、ログは人によって違う姿を"
        "気づかれずに見せることができません。定期的に実行してください。アドレスを省くと証人の検証鍵を表示します。終了コード 1 は"
        "副署しなかった場合で、二つの姿があったときは両方の先頭を証拠として保存します。",
    ),
    example="myself-i2i witness\nmyself-i2i witness https://registry.example",
)
@argument("url", required=False)
@option(
    "--name",
    metavar="NAME",
    words=Text(
        en="The witness's name, e.g. witness.example/hanako; chosen once.",
        ja="証人の名前（例: witness.example/hanako）。最初に一度だけ決めます。",
    ),
)
@option(
    "--out",
    type=click.Path(path_type=Path),
    words=Text(
        en="Write the cosigned head to a file and send nothing.",
        ja="副署した先頭をファイルに書き出し、送信しません。",
    ),
)
@pass_terminal
def witness(terminal: Terminal, *, url: str | None, name: str | None, out: Path | None) -> None:
    """Cosign one head; without `url` show the key."""
    home = Home(terminal)
    home.make()
    folder = home.path / "witness"
    made = _witness(folder, name)
    if url is None:
        terminal.say(ENTER)
        terminal.data(str(made.key))
        return
    remote = Remote.at(url)
    log = Registries(home.path).keys(remote, terminal).log
    try:
        done = made.cosign(RemoteLog(remote), log, cosigned_at=int(time.time()))
    except TwoViewsError as error:
        _keep_evidence(terminal, folder, log, error)
        raise
    size = done.before.size if done.before else None
    before = FIRST if size is None else BEFORE.format(size=f"{size:,}")
    terminal.say(
        COSIGNED,
        origin=done.checkpoint.origin,
        size=f"{done.checkpoint.size:,}",
        before=terminal.text(before),
    )
    if out is not None:
        save(out, done.note)
        terminal.say(WROTE, path=str(out))
    else:
        send(remote, done)
        terminal.say(GIVEN)


def _witness(folder: Path, name: str | None) -> Witness:
    """Open the witness in a folder; the first time its key is made, under `name` or one of its own."""
    key_file, name_file = folder / "witness.pem", folder / NAME
    if not key_file.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = PrivateKey.generate(secrets.token_bytes(SEED_BYTES))
        chosen = name or f"myself-i2i-witness/{key.keyid[:12]}"
        NoteKey(chosen, bytes(32))  # raises for what cannot be a name, before anything is kept
        save(name_file, chosen.encode())
        fresh = folder / "witness.part"
        fresh.touch(mode=0o600)
        fresh.write_bytes(key.to_pem())
        fresh.replace(key_file)
    kept = read_bounded(name_file).decode("utf-8", "replace")
    if name not in {None, kept}:
        raise KeyFileError(
            Text(
                en="this witness signs as {kept} already, and keeps its name",
                ja="この証人はすでに {kept} の名前で署名しており、名前は変えられません",
            ).format(kept=kept)
        )
    private = load_pem_private_key(PrivateKey.from_pem(read_bounded(key_file)).to_pem(), None)
    if not isinstance(private, Ed25519PrivateKey):
        raise TypeError(type(private))  # `PrivateKey` holds nothing else
    return Witness(folder / "witness.sqlite", kept, private)


def _keep_evidence(terminal: Terminal, folder: Path, log: NoteKey, error: TwoViewsError) -> None:
    places = [
        folder / "evidence" / f"{quote(log.name, safe='')}-{int(time.time())}-{which}.note"
        for which in ("before", "now")
    ]
    for place, note in zip(places, (error.before, error.now), strict=True):
        save(place, note)
    terminal.warn(EVIDENCE, before=str(places[0]), now=str(places[1]))
