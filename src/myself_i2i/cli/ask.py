"""`myself-i2i ask`: is this picture among what was recorded in a registry? Only fingerprints are sent."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

import click

from myself_i2i.cli._answers import answer_lines, nothing_near
from myself_i2i.cli._commands import argument, command, option, pass_terminal
from myself_i2i.cli._files import save
from myself_i2i.cli._home import Home
from myself_i2i.cli._registries import REGISTRY, VARIABLE, Registries
from myself_i2i.cli._terminal import Terminal
from myself_i2i.cli.permit import KEYID
from myself_i2i.client.asking import ask as ask_registry
from myself_i2i.client.asking import question_of, read_answer
from myself_i2i.client.http import Remote
from myself_i2i.errors import UsageError
from myself_i2i.inspection.files import read_bounded
from myself_i2i.predicates.question import EVERYONE
from myself_i2i.wording import Text

__all__ = ["ask"]

SCHEMA = "myself-i2i-ask/1"
SENT = Text(
    en="sending the fingerprints of {file} to {url}; the picture stays here",
    ja="{file} の見た目の指紋を {url} に送ります。画像そのものは送りません",
)
SAVED = Text(
    en="the signed answer is in {path}; anyone can check it against the log: myself-i2i audit {url} --answer {path}",
    ja="署名された回答を {path} に保存しました。ログと照合するには: myself-i2i audit {url} --answer {path}",
)


@command(
    "ask",
    Text(
        en="For artists: is your picture near to the sources and pictures that makers recorded in a registry? Fingerprints are "
        "taken here and only they are sent. The answer is signed, names what it does not show, and anyone can check it "
        "against the public log. Exit 0: something was looked at and nothing is near; 1: something is near, or it "
        "cannot be said.",
        ja="登録所に記録された元画像や目印つきの画像に、自分の絵と近いものがあるかを尋ねます。見た目の指紋をこの端末で計算し、"
        "指紋だけを送ります。回答は署名つきで、分からないことも書かれ、だれでも公開ログと照合できます。終了コード 0 は"
        "「調べた中に近いものがない」、1 は「近いものがある」か「分からない」です。",
    ),
    example="myself-i2i ask cat.png --registry https://registry.example",
)
@argument("picture", type=click.Path(path_type=Path))
@option("--registry", "url", metavar="URL", envvar=VARIABLE, required=True, words=REGISTRY)
@option(
    "--maker",
    metavar="KEYID",
    words=Text(
        en="Only about this maker; everyone otherwise.", ja="この作り手についてだけ尋ねます。省略時は全員。"
    ),
)
@option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    words=Text(
        en="Only what was logged on this day (UTC) or later.", ja="この日（UTC）以降に記載されたものだけ。"
    ),
)
@option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    words=Text(
        en="Only what was logged before this day (UTC).", ja="この日（UTC）より前に記載されたものだけ。"
    ),
)
@option(
    "--out",
    type=click.Path(path_type=Path),
    words=Text(
        en="Where to save the signed answer; `answers` in your data folder otherwise.",
        ja="署名された回答の保存先。省略時はデータフォルダの answers。",
    ),
)
@option(
    "--json", "as_json", is_flag=True, words=Text(en="Write one JSON object.", ja="JSON で書き出します。")
)
@pass_terminal
@click.pass_context
def ask(
    context: click.Context,
    terminal: Terminal,
    *,
    picture: Path,
    url: str,
    maker: str | None,
    since: datetime | None,
    until: datetime | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Take fingerprints, ask, check the signature, keep the answer, tell it."""
    if maker is not None and not KEYID.fullmatch(maker):
        raise UsageError(
            Text(
                en="got {maker}, wanted a maker's key id: 64 hex digits",
                ja="{maker} は作り手の鍵ID（16進64桁）ではありません",
            ).format(maker=maker[:80])
        )
    remote, home = Remote.at(url), Home(terminal)
    question = question_of(
        read_bounded(picture), maker=maker or EVERYONE, since=_day(since), until=_day(until)
    )
    keys = Registries(home.path).keys(remote, terminal)
    terminal.say(SENT, file=str(picture), url=remote.url)
    data = ask_registry(remote, question)
    answer = read_answer(data, keys, question)
    path = out or home.path / "answers" / f"{question.digest[:16]}-{answer.answered_at:%Y%m%dT%H%M%SZ}.json"
    save(path, data)
    if as_json:
        told = {"schema": SCHEMA, "file": str(picture), "registry": remote.url, "saved": str(path)}
        terminal.json({**told, "nothing_near": nothing_near(answer), "answer": answer.to_json()})
    else:
        for line in answer_lines(answer):
            terminal.data(line)
    terminal.say(SAVED, path=str(path), url=remote.url)
    context.exit(0 if nothing_near(answer) else 1)


def _day(day: datetime | None) -> datetime | None:
    return None if day is None else datetime.combine(day.date(), time(), UTC)
