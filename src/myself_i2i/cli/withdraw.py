"""`myself-i2i withdraw`: take back a statement of one's own."""

from __future__ import annotations

import re
from pathlib import Path

import click

from myself_i2i.attestation import Envelope
from myself_i2i.cli._commands import argument, command, option, pass_terminal
from myself_i2i.cli._files import save
from myself_i2i.cli._home import Home, now
from myself_i2i.cli._terminal import Terminal
from myself_i2i.cli.permit import OUT
from myself_i2i.errors import UsageError
from myself_i2i.inspection.files import read_bounded
from myself_i2i.ledger import EntryKind
from myself_i2i.predicates import Withdrawal, make_statement
from myself_i2i.wording import Text

__all__ = ["withdraw"]

DIGEST = re.compile(r"[0-9a-f]{8,64}")
TAKEN = Text(
    en="withdrawn from now on; what was done before stays covered, and the earlier statement stays visible",
    ja="これ以降は取り下げられました。それまでの利用は許可のままで、元の文書も残ります",
)
WROTE = Text(
    en="wrote {path}: give it to whoever has the earlier one",
    ja="{path} を書き出しました。元の文書を持つ人に渡してください",
)


@command(
    "withdraw",
    Text(
        en="Take back a statement of yours: a permission, a wish, a source. Not retroactive; it stays visible as withdrawn.",
        ja="自分の許可・意思表示・申告を取り下げます。さかのぼっては効かず、取り下げたものとして残ります。",
    ),
    example="myself-i2i withdraw permission.json --reason 'my mind changed'",
)
@argument("what", metavar="FILE|DIGEST")
@option("--reason", metavar="TEXT", words=Text(en="Why, in your words.", ja="理由（自由記入）。"))
@option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("withdrawal.json"),
    show_default=True,
    words=OUT,
)
@pass_terminal
def withdraw(terminal: Terminal, *, what: str, reason: str | None, out: Path) -> None:
    """Sign a withdrawal/v1 of an envelope of one's own."""
    home = Home(terminal)
    key = home.key()
    earlier = Envelope.from_json(read_bounded(what)) if Path(what).exists() else _kept(home, what)
    earlier.verify(key.public_key)
    said = Withdrawal.of(earlier, reason=reason, withdrawn_at=now())
    envelope, _ = home.keep(make_statement(said, said.subjects()), key)
    save(out, envelope.to_json(), new=True)
    terminal.say(TAKEN)
    terminal.say(WROTE, path=str(out))


def _kept(home: Home, digest: str) -> Envelope:
    """Return the one envelope in the ledger whose digest begins so (`ledger show` prints the first 16 digits)."""
    found = []
    if DIGEST.fullmatch(digest):
        with home.ledger() as ledger:
            found = [entry for entry in ledger.entries(EntryKind.ENVELOPE) if entry.digest.startswith(digest)]
    if len(found) != 1:
        raise UsageError(
            Text(
                en="{what} is neither a file nor the beginning of one digest in the ledger",
                ja="{what} はファイルでも、帳簿にあるハッシュ値のはじめの部分でもありません",
            ).format(what=digest[:200]),
            hint=Text(en="list them with `ledger show`", ja="`ledger show` で一覧できます"),
        )
    return found[0].envelope
